"use strict";

/** Where objects were allocated, by the number of what holds them: "3.5 MiB ±36% Invoice allocated in Billing.Add (Billing.cs:18)". */
class HeldSites {
  /** @param sites a table of call sites, each with its owner; undefined without a recording */
  constructor(sites) {
    this.byOwner = Map.groupBy(sites?.owner.keys() ?? [], row => sites.owner[row]);
    this.columns = new Map(sites?.columns.map(column => [column.key, column]));
  }

  has(owner) { return this.byOwner.has(owner); }

  /** The call sites of an owner, a line each. */
  lines(owner) {
    return (this.byOwner.get(owner) ?? []).map(row => dom.element("div", { class: "quiet long", "data-site": "" }, this.text(row)));
  }

  text(row) {
    const value = key => this.columns.get(key)?.values[row] ?? null;
    const place = names.place(value("location"));
    const growth = value("growthBytesPerSecond");
    return [
      format.bytes(value("bytes")),
      this.columns.get("errorBytes") && format.relativeError(value("errorBytes")),
      names.shortType(names.text(value("type"))),
      `allocated in ${value("method") < 0 ? "an unknown place" : names.short(names.text(value("method")))}`,
      place && `(${place})`,
      growth === null ? null : `grows by ${format.bytes(growth)}/s`,
    ].filter(Boolean).join(" ");
  }
}
