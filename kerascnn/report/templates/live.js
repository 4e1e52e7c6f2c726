// Loads what the run has written beside the page, every other second.
"use strict";
const SECONDS_WITHOUT_NEWS = 120;
const VIRIDIS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
const element = (id) => document.getElementById(id);

function colour(share) {
  const place = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const from = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return VIRIDIS[from].map((c, i) => Math.round(c + (VIRIDIS[from + 1][i] - c) * (place - from)));
}

function isLight(rgb) {
  const linear = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05) ** 2 >= 0.0525;
}

function cell(kind, text, scope) {
  const made = document.createElement(kind);
  made.textContent = text;
  if (scope) made.scope = scope;
  return made;
}

function scored(state, number, range, best) {
  const made = cell("td", "");
  if (number < 0) return made;
  made.title = state.labels[number];
  const score = state.scores[number];
  if (state.lost.includes(number)) made.className = "lost";
  else if (score !== undefined) {
    const rgb = colour((score - range[0]) / (range[1] - range[0] || 1));
    made.style.background = `rgb(${rgb})`;
    made.style.color = isLight(rgb) ? "#000" : "#fff";
    made.textContent = score.toFixed(3);
  }
  if (number === best) made.classList.add("best");
  return made;
}

function grid(state, panel, range, best) {
  const table = document.createElement("table"), heading = document.createElement("tr");
  const names = [state.grid.rowName, state.grid.columnName].filter(Boolean).join(" by ");
  table.append(cell("caption", [names, panel.title].filter(Boolean).join("; ")), heading);
  heading.append(cell("td", ""), ...state.grid.columns.map((label) => cell("th", label, "col")));
  panel.candidates.forEach((row, place) => {
    const line = document.createElement("tr");
    line.append(cell("th", state.grid.rows[place], "row"));
    line.append(...row.map((number) => scored(state, number, range, best)));
    table.append(line);
  });
  return table;
}

function drawCandidates(state) {
  const order = Object.keys(state.scores).map(Number).filter((n) => !state.lost.includes(n));
  order.sort((a, b) => state.scores[b] - state.scores[a]);
  const range = order.length ? [state.scores[order.at(-1)], state.scores[order[0]]] : [0, 1];
  element("low").textContent = range[0].toFixed(3);
  element("high").textContent = range[1].toFixed(3);
  element("grids").replaceChildren(
    ...(state.grid ? state.grid.panels.map((panel) => grid(state, panel, range, order[0])) : []));
  element("best").replaceChildren(...order.slice(0, 10).map((number) => {
    const row = document.createElement("tr"), folds = `${state.folds[number]} of ${state.nSplits}`;
    row.append(...[number + state.firstNumber, state.labels[number], state.scores[number].toFixed(3), folds].map(
      (text) => cell("td", text)));
    return row;
  }));
  element("candidates").hidden = false;
}

function note(state) {
  const silent = (Date.now() - state.written) / 1000;
  if (state.state === "stopped") return "The run was stopped: the same command resumes it.";
  if (silent < SECONDS_WITHOUT_NEWS) return state.bar.description || "";
  return `Nothing new for ${Math.round(silent / 60)} minutes: a fit takes long, or the run was stopped.`;
}

let written = 0;

function receive(state) {
  if (state.state === "finished") { location.replace(state.page); return; }
  if (state.bar.count) {
    element("bar").value = state.bar.share;
    element("count").textContent = `${state.bar.count}, ${state.bar.times}`;
  }
  element("now").textContent = note(state);
  if (state.labels && state.written !== written) drawCandidates(state);
  written = state.written;
}

function poll() {
  const script = document.createElement("script");
  script.src = `${SCRIPT}?${Date.now()}`;
  script.onload = script.onerror = () => { script.remove(); setTimeout(poll, 2000); };
  document.head.append(script);
}

poll();
