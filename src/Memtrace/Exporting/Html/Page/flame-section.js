"use strict";

/** The titles of flame graphs. */
const valueTitles = { allocated: "Allocated", live: "Live at the end", peak: "Live at its peak" };

/** The id that the page opens on: live objects, if they are known, since they occupy the memory. */
const openedOn = ids => ids.includes("live") ? "live" : ids[0];

/** A flame graph of what was allocated or is live, with its switches. */
class FlameSection extends TreeSection {
  constructor(flames) {
    super({ flames, trees: new Map(), flame: flames.find(flame => flame.id === openedOn(flames.map(({ id }) => id))), inverted: false, byType: false });
  }

  get color() { return flameColors.byOrigin; }

  get searched() { return "frames and types"; }

  get nodes() { return "frames"; }

  switches() {
    return [
      this.valueChoice(),
      dom.choice("Direction", [["down", "Call tree"], ["inverted", "Inverted"]], "down", value => this.set({ inverted: value === "inverted" })),
      dom.choice("Grouping", [["all", "All types"], ["type", "By type"]], "all", value => this.set({ byType: value === "type" })),
    ];
  }

  valueChoice() {
    const { flames, flame } = this.state;
    return flames.length > 1 && dom.choice(
      "Value", flames.map(({ id }) => [id, valueTitles[id]]), flame.id, id => this.set({ flame: flames.find(flame => flame.id === id) }));
  }

  legend() {
    return dom.element("div", { class: "legend" },
      [["user", "user code"], ["framework", "framework"], ["unresolved", "no name"], ["type", "type"]].map(([role, title]) => dom.element("span", { class: `key flame-${role}` }, title)));
  }

  tree() {
    const { trees, flame, inverted, byType } = this.state;
    const id = `${flame.id} ${inverted} ${byType}`;
    let tree = trees.get(id);
    if (tree === undefined) trees.set(id, tree = this.makeTree());
    return tree;
  }

  makeTree() {
    const { flame } = this.state;
    return amountTree(flame, valueTitles[flame.id], this.state);
  }

  place(tree, node) { return names.wholePlace(tree.place[node]); }

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
      dom.element("span", { class: "quiet" }, "Widths show the amounts after; grey is within noise. Stacks that are gone have no width and are listed below."));
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
