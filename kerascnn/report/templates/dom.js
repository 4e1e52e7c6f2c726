"use strict";
// Elements, texts and numbers. Every text becomes a text node: no name can turn into markup.

const report = JSON.parse(document.getElementById("report-data").textContent);
const element = (id) => document.getElementById(id);
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const html = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) => filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

function listen(id, event, action) {
  if (element(id)) element(id).addEventListener(event, action);
}

// A labelled select; options are pairs of a value and a text.
function selection(id, label, options, chosen, action) {
  const select = html("select", { id }, ...options.map(([value, text]) => html("option", { value }, text)));
  select.value = chosen;
  select.addEventListener("change", () => action(select.value));
  return html("label", {}, label + " ", select);
}

// ---- numbers ----

const trueMinus = (text) => text.replace("-", "−");

function decimalsOf(value) {
  if (!value || Math.abs(value) >= 0.01) return 3;
  return 2 - Math.floor(Math.log10(Math.abs(value)));
}

// Three decimals, or as many as three digits take below 0.01: as the page's other scores.
function scoreText(mean, spread) {
  if (!isNumber(mean)) return "–";
  const decimals = Math.min(decimalsOf(mean), 12);
  const text = trueMinus(mean.toFixed(decimals));
  return isNumber(spread) ? `${text} ± ${spread.toFixed(decimals)}` : text;
}

function durationText(seconds) {
  if (!isNumber(seconds)) return "–";
  if (seconds < 0.1) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours) return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes) return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
  return `${rest} s`;
}

function shortened(text, longest = 40) {
  return text.length <= longest ? text : text.slice(0, longest - 1) + "…";
}

const finite = (values) => values.filter(isNumber);
const smallest = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
const mean = (values) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : NaN);
const range = (count) => Array.from({ length: count }, (_, index) => index);

// ---- drawing again when the width changes ----

const drawings = new Map();
const widths = new WeakMap();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (drawings.has(target) && widths.get(target) !== target.clientWidth) paint(target);
  }
});

function paint(target) {
  // A target in a closed element has no width yet; it is painted when it is opened.
  if (!target.clientWidth) return;
  widths.set(target, target.clientWidth);
  target.replaceChildren(...drawings.get(target)(target.clientWidth));
}

// Show what `draw(width)` returns, a list of elements, in `target`, now and whenever its width changes.
function show(target, draw) {
  const isNew = !drawings.has(target);
  drawings.set(target, draw);
  paint(target);
  if (isNew) observer.observe(target);
}

const ruler = document.createElement("canvas").getContext("2d");
function textWidth(text, size = 12) {
  ruler.font = `${size}px system-ui, sans-serif`;
  return ruler.measureText(text).width;
}
