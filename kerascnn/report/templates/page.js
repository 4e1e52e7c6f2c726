// Start: draw what the page has places for.

const drawFigure = { chart: drawChart, heatmap: drawHeatmap, confusion: drawConfusion };

function drawFigures() {
  for (const target of document.querySelectorAll("[data-figure]")) {
    const figure = report.figures[target.dataset.figure];
    drawFigure[figure.kind](target, figure, sweep ? choose : null);
  }
}

function startTraining() {
  const height = 300;
  drawCurves(0, [], height);
  element("curve-status").textContent = curveStatus(0);
}

function start() {
  if (sweep) startExplorer();
  else if (curvePlaces.length) startTraining();
  drawFigures();
  if (table) startTable();
  listen("curve-log", "change", (event) => {
    isLogarithmic = event.target.checked;
    if (sweep) drawCandidate();
    else startTraining();
  });
}

start();
