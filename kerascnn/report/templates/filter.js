// The table's filter: any text, or comparisons such as `l2 <= 1e-2 and accuracy > 0.9`, joined by
// "and" and "or"; what stands in quotes is taken as it is.

const COMPARISON = /^(.+?)\s*(<=|>=|!=|==|=|<|>|≤|≥|≠)\s*(.+)$/;
const COMPARE = {
  "<=": (a, b) => a <= b, "≤": (a, b) => a <= b, ">=": (a, b) => a >= b, "≥": (a, b) => a >= b,
  "<": (a, b) => a < b, ">": (a, b) => a > b,
  "=": (a, b) => a === b, "==": (a, b) => a === b, "!=": (a, b) => a !== b, "≠": (a, b) => a !== b,
};

// The column that a name means: its own heading, a route's last part, else the first that ends with or holds it.
function columnNamed(name, columns) {
  const plain = (text) => text.trim().toLowerCase().replace(/[_\s]+/g, " ");
  const wanted = plain(name);
  const tests = [
    (heading) => heading === wanted, (heading, route) => route.at(-1) === wanted,
    (heading) => heading.endsWith(" " + wanted), (heading) => heading.includes(wanted),
  ];
  for (const test of tests) {
    const found = columns.find(({ heading }) => test(plain(heading), heading.split("__").map(plain)));
    if (found) return found;
  }
  return null;
}

// A number as people write it: 0.01, 1e-2, 1,000, −3, 10⁻², 3×10⁻⁵, 50 %.
function numberFrom(text) {
  const plain = text.trim().replace(/,(?=\d{3})/g, "").replace("−", "-");
  const power = /^(?:(.+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(plain);
  if (power) {
    const exponent = [...power[2]].map((sign) => Object.keys(SUPERSCRIPTS).find((key) => SUPERSCRIPTS[key] === sign)).join("");
    return Number(power[1] ?? 1) * 10 ** Number(exponent);
  }
  const share = /^(.+?)\s*%$/.exec(plain);
  return share ? Number(share[1]) / 100 : plain === "" ? NaN : Number(plain);
}

// Numbers that are equal up to rounding count as equal: 1e-5 and 0.00001, however they came about.
function comparedNumbers(key, sign, wanted) {
  const isClose = Math.abs(key - wanted) <= 1e-9 * Math.max(Math.abs(key), Math.abs(wanted));
  return COMPARE[sign](isClose ? wanted : key, wanted);
}

function comparison(term, columns) {
  const parts = QUOTED.test(term) ? null : COMPARISON.exec(term);
  if (!parts) return null;
  const [, name, sign, text] = parts;
  const column = columnNamed(unquoted(name), columns);
  if (!column) return { problem: `There is no column “${name.trim()}”.` };
  const wanted = numberFrom(unquoted(text));
  const isEquality = !/[<>≤≥]/.test(sign);
  if (!isNumber(wanted) && !isEquality) return { problem: `“${text.trim()}” is not a number.` };
  const lower = unquoted(text).toLowerCase();
  return {
    accepts: (row) => {
      const key = column.keys[row];
      if (isNumber(key) && isNumber(wanted)) return comparedNumbers(key, sign, wanted);
      return isEquality && COMPARE[sign](String(column.texts[row]).toLowerCase(), lower);
    },
  };
}

const QUOTED = /^\s*("[^"]*"|'[^']*')\s*$/;
const unquoted = (text) => (QUOTED.test(text) ? text.trim().slice(1, -1) : text.trim());

// Split at what joins terms, but not within quotes.
function splitTerms(text, joint) {
  const quotes = [];
  const kept = text.replace(/(?<=^|[\s=<>≤≥≠&;])("[^"]*"|'[^']*')/g, (quote) => `\0${quotes.push(quote) - 1}\0`);
  return kept.split(joint).map((term) => term.replace(/\0(\d+)\0/g, (_, place) => quotes[place]).trim()).filter(Boolean);
}

// What a filter accepts: a function of a row, and a sentence where it cannot be understood.
function parseFilter(text, columns) {
  const alternatives = splitTerms(text, /\s+or\s+|\|\|/i).map((part) => splitTerms(part, /\s+and\s+|&&?|;/i)
    .map((term) => comparison(term, columns) || { accepts: containing(unquoted(term), columns) }));
  const problem = alternatives.flat().map((term) => term.problem).find(Boolean) || "";
  const accepts = (row) => alternatives.some((terms) => terms.every((term) => term.problem || term.accepts(row)));
  return { problem, accepts: (row) => !alternatives.length || accepts(row) };
}

function containing(term, columns) {
  const wanted = term.toLowerCase(), number = numberFrom(term);
  const isThere = (key) => (isNumber(key) ? comparedNumbers(key, "=", number) : String(key).toLowerCase().includes(wanted));
  return (row) => columns.some(({ texts, keys }) => String(texts[row]).toLowerCase().includes(wanted) || isThere(keys[row]));
}
