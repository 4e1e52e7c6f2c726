// Charts: areas, lines and points over two axes, from the descriptions that Python writes
// (`kerascnn/report/figures/charts.py`), with a read-out of what is under the pointer.

const SYMBOLS = {
  circle: (x, y) => `M${x} ${y}h.01`,
  "triangle-up": (x, y, r) => `M${x - r} ${y + r * 0.8}h${2 * r}l${-r} ${-1.8 * r}z`,
  square: (x, y, r) => `M${x - r * 0.85} ${y - r * 0.85}h${1.7 * r}v${1.7 * r}h${-1.7 * r}z`,
};

const rounded = (number) => Math.round(number * 10) / 10;

// A series' points on the screen, null where there is none.
function placesOf(series, frame) {
  return series.x.map((x, index) => {
    const place = [frame.x(x), frame.y(series.y[index])];
    return isNumber(x) && isNumber(series.y[index]) && place.every(isNumber) ? place.map(rounded) : null;
  });
}

function linePath(places) {
  let path = "", isOpen = false;
  for (const place of places) {
    if (place) path += `${isOpen ? "L" : "M"}${place[0]} ${place[1]}`;
    isOpen = Boolean(place);
  }
  return path;
}

function errorPath(series, frame) {
  const ends = (value, error) => [value - error, value + error];
  const bar = (index) => {
    const [x, y] = [series.x[index], series.y[index]];
    if (!isNumber(x) || !isNumber(y)) return "";
    if (series.x_error) {
      const [low, high] = ends(x, series.x_error[index] || 0).map(frame.x);
      return `M${rounded(low)} ${rounded(frame.y(y))}H${rounded(high)}`;
    }
    const [low, high] = ends(y, series.y_error[index] || 0).map(frame.y);
    return `M${rounded(frame.x(x))} ${rounded(low)}V${rounded(high)}`;
  };
  return range(series.x.length).map(bar).join("");
}

// All points of a series are one path, so that thousands cost no more than one.
function seriesMarks(series, frame) {
  const places = placesOf(series, frame);
  const size = series.size || 7;
  const drawn = places.filter(Boolean);
  // A line of one point would be invisible.
  const symbol = series.symbol || (drawn.length === 1 || isolated(places) ? "circle" : "");
  return svg("g", { class: "series", style: `--c:${series.colour};opacity:${series.opacity ?? 1}` },
    series.x_error || series.y_error ? svg("path", { class: "line", d: errorPath(series, frame), "stroke-width": 1.5 }) : null,
    series.width ? svg("path", { class: "line", d: linePath(places), "stroke-width": series.width, "stroke-dasharray": series.dash } ) : null,
    symbol === "circle" ? svg("path", { class: "dots", d: drawn.map(([x, y]) => SYMBOLS.circle(x, y)).join(""), "stroke-width": size }) : null,
    symbol === "ring" ? drawn.map(([x, y]) => svg("circle", { class: "ring", cx: x, cy: y, r: size / 2 })).reduce((group, ring) => (group.append(ring), group), svg("g")) : null,
    SYMBOLS[symbol] && symbol !== "circle" ? svg("path", { class: "shapes", d: drawn.map(([x, y]) => SYMBOLS[symbol](x, y, size / 2)).join("") }) : null);
}

const isolated = (places) => places.length < 3 && places.every(Boolean);

function areaMarks(area, frame) {
  const limited = (value) => frame.y(isNumber(area.most) ? Math.min(value, area.most) : value);
  const floored = (value) => frame.y(isNumber(area.least) ? Math.max(value, area.least) : value);
  const there = range(area.x.length).filter((index) => isNumber(area.low[index]) && isNumber(area.high[index]));
  const upper = there.map((index) => [rounded(frame.x(area.x[index])), rounded(limited(area.high[index]))]);
  const lower = there.map((index) => [rounded(frame.x(area.x[index])), rounded(floored(area.low[index]))]).reverse();
  return svg("path", { class: area.outlined ? "area outlined" : "area", style: `--c:${area.colour};--o:${area.opacity ?? 0.18}`, d: linePath([...upper, ...lower]) + "z" });
}

function pointLabels(series, frame) {
  const middle = (frame.left + frame.right) / 2;
  return placesOf(series, frame).map((place, index) => {
    if (!place) return null;
    const isLeft = place[0] < middle;
    return svg("text", { class: "label", x: place[0] + (isLeft ? 9 : -9), y: place[1] + 4, "text-anchor": isLeft ? "start" : "end" }, shortened(series.labels[index]));
  });
}

function notes(spec, frame) {
  return (spec.notes || []).map((note) => svg("text", { class: "group-name", x: frame.x(note.x), y: frame.y(note.y) + 5, "text-anchor": "middle" }, shortened(note.text, 24)));
}

function verticals(spec, frame) {
  const path = (spec.verticals || []).map((x) => `M${rounded(frame.x(x))} ${frame.top}V${frame.bottom}`).join("");
  return path ? svg("path", { class: "vertical", d: path }) : null;
}

function valuesOf(spec, letter) {
  const along = spec.series.flatMap((series) => {
    const error = series[letter + "_error"];
    return error ? series[letter].flatMap((value, index) => (isNumber(value) ? [value - (error[index] || 0), value + (error[index] || 0)] : [])) : series[letter];
  });
  const areas = (spec.areas || []).flatMap((area) => (letter === "x" ? area.x : [...area.low, ...area.high]));
  return [...along, ...areas];
}

function legend(spec) {
  if (!spec.legend) return null;
  const named = spec.series.filter((series) => series.name);
  return html("p", { class: "legend" }, ...named.map((series) => html("span", { class: "item" },
    svg("svg", { class: "key-mark", width: 22, height: 12, viewBox: "0 0 22 12" }, keyMark(series)), shortened(series.name, 60))));
}

function keyMark(series) {
  const frame = { x: (value) => value, y: () => 6 };
  return seriesMarks({ ...series, x: series.width ? [2, 11, 20] : [11], y: series.width ? [1, 1, 1] : [1], x_error: null, y_error: null, opacity: 1, size: Math.min(series.size || 7, 9) }, frame);
}

// Draw a chart; `choose`, if given, is told the candidate of a point that is clicked.
function drawChart(target, spec, choose) {
  show(target, (width) => {
    const frame = frameOf(spec, width, valuesOf(spec, "x"), valuesOf(spec, "y"));
    if (!frame) return [html("p", { class: "empty" }, "No finite number to draw.")];
    const picture = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${spec.height}`, width, height: spec.height },
      axes(frame, spec), verticals(spec, frame),
      ...(spec.areas || []).map((area) => areaMarks(area, frame)),
      ...spec.series.map((series) => seriesMarks(series, frame)),
      ...spec.series.filter((series) => series.labels).flatMap((series) => pointLabels(series, frame)),
      ...notes(spec, frame));
    readChart(picture, spec, frame, choose);
    return [legend(spec), picture].filter(Boolean);
  });
}
