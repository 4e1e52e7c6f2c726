// Other pictures of all candidates: a curve over one parameter, points over each, ranks, parallel lines.

const chartColour = { validation: "var(--validation)", training: "var(--training)", quiet: "var(--soft)" };

// Rings around the chosen, the best and the pinned candidates of a series.
function rings(x, y, rows) {
  const at = (wanted) => rows.map((row, index) => (row === wanted ? index : -1)).filter((index) => index >= 0);
  const ring = (row, colour, size) => ({ x: at(row).map((index) => x[index]), y: at(row).map((index) => y[index]), colour, symbol: "ring", size, silent: true });
  return [
    ring(bestBy(currentMeasure()), "var(--text)", 13), ring(state.candidate, "var(--chosen)", 17),
    ...state.pinned.map((row) => ring(row, pinOf(row).colour, 13)),
  ];
}

function candidateSeries(x, rows, measure, extras = {}) {
  return { name: measure.name, x, y: rows.map((row) => measure.values[row]), candidates: rows, texts: rows.map((row) => candidateLines(row, measure).join("\n")), colour: chartColour.validation, symbol: "circle", ...extras };
}

const measureAxis = (measure) => ({ title: measure.name, kind: "linear", limits: measure.limits });

function parameterAxis(parameter) {
  if (parameter.numbers) return { title: parameter.label, kind: parameter.log ? "log" : "linear" };
  return { title: parameter.label, kind: "linear", range: [-0.5, parameter.texts.length - 0.5], ticks: parameter.texts.map((text, place) => [place, text]) };
}

function alongParameter(parameter, row) {
  const place = parameter.places[row];
  if (place < 0) return null;
  return parameter.numbers ? parameter.numbers[place] : place;
}

// One parameter: its validation curve, in a band of one standard deviation over folds; points with
// bars where its values are no numbers.
function drawValidationCurve(target) {
  const parameter = sweep.parameters[0];
  const measure = currentMeasure();
  const rows = shownRows().slice().sort((a, b) => parameter.places[a] - parameter.places[b]);
  const x = rows.map((row) => alongParameter(parameter, row));
  const partner = measure.partner === undefined ? [] : [sweep.measures[measure.partner]];
  const drawn = [measure, ...partner].map((each) => ({ measure: each, colour: each.part === "train" ? chartColour.training : chartColour.validation }));
  const [least, most] = measure.limits;
  const axis = parameterAxis(parameter);
  if (axis.kind === "log" || (parameter.numbers && rows.length < 12)) axis.ticks = parameter.numbers.map((number, place) => [number, parameter.texts[place]]);
  drawChart(target, {
    height: 400, x: axis, y: measureAxis(measure), legend: true,
    areas: drawn.filter((each) => parameter.numbers && each.measure.spreads).map((each) => ({
      x, colour: each.colour, least, most,
      low: rows.map((row) => bandEnd(each.measure, row, -1)), high: rows.map((row) => bandEnd(each.measure, row, 1)),
    })),
    series: [
      ...drawn.map((each, number) => candidateSeries(parameter.numbers ? x : x.map((place) => place + 0.06 * number), rows, each.measure, { colour: each.colour, ...(parameter.numbers ? { width: 2.5 } : { y_error: each.measure.spreads && rows.map((row) => each.measure.spreads[row]) }) })),
      ...rings(x, rows.map((row) => measure.values[row]), rows),
    ],
  }, choose);
}

// Where a candidate's band ends, within what the measure allows; null where it has no value.
function bandEnd(measure, row, side) {
  const [value, spread] = [measure.values[row], measure.spreads[row]];
  return isNumber(value) && isNumber(spread) ? limitedTo(value + side * spread, measure.limits) : null;
}

const limitedTo = (value, [least, most]) => Math.min(isNumber(most) ? most : Infinity, Math.max(isNumber(least) ? least : -Infinity, value));

// A search without a grid: the measure over each parameter.
function drawScatters(target) {
  const measure = currentMeasure();
  const parameters = sweep.parameters.filter((parameter) => parameter.texts.length > 1);
  const height = parameters.length > 2 ? 240 : 330;
  target.style.setProperty("--across", parameters.length > 1 ? 2 : 1);
  parameters.forEach((parameter, index) => {
    const figure = target.children[index] || target.appendChild(html("figure", {}, html("div", { class: "plot" })));
    const rows = shownRows().filter((row) => parameter.places[row] >= 0);
    const x = rows.map((row) => alongParameter(parameter, row));
    const series = candidateSeries(x, rows, measure, { opacity: 0.75 });
    drawChart(figure.lastElementChild, { height, x: parameterAxis(parameter), y: measureAxis(measure), series: [series, ...rings(x, series.y, rows)] }, choose);
  });
}

function rowsByRank(measure = currentMeasure()) {
  const sign = measure.better === "lower" ? 1 : -1;
  const worth = (row) => (isNumber(measure.values[row]) ? sign * measure.values[row] : Infinity);
  const best = bestBy(measure);
  return shownRows().slice().sort((a, b) => (b === best) - (a === best) || worth(a) - worth(b) || a - b);
}

function drawRanking(target) {
  const measure = currentMeasure();
  const rows = rowsByRank(measure);
  const x = rows.map((_, index) => index + 1);
  const y_error = measure.spreads ? rows.map((row) => measure.spreads[row]) : null;
  const series = candidateSeries(x, rows, measure, { y_error, opacity: 0.85 });
  drawChart(target, { height: 400, x: { title: "candidates in order of rank", kind: "linear", integers: true }, y: measureAxis(measure), series: [series, ...rings(x, series.y, rows)] }, choose);
}

// ---- parallel coordinates: a line for each candidate through its values ----

const SHADES = 12;

function parallelAxes(measure) {
  const parameters = sweep.parameters.filter((parameter) => parameter.texts.length > 1).map((parameter) => ({
    title: parameter.name, texts: parameter.texts, place: (row) => (parameter.places[row] < 0 ? null : parameterShare(parameter, row)),
    ticks: parameterTicks(parameter),
  }));
  const [low, high] = colourRange(measure, []);
  describeScale(measure, [low, high]);
  const share = (row) => (isNumber(measure.values[row]) ? (high > low ? (measure.values[row] - low) / (high - low) : 0.5) : null);
  const ends = [[0, measureText({ ...measure, values: [low], spreads: null }, 0)], [1, measureText({ ...measure, values: [high], spreads: null }, 0)]];
  return [...parameters, { title: measure.name, place: share, ticks: ends }];
}

function parameterShare(parameter, row) {
  const place = parameter.places[row];
  return sweep.axes ? place / (parameter.texts.length - 1) : shareAlong(parameter, place);
}

function shareAlong(parameter, place) {
  if (!parameter.numbers) return place / (parameter.texts.length - 1);
  const along = parameter.log ? Math.log10 : (value) => value;
  const [low, high] = [along(smallest(parameter.numbers)), along(largest(parameter.numbers))];
  return (along(parameter.numbers[place]) - low) / (high - low);
}

function parameterTicks(parameter) {
  const last = parameter.texts.length - 1;
  const places = last < 8 ? range(last + 1) : [0, last];
  return places.map((place) => [sweep.axes ? place / last : shareAlong(parameter, place), parameter.texts[place]]);
}

function drawParallel(target) {
  const measure = currentMeasure();
  const lines = parallelAxes(measure);
  const [height, top, bottom] = [400, 14, 352];
  show(target, (width) => {
    const xs = lines.map((_, index) => 40 + (index * (width - 100)) / Math.max(1, lines.length - 1));
    const y = (share) => bottom - share * (bottom - top);
    const along = (row) => linePath(lines.map((line, index) => (isNumber(line.place(row)) ? [rounded(xs[index]), rounded(y(line.place(row)))] : null)));
    const result = lines.at(-1).place;
    const known = shownRows().filter((row) => isNumber(result(row)));
    const shades = range(SHADES).map((shade) => known.filter((row) => Math.min(SHADES - 1, Math.floor(result(row) * SHADES)) === shade));
    const marked = [[bestBy(measure), "var(--text)"], [state.candidate, "var(--chosen)"], ...state.pinned.map((row) => [row, pinOf(row).colour])];
    const picture = svg("svg", { class: "chart parallel", viewBox: `0 0 ${width} ${height}`, width, height },
      ...shades.map((rows, shade) => svg("path", { class: "thread", d: rows.map(along).join(""), stroke: colourText(viridis((shade + 0.5) / SHADES)), opacity: known.length > 300 ? 0.35 : 0.7 })),
      ...marked.filter(([row]) => row !== null).map(([row, colour]) => svg("path", { class: "thread marked", d: along(row), style: `stroke:${colour}` })),
      ...lines.flatMap((line, index) => [
        svg("path", { class: "pole", d: `M${xs[index]} ${top}V${bottom}` }),
        ...line.ticks.map(([share, text]) => svg("text", { class: "tick", x: xs[index] + 5, y: y(share) + 4 }, shortened(text, 14))),
        svg("text", { class: "title", x: xs[index], y: height - 18 - (index % 2 ? 0 : 0), "text-anchor": index ? (index === lines.length - 1 ? "end" : "middle") : "start", dx: index ? (index === lines.length - 1 ? 55 : 0) : -36 }, shortened(line.title, 22)),
      ]));
    readParallel(picture, known, lines, xs, y);
    return [picture];
  });
}

function readParallel(picture, rows, lines, xs, y) {
  const distance = (row, x, height) => {
    const index = Math.max(0, xs.findLastIndex((place) => place <= x));
    const next = Math.min(xs.length - 1, index + 1);
    const [a, b] = [lines[index].place(row), lines[next].place(row)];
    const part = next > index ? (x - xs[index]) / (xs[next] - xs[index]) : 0;
    return isNumber(a) && isNumber(b) ? Math.abs(y(a + part * (b - a)) - height) : Infinity;
  };
  const under = (event) => {
    const [x, height] = placeIn(picture, event);
    const near = rows.map((row) => [distance(row, x, height), row]).filter(([gap]) => gap < 12);
    return near.length ? near.reduce((a, b) => (b[0] < a[0] ? b : a))[1] : null;
  };
  picture.classList.add("choosable");
  picture.addEventListener("pointermove", (event) => (under(event) === null ? hideReadout() : showReadout(event, candidateLines(under(event)))));
  picture.addEventListener("pointerleave", hideReadout);
  picture.addEventListener("click", (event) => under(event) !== null && choose(under(event)));
}
