// The rows that the table shows, as CSV, Markdown or LaTeX.

function csvCell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

// Exact numbers, and nothing where there is none.
function exactValue({ keys, texts }, row) {
  if (isNumber(keys[row])) return keys[row];
  return keys[row] === "" && texts[row] === "–" ? "" : texts[row];
}

// Spreads have columns of their own.
function csvText(shown, rows) {
  const columns = shown.flatMap((column) => (column.spreads ? [column, { heading: `${column.heading}, standard deviation`, keys: column.spreads, texts: column.spreads }] : [column]));
  const lines = [columns.map(({ heading }) => csvCell(heading)), ...rows.map((row) => columns.map((column) => csvCell(exactValue(column, row))))];
  return lines.map((line) => line.join(",")).join("\r\n") + "\r\n";
}

function markdownText(columns, rows) {
  const clean = (value) => String(value).replace(/\\/g, "\\\\").replace(/\|/g, "\\|").replace(/</g, "&lt;").replace(/\s+/g, " ");
  const line = (cells) => `| ${cells.map(clean).join(" | ")} |`;
  const ruler = `|${columns.map(({ is_text: isText }) => (isText ? " --- " : " ---: ")).join("|")}|`;
  return [line(columns.map(({ heading }) => heading)), ruler, ...rows.map((row) => line(columns.map(({ texts }) => texts[row])))].join("\n") + "\n";
}

const LATEX = { "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", $: "\\$", "#": "\\#", _: "\\_", "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "±": "$\\pm$", "•": "$\\bullet$", "×": "$\\times$", "−": "$-$", "–": "--", "²": "$^{2}$", η: "$\\eta$", λ: "$\\lambda$", "<": "$<$", ">": "$>$" };

function latexCell(value) {
  const text = String(value).replace(/\s+/g, " ");
  const power = /^(?:(.+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(text);
  if (!power) return text.replace(/[\\&%$#_{}~^±•×−–²ηλ<>]/g, (sign) => LATEX[sign]);
  const exponent = [...power[2]].map((sign) => Object.keys(SUPERSCRIPTS).find((key) => SUPERSCRIPTS[key] === sign)).join("");
  return `$${power[1] ? power[1] + " \\times " : ""}10^{${exponent}}$`;
}

// A table for the package booktabs.
function latexText(columns, rows) {
  const line = (cells) => `  ${cells.map(latexCell).join(" & ")} \\\\`;
  return [
    `\\begin{tabular}{${columns.map(({ is_text: isText }) => (isText ? "l" : "r")).join("")}}`, "  \\toprule",
    line(columns.map(({ heading }) => heading)), "  \\midrule",
    ...rows.map((row) => line(columns.map(({ texts }) => texts[row]))), "  \\bottomrule", "\\end{tabular}",
  ].join("\n") + "\n";
}

const FORMATS = { csv: ["CSV", csvText, "text/csv"], md: ["Markdown", markdownText, "text/markdown"], tex: ["LaTeX", latexText, "application/x-tex"] };

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers that keep their clipboard from pages copy what is selected.
    const area = html("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

function downloadText(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type: type + ";charset=utf-8" }));
  const link = html("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
