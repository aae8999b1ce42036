"use strict";

/** A drawing of a tree with its search and the figures of the selected node. What is in the tree, and which figures it has, say the classes that extend it. */
class TreeSection {
  /** @param state what the drawing depends on; switches change it */
  constructor(state) {
    this.state = state;
    this.graph = new FlameGraph({ ...this.drawing(), stripTip: (tree, nodes) => this.stripLines(tree, nodes) });
    this.build();
    this.show();
  }

  /** The callbacks of each drawing. */
  drawing() {
    return { color: this.color, tip: (tree, node) => this.lines(tree, node), onselect: node => this.tell(node), onzoom: () => this.updateTools() };
  }

  build() {
    const { element } = dom;
    this.search = searchField({
      placeholder: "Search", label: `Search ${this.searched}`, action: "search", onsearch: () => this.find(), onkey: event => this.searchKey(event),
    });
    this.found = element("span", { class: "quiet found", role: "status", "data-found": "" });
    this.out = dom.button("Zoom out", () => this.graph.zoom(0), { "data-action": "out", disabled: true });
    this.details = element("div", { class: "details", role: "status", "aria-live": "polite" });
    this.element = element("div", { class: "flame" },
      element("div", { class: "tools" }, this.switches(), element("span", { class: "on-paper" }, "Search:"), this.search, this.out, this.found),
      this.graph.element,
      this.legend(),
      this.details,
      element("p", { class: "quiet hint" }, "Click or press Enter to zoom, Escape to show all, arrow keys to select, Ctrl+wheel to zoom, Shift+wheel to scroll."));
  }

  set(change) {
    Object.assign(this.state, change);
    this.show();
  }

  show() {
    this.graph.show(this.tree());
    this.tell(0);
    this.find();
    this.updateTools();
  }

  updateTools() {
    this.out.disabled = this.graph.isWhole;
  }

  /** Marks what a search matches, and says how much that is with what is below, nothing twice. */
  find() {
    const { tree } = this.graph;
    if (this.search.value.trim() === "") {
      this.matches = [];
      this.graph.mark(null);
      this.found.textContent = "";
      return;
    }
    const { amounts, weight } = tree.find(matcher(this.search.value));
    this.matches = [...amounts.keys()].filter(node => amounts[node] > 0).sort((a, b) => amounts[b] - amounts[a]);
    this.graph.mark(amounts);
    this.found.textContent = this.matches.length === 0 ? "nothing matches"
      : `${format.percent(weight / Math.max(1e-9, tree.weight[0]))} matched (${this.amount(weight)})`;
    this.found.dataset.weight = weight;
  }

  searchKey(event) {
    if (event.key === "Enter" && this.matches.length > 0) {
      const next = this.matches[(this.matches.indexOf(this.graph.selected) + 1) % this.matches.length];
      this.graph.reveal(next);
    } else if (event.key === "Escape") {
      this.search.value = "";
      this.find();
    }
  }

  amount(weight) { return format.bytes(weight); }

  /** The tooltip of a node. */
  lines(tree, node) {
    const { element } = dom;
    return [
      element("b", { class: "long" }, tree.name(node)),
      this.where(tree, node),
      element("div", {}, this.figures(tree, node).join(" · ")),
    ];
  }

  /** The tooltip of nodes that are too narrow to be drawn one by one. */
  stripLines(tree, nodes) {
    const weight = nodes.reduce((sum, node) => sum + tree.weight[node], 0);
    return [
      dom.element("b", {}, `${format.count(nodes.length)} ${this.nodes}`),
      dom.element("div", { class: "quiet" }, "each narrower than a pixel"),
      dom.element("div", {}, `${this.amount(weight)} · ${format.percent(weight / Math.max(1e-9, tree.weight[0]))} of all`),
    ];
  }

  /** Shows all figures of the selected node below the graph. */
  tell(node) {
    const { element } = dom;
    const { tree } = this.graph;
    const place = this.place(tree, node);
    this.details.replaceChildren(
      element("div", { class: "long" }, element("b", {}, tree.name(node)), place && element("span", { class: "quiet" }, ` ${place}`)),
      element("div", {}, this.figures(tree, node).join(" · ")),
      ...this.more(tree, node));
    this.updateTools();
  }
}
