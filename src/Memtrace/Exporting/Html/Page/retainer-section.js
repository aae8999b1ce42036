"use strict";

/** What holds the heap, as an icicle or as a treemap, with the same search and figures as a flame graph. */
class RetainerSection extends TreeSection {
  /** @param tree the tree; isChange: whether it is one of two heaps, whose colors say what changed; sites, paths: of what is selected */
  constructor({ tree, isChange, sites, paths }) {
    super({ tree, isChange, sites, paths });
  }

  get color() { return this.state.isChange ? flameColors.byChange : flameColors.byOrigin; }

  get searched() { return "types and roots"; }

  get nodes() { return "branches"; }

  tree() { return this.state.tree; }

  build() {
    super.build();
    this.icicle = this.graph;
    this.treemap = new Treemap(this.drawing());
    this.treemap.element.hidden = true;
    this.icicle.element.after(this.treemap.element);
  }

  switches() {
    return dom.choice("Drawing", [["icicle", "Icicle"], ["treemap", "Treemap"]], "icicle", value => this.draw(value));
  }

  draw(value) {
    this.icicle.element.hidden = value !== "icicle";
    this.treemap.element.hidden = value !== "treemap";
    const { selected, zoomed } = this.graph;
    this.graph = this[value];
    this.show();
    if (zoomed > 0) this.graph.zoom(zoomed);
    if (selected > 0) this.graph.select(selected);
  }

  legend() {
    const { element } = dom;
    return element("div", { class: "legend" }, this.state.isChange
      ? [element("span", { class: "scale" }, "less"), element("span", { class: "scale-bar" }), element("span", {}, "more"),
        element("span", { class: "quiet" }, "Sizes show the amounts after. What is gone has no size and is listed below.")]
      : [["type", "root"], ["user", "own types"], ["framework", "framework types"]].map(([role, title]) => element("span", { class: `key flame-${role}` }, title)));
  }

  place() { return null; }

  where() { return null; }

  figures(tree, node) {
    const bytes = tree.weight[node];
    return this.state.isChange ? this.changes(tree, node) : [
      `${format.bytes(bytes)} retained`,
      `${format.percent(bytes / Math.max(1, tree.weight[0]))} of the heap`,
      tree.own[node] > 0 && tree.own[node] < bytes ? `${format.bytes(tree.own[node])} itself` : null,
      tree.objects[node] > 0 ? `${format.count(tree.objects[node])} ${tree.objects[node] === 1 ? "object" : "objects"}` : null,
    ].filter(Boolean);
  }

  changes(tree, node) {
    const [before, after] = [tree.before[node], tree.weight[node]];
    return [
      `${format.bytes(before)} → ${format.bytes(after)} retained`,
      before > 0 ? format.change("bytes", after - before) : "new",
      `${format.count(tree.objectsBefore[node])} → ${format.count(tree.objects[node])} objects`,
    ];
  }

  /** What holds it, where what it holds was allocated, and the best paths to objects of its type, below the figures. */
  more(tree, node) {
    const path = tree.path(node).reverse();
    return [
      path.length > 1 && dom.element("div", { class: "quiet long", "data-path": "" }, path.map(step => names.shortType(tree.name(step))).join(" → ")),
      ...this.sites(tree, node),
      ...this.paths(tree, node),
    ].filter(Boolean);
  }

  /** Steps that hold nothing but the next one share their call sites: those of the first one. */
  sites(tree, node) {
    const { sites } = this.state;
    const holder = tree.path(node).find(step => sites.has(step - 1));
    if (holder === undefined) return [];
    return [dom.element("div", { class: "subtitle" }, holder === node ? "Allocated" : `Allocated, of what ${tree.label(holder)} holds`), ...sites.lines(holder - 1)];
  }

  paths(tree, node) {
    const lines = node === 0 || tree.isRoot(node) ? [] : this.state.paths.lines(tree.key[node]);
    return lines.length === 0 ? [] : [dom.element("div", { class: "subtitle" }, `Best paths to ${tree.label(node)}`), ...lines];
  }
}
