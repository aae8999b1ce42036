"use strict";

/** Where the resident set was: a stacked bar a moment, and the figures of the chosen one. */
class Breakdown {
  static height = 200;

  constructor(moments) {
    this.moments = moments;
    this.highest = Math.max(1, ...moments.map(moment => moment.rssBytes));
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
      this.bars,
      element("div", {},
        element("table", { "data-table": "breakdown" }, this.moment,
          element("thead", {}, element("tr", {}, ["Category", "Resident", "Of RSS", "Since the start"].map((title, i) => element("th", { scope: "col", class: i === 0 ? "name" : "number" }, title)))),
          this.body),
        this.limits));
  }

  bar(moment, index) {
    const { element, svg } = dom;
    let y = Breakdown.height;
    const parts = categoriesOf(moment).map((part, i) => {
      const height = part.bytes / this.highest * Breakdown.height;
      y -= height;
      return svg("rect", { class: `category${i}`, x: 0, width: 100, y: y.toFixed(2), height: Math.max(0, height).toFixed(2) });
    });
    return element("div", {
      class: "moment", role: "option", "aria-selected": "false",
      "aria-label": `${format.seconds(moment.atSeconds)}, ${format.bytes(moment.rssBytes)}`, onclick: () => this.select(index),
    },
      svg("svg", { viewBox: `0 0 100 ${Breakdown.height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, parts),
      element("span", {}, format.seconds(moment.atSeconds)),
      element("span", { class: "quiet" }, moment.reason === "interval" ? "\u00a0" : moment.reason));
  }

  key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -this.moments.length, End: this.moments.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.select(Math.max(0, Math.min(this.moments.length - 1, this.index + steps[event.key])));
  }

  select(index) {
    const { element } = dom;
    this.index = index;
    [...this.bars.children].forEach((bar, i) => bar.setAttribute("aria-selected", String(i === index)));
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
