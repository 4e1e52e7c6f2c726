// The chosen candidate, the pinned ones and what the grid shows: kept in the page's address.

const sweep = report.sweep;
const MOST_PINNED = 5;
const PIN_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];
const state = { candidate: sweep ? sweep.best : 0, pinned: [], measure: 0 };
const watchers = [];

const onChange = (watcher) => watchers.push(watcher);
const numberOf = (candidate) => candidate + 1;
const isCandidate = (number) => Number.isInteger(number) && sweep && number >= 1 && number <= sweep.labels.length;

function change(changes) {
  Object.assign(state, changes);
  writeAddress();
  for (const watcher of watchers) watcher();
}

const choose = (candidate) => change({ candidate });

function togglePin(candidate) {
  const isPinned = state.pinned.includes(candidate);
  if (!isPinned && state.pinned.length === MOST_PINNED) return;
  change({ pinned: isPinned ? state.pinned.filter((other) => other !== candidate) : [...state.pinned, candidate] });
}

function pinOf(candidate) {
  const place = state.pinned.indexOf(candidate);
  return place < 0 ? null : { letter: "ABCDE"[place], colour: PIN_COLOURS[place] };
}

function writeAddress() {
  const parts = [`candidate=${numberOf(state.candidate)}`];
  if (state.pinned.length) parts.push(`pinned=${state.pinned.map(numberOf).join(",")}`);
  if (state.measure) parts.push(`show=${encodeURIComponent(sweep.measures[state.measure].key)}`);
  try {
    history.replaceState(null, "", "#" + parts.join("&"));
  } catch {
    // A frame in a notebook has no address to keep it in.
  }
}

function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const number = Number(parts.get("candidate"));
  const pinned = (parts.get("pinned") || "").split(",").map(Number).filter(isCandidate);
  const measure = sweep.measures.findIndex(({ key }) => key === parts.get("show"));
  return {
    candidate: isCandidate(number) ? number - 1 : state.candidate,
    pinned: [...new Set(pinned)].slice(0, MOST_PINNED).map((each) => each - 1),
    measure: Math.max(0, measure),
  };
}

function startState() {
  Object.assign(state, readAddress());
  addEventListener("hashchange", () => change(readAddress()));
}

// ---- what is known of a candidate ----

const currentMeasure = () => sweep.measures[state.measure];
const shownRows = () => sweep.shown;

// The best candidate by a measure, which need not be the search's own choice.
const bestBy = (measure) => measure.best ?? null;

const measureText = (measure, row) => (measure.unit === "seconds" ? durationText(measure.values[row]) : scoreText(measure.values[row], (measure.spreads || [])[row]));

function candidateLines(row, measure = currentMeasure()) {
  const folds = measure.folds ? measure.folds[row] : null;
  return [
    `${numberOf(row)}. ${sweep.labels[row]}`,
    isNumber(measure.values[row]) ? `${measure.name} ${measureText(measure, row)}` : `no ${measure.name}`,
    folds && finite(folds).length ? "folds: " + folds.map((value) => scoreText(value)).join(" · ") : null,
    sweep.divergence[row] || null,
    measure.alike && measure.alike[row] && row !== bestBy(measure) ? `cannot be told from the best, p = ${measure.p_values[row].toFixed(3)}` : null,
    ...sweep.measures.filter((other) => other.unit === "seconds" && other !== measure).map((other) => `${measureText(other, row)} per fit`),
  ].filter(Boolean);
}
