// Heatmaps: cells between labelled rows and columns.

const VIRIDIS = "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725"
  .split(" ").map((code) => [0, 2, 4].map((place) => parseInt(code.slice(place, place + 2), 16)));

function viridis(share) {
  const place = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return VIRIDIS[low].map((part, index) => Math.round(part + (place - low) * (VIRIDIS[low + 1][index] - part)));
}

const colourText = (parts) => `rgb(${parts.join(",")})`;

// Black or white, whichever stands out more: at least 4.5:1 on any colour.
function inkOn(parts) {
  const linear = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return luminance > 0.179 ? "#000" : "#fff";
}

const LABEL_SIZE = 13;
const WIDEST_LABEL = 0.34;

// Cut a label that is wider than its room.
function fitted(label, room) {
  let length = Math.min(label.length, 60);
  while (length > 1 && textWidth(shortened(label, length), LABEL_SIZE) > room) length -= 1;
  return shortened(label, length);
}

function heatmapFrame(spec, width) {
  const { rows, columns } = spec;
  const rowLabels = rows.labels.map((label) => fitted(label, width * WIDEST_LABEL));
  const widest = largest([0, ...rowLabels.map((label) => textWidth(label, LABEL_SIZE))]);
  const left = 6 + (rows.title ? 20 : 0) + (widest ? widest + 8 : 0);
  const cell = Math.min(spec.widest || 130, (width - left - 6) / columns.labels.length);
  const columnLabels = columns.labels.map((label) => shortened(label, 18));
  const across = largest([0, ...columnLabels.map((label) => textWidth(label, LABEL_SIZE))]);
  const turned = across > cell - 4 && columns.isText;
  const below = (turned ? Math.min(96, across * 0.75 + 10) : across ? 20 : 4) + (columns.title ? 22 : 4);
  const height = spec.cellHeight;
  const bottom = 5 + height * rows.labels.length;
  return { left, top: 5, cell, height, bottom, right: left + cell * columns.labels.length, total: bottom + below, rowLabels, columnLabels, across, turned };
}

function columnLabels(frame) {
  const every = frame.turned ? 1 : Math.max(1, Math.ceil((frame.across + 8) / frame.cell));
  return frame.columnLabels.map((label, index) => {
    if (index % every) return null;
    const x = frame.left + frame.cell * (index + 0.5);
    if (!frame.turned) return svg("text", { x, y: frame.bottom + 17, "text-anchor": "middle" }, label);
    return svg("text", { x: x + 4, y: frame.bottom + 14, "text-anchor": "end", transform: `rotate(-40 ${x + 4} ${frame.bottom + 14})` }, label);
  });
}

function heatmapLabels(spec, frame) {
  const every = Math.max(1, Math.ceil(15 / frame.height));
  const middle = (frame.top + frame.bottom) / 2;
  return svg("g", { class: "axes labels" },
    ...frame.rowLabels.map((label, index) => (index % every ? null : svg("text", { x: frame.left - 8, y: frame.top + frame.height * (index + 0.5) + 4.5, "text-anchor": "end" }, label))),
    ...columnLabels(frame),
    spec.rows.title ? svg("text", { class: "title", x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, shortened(spec.rows.title)) : null,
    spec.columns.title ? svg("text", { class: "title", x: (frame.left + frame.right) / 2, y: frame.total - 5, "text-anchor": "middle" }, shortened(spec.columns.title)) : null);
}

const boxOf = (frame, row, column) => ({ x: frame.left + frame.cell * column, y: frame.top + frame.height * row, width: frame.cell, height: frame.height });
const within = ({ x, y, width, height }, inset) => ({ x: x + inset, y: y + inset, width: Math.max(1, width - 2 * inset), height: Math.max(1, height - 2 * inset) });

function cellMarks(cell, box, text) {
  const parts = isNumber(cell.share) ? viridis(cell.share) : null;
  const inner = within(box, Math.min(box.width, box.height) > 8 ? 0.75 : 0.25);
  const marks = [svg("rect", { ...inner, rx: 1.5, class: parts ? "cell" : "cell none", "data-candidate": cell.candidate, fill: parts ? colourText(parts) : undefined })];
  if (cell.hatched) marks.push(svg("rect", { ...inner, class: "cell hatched", fill: "url(#hatching)" }));
  if (text && parts) {
    marks.push(svg("text", { class: "value", x: box.x + box.width / 2, y: box.y + box.height / 2 + 4.5, "text-anchor": "middle", style: `fill:${inkOn(parts)}` }, text));
  }
  if (cell.alike && parts && box.width > 12) {
    // In a low cell with a text the dot keeps to the corner.
    const [away, r] = text && box.height < 32 ? [3.5, 1.8] : [7, 3];
    marks.push(svg("circle", { cx: box.x + box.width - away, cy: box.y + away + 0.5, r, class: "alike", style: `fill:${inkOn(parts)}` }));
  }
  return marks;
}

// Frames lie within their cells, so that none is cut off at an edge.
function cellFrames(cell, box) {
  const marks = [];
  if (cell.best) marks.push(svg("rect", { ...within(box, 2.5), class: "best-dark" }), svg("rect", { ...within(box, 2.5), class: "best-light" }));
  if (cell.chosen) marks.push(svg("rect", { ...within(box, -0.5), class: "chosen-light" }), svg("rect", { ...within(box, -0.5), class: "chosen" }));
  if (cell.pin) {
    const place = { cx: box.x + 9, cy: box.y + 9 };
    marks.push(svg("circle", { ...place, r: 7.5, class: "pin", style: `--c:${cell.pin.colour}` }), svg("text", { x: place.cx, y: place.cy + 3.5, class: "pin-text", "text-anchor": "middle" }, cell.pin.letter));
  }
  return marks;
}

function hatchPattern() {
  return svg("pattern", { id: "hatching", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("path", { d: "M3.5 0V7", class: "hatch" }));
}
document.body.append(svg("svg", { width: 0, height: 0, class: "unseen", "aria-hidden": "true" }, svg("defs", {}, hatchPattern())));

// Draw cells, null where there is none; `describe(cell)` gives the lines of its read-out.
function drawHeatmap(target, spec, choose) {
  show(target, (width) => {
    const frame = heatmapFrame(spec, width);
    const each = spec.cells.flatMap((row, r) => row.map((cell, c) => [cell, boxOf(frame, r, c)])).filter(([cell]) => cell);
    const longest = (name) => largest([0, ...each.map(([cell]) => textWidth(cell[name] ?? cell.text ?? "", LABEL_SIZE))]);
    // Texts are shortened where that makes room for them, else left out.
    const fitting = frame.height >= 17 ? ["text", "short"].find((name) => longest(name) < frame.cell - 3) : undefined;
    const right = Math.max(frame.right + 6, 60);
    const picture = svg("svg", { class: choose ? "heatmap choosable" : "heatmap", viewBox: `0 0 ${right} ${frame.total}`, width: right, height: frame.total },
      heatmapLabels(spec, frame),
      ...each.flatMap(([cell, box]) => cellMarks(cell, box, fitting && (cell[fitting] ?? cell.text))),
      ...each.flatMap(([cell, box]) => cellFrames(cell, box)));
    readHeatmap(picture, spec, frame, choose);
    return [picture];
  });
}

function readHeatmap(picture, spec, frame, choose) {
  const under = (event) => {
    const [x, y] = placeIn(picture, event);
    const [row, column] = [Math.floor((y - frame.top) / frame.height), Math.floor((x - frame.left) / frame.cell)];
    return (spec.cells[row] || [])[column] || null;
  };
  picture.addEventListener("pointermove", (event) => {
    const cell = under(event);
    if (cell) showReadout(event, spec.describe(cell));
    else hideReadout();
  });
  picture.addEventListener("pointerleave", hideReadout);
  if (choose) picture.addEventListener("click", (event) => {
    const cell = under(event);
    if (cell) choose(cell);
  });
}

// The confusion matrix: true classes down; colours are shares of the true class, so that rare classes can be read.
const MOST_CLASSES_ANNOTATED = 25;

function drawConfusion(target, { names, counts }) {
  const totals = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const cell = (count, row, column) => (count ? { share: count / totals[row], text: String(count), count, row, column } : null);
  const isLarge = names.length > MOST_CLASSES_ANNOTATED;
  drawHeatmap(target, {
    rows: { title: "true", labels: names }, columns: { title: "predicted", labels: names, isText: true },
    cells: counts.map((row, r) => row.map((count, c) => cell(count, r, c))),
    cellHeight: isLarge ? Math.max(3, 640 / names.length) : 34,
    describe: ({ row, column, count, share }) => [`${names[row]} taken for ${names[column]}: ${count}`, `${(share * 100).toFixed(1)} % of ${names[row]}`],
  });
}
