"use strict";

/** The titles of flame graphs. */
const valueTitles = { allocated: "Allocated", live: "Live at the end", peak: "Live at its peak" };

/** The id that the page opens on: live objects, if they are known, since they occupy the memory. */
const openedOn = ids => ids.includes("live") ? "live" : ids[0];

/** A flame graph with its switches, its search and the figures of the selected frame. */
class FlameSection {
  constructor(flames) {
    this.flames = flames;
    this.state = { flame: flames.find(flame => flame.id === openedOn(flames.map(({ id }) => id))), inverted: false, byType: false };
    this.trees = new Map();
    this.graph = new FlameGraph({
      color: this.color, tip: (tree, node) => this.lines(tree, node), stripTip: (tree, nodes) => this.stripLines(tree, nodes), onselect: node => this.tell(node), onzoom: () => this.updateTools(),
    });
    this.build();
    this.show();
  }

  get color() { return flameColors.byOrigin; }

  build() {
    const { element } = dom;
    this.search = searchField({
      placeholder: "Search", label: "Search frames and types", action: "search", onsearch: () => this.find(), onkey: event => this.searchKey(event),
    });
    this.found = element("span", { class: "quiet found", role: "status", "data-found": "" });
    this.out = dom.button("Zoom out", () => this.graph.zoom(0), { "data-action": "out", disabled: true });
    this.details = element("div", { class: "details", role: "status", "aria-live": "polite" });
    this.element = element("div", { class: "flame" },
      element("div", { class: "tools" }, this.switches(), element("span", { class: "on-paper" }, "Search:"), this.search, this.out, this.found),
      this.graph.element,
      this.legend(),
      this.details,
      element("p", { class: "quiet hint" }, "Click or press Enter to zoom, Escape to show all, arrow keys to select a frame, Ctrl+wheel to zoom, Shift+wheel to scroll."));
  }

  switches() {
    return [
      this.valueChoice(),
      dom.choice("Direction", [["down", "Call tree"], ["inverted", "Inverted"]], "down", value => this.set({ inverted: value === "inverted" })),
      dom.choice("Grouping", [["all", "All types"], ["type", "By type"]], "all", value => this.set({ byType: value === "type" })),
    ];
  }

  valueChoice() {
    return this.flames.length > 1 && dom.choice(
      "Value", this.flames.map(flame => [flame.id, valueTitles[flame.id]]), this.state.flame.id, id => this.set({ flame: this.flames.find(flame => flame.id === id) }));
  }

  legend() {
    return dom.element("div", { class: "legend" },
      [["user", "user code"], ["framework", "framework"], ["unresolved", "no name"], ["type", "type"]].map(([role, title]) => dom.element("span", { class: `key flame-${role}` }, title)));
  }

  set(change) {
    Object.assign(this.state, change);
    this.show();
  }

  tree() {
    const { flame, inverted, byType } = this.state;
    const id = `${flame.id} ${inverted} ${byType}`;
    let tree = this.trees.get(id);
    if (tree === undefined) this.trees.set(id, tree = this.makeTree());
    return tree;
  }

  makeTree() {
    const { flame } = this.state;
    return amountTree(flame, valueTitles[flame.id], this.state);
  }

  show() {
    this.graph.show(this.tree());
    this.tell(0);
    this.find();
    this.updateTools();
  }

  updateTools() {
    this.out.disabled = this.graph.zoomed === 0 && this.graph.view.start === 0 && this.graph.view.end === 1;
  }

  /** Marks the frames and types that a search matches, and the frames that allocate such types, and says how much that is with what is below, nothing twice. */
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
      dom.element("b", {}, `${format.count(nodes.length)} frames`),
      dom.element("div", { class: "quiet" }, "each narrower than a pixel"),
      dom.element("div", {}, `${this.amount(weight)} · ${format.percent(weight / Math.max(1e-9, tree.weight[0]))} of all`),
    ];
  }

  where(tree, node) {
    const module = node > 0 && !tree.isType(node) ? names.module(tree.key[node]) : null;
    const where = [names.place(tree.place[node]), module].filter(Boolean).join(" · ");
    return where && dom.element("div", { class: "quiet long" }, where);
  }

  figures(tree, node) {
    const bytes = tree.weight[node];
    const error = this.state.flame.hasErrors ? Math.sqrt(tree.squaredError[node]) : null;
    return [
      `${format.bytes(bytes)} ${format.errorOf(bytes, error, tree.samples[node])}`.trim(),
      `${format.percent(bytes / Math.max(1e-9, tree.weight[0]))} of all`,
      tree.self && tree.self[node] > 0 && tree.self[node] < bytes ? `${format.bytes(tree.self[node])} itself` : null,
      `${format.count(tree.objects[node])} objects`,
      `${format.count(tree.samples[node])} samples`,
    ].filter(Boolean);
  }

  /** Shows all figures of the selected frame below the graph. */
  tell(node) {
    const { element } = dom;
    const { tree } = this.graph;
    const file = names.wholePlace(tree.place[node]);
    this.details.replaceChildren(
      element("div", { class: "long" }, element("b", {}, tree.name(node)), file && element("span", { class: "quiet" }, ` ${file}`)),
      element("div", {}, this.figures(tree, node).join(" · ")),
      ...this.more(tree, node));
    this.updateTools();
  }

  more(tree, node) {
    const { element } = dom;
    const types = tree.typesBelow(node);
    const shown = types.slice(0, 4).map(([type, bytes]) => `${names.shortType(names.text(type))} ${format.bytes(bytes)}`);
    const others = types.length - shown.length;
    return [types.length > 0 && !tree.isType(node) && element("div", { class: "quiet long" }, `${shown.join(", ")}${others > 0 ? ` and ${format.count(others)} more types` : ""}`)].filter(Boolean);
  }
}

/** The differential flame graph. */
class ChangeSection extends FlameSection {
  get color() { return flameColors.byChange; }

  switches() { return this.valueChoice(); }

  makeTree() {
    const { flame } = this.state;
    return changeTree(flame, valueTitles[flame.id]);
  }

  legend() {
    return dom.element("div", { class: "legend" }, dom.element("span", { class: "scale" }, "less"), dom.element("span", { class: "scale-bar" }), dom.element("span", {}, "more"),
      dom.element("span", { class: "quiet" }, "Widths are those after; grey is within noise. Gone stacks have no width and are listed below."));
  }

  amount(weight) { return format.figure(this.graph.tree.unit, weight); }

  figures(tree, node) {
    const [before, after] = [tree.before[node], tree.weight[node]];
    const unit = tree.unit;
    return [
      `${format.figure(unit, before)} → ${format.figure(unit, after)}`,
      `${format.change(unit, after - before)} ±${format.difference(unit, tree.error[node])}`,
      before > 0 ? format.change("ratio", (after - before) / before) : "new",
      tree.significant[node] ? null : "within noise",
    ].filter(Boolean);
  }

  more() { return []; }
}
