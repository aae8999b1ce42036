"use strict";

/** Resident memory by category: a stacked bar per snapshot at its time, and the figures of the selected one. */
class Breakdown {
  static height = 200;
  static margin = { left: 60, right: 4, top: 8, bottom: 48 };
  static widest = 24;

  /** Including its gap; where there are more snapshots than bars fit, several share one. */
  static narrowest = 3;

  /**
   * @param snapshots the memory map snapshots
   * @param span { startSeconds, endSeconds } of the recording
   */
  constructor(snapshots, { startSeconds, endSeconds }) {
    this.snapshots = snapshots;
    this.start = Math.min(startSeconds, snapshots[0].atSeconds);
    this.end = Math.max(endSeconds, snapshots.at(-1).atSeconds);
    this.top = niceTop(Math.max(1, ...snapshots.map(snapshot => snapshot.rssBytes)));
    this.build();
    this.select(snapshots.length - 1);
  }

  build() {
    const { element, svg } = dom;
    this.chart = svg("svg", {
      class: "bars", role: "listbox", tabindex: 0, "aria-label": "Snapshots of the resident set. Arrow keys select one.",
      onclick: event => this.click(event), onkeydown: event => this.key(event),
    });
    this.body = element("tbody");
    this.caption = element("caption");
    this.limits = element("p", { class: "quiet" });
    const stacks = element("div", { class: "stacks" }, this.chart);
    this.element = element("div", { class: "breakdown" },
      stacks,
      element("div", {},
        element("table", { "data-table": "breakdown" }, this.caption,
          element("thead", {}, element("tr", {}, ["Category", "Resident", "Of RSS", "Since the start"].map((title, i) => element("th", { scope: "col", class: i === 0 ? "name" : "number" }, title)))),
          this.body),
        this.limits));
    dom.onWidth(stacks, width => { this.width = width; this.draw(); });
  }

  get base() { return Breakdown.margin.top + Breakdown.height; }

  x(seconds) {
    const { left, right } = Breakdown.margin;
    const room = this.width - left - right - this.barWidth;
    return left + this.barWidth / 2 + (seconds - this.start) / Math.max(1e-9, this.end - this.start) * room;
  }

  y(bytes) {
    return this.base - bytes / this.top * Breakdown.height;
  }

  draw() {
    const { svg } = dom;
    const { left, right, bottom } = Breakdown.margin;
    const room = Math.max(1, this.width - left - right);
    const groups = shareBars(this.snapshots, Math.max(1, Math.floor(room / Breakdown.narrowest)));
    // A quarter of the space is left for moving bars of nearly the same time apart.
    this.barWidth = Math.min(Breakdown.widest, 0.75 * room / groups.length);
    const lefts = spread(groups.map(({ snapshot }) => ({ at: this.x(snapshot.atSeconds), width: this.barWidth })), left, this.width - right);
    this.bars = groups.map((group, i) => ({ ...group, center: lefts[i] + this.barWidth / 2 }));
    this.options = this.bars.map((bar, i) => this.bar(bar, i));
    this.pointer = svg("path", { class: "pointer" });
    const height = this.base + bottom;
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${this.width} ${height}`, width: this.width, height })) this.chart.setAttribute(name, value);
    this.chart.replaceChildren(...this.axes(), ...this.options, ...this.reasons(), this.pointer);
    this.mark();
  }

  axes() {
    const { svg } = dom;
    const { left, right } = Breakdown.margin;
    const lines = quarters(this.top).map(bytes => svg("g", { class: "grid" },
      svg("line", { x1: left, x2: this.width - right, y1: this.y(bytes), y2: this.y(bytes) }),
      svg("text", { class: "amount", x: left - 8, y: this.y(bytes) + 4, "text-anchor": "end" }, axisLabel(bytes))));
    return [...lines, ...timeLabels(this.start, this.end, this.width, seconds => this.x(seconds), this.base + 22)];
  }

  bar({ snapshot, center }, index) {
    const { svg } = dom;
    let y = this.base;
    const gap = this.barWidth > 4 ? 1 : 0;
    const parts = categoriesOf(snapshot).map((part, i) => {
      const height = part.bytes / this.top * Breakdown.height;
      y -= height;
      return svg("rect", {
        class: `category${i}`, x: (center - this.barWidth / 2).toFixed(2), width: (this.barWidth - gap).toFixed(2), y: y.toFixed(2), height: Math.max(0, height).toFixed(2),
      });
    });
    const label = `${format.seconds(snapshot.atSeconds)}, ${snapshot.reason}: ${format.bytes(snapshot.rssBytes)}`;
    return svg("g", { class: "snapshot", id: `snapshot-${index}`, role: "option", "aria-label": label }, svg("title", {}, label), parts);
  }

  /** The reasons of snapshots other than the interval; where there is no room for all, each reason once, at the largest. */
  reasons() {
    const { left, right } = Breakdown.margin;
    // A letter of this size is at most 7 pixels wide.
    const all = this.bars.filter(({ snapshot }) => snapshot.reason !== "interval").map(({ snapshot, center }) => ({ text: snapshot.reason, rssBytes: snapshot.rssBytes, at: center, width: 7 * snapshot.reason.length + 4 }));
    const fit = all.reduce((sum, label) => sum + label.width, 0) <= this.width - left - right;
    const labels = fit ? all : all.filter(label => label === largest(all.filter(({ text }) => text === label.text)));
    return spread(labels, left, this.width - right).map((x, i) =>
      dom.svg("text", { class: "reason", x: x + labels[i].width / 2, y: this.base + 40, "text-anchor": "middle" }, labels[i].text));
  }

  click(event) {
    const x = event.clientX - this.chart.getBoundingClientRect().left;
    const nearest = this.bars.reduce((best, bar) => Math.abs(bar.center - x) < Math.abs(best.center - x) ? bar : best);
    this.select(this.snapshots.indexOf(nearest.snapshot));
  }

  key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -this.snapshots.length, End: this.snapshots.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.select(Math.max(0, Math.min(this.snapshots.length - 1, this.index + steps[event.key])));
  }

  /** Marks the bar of the selected snapshot. */
  mark() {
    if (!this.bars) return;
    const chosen = this.bars.findIndex(({ from, to }) => this.index >= from && this.index < to);
    this.options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    this.chart.setAttribute("aria-activedescendant", `snapshot-${chosen}`);
    this.pointer.setAttribute("d", `M${this.bars[chosen].center.toFixed(1)},${this.base + 2}l4,6h-8z`);
  }

  select(index) {
    const { element } = dom;
    this.index = index;
    this.mark();
    const snapshot = this.snapshots[index];
    const before = new Map(this.snapshots[0].parts.map(part => [part.key, part.bytes]));
    const categories = categoriesOf(snapshot);
    this.caption.textContent = `At ${format.seconds(snapshot.atSeconds)}: RSS ${format.bytes(snapshot.rssBytes)}${snapshot.swapBytes > 0 ? `, and ${format.bytes(snapshot.swapBytes)} in swap` : ""}`;
    this.body.replaceChildren(...snapshot.parts.filter(part => part.bytes > 0 || before.get(part.key) > 0).map(part => element("tr", { class: part.isCategory ? "" : "quiet" },
      element("td", { class: part.isCategory ? "name" : "name part" }, element("span", { class: part.isCategory ? `key category${categories.indexOf(part)}` : "" }, names.clean(part.title))),
      element("td", { class: "number" }, part.bytes === null ? "–" : format.bytes(part.bytes)),
      element("td", { class: "number" }, part.bytes === null ? "–" : format.percent(snapshot.rssBytes > 0 ? part.bytes / snapshot.rssBytes : 0)),
      element("td", { class: "number" }, index === 0 || !Number.isFinite(before.get(part.key)) || part.bytes === null ? "–" : format.change("bytes", part.bytes - before.get(part.key))))));
    this.limits.textContent = names.clean(snapshot.limits.join(" "));
  }
}

const categoriesOf = snapshot => snapshot.parts.filter(part => part.isCategory);

const largest = snapshots => snapshots.reduce((most, next) => next.rssBytes > most.rssBytes ? next : most);

/** The snapshots in as many bars as fit. Of neighbors that share a bar, it shows the largest with a reason other than the interval, else the largest. */
function shareBars(snapshots, most) {
  const size = Math.ceil(snapshots.length / most);
  const bars = [];
  for (let from = 0; from < snapshots.length; from += size) {
    const group = snapshots.slice(from, from + size);
    const named = group.filter(({ reason }) => reason !== "interval");
    bars.push({ from, to: from + group.length, snapshot: largest(named.length > 0 ? named : group) });
  }
  return bars;
}

/** The left ends of boxes [{ at, width }] between two edges: each around its place, moved only as far as they would overlap or stick out. */
function spread(boxes, low, high) {
  const lefts = [];
  let free = low;
  for (const { at, width } of boxes) {
    lefts.push(Math.max(free, at - width / 2));
    free = lefts.at(-1) + width;
  }
  let end = high;
  for (let i = boxes.length - 1; i >= 0; i--) end = lefts[i] = Math.min(lefts[i], end - boxes[i].width);
  return lefts;
}
