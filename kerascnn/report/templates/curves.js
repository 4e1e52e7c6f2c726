// Learning curves: of every fold of one candidate, or the means of several side by side.

const curvePlaces = [...document.querySelectorAll("[data-curve]")];
let isLogarithmic = true;

const fitsOf = (candidate) => report.curves.fits[candidate] || [];

// The epochs of a fit: given one by one, or all that were kept up to the last one.
function epochsOf(fit) {
  if (Array.isArray(fit.epochs)) return fit.epochs;
  const kept = range(Math.ceil(fit.epochs / report.curves.step)).map((index) => 1 + index * report.curves.step);
  return kept.at(-1) === fit.epochs ? kept : [...kept, fit.epochs];
}

function meanOver(fits, name) {
  const length = smallest(fits.map((fit) => fit[name].length));
  const at = (index) => fits.reduce((sum, fit) => sum + (fit[name][index] ?? NaN), 0) / fits.length;
  return range(length).map((index) => (isNumber(at(index)) ? at(index) : null));
}

function foldSeries(fits, quantity) {
  return [[quantity, "training"], ["val_" + quantity, "validation"]].flatMap(([name, word]) => {
    const measured = fits.filter((fit) => fit[name]);
    const isSingle = measured.length === 1;
    const folds = measured.map((fit) => ({ name: word, x: epochsOf(fit), y: fit[name], colour: chartColour[word], width: isSingle ? 2.5 : 1, opacity: isSingle ? 1 : 0.55, silent: !isSingle }));
    if (measured.length < 2) return folds;
    return [...folds, { name: word + " mean", x: epochsOf(measured[0]), y: meanOver(measured, name), colour: chartColour[word], width: 3 }];
  });
}

// A ring on each fold's validation curve, at the epoch whose weights were kept.
function stopSeries(fits, quantity, stops) {
  const kept = fits.filter((fit) => fit["val_" + quantity] && fit.split in stops).map((fit) => [fit, epochsOf(fit).indexOf(stops[fit.split][0])]).filter(([, place]) => place >= 0);
  if (!kept.length) return [];
  return [{ x: kept.map(([fit, place]) => epochsOf(fit)[place]), y: kept.map(([fit, place]) => fit["val_" + quantity][place]), colour: chartColour.validation, symbol: "ring", size: 9, silent: true }];
}

// Several candidates: the mean over folds of each, training dashed.
function comparedSeries(candidates, quantity) {
  return candidates.flatMap(({ candidate, name, colour }) => [["val_" + quantity, null, "validation"], [quantity, "5 4", "training"]].flatMap(([column, dash, word]) => {
    const measured = fitsOf(candidate).filter((fit) => fit[column]);
    if (!measured.length) return [];
    return [{ name: `${name} ${word}`, x: epochsOf(measured[0]), y: meanOver(measured, column), colour, width: dash ? 1.5 : 2.5, dash }];
  }));
}

function curveSpec(quantity, series, verticals, height) {
  const isLog = quantity === "loss" && isLogarithmic && series.some(({ y }) => y.some((value) => value > 0));
  const longest = largest([1, ...series.flatMap(({ x }) => x.at(-1) || 1)]);
  return {
    height, series, verticals, by_column: true,
    x: { title: "epoch", kind: "linear", integers: true, range: longest > 1 ? [1, longest] : [0.5, 1.5] },
    y: { title: "", kind: isLog ? "log" : "linear" },
  };
}

// Draw the curves of one candidate with its divergence and stops, or of several candidates.
function drawCurves(candidate, compared = [], height = 250) {
  for (const place of curvePlaces) {
    const quantity = place.dataset.curve;
    const fits = fitsOf(candidate);
    const stops = report.stops[candidate] || {};
    const series = compared.length ? comparedSeries(compared, quantity) : [...foldSeries(fits, quantity), ...stopSeries(fits, quantity, stops)];
    const verticals = compared.length ? [] : [...new Set(Object.values(report.divergence[candidate] || {}))];
    drawChart(place, curveSpec(quantity, series, verticals, height));
  }
}

function divergenceText(epochs) {
  const text = Object.entries(epochs).map(([split, epoch]) => `fold ${Number(split) + 1} in epoch ${epoch}`);
  return text.length ? "Diverged: " + text.join(", ") + "." : "";
}

function stopText(stops) {
  const text = Object.entries(stops).map(([split, [best, last]]) => `fold ${Number(split) + 1} of epoch ${best}, stopped after ${last}`);
  return text.length ? "Early stopping kept the weights of the points: " + text.join("; ") + "." : "";
}

function curveStatus(candidate) {
  const said = [divergenceText(report.divergence[candidate] || {}), stopText(report.stops[candidate] || {})].filter(Boolean).join(" ");
  return fitsOf(candidate).length || !curvePlaces.length ? said : "No curves were recorded for this candidate.";
}
