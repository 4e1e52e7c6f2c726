// What is under the pointer, in words beside it.

const readout = html("div", { class: "readout", "aria-hidden": "true", hidden: true });
document.body.append(readout);

function showReadout(event, lines) {
  readout.replaceChildren(...lines.map((line, index) => html("div", { class: index ? "" : "first" }, line)));
  readout.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = readout;
  const right = event.clientX + 14 + width < innerWidth ? event.clientX + 14 : Math.max(4, event.clientX - 14 - width);
  const below = event.clientY + 14 + height < innerHeight ? event.clientY + 14 : Math.max(4, event.clientY - 14 - height);
  readout.style.transform = `translate(${Math.round(right)}px, ${Math.round(below)}px)`;
}

const hideReadout = () => { readout.hidden = true; };
addEventListener("scroll", hideReadout, { passive: true, capture: true });
addEventListener("keydown", (event) => { if (event.key === "Escape") hideReadout(); });

// Where an event happened in a picture's own units, however large it is shown.
function placeIn(picture, event) {
  const box = picture.getBoundingClientRect();
  const scale = picture.viewBox.baseVal.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

const REACH = 28;

function nearestPoint(points, [x, y]) {
  let best = null, least = REACH ** 2;
  for (const point of points) {
    const distance = (point.place[0] - x) ** 2 + (point.place[1] - y) ** 2;
    if (distance < least) [best, least] = [point, distance];
  }
  return best;
}

function numberText(value) {
  return isNumber(value) ? trueMinus(String(Number(value.toPrecision(4)))) : "–";
}

function pointLines(point) {
  const { series, index } = point;
  if (series.texts) return series.texts[index].split("\n");
  const spread = (series.x_error || series.y_error || [])[index];
  const value = numberText(series.y[index]) + (isNumber(spread) ? ` ± ${numberText(spread)}` : "");
  return [series.name, `${numberText(series.x[index])}: ${value}`].filter(Boolean);
}

// The values of all series at one place along x.
function columnLines(points, x, spec) {
  const there = points.filter((point) => point.series.x[point.index] === x);
  return [`${spec.x.title} ${numberText(x)}`, ...there.map(({ series, index }) => `${series.name}: ${numberText(series.y[index])}`)];
}

function readChart(picture, spec, frame, choose) {
  const points = spec.series.filter((series) => !series.silent).flatMap((series) =>
    placesOf(series, frame).map((place, index) => ({ place, series, index })).filter((point) => point.place));
  const mark = svg("circle", { class: "pointed", r: 6, visibility: "hidden" });
  const guide = svg("path", { class: "guide", visibility: "hidden" });
  picture.append(guide, mark);
  const under = (event) => {
    const place = placeIn(picture, event);
    if (!spec.by_column) return nearestPoint(points, place);
    const near = (point) => Math.abs(point.place[0] - place[0]);
    return points.length ? points.reduce((a, b) => (near(b) < near(a) ? b : a)) : null;
  };
  picture.addEventListener("pointermove", (event) => {
    const point = under(event);
    for (const shown of [mark, guide]) shown.setAttribute("visibility", "hidden");
    picture.classList.toggle("pointing", Boolean(point && choose && candidateOf(point) !== null));
    if (!point) return hideReadout();
    const [x, y] = point.place;
    if (spec.by_column) filled(guide, { d: `M${x} ${frame.top}V${frame.bottom}`, visibility: "visible" }, []);
    else filled(mark, { cx: x, cy: y, visibility: "visible" }, []);
    showReadout(event, spec.by_column ? columnLines(points, point.series.x[point.index], spec) : pointLines(point));
  });
  picture.addEventListener("pointerleave", () => {
    hideReadout();
    for (const shown of [mark, guide]) shown.setAttribute("visibility", "hidden");
  });
  if (choose) picture.addEventListener("click", (event) => {
    const point = under(event);
    if (point && candidateOf(point) !== null) choose(candidateOf(point));
  });
}

const candidateOf = ({ series, index }) => (series.candidates && isNumber(series.candidates[index]) ? series.candidates[index] : null);
