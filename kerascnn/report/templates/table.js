// The table: sorted by any column, filtered, with folds on demand; rows are made as they are scrolled to.

const ROWS_AT_ONCE = 60;
const table = report.table;
const listing = { sorted: "", descending: false, rows: [], shown: [], withFolds: false, active: 0 };

const tableColumns = () => table.columns.filter((column) => listing.withFolds || !column.is_fold);
const tableBody = () => element("candidates").tBodies[0];

function compareKeys(first, second) {
  if (isNumber(first) && isNumber(second)) return first - second;
  if (isNumber(first) !== isNumber(second)) return isNumber(first) ? -1 : 1;
  return String(first).localeCompare(String(second));
}

// What has no value comes last, whichever way the others are sorted.
function sortedRows(column, descending) {
  const sign = descending ? -1 : 1;
  const isEmpty = (row) => column.keys[row] === "" || column.keys[row] === null;
  return range(table.candidates.length).sort((a, b) => isEmpty(a) - isEmpty(b) || sign * compareKeys(column.keys[a], column.keys[b]) || a - b);
}

// The first click on a heading brings the best to the top.
function sortBy(column) {
  const isSame = listing.sorted === column.heading;
  listing.descending = isSame ? !listing.descending : column.better === "higher";
  listing.sorted = column.heading;
  listing.rows = sortedRows(column, listing.descending);
  drawHead();
  filterTable();
}

function drawHead() {
  const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.heading : null;
  const heads = tableColumns().map((column) => {
    const button = html("button", { type: "button", "data-heading": column.heading }, column.heading);
    button.addEventListener("click", () => sortBy(column));
    const order = column.heading === listing.sorted ? (listing.descending ? "descending" : "ascending") : undefined;
    return html("th", { scope: "col", "aria-sort": order, class: column.is_text ? "" : "number" }, button);
  });
  element("candidates").tHead.replaceChildren(html("tr", {}, ...heads));
  const again = heads.map((head) => head.firstChild).find((button) => button.dataset.heading === focused);
  if (again && focused) again.focus();
}

function tableRow(row) {
  const cells = tableColumns().map(({ texts, is_text: isText }) => html("td", { class: isText ? "" : "number" }, texts[row]));
  const made = html("tr", { "data-candidate": table.candidates[row], tabindex: -1 }, ...cells);
  return made;
}

function addRows(count = ROWS_AT_ONCE) {
  const body = tableBody();
  const next = listing.shown.slice(body.rows.length, body.rows.length + count);
  body.append(...next.map(tableRow));
  if (next.length) markRows();
}

function filterTable() {
  const text = element("table-filter").value.trim();
  const { accepts, problem } = parseFilter(text, table.columns);
  listing.shown = listing.rows.filter(accepts);
  tableBody().replaceChildren();
  addRows();
  const count = listing.shown.length.toLocaleString("en"), all = table.candidates.length.toLocaleString("en");
  element("table-count").textContent = problem || (text ? `${count} of ${all}` : `${all} in all`);
  element("table-count").classList.toggle("wrong", Boolean(problem));
}

// The chosen row is marked; it, else the first, is the one that the tab key reaches.
function markRows() {
  const rows = [...tableBody().rows];
  for (const row of rows) {
    const candidate = Number(row.dataset.candidate);
    const isChosen = Boolean(sweep) && candidate === state.candidate;
    row.classList.toggle("chosen", isChosen);
    if (isChosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    row.tabIndex = -1;
  }
  const reached = rows.find((row) => row.classList.contains("chosen")) || rows[0];
  if (reached && sweep) reached.tabIndex = 0;
}

function onRowKey(event) {
  const row = event.target.closest("tbody tr");
  if (!row || !["ArrowDown", "ArrowUp", "Enter", " "].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "ArrowDown" && !row.nextElementSibling) addRows();
  const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key] || row;
  chooseRow(next);
  next.focus();
}

function chooseRow(row) {
  choose(Number(row.dataset.candidate));
}

function fileName(format) {
  return `${(report.name || "candidates").replace(/[^\w.-]+/g, "-").slice(0, 60)}-table.${format}`;
}

function exportedText(format) {
  return FORMATS[format][1](tableColumns(), listing.shown);
}

function startTable() {
  listing.sorted = table.order[0];
  listing.descending = table.order[1] === "descending";
  listing.rows = range(table.candidates.length);
  drawHead();
  filterTable();
  listen("table-filter", "input", filterTable);
  listen("table-folds", "change", (event) => {
    listing.withFolds = event.target.checked;
    drawHead();
    filterTable();
  });
  const scrolled = element("candidates").parentElement;
  scrolled.addEventListener("scroll", () => {
    if (scrolled.scrollTop + scrolled.clientHeight > scrolled.scrollHeight - 300) addRows();
  });
  addEventListener("beforeprint", () => addRows(Infinity));
  listen("table-copy", "click", async () => {
    await copyText(exportedText(element("table-format").value));
    element("table-count").textContent = `${listing.shown.length} rows copied as ${FORMATS[element("table-format").value][0]}`;
  });
  listen("table-download", "click", () => {
    const format = element("table-format").value;
    downloadText(exportedText(format), fileName(format), FORMATS[format][2]);
  });
  if (!sweep) return;
  tableBody().addEventListener("click", (event) => event.target.closest("tr") && chooseRow(event.target.closest("tr")));
  tableBody().addEventListener("keydown", onRowKey);
  onChange(markRows);
}
