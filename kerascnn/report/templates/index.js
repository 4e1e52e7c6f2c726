// Filters and sorts the list of reports; both stand in the page's address.
"use strict";
const list = document.getElementById("reports");
const entries = [...list.children];
const [filter, order, smoke] = ["filter", "order", "smoke"].map((id) => document.getElementById(id));
const COMPARED = {
  created: (a, b) => b.localeCompare(a),
  title: (a, b) => a.localeCompare(b),
  score: (a, b) => rank(b) - rank(a),
  seconds: (a, b) => rank(b) - rank(a),
};

// What has no number comes last.
function rank(text) { return text === "" ? -Infinity : Number(text); }

function compared(key) {
  return (a, b) => (a.dataset[key] === b.dataset[key] ? 0 : COMPARED[key](a.dataset[key], b.dataset[key]));
}

function draw() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    const found = words.every((word) => entry.dataset.words.includes(word));
    entry.hidden = !found || (!smoke.checked && entry.dataset.smoke === "yes");
  }
  list.append(...[...entries].sort(compared(order.value)));
  const shown = entries.filter((entry) => !entry.hidden).length;
  document.getElementById("shown").textContent = `${shown} of ${entries.length}`;
}

function keep() {
  const state = new URLSearchParams({ q: filter.value, by: order.value, smoke: smoke.checked });
  history.replaceState(null, "", `#${state}`);
  draw();
}

function restore() {
  const state = new URLSearchParams(location.hash.slice(1));
  filter.value = state.get("q") ?? "";
  if (Object.hasOwn(COMPARED, state.get("by") ?? "")) order.value = state.get("by");
  smoke.checked = state.get("smoke") !== "false";
  draw();
}

for (const control of [filter, order, smoke]) control.addEventListener("input", keep);
window.addEventListener("hashchange", restore);
restore();
