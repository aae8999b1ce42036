"use strict";

/** The best paths from roots to objects of each type. */
class HeapPaths {
  static kinds = { handle: "handle", finalizer: "finalizer queue", dependent: "dependent handle" };

  constructor(paths) {
    this.byType = Map.groupBy(paths, path => path.type);
  }

  /** The paths to objects of a type, two lines each. */
  lines(type) {
    return (this.byType.get(type) ?? []).map(path => dom.element("div", { class: "long", "data-best-path": "" },
      dom.element("div", {}, this.figures(path)),
      dom.element("div", { class: "quiet" }, path.steps.map((step, i) => this.step(path, i)).join(" → "))));
  }

  figures({ objects, bytes, heldAlone, weakHandles }) {
    const things = (count, thing) => `${format.count(count)} ${thing}${count === 1 ? "" : "s"}`;
    return `${things(objects, "object")}, ${format.bytes(bytes)}, ${format.count(heldAlone)} held by this root alone${weakHandles > 0 ? `; ${things(weakHandles, "weak handle")} to them` : ""}`;
  }

  /** A step with the field that refers to it, and how the step before holds it unless by a plain reference. */
  step(path, i) {
    const name = names.text(path.steps[i]);
    const field = names.text(path.fields[i]);
    const kind = HeapPaths.kinds[names.text(path.links[i])];
    return `${field === null ? "" : `${field}: `}${i === 0 ? name : names.shortType(name)}${kind ? ` (${kind})` : ""}`;
  }
}
