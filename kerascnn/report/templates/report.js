"use strict";
// Draws what lies in the page's data; every text in a figure was escaped where it was made.

const report = JSON.parse(document.getElementById("report-data").textContent);
const element = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Ticks of a logarithmic axis at 1, 2 and 5 in each decade, or at fewer powers of ten.
function logarithmicTicks(values) {
  const positive = values.filter((value) => value > 0);
  if (!positive.length) return {};
  const decades = positive.map((value) => Math.log10(value));
  const low = Math.floor(decades.reduce((a, b) => Math.min(a, b), Infinity));
  const high = Math.ceil(decades.reduce((a, b) => Math.max(a, b), -Infinity));
  const steps = high - low <= 3 ? [1, 2, 5] : [1];
  const tickvals = [];
  for (let decade = low; decade <= high; decade += Math.ceil((high - low) / 8) || 1) {
    tickvals.push(...steps.map((step) => Number(`${step}e${decade}`)));
  }
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
  const label = (value) => (value < 1e-4 || value >= 1e12 ? value.toExponential(0) : compact.format(value));
  return { tickvals, ticktext: tickvals.map(label) };
}

function themed(layout, data) {
  const axis = (given, letter) => ({ ...given, ...(given.type === "log" ? logarithmicTicks(data.flatMap((trace) => trace[letter])) : {}), gridcolor: colour("--line"), zerolinecolor: colour("--line") });
  return {
    ...layout,
    xaxis: axis(layout.xaxis, "x"),
    yaxis: axis(layout.yaxis, "y"),
    template: null,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("--text") },
    hoverlabel: { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { family: getComputedStyle(document.body).fontFamily, color: colour("--text") }, align: "left" },
  };
}

// On paper a figure is as wide as the paper allows, whatever the screen it was drawn for.
function allowScaling(target) {
  const { width, height } = target._fullLayout;
  target.style.setProperty("--ratio", `${width} / ${height}`);
  for (const svg of target.querySelectorAll(".main-svg")) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
}

function draw(target, figure) {
  const isNew = !target.on;
  const options = { responsive: true, displayModeBar: false };
  Plotly.react(target, figure.data, themed(figure.layout, figure.data), options);
  if (isNew) target.on("plotly_afterplot", () => allowScaling(target));
  allowScaling(target);
}

// ---- the grid ----

function currentPanel() {
  const value = (id, otherwise) => Number(element(id) ? element(id).value : otherwise);
  const metric = value("metric", 0);
  const facet = value("facet", 0);
  return report.panels.find((panel) => panel.metric === metric && panel.facet === facet);
}

function drawGrid() {
  const panel = currentPanel();
  if (!panel) return;
  element("scale-low").textContent = panel.scale[0];
  element("scale-high").textContent = panel.scale[1];
  for (const part of ["validation", "training"]) {
    const target = element("heatmap-" + part);
    if (target && panel[part]) draw(target, panel[part]);
    else if (target) Plotly.purge(target);
  }
}

function chooseFromGrid(event) {
  const [row, column] = event.points[0].pointIndex;
  chooseCandidate(currentPanel().candidates[row][column]);
}

// ---- learning curves ----

function meanOver(fits, name) {
  const length = Math.min(...fits.map((fit) => fit[name].length));
  const at = (epoch) => fits.reduce((sum, fit) => sum + (fit[name][epoch] ?? NaN), 0) / fits.length;
  return Array.from({ length }, (_, epoch) => at(epoch));
}

function curveTraces(fits, quantity) {
  const traces = [];
  for (const [name, word] of [[quantity, "training"], ["val_" + quantity, "validation"]]) {
    const measured = fits.filter((fit) => fit[name]);
    if (!measured.length) continue;
    const base = { mode: "lines", line: { color: colour("--" + word), width: 1 } };
    for (const fit of measured) {
      const single = measured.length === 1;
      // A line of one epoch would be invisible.
      const mode = fit.epochs.length < 3 ? "lines+markers" : "lines";
      const line = { ...base.line, width: single ? 2.5 : 1 };
      const fold = single ? word : `${word}, fold ${fit.split + 1}`;
      traces.push({ ...base, mode, line, x: fit.epochs, y: fit[name], opacity: single ? 1 : 0.5, hoverinfo: single ? "all" : "skip", name: fold });
    }
    if (measured.length > 1) {
      traces.push({ ...base, x: measured[0].epochs, y: meanOver(measured, name), line: { ...base.line, width: 3 }, name: word + " mean" });
    }
  }
  return traces;
}

function divergenceLines(epochs) {
  return [...new Set(epochs)].map((epoch) => (
    { type: "line", x0: epoch, x1: epoch, y0: 0, y1: 1, yref: "paper", line: { color: colour("--wrong"), width: 1, dash: "dot" } }
  ));
}

function curveFigure(fits, quantity, diverged, stops) {
  const longest = Math.max(0, ...fits.flatMap((fit) => fit.epochs));
  const logarithmic = quantity === "loss" && element("curve-log").checked;
  return {
    data: [...curveTraces(fits, quantity), ...stopTraces(fits, quantity, stops)],
    layout: {
      height: 320,
      margin: { l: 10, r: 10, t: 10, b: 10 },
      showlegend: false,
      hovermode: "x unified",
      dragmode: false,
      shapes: divergenceLines(diverged),
      xaxis: { title: { text: "epoch" }, dtick: longest <= 12 ? 1 : undefined, range: longest > 1 ? [1, longest] : [0.5, 1.5], automargin: true, fixedrange: true },
      yaxis: { type: logarithmic ? "log" : "linear", nticks: 6, automargin: true, fixedrange: true },
    },
  };
}

function divergenceText(epochs) {
  const text = Object.entries(epochs).map(([split, epoch]) => `fold ${Number(split) + 1} in epoch ${epoch}`);
  return text.length ? "Diverged: " + text.join(", ") + "." : "";
}

function stopText(stops) {
  const text = Object.entries(stops).map(([split, [best, last]]) => `fold ${Number(split) + 1} of epoch ${best}, stopped after ${last}`);
  return text.length ? "Early stopping kept the weights of the points: " + text.join("; ") + "." : "";
}

// A point on each fold's validation curve, at the epoch whose weights were kept.
function stopTraces(fits, quantity, stops) {
  const kept = fits.filter((fit) => fit["val_" + quantity] && fit.split in stops);
  const at = kept.map((fit) => fit.epochs.indexOf(stops[fit.split][0]));
  const seen = kept.map((fit, number) => [fit, at[number]]).filter(([, place]) => place >= 0);
  if (!seen.length) return [];
  return [{
    mode: "markers", hoverinfo: "skip",
    marker: { size: 9, symbol: "circle-open", line: { width: 2 }, color: colour("--validation") },
    x: seen.map(([fit, place]) => fit.epochs[place]), y: seen.map(([fit, place]) => fit["val_" + quantity][place]),
  }];
}

const curvePlaces = document.querySelectorAll("[data-curve]");
let chosen = null;

function drawCurves() {
  if (chosen === null) return;
  const fits = report.curves.fits[chosen] || [];
  const epochs = report.divergence[chosen] || {};
  const stops = report.stops[chosen] || {};
  const said = [divergenceText(epochs), stopText(stops)].filter(Boolean).join(" ");
  element("curve-status").textContent = fits.length ? said : "No curves were recorded for this candidate.";
  for (const place of curvePlaces) {
    draw(place, curveFigure(fits, place.dataset.curve, Object.values(epochs), stops));
  }
}

function chooseCandidate(candidate) {
  if (!curvePlaces.length || !(candidate in report.curves.fits)) return;
  chosen = candidate;
  const select = element("curve-candidate");
  if (select) {
    select.value = candidate;
    element("curve-previous").disabled = select.selectedIndex === 0;
    element("curve-next").disabled = select.selectedIndex === select.options.length - 1;
  }
  for (const row of document.querySelectorAll("#candidates tbody tr")) {
    row.classList.toggle("chosen", Number(row.dataset.candidate) === candidate);
  }
  drawCurves();
}

function stepCandidate(step) {
  const select = element("curve-candidate");
  chooseCandidate(Number(select.options[select.selectedIndex + step].value));
}

// ---- the table ----

function compareKeys(first, second) {
  if (first === "" || second === "") return (first === "") - (second === "");
  const numbers = [Number(first), Number(second)];
  return numbers.some(Number.isNaN) ? first.localeCompare(second) : numbers[0] - numbers[1];
}

function sortTable(heading) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const body = element("candidates").tBodies[0];
  const key = (row) => row.cells[heading.cellIndex].dataset.key;
  const rows = [...body.rows].sort((a, b) => {
    const empty = (key(a) === "") - (key(b) === "");
    return empty || (descending ? -1 : 1) * compareKeys(key(a), key(b));
  });
  body.append(...rows);
}

function rowText(row) {
  return [...row.cells].map((cell) => `${cell.textContent} ${cell.dataset.key ?? ""}`).join(" ").toLowerCase();
}

function filterTable() {
  const wanted = element("table-filter").value.trim().toLowerCase();
  const rows = [...element("candidates").tBodies[0].rows];
  for (const row of rows) row.hidden = !rowText(row).includes(wanted);
  const shown = rows.filter((row) => !row.hidden).length;
  element("table-count").textContent = wanted ? `${shown} of ${rows.length}` : `${rows.length} in all`;
}

// ---- start ----

function drawAll() {
  drawGrid();
  drawCurves();
  for (const target of document.querySelectorAll("[data-figure]")) {
    draw(target, report.figures[target.dataset.figure]);
  }
}

function listen(id, event, action) {
  if (element(id)) element(id).addEventListener(event, action);
}

function start() {
  drawAll();
  chooseCandidate(report.best in report.curves.fits ? report.best : Number(Object.keys(report.curves.fits)[0]));
  for (const part of ["validation", "training"]) {
    const target = element("heatmap-" + part);
    if (!target || !target.on) continue;
    target.classList.add("clickable");
    target.on("plotly_click", chooseFromGrid);
  }
  const ranking = document.querySelector("[data-figure=ranking]");
  if (ranking) ranking.on("plotly_click", (event) => chooseCandidate(event.points[0].customdata));
  const rungs = document.querySelector("[data-figure=rungs]");
  if (rungs) rungs.on("plotly_click", (event) => chooseCandidate(event.points[0].customdata));
  listen("metric", "change", drawGrid);
  listen("facet", "change", drawGrid);
  listen("curve-candidate", "change", (event) => chooseCandidate(Number(event.target.value)));
  listen("curve-previous", "click", () => stepCandidate(-1));
  listen("curve-next", "click", () => stepCandidate(1));
  listen("curve-log", "change", drawCurves);
  for (const heading of document.querySelectorAll("#candidates th button")) {
    heading.addEventListener("click", () => sortTable(heading.parentNode));
  }
  for (const button of document.querySelectorAll("#candidates .show")) {
    button.addEventListener("click", () => chooseCandidate(Number(button.closest("tr").dataset.candidate)));
  }
  listen("table-filter", "input", filterTable);
  if (element("candidates")) filterTable();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}

start();
