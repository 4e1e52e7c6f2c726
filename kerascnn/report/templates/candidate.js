// The chosen candidate beside the grid: its figures, curves and folds, and those of the pinned ones.

// The candidates to compare, the chosen one last; none where nothing is pinned beside it.
function comparedCandidates() {
  const others = state.pinned.filter((row) => row !== state.candidate);
  if (!others.length) return [];
  const named = state.pinned.map((candidate) => ({ candidate, name: `${numberOf(candidate)}`, colour: pinOf(candidate).colour }));
  const chosen = { candidate: state.candidate, name: `${numberOf(state.candidate)} (chosen)`, colour: "var(--chosen)" };
  return state.pinned.includes(state.candidate) ? named : [...named, chosen];
}

// What the search made of a candidate: its function "refit" may choose another one than the best.
function standing(row) {
  const best = bestBy(sweep.measures[0]);
  if (row === best) return ", the best";
  return row === sweep.best && best !== null ? ", the search’s choice" : "";
}

function drawCandidate() {
  const row = state.candidate;
  element("candidate-title").textContent = `Candidate ${numberOf(row)} of ${sweep.labels.length}${standing(row)}`;
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
function foldRows(compared) {
  const measures = sweep.measures.filter((measure) => measure.folds);
  const shown = currentMeasure().folds ? currentMeasure() : measures[0];
  if (compared.length) return compared.map(({ candidate, name }) => [`${name}: ${shown.name}`, shown, candidate]);
  return measures.filter((measure) => finite(measure.folds[state.candidate]).length).map((measure) => [measure.name, measure, state.candidate]);
}

function drawFolds(compared) {
  const isDifference = element("differences").checked;
  const rows = foldRows(compared);
  const count = largest([0, ...rows.map(([, measure, row]) => measure.folds[row].length)]);
  const head = ["fold", "mean ± sd", ...range(count).map((fold) => String(fold + 1))].map((text) => html("th", { scope: "col" }, text));
  const body = rows.map(([name, measure, row]) => html("tr", {}, html("th", { scope: "row" }, name), ...foldTexts(measure, row, isDifference).map((text) => html("td", {}, text))));
  element("folds").replaceChildren(html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...body));
  element("p-value").textContent = pValueText(state.candidate);
}

// Each fold's figure and their mean, perhaps less those of the best candidate by the same measure;
// all with as many decimals as the largest needs.
function foldTexts(measure, row, isDifference) {
  const best = isDifference ? measure.folds[bestBy(measure)] : null;
  const values = measure.folds[row].map((value, fold) => (isNumber(value) && best ? value - best[fold] : value));
  const decimals = decimalsOf(largest([0, ...finite(values).map(Math.abs)]));
  const text = (value) => (isNumber(value) ? (best && value > 0 ? "+" : "") + trueMinus(value.toFixed(decimals)) : "–");
  const known = finite(values), center = mean(known);
  const spread = Math.sqrt(mean(known.map((value) => (value - center) ** 2)));
  const isWhole = known.length === values.length && known.length > 0;
  const summary = known.length > 1 ? `${text(center)} ± ${spread.toFixed(decimals)}` : text(center);
  return [isWhole ? summary : "–", ...values.map(text)];
}

function pValueText(row) {
  const measure = currentMeasure().p_values ? currentMeasure() : sweep.measures[0];
  const value = measure.p_values ? measure.p_values[row] : null;
  if (!isNumber(value) || row === bestBy(measure)) return "";
  const told = measure.alike[row] ? "cannot be told from the best" : "told from the best";
  return `${told}, p ${value < 0.001 ? "< 0.001" : "= " + value.toFixed(3)}`;
}
