// Scales, ticks and axes.

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const powerText = (exponent) => "10" + String(exponent).replace(/./g, (sign) => SUPERSCRIPTS[sign]);

function linearScale([low, high], [from, to]) {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function logarithmicScale([low, high], ends) {
  const inner = linearScale([Math.log10(low), Math.log10(high)], ends);
  return (value) => inner(Math.log10(value));
}

function niceStep(width, count) {
  const rough = width / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * (1 - 1e-9));
}

// Ticks of a linear axis, all written with the same number of decimals.
function linearTicks([low, high], count, integers) {
  const step = integers ? Math.max(1, niceStep(high - low || 1, count)) : niceStep(high - low, count);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const number = Math.floor(high / step + 1e-9) - first + 1;
  const isLarge = Math.max(Math.abs(low), Math.abs(high)) >= 1e7;
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
  const plain = new Intl.NumberFormat("en", { minimumFractionDigits: Math.min(decimals, 20), maximumFractionDigits: Math.min(decimals, 20) });
  return range(Math.max(0, number)).map((index) => {
    const value = (first + index) * step;
    const text = isLarge ? compact.format(value) : decimals > 6 ? value.toExponential(1) : plain.format(value);
    return [value, trueMinus(text)];
  });
}

// Ticks of a logarithmic axis: powers of ten in one style, or 1, 2 and 5 where there are few decades.
function logarithmicTicks([low, high], count) {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const inside = (value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const decades = range(last - first + 1).map((index) => first + index).filter((exponent) => inside(10 ** exponent));
  if (decades.length < 3) {
    const at = (digits) => range(last - first + 1).flatMap((index) => digits.map((digit) => Number(`${digit}e${first + index}`))).filter(inside);
    const few = at([1, 2, 5]);
    const values = few.length > 2 ? few : at([1, 1.5, 2, 3, 4, 5, 7]);
    const isPlain = low >= 1e-3 && high < 1e6;
    const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
    if (values.length > 1) return values.map((value) => [value, isPlain ? number.format(value) : timesPower(value)]);
    return linearTicks([low, high], count, false);
  }
  const step = Math.ceil(decades.length / Math.max(2, count));
  const isPlain = decades[0] >= -2 && decades.at(-1) <= 4;
  const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  return decades.filter((_, index) => index % step === 0).map((exponent) => [10 ** exponent, isPlain ? number.format(10 ** exponent) : powerText(exponent)]);
}

function timesPower(value) {
  const [digit, exponent] = Number(value.toPrecision(2)).toExponential().split("e");
  return digit === "1" ? powerText(Number(exponent)) : `${digit}×${powerText(Number(exponent))}`;
}

// The ends of an axis: those it asks for, else those of its values with a little room, within its limits.
function domainOf(axis, values) {
  if (axis.range) return axis.range;
  const drawn = finite(values).filter((value) => axis.kind !== "log" || value > 0);
  if (!drawn.length) return null;
  let [low, high] = [smallest(drawn), largest(drawn)];
  if (axis.kind === "log") {
    const room = low === high ? 2 : (high / low) ** 0.04;
    return [low / room, high * room];
  }
  const room = low === high ? Math.abs(low) * 0.05 || 0.5 : (high - low) * 0.05;
  if (axis.integers && low === high) return [low - 0.5, high + 0.5];
  const [least, most] = axis.limits || [null, null];
  [low, high] = [low - room, high + room];
  return [isNumber(least) ? Math.max(low, Math.min(least, low + room)) : low, isNumber(most) ? Math.min(high, Math.max(most, high - room)) : high];
}

function ticksOf(axis, domain, count) {
  if (axis.ticks) return axis.ticks;
  return axis.kind === "log" ? logarithmicTicks(domain, count) : linearTicks(domain, count, axis.integers);
}

const scaleOf = (axis, domain, ends) => (axis.kind === "log" ? logarithmicScale : linearScale)(domain, axis.reverse ? ends.slice().reverse() : ends);
const LONGEST_TICK = 28;

// Where an axis is drawn within a picture, and its scales; null where nothing can be drawn.
function frameOf(spec, width, xs, ys) {
  const [xDomain, yDomain] = [domainOf(spec.x, xs), domainOf(spec.y, ys)];
  if (!xDomain || !yDomain) return null;
  const bottom = spec.height - (spec.x.title ? 42 : 24);
  const yTicks = ticksOf(spec.y, yDomain, Math.max(2, (bottom - 10) / 32)).map(([value, text]) => [value, shortened(text, LONGEST_TICK)]);
  const left = 10 + largest([16, ...yTicks.map(([, text]) => textWidth(text))]) + (spec.y.title ? 20 : 0);
  const right = Math.max(left + 40, width - 12);
  const xTicks = ticksOf(spec.x, xDomain, Math.max(2, (right - left) / 60));
  const frame = { left, right, top: 10, bottom, width, height: spec.height };
  frame.x = scaleOf(spec.x, xDomain, [left, right]);
  frame.y = scaleOf(spec.y, yDomain, [bottom, 10]);
  return { ...frame, xTicks: spread(xTicks, frame.x), yTicks };
}

// Leave out ticks whose texts would run into each other.
function spread(ticks, place) {
  let end = -Infinity;
  return ticks.filter(([value, text]) => {
    const half = textWidth(text) / 2;
    if (place(value) - half < end + 6) return false;
    end = place(value) + half;
    return true;
  });
}

function axes(frame, spec) {
  const { left, right, top, bottom } = frame;
  const inside = (place, low, high) => place >= low - 0.5 && place <= high + 0.5;
  const xTicks = frame.xTicks.map(([value, text]) => [frame.x(value), text]).filter(([place]) => inside(place, left, right));
  const yTicks = frame.yTicks.map(([value, text]) => [frame.y(value), text]).filter(([place]) => inside(place, top, bottom));
  const lines = [
    ...xTicks.map(([place]) => `M${place.toFixed(1)} ${top}V${bottom}`),
    ...yTicks.map(([place]) => `M${left} ${place.toFixed(1)}H${right}`),
  ];
  const middle = (top + bottom) / 2;
  return svg("g", { class: "axes" },
    svg("path", { class: "lines", d: lines.join("") }),
    ...xTicks.map(([place, text]) => svg("text", { x: place, y: bottom + 16, "text-anchor": "middle" }, text)),
    ...yTicks.map(([place, text]) => svg("text", { x: left - 6, y: place + 4, "text-anchor": "end" }, text)),
    spec.x.title ? svg("text", { class: "title", x: (left + right) / 2, y: bottom + 35, "text-anchor": "middle" }, shortened(spec.x.title, 60)) : null,
    spec.y.title ? svg("text", { class: "title", x: 13, y: middle, "text-anchor": "middle", transform: `rotate(-90 13 ${middle})` }, shortened(spec.y.title)) : null);
}
