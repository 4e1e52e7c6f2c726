// The chosen candidate beside the grid: its figures, curves and folds, and those of the pinned ones.

// The candidates to compare, the chosen one last; none where nothing is pinned beside it.
function comparedCandidates() {
  const others = state.pinned.filter((row) => row !== state.candidate);
  if (!others.length) return [];
  const named = state.pinned.map((candidate) => ({ candidate, name: `${numberOf(candidate)}`, colour: pinOf(candidate).colour }));
  const chosen = { candidate: state.candidate, name: `${numberOf(state.candidate)} (chosen)`, colour: "var(--chosen)" };
  return state.pinned.includes(state.candidate) ? named : [...named, chosen];
}

function drawCandidate() {
  const row = state.candidate;
  element("candidate-title").textContent = `Candidate ${numberOf(row)} of ${sweep.labels.length}` + (row === sweep.best ? ", the best" : "");
  element("candidate-setting").textContent = sweep.labels[row];
  const facts = sweep.measures.filter((measure) => measure.is_fact).map((measure) => html("div", {}, html("dt", {}, measure.name), html("dd", {}, measureText(measure, row))));
  element("candidate-facts").replaceChildren(...facts);
  element("curve-status").textContent = curveStatus(row);
  const compared = comparedCandidates();
  drawCurves(row, compared, 210);
  drawCurveLegend(compared);
  drawPins(compared);
  drawFolds(compared);
}

function drawCurveLegend(compared) {
  const item = (colour, text, dash) => html("span", { class: "item" }, html("span", { class: dash ? "key dashed" : "key solid", style: `--c:${colour}` }), text);
  const several = curvePlaces.length && fitsOf(state.candidate).length > 1;
  const alone = [item(chartColour.training, "training"), item(chartColour.validation, "validation"), several ? html("span", { class: "item" }, "thick: mean over folds") : null];
  const together = [...compared.map(({ name, colour }) => item(colour, name)), html("span", { class: "item" }, "dashed: training")];
  if (element("curve-legend")) element("curve-legend").replaceChildren(...(compared.length ? together : alone).filter(Boolean));
}

function drawPins(compared) {
  const isPinned = state.pinned.includes(state.candidate);
  const button = element("pin");
  button.textContent = isPinned ? "Unpin" : "Pin to compare";
  button.disabled = !isPinned && state.pinned.length === MOST_PINNED;
  element("pins").replaceChildren(...state.pinned.map((row) => {
    const { letter, colour } = pinOf(row);
    const chip = html("button", { type: "button", class: "chip", style: `--c:${colour}`, "aria-label": `Unpin candidate ${numberOf(row)}, ${sweep.labels[row]}` },
      html("span", { class: "letter" }, letter), ` ${numberOf(row)} `, html("span", { "aria-hidden": "true" }, "×"));
    chip.addEventListener("click", () => { togglePin(row); element("pin").focus(); });
    return chip;
  }));
}

// A row of each fold's figures; where candidates are compared, a row for each of them.
function drawFolds(compared) {
  const measures = sweep.measures.filter((measure) => measure.folds);
  const shown = currentMeasure().folds ? currentMeasure() : measures[0];
  const lines = compared.length
    ? compared.map(({ candidate, name }) => [`${name}: ${shown.name}`, shown, candidate])
    : measures.filter((measure) => finite(measure.folds[state.candidate]).length).map((measure) => [measure.name, measure, state.candidate]);
  const count = measures.length ? measures[0].folds[0].length : 0;
  const cells = (measure, row) => [...foldTexts(measure.folds[row]), measureText(measure, row)].map((text) => html("td", {}, text));
  element("folds").replaceChildren(
    html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "fold"), ...range(count).map((fold) => html("th", { scope: "col" }, String(fold + 1))), html("th", { scope: "col" }, "mean ± sd"))),
    html("tbody", {}, ...lines.map(([name, measure, row]) => html("tr", {}, html("th", { scope: "row" }, name), ...cells(measure, row)))));
}

// All with as many decimals as the largest needs.
function foldTexts(values) {
  const decimals = decimalsOf(largest([0, ...finite(values).map(Math.abs)]));
  return values.map((value) => (isNumber(value) ? trueMinus(value.toFixed(decimals)) : "–"));
}
