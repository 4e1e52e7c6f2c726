// What matters: the share of each parameter in the variance of a score, and its mean effect.

const MOST_SHARES = 8;
const percent = (share) => (share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(share * 100)} %`);

// The metric that is shown, or else the one that chose the best candidate.
function importanceMeasure() {
  const measure = currentMeasure();
  return sweep.importance[measure.scale] ? sweep.measures.find(({ scale, part }) => scale === measure.scale && part === "test") : sweep.measures[0];
}

function drawImportance() {
  const measure = importanceMeasure();
  const found = sweep.importance[measure.scale];
  element("importance").hidden = !found;
  if (!found) return;
  element("importance-how").textContent = importanceText(found, measure);
  const named = found.shares.map(([parameters, share]) => [parameters.map((index) => sweep.parameters[index].name).join(" × "), share, parameters.length]);
  const singles = named.filter(([, , count]) => count === 1).sort((a, b) => b[1] - a[1]);
  const pairs = named.filter(([, share, count]) => count > 1 && share >= 0.005).sort((a, b) => b[1] - a[1]).slice(0, Math.max(0, MOST_SHARES - singles.length));
  const rest = 1 - named.reduce((sum, [, share]) => sum + share, 0);
  const others = rest >= 0.005 ? [["three or more together", rest]] : [];
  element("importance-shares").replaceChildren(...[...singles, ...pairs, ...others].map(shareRow));
  drawEffects(found, measure);
}

function importanceText(found, measure) {
  const scores = `${found.n_candidates.toLocaleString("en")} mean scores`;
  const how = isNumber(found.fit)
    ? `Functional ANOVA of a random forest through ${scores}, which explains ${found.fit > 0 ? percent(found.fit) : "nothing"} of the variance of scores that it has not seen`
    : `Functional ANOVA of ${scores}` + (found.n_filled ? `, and of ${found.n_filled} ${found.n_filled > 1 ? "cells" : "cell"} without one, filled in by main effects (Yates 1933)` : "");
  const shareOf = "its share is what a parameter explains by itself of the variance; a pair’s is what both explain beyond that";
  return `For ${measure.name}. ${how}: ${shareOf} (Hutter, Hoos and Leyton-Brown 2014). Effects are means over all values of the other parameters, in a band of one standard deviation.`;
}

function shareRow([name, share]) {
  const bar = html("span", { class: "bar", style: `width:${(Math.min(1, share) * 100).toFixed(1)}%` });
  return html("tr", {}, html("th", { scope: "row" }, name), html("td", { class: "bars" }, bar), html("td", { class: "number" }, percent(share)));
}

function drawEffects(found, measure) {
  const target = element("importance-effects");
  const [least, most] = measure.limits;
  const all = found.means.flatMap((means, index) => means.flatMap((value, place) => [value - found.spreads[index][place], value + found.spreads[index][place]]));
  const range = domainOf({ kind: "linear", limits: measure.limits }, all.map((value) => limitedTo(value, measure.limits)));
  sweep.parameters.forEach((parameter, index) => {
    const plot = target.children[index] || target.appendChild(html("div", { class: "plot" }));
    const places = found.places[index];
    const x = places.map((place) => (parameter.numbers ? parameter.numbers[place] : place));
    const axis = parameterAxis(parameter);
    if (parameter.numbers && places.length < 12) axis.ticks = places.map((place) => [parameter.numbers[place], parameter.texts[place]]);
    const [means, spreads] = [found.means[index], found.spreads[index]];
    const texts = places.map((place, at) => `${parameter.name} = ${parameter.texts[place]}\nmean ${scoreText(means[at], spreads[at])}`);
    const isLine = Boolean(parameter.numbers);
    drawChart(plot, {
      height: 200, x: axis, y: { title: index ? "" : measure.name, kind: "linear", range },
      areas: isLine ? [{ x, low: means.map((value, at) => limitedTo(value - spreads[at], measure.limits)), high: means.map((value, at) => limitedTo(value + spreads[at], measure.limits)), colour: chartColour.validation, least, most }] : [],
      series: [{ x, y: means, y_error: isLine ? null : spreads, colour: chartColour.validation, symbol: "circle", width: isLine ? 2 : 0, texts }],
    });
  });
}
