"use strict";

/** A table that sorts by its headers and filters by its names. */
class DataTable {
  static pageSize = 25;

  /**
   * @param source a table of the document
   * @param options caption: what it is for a screen reader; empty: what stands there without rows; pageSize: rows to begin with; sortedBy: the key of the
   *   column that it is sorted by; descending: whether it is so from the largest on; canSort: not where rows belong to the row above them; below: row => elements that stand below its name.
   */
  constructor(source, { caption, empty = "Nothing here.", pageSize = DataTable.pageSize, sortedBy = null, descending = true, canSort = true, below = () => [] } = {}) {
    this.source = source;
    this.columns = source.columns.filter(column => !column.detail);
    this.details = source.columns.filter(column => column.detail);
    this.empty = empty;
    this.pageSize = pageSize;
    this.limit = pageSize;
    this.isMatch = null;
    this.keep = null;
    this.sortColumn = this.columns.find(column => column.key === sortedBy) ?? null;
    this.descending = descending;
    this.canSort = canSort;
    this.below = below;
    this.build(caption);
    this.update();
  }

  build(caption) {
    const { element } = dom;
    this.head = this.columns.map(column => element("th", { scope: "col", class: cellClass(column), "data-key": column.key },
      this.canSort ? dom.button(column.title || "\u00a0", () => this.sort(column)) : column.title));
    this.body = element("tbody");
    this.table = element("table", { "data-table": this.source.id },
      element("caption", { class: "unseen" }, caption), element("thead", {}, element("tr", {}, this.head)), this.body);
    this.status = element("span", { class: "quiet", role: "status" });
    this.filter = searchField({ placeholder: "Filter", label: `Filter ${caption}`, onsearch: () => this.search() });
    this.part = element("span", { class: "quiet" });
    this.more = dom.button("Show more", () => { this.limit += 200; this.update(); });
    this.all = dom.button("Show all", () => { this.limit = Infinity; this.update(); });
    this.element = element("div", { class: "table" },
      this.source.rows > 12 && element("div", { class: "tools" }, element("span", { class: "on-paper" }, "Filter:"), this.filter, this.status),
      element("div", { class: "table-scroll" }, this.table),
      element("div", { class: "tools more" }, this.part, this.more, this.all));
  }

  /** Shows only the rows that a function keeps; null for all. */
  restrict(keep) {
    this.keep = keep;
    this.update();
  }

  search() {
    this.isMatch = this.filter.value.trim() === "" ? null : matcher(this.filter.value);
    this.limit = this.pageSize;
    this.update();
  }

  sort(column) {
    this.descending = this.sortColumn === column ? !this.descending : !isName(column);
    this.sortColumn = column;
    this.update();
  }

  rows() {
    const rows = [];
    for (let row = 0; row < this.source.rows; row++) {
      if ((this.keep === null || this.keep(row)) && this.matches(row)) rows.push(row);
    }
    if (this.sortColumn === null) return rows;
    const { values } = this.sortColumn;
    const key = isName(this.sortColumn) ? row => cellText(this.sortColumn, row).toLowerCase() : row => values[row];
    const sign = this.descending ? -1 : 1;
    return rows.sort((a, b) => sign * compare(key(a), key(b), sign) || a - b);
  }

  matches(row) {
    return this.isMatch === null || this.source.columns.some(column => (isName(column) || column.kind === "tag") && this.isMatch(searchText(column, row)));
  }

  update() {
    const rows = this.rows();
    const shown = rows.slice(0, this.limit);
    for (const [i, column] of this.columns.entries()) {
      if (column === this.sortColumn) this.head[i].setAttribute("aria-sort", this.descending ? "descending" : "ascending");
      else this.head[i].removeAttribute("aria-sort");
    }
    this.body.replaceChildren(...shown.map(row => this.row(row)));
    if (rows.length === 0) {
      this.body.append(dom.element("tr", {}, dom.element("td", { class: "quiet", colspan: this.columns.length }, this.source.rows === 0 ? this.empty : "No row matches.")));
    }
    const total = format.count(this.source.rows);
    this.status.textContent = rows.length === this.source.rows ? `${total} rows` : `${format.count(rows.length)} of ${total} rows`;
    this.more.hidden = this.all.hidden = this.part.hidden = rows.length <= shown.length;
    this.part.textContent = `${format.count(shown.length)} of ${format.count(rows.length)} rows`;
    this.all.textContent = `Show all ${format.count(rows.length)}`;
  }

  row(row) {
    const { element } = dom;
    const place = this.columns.find(column => column.kind === "method");
    const named = this.columns.find(isName);
    const tag = this.columns.find(column => column.kind === "tag");
    const isMarked = tag === undefined ? null : cellText(tag, row) !== "";
    const isPart = this.columns.some(column => isIndented(column, row));
    const details = this.details
      .map(column => ({ title: column.title, text: column.values[row] < 0 ? null : searchText(column, row) }))
      .filter(detail => detail.text !== null);
    return element("tr", { class: isPart && "quiet" }, this.columns.map(column => element("td", { class: cellClass(column) + (isIndented(column, row) ? " part" : ""), "data-label": column.title, title: cellTitle(column, row) },
      cell(column, row, isMarked),
      column === named && this.below(row),
      column === place && details.map(detail => element("div", { class: "quiet detail clamp", title: detail.text }, `${detail.title} ${names.short(detail.text)}`)))));
  }
}

const nameKinds = new Set(["text", "type", "method", "path", "location", "curve"]);

function isName(column) {
  return nameKinds.has(column.kind);
}

function cellClass(column) {
  const kind = isName(column) ? `name ${column.kind}` : column.kind === "tag" || column.kind === "flag" ? "word" : "number";
  return `${kind} rank${column.rank}`;
}

/** Rows that are parts of the one above are indented by blanks, as on the terminal. */
function isIndented(column, row) {
  return column.kind === "text" && searchText(column, row).startsWith("  ");
}

// Unknown values come last in both directions.
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null) === 0 ? 0 : (a === null ? sign : -sign);
  return a < b ? -1 : a > b ? 1 : 0;
}

function searchText(column, row) {
  const value = column.values[row];
  switch (column.kind) {
    case "location": return names.wholePlace(value) ?? "";
    case "curve": return "";
    default: return names.text(value) ?? "";
  }
}

/** The full text of a shortened name. */
function cellTitle(column, row) {
  return isName(column) ? searchText(column, row) || null : null;
}

function cellText(column, row) {
  const value = column.values[row];
  switch (column.kind) {
    case "text": case "path": case "tag": return names.text(value) ?? "";
    case "type": return names.shortType(names.text(value) ?? "");
    case "method": return value < 0 ? "(no stack)" : names.short(names.text(value));
    case "location": return names.place(value) ?? "";
    case "error": return column.kinds ? (value === null ? "–" : `±${format.difference(column.kinds[row], value)}`) : format.relativeError(value);
    case "number": return (column.isChange ? format.change : format.figure)(column.kinds[row], value);
    default: return format.figure(column.kind, value);
  }
}

/** The content of a cell. isMarked: whether the change is significant; null in a table without changes. */
function cell(column, row, isMarked) {
  const { element } = dom;
  const value = column.values[row];
  if (column.kind === "curve") return sparkline(value);
  const text = cellText(column, row);
  if (column.kind === "tag") return text && element("span", { class: `tag ${text}` }, text);
  if (column.isChange) return element("span", { class: changeClass(value, isMarked) }, text);
  if (column.kind === "share") return element("span", { class: "share" }, element("span", { class: "bar" }, meter(value)), element("span", {}, text));
  if (column.kind === "error" || (value === 0 && !isName(column))) return element("span", { class: "quiet" }, text);
  return element("bdi", { class: isName(column) && "clamp" }, text);
}

// Changes of unknown significance have no color.
function changeClass(value, isMarked) {
  if (!value || isMarked === false) return "quiet";
  return isMarked ? (value > 0 ? "grown" : "shrunk") : null;
}

/** A share as a small bar. */
function meter(share) {
  return dom.svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    dom.svg("rect", { width: Math.max(0, Math.min(100, share * 100)).toFixed(1), height: 10 }));
}

/** A small curve of [start, end, first, last, seconds, bytes, ...], with its first and last figure. */
function sparkline([start, end, first, last, ...points]) {
  const [width, height] = [96, 20];
  let highest = 1;
  for (let i = 1; i < points.length; i += 2) highest = Math.max(highest, points[i]);
  const path = [];
  for (let i = 0; i < points.length; i += 2) {
    const x = end > start ? (points[i] - start) / (end - start) * width : 0;
    path.push(`${x.toFixed(1)},${(height - 1 - points[i + 1] / highest * (height - 2)).toFixed(1)}`);
  }
  return dom.element("span", { class: "sparkline" },
    dom.svg("svg", { width, height, "aria-hidden": "true" }, dom.svg("polyline", { points: path.join(" ") })),
    `${format.bytes(first)} → ${format.bytes(last)}`);
}
