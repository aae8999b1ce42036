"use strict";

/** Where the resident set was: a stacked bar a moment, and the figures of the chosen one. */
class Breakdown {
  static height = 200;
  static axisWidth = 56;

  /** How far the bars are from the edge of their strip. */
  static inset = 8;

  constructor(moments) {
    this.moments = moments;
    this.top = niceTop(Math.max(1, ...moments.map(moment => moment.rssBytes)));
    this.build();
    this.select(moments.length - 1);
  }

  build() {
    const { element } = dom;
    this.bars = element("div", { class: "bars", role: "listbox", tabindex: 0, "aria-label": "Moments. Arrow keys choose one.", onkeydown: event => this.key(event) },
      this.moments.map((moment, i) => this.bar(moment, i)));
    this.body = element("tbody");
    this.moment = element("caption");
    this.limits = element("p", { class: "quiet" });
    this.element = element("div", { class: "breakdown" },
      element("div", { class: "stacks" }, this.axis(), this.bars),
      element("div", {},
        element("table", { "data-table": "breakdown" }, this.moment,
          element("thead", {}, element("tr", {}, ["Category", "Resident", "Of RSS", "Since the start"].map((title, i) => element("th", { scope: "col", class: i === 0 ? "name" : "number" }, title)))),
          this.body),
        this.limits));
    dom.onWidth(this.bars, () => this.reveal());
  }

  axis() {
    const { svg } = dom;
    const { height, inset, axisWidth } = Breakdown;
    return svg("svg", { class: "axis", width: axisWidth, height: height + 2 * inset, "aria-hidden": "true" }, quarters(this.top).map(bytes =>
      svg("text", { x: axisWidth - 6, y: inset + (1 - bytes / this.top) * height + 4, "text-anchor": "end" }, axisLabel(bytes))));
  }

  lines() {
    return quarters(this.top).slice(1).map(bytes => {
      const y = (1 - bytes / this.top) * Breakdown.height + 0.5;
      return dom.svg("line", { x1: 0, x2: 100, y1: y, y2: y });
    });
  }

  bar(moment, index) {
    const { element, svg } = dom;
    let y = Breakdown.height;
    const parts = categoriesOf(moment).map((part, i) => {
      const height = part.bytes / this.top * Breakdown.height;
      y -= height;
      return svg("rect", { class: `category${i}`, x: 0, width: 100, y: y.toFixed(2), height: Math.max(0, height).toFixed(2) });
    });
    return element("div", {
      class: "moment", role: "option", "aria-selected": "false",
      "aria-label": `${format.seconds(moment.atSeconds)}, ${format.bytes(moment.rssBytes)}`, onclick: () => this.select(index),
    },
      svg("svg", { viewBox: `0 0 100 ${Breakdown.height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, this.lines(), parts),
      element("span", {}, format.seconds(moment.atSeconds)),
      element("span", { class: "quiet" }, moment.reason === "interval" ? "\u00a0" : moment.reason));
  }

  key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -this.moments.length, End: this.moments.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.select(Math.max(0, Math.min(this.moments.length - 1, this.index + steps[event.key])));
  }

  /** Scrolls the strip, and nothing but the strip, to the bar that is chosen. */
  reveal() {
    const [bar, strip] = [this.bars.children[this.index], this.bars].map(box => box.getBoundingClientRect());
    this.bars.scrollLeft += Math.min(0, bar.left - strip.left) + Math.max(0, bar.right - strip.right);
  }

  select(index) {
    const { element } = dom;
    this.index = index;
    [...this.bars.children].forEach((bar, i) => bar.setAttribute("aria-selected", String(i === index)));
    this.reveal();
    const moment = this.moments[index];
    const before = new Map(this.moments[0].parts.map(part => [part.key, part.bytes]));
    const categories = categoriesOf(moment);
    this.moment.textContent = `At ${format.seconds(moment.atSeconds)}: RSS ${format.bytes(moment.rssBytes)}${moment.swapBytes > 0 ? `, and ${format.bytes(moment.swapBytes)} in swap` : ""}`;
    this.body.replaceChildren(...moment.parts.filter(part => part.bytes > 0 || before.get(part.key) > 0).map(part => element("tr", { class: part.isCategory ? "" : "quiet" },
      element("td", { class: part.isCategory ? "name" : "name part" }, element("span", { class: part.isCategory ? `key category${categories.indexOf(part)}` : "" }, names.clean(part.title))),
      element("td", { class: "number" }, part.bytes === null ? "–" : format.bytes(part.bytes)),
      element("td", { class: "number" }, part.bytes === null ? "–" : format.percent(moment.rssBytes > 0 ? part.bytes / moment.rssBytes : 0)),
      element("td", { class: "number" }, index === 0 || !Number.isFinite(before.get(part.key)) || part.bytes === null ? "–" : format.change("bytes", part.bytes - before.get(part.key))))));
    this.limits.textContent = names.clean(moment.limits.join(" "));
  }
}

const categoriesOf = moment => moment.parts.filter(part => part.isCategory);
