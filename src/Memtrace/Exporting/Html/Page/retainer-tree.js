"use strict";

/** What holds what, from the roots down: each node weighs what would be freed without it. Node 0 is the heap. */
class RetainerTree extends WeightedTree {
  /**
   * @param retainers the branches of the document
   * @param heap the heap that they are of, in bytes and objects: what has no branch leaves a gap
   */
  constructor(retainers, { bytes, objects }) {
    super("Heap");
    this.parent.push(...retainers.parent.map(parent => parent + 1));
    this.key = [-1, ...retainers.name];
    this.origins = [4, ...retainers.origin];
    this.objects = [objects, ...retainers.objects];
    this.own = [0, ...retainers.bytes];
    this.layOut(Float64Array.from([bytes, ...retainers.retained]));
  }

  name(node) { return node === 0 ? this.title : names.text(this.key[node]); }

  label(node) {
    const name = this.name(node);
    if (!this.isRoot(node)) return names.shortType(name);
    // A root is its kind, then the name of a field or a method.
    const [kind, ...rest] = name.split(" ");
    return rest.length === 1 && rest[0].includes(".") ? `${kind} ${names.short(rest[0])}` : name;
  }

  /** 0: the user's type, 1: a framework's, 3: a root, 4: the heap. */
  origin(node) { return this.origins[node]; }

  isRoot(node) { return this.origin(node) === 3; }
}

/** The same of two heaps: as wide as after. */
class RetainerChangeTree extends RetainerTree {
  constructor(retainers, before, after) {
    super(retainers, after);
    this.before = Float64Array.from([before.bytes, ...retainers.retainedBefore]);
    this.objectsBefore = [before.objects, ...retainers.objectsBefore];
    // A snapshot is exact: each change is one.
    this.significant = this.before.map(() => 1);
    this.unit = "bytes";
  }
}
