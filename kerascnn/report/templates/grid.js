// The grid: one heatmap, or one for each value of the parameters that are on neither axis.

const gridChoice = { rows: -1, columns: -1, rest: "panels", slice: {} };
const HEIGHT_OF_PANELS = 400;
const MOST_PANELS = 60;
let shownPanels = [];

function startGrid() {
  [gridChoice.rows, gridChoice.columns] = sweep.axes;
  sweep.parameters.forEach((parameter, index) => { gridChoice.slice[index] = parameter.places[sweep.best]; });
  if (panelSettings(restParameters()).length > MOST_PANELS) gridChoice.rest = "best";
}

const onAxes = (index) => index === gridChoice.rows || index === gridChoice.columns;
const restParameters = () => range(sweep.parameters.length).filter((index) => !onAxes(index));
const parameterText = (index, place) => `${sweep.parameters[index].name} = ${sweep.parameters[index].texts[place]}`;

// Every combination of the values of some parameters, as lists of [parameter, place].
function panelSettings(indices) {
  return indices.reduce((settings, index) =>
    settings.flatMap((setting) => range(sweep.parameters[index].texts.length).map((place) => [...setting, [index, place]])), [[]]);
}

const hasSetting = (row, setting) => setting.every(([index, place]) => sweep.parameters[index].places[row] === place);
const placeOf = (row, index) => (index < 0 ? 0 : sweep.parameters[index].places[row]);
const axisOf = (index) => (index < 0
  ? { title: "", labels: [""] }
  : { title: sweep.parameters[index].label, labels: sweep.parameters[index].texts.slice(), isText: !sweep.parameters[index].numbers });

// The panels to draw: a title and the candidates of each cell.
function gridPanels() {
  const rest = restParameters();
  const isPanelled = gridChoice.rest === "panels";
  const settings = isPanelled ? panelSettings(rest) : gridChoice.rest === "slice" ? [rest.map((index) => [index, gridChoice.slice[index]])] : [[]];
  const panels = settings.map((setting) => ({ setting, cells: emptyCells() }));
  const byKey = new Map(panels.map((panel) => [panel.setting.map(([, place]) => place).join(), panel]));
  for (const row of shownRows()) {
    const key = gridChoice.rest === "mean" || gridChoice.rest === "best" ? "" : rest.map((index) => placeOf(row, index)).join();
    const panel = byKey.get(key);
    if (panel) panel.cells[placeOf(row, gridChoice.rows)][placeOf(row, gridChoice.columns)].push(row);
  }
  return panels.filter((panel) => panel.cells.some((line) => line.some((cell) => cell.length)));
}

function emptyCells() {
  const count = (index) => (index < 0 ? 1 : sweep.parameters[index].texts.length);
  return range(count(gridChoice.rows)).map(() => range(count(gridChoice.columns)).map(() => []));
}

function cellValue(rows, measure) {
  const values = finite(rows.map((row) => measure.values[row]));
  if (!values.length) return NaN;
  if (gridChoice.rest === "mean") return mean(values);
  return measure.better === "lower" ? smallest(values) : largest(values);
}

// The candidate that a cell stands for: its only one, else the best of them.
function representative(rows, measure) {
  const best = bestBy(measure);
  if (rows.includes(best)) return best;
  const sign = measure.better === "lower" ? -1 : 1;
  const worth = (row) => (isNumber(measure.values[row]) ? sign * measure.values[row] : -Infinity);
  return rows.reduce((a, b) => (worth(b) > worth(a) ? b : a));
}

// Measures of one metric share their colours, so that training can be compared with validation.
function colourRange(measure, shown) {
  const isWhole = gridChoice.rest !== "mean";
  const sharing = sweep.measures.filter((other) => other.scale === measure.scale);
  const values = isWhole ? finite(sharing.flatMap((other) => shownRows().map((row) => other.values[row]))) : finite(shown);
  if (!values.length) return [0, 1];
  const [low, high] = [smallest(values), largest(values)];
  if (high > low) return [low, high];
  const [least, most] = measure.limits;
  return [isNumber(least) ? Math.max(least, low - 0.5) : low - 0.5, isNumber(most) ? Math.min(most, high + 0.5) : high + 0.5];
}

function gridCell(rows, measure, [low, high], best) {
  if (!rows.length) return null;
  const value = cellValue(rows, measure);
  const chosenOne = representative(rows, measure);
  const isAlone = rows.length === 1;
  const pinned = rows.find((row) => pinOf(row));
  return {
    rows, candidate: chosenOne, value,
    share: isNumber(value) ? (high > low ? (value - low) / (high - low) : 0.5) : null,
    text: measure.unit === "seconds" ? durationText(value) : isNumber(value) ? trueMinus(value.toFixed(Math.min(8, decimalsOf(value)))) : "",
    short: measure.unit !== "seconds" && isNumber(value) && Math.abs(value) < 10 ? trueMinus(value.toFixed(2)) : undefined,
    hatched: rows.some((row) => row in sweep.divergence) || !isNumber(value),
    best: rows.includes(best), chosen: rows.includes(state.candidate),
    alike: isAlone && measure.alike ? measure.alike[rows[0]] : false,
    pin: pinned === undefined ? null : pinOf(pinned),
  };
}

function describeCell(cell) {
  const measure = currentMeasure();
  if (cell.rows.length === 1) return candidateLines(cell.rows[0]);
  const how = gridChoice.rest === "mean" ? "mean" : "best";
  return [`${how} ${measure.name} of ${cell.rows.length} candidates: ${measureText({ ...measure, values: [cell.value], spreads: null }, 0)}`, "The best of them:", ...candidateLines(cell.candidate)];
}

function panelSize(panels, target) {
  const cells = panels[0].cells;
  const isSmall = panels.length > 1;
  const across = !isSmall ? 1 : Math.min(panels.length, Math.max(1, Math.floor(target.clientWidth / Math.max(170, 110 + 16 * cells[0].length))), panels.length <= 4 ? 2 : 4);
  const down = Math.ceil(panels.length / across);
  const height = (HEIGHT_OF_PANELS / Math.min(down, 3) - (isSmall ? 74 : 48)) / cells.length;
  return { across, cellHeight: Math.max(11, Math.min(isSmall ? 34 : 62, height)) };
}

function drawGrid(target) {
  const measure = currentMeasure();
  const panels = gridPanels();
  const best = bestBy(measure);
  const shown = panels.flatMap((panel) => panel.cells.flat().map((rows) => cellValue(rows, measure)));
  const ends = colourRange(measure, shown);
  const { across, cellHeight } = panelSize(panels, target);
  const drawn = panels.map((panel) => ({
    title: panel.setting.map(([index, place]) => parameterText(index, place)).join(", "),
    rows: axisOf(gridChoice.rows), columns: axisOf(gridChoice.columns), cellHeight,
    cells: panel.cells.map((line) => line.map((rows) => gridCell(rows, measure, ends, best))), describe: describeCell,
  }));
  shownPanels = drawn;
  target.style.setProperty("--across", across);
  while (target.children.length > drawn.length) dropPanel(target.lastElementChild);
  drawn.forEach((spec, index) => {
    const figure = target.children[index] || target.appendChild(html("figure", {}, html("figcaption"), html("div", { class: "plot" })));
    figure.firstElementChild.textContent = gridChoice.rest === "panels" && drawn.length > 1 ? spec.title : "";
    drawHeatmap(figure.lastElementChild, spec, (cell) => choose(cell.candidate));
  });
  describeScale(measure, ends);
}

function dropPanel(figure) {
  drawings.delete(figure.lastElementChild);
  observer.unobserve(figure.lastElementChild);
  figure.remove();
}

function describeScale(measure, ends) {
  const text = (value) => measureText({ ...measure, values: [value], spreads: null }, 0);
  element("scale-low").textContent = text(ends[0]);
  element("scale-high").textContent = text(ends[1]);
  const rest = restParameters();
  const names = rest.map((index) => sweep.parameters[index].name).join(", ");
  const how = {
    panels: "",
    slice: `Only candidates with ${rest.map((index) => parameterText(index, gridChoice.slice[index])).join(", ")}.`,
    mean: `Each cell is the mean over all values of ${names}.`,
    best: `Each cell is the best over all values of ${names}.`,
  };
  element("grid-how").textContent = view === "grid" && rest.length ? how[gridChoice.rest] : "";
}

// ---- arrow keys ----

function stepInGrid(down, right) {
  const panel = Math.max(0, shownPanels.findIndex((spec) => spec.cells.flat().some((cell) => cell && cell.chosen)));
  const cells = shownPanels[panel].cells;
  let row = cells.findIndex((line) => line.some((cell) => cell && cell.chosen));
  if (row < 0) return choose(sweep.best);
  let column = cells[row].findIndex((cell) => cell && cell.chosen);
  let at = panel;
  do {
    row += down;
    column += right;
    // Beyond the left and the right edge lies the next panel.
    if (column < 0 && at > 0) [at, column] = [at - 1, cells[0].length - 1];
    if (column >= cells[0].length && at + 1 < shownPanels.length) [at, column] = [at + 1, 0];
    if (row < 0 || column < 0 || row >= cells.length || column >= cells[0].length) return;
  } while (!shownPanels[at].cells[row][column]);
  choose(shownPanels[at].cells[row][column].candidate);
}
