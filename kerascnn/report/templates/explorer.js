// The picture first: all candidates on the left, the chosen one on the right.

let view = "";

function views() {
  const varying = sweep.parameters.filter((parameter) => parameter.texts.length > 1).length;
  const offered = [];
  if (sweep.axes && varying === 1) offered.push(["curve", "validation curve", drawValidationCurve]);
  if (sweep.axes) offered.push(["grid", "heatmap", drawGrid]);
  if (!sweep.axes && varying) offered.push(["scatter", "each parameter", drawScatters]);
  if (varying > 1) offered.push(["parallel", "parallel coordinates", drawParallel]);
  return [...offered, ["rank", "ranking", drawRanking]];
}

function setView(name) {
  view = name;
  const target = element("grid");
  for (const figure of [...target.querySelectorAll(".plot"), target]) {
    drawings.delete(figure);
    observer.unobserve(figure);
  }
  target.replaceChildren();
  target.className = ["grid", "scatter"].includes(view) ? "panels" : "panels single";
  drawControls();
  drawView();
}

function drawView() {
  const [, , draw] = views().find(([name]) => name === view);
  const target = element("grid");
  const single = ["grid", "scatter"].includes(view) ? target : target.firstElementChild || target.appendChild(html("div", { class: "plot" }));
  draw(single);
  const isColoured = view === "grid" || view === "parallel";
  element("scale").hidden = !isColoured;
  element("hatched-key").hidden = view !== "grid";
  if (element("alike-key")) element("alike-key").hidden = view !== "grid" || !currentMeasure().alike;
  if (view !== "grid") element("grid-how").textContent = "";
}

function drawControls() {
  const measures = sweep.measures.map(({ name }, index) => [index, name]);
  const parts = [selection("show", "Show", measures, state.measure, (index) => change({ measure: Number(index) }))];
  if (views().length > 1) parts.push(selection("view", "as", views().map(([name, text]) => [name, text]), view, setView));
  if (view === "grid" && sweep.parameters.length > 2) parts.push(...axisControls());
  element("grid-controls").replaceChildren(...parts);
}

function axisControls() {
  const names = sweep.parameters.map((parameter, index) => [index, parameter.name]);
  const pick = (axis, other) => (value) => {
    // Choosing what is on the other axis swaps them.
    if (gridChoice[other] === Number(value)) gridChoice[other] = gridChoice[axis];
    gridChoice[axis] = Number(value);
    setView("grid");
  };
  const modes = [["panels", "small multiples"], ["slice", "fixed"], ["mean", "averaged"], ["best", "at their best"]];
  const isMany = panelSettings(restParameters()).length > MOST_PANELS;
  const slices = gridChoice.rest !== "slice" ? [] : restParameters().map((index) => {
    const { name, texts } = sweep.parameters[index];
    return selection(`slice-${index}`, name, texts.map((text, place) => [place, text]), gridChoice.slice[index], (place) => { gridChoice.slice[index] = Number(place); drawView(); });
  });
  return [
    selection("rows", "Down", names, gridChoice.rows, pick("rows", "columns")), selection("columns", "Across", names, gridChoice.columns, pick("columns", "rows")),
    selection("rest", "The rest", isMany ? modes.slice(1) : modes, gridChoice.rest, (mode) => { gridChoice.rest = mode; setView("grid"); }), ...slices,
  ];
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function onGridKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in ARROWS) {
    const [down, right] = ARROWS[event.key];
    if (view === "grid") stepInGrid(down, right);
    else stepByRank(down + right);
  } else if (event.key === "Home") choose(sweep.best);
  else if (event.key === "p" || event.key === "P") togglePin(state.candidate);
  else return;
  event.preventDefault();
}

function stepByRank(step) {
  const rows = view === "curve" ? shownRows() : rowsByRank();
  const place = rows.indexOf(state.candidate) + step;
  if (place >= 0 && place < rows.length) choose(rows[place]);
}

function startExplorer() {
  startState();
  if (sweep.axes) startGrid();
  setView(views()[0][0]);
  drawCandidate();
  drawImportance();
  let measure = state.measure;
  onChange(() => {
    if (measure !== state.measure) {
      drawControls();
      drawImportance();
    }
    measure = state.measure;
    drawView();
    drawCandidate();
  });
  element("grid").addEventListener("keydown", onGridKey);
  listen("previous", "click", () => stepInRank(-1));
  listen("next", "click", () => stepInRank(1));
  listen("differences", "change", drawCandidate);
  for (const button of document.querySelectorAll("[data-choose]")) {
    button.addEventListener("click", () => choose(Number(button.dataset.choose)));
  }
  listen("pin", "click", () => togglePin(state.candidate));
}

// From the best candidate to the worst, through every row of the results.
function stepInRank(step) {
  const rows = report.table.candidates;
  const place = rows.indexOf(state.candidate) + step;
  if (place >= 0 && place < rows.length) choose(rows[place]);
}
