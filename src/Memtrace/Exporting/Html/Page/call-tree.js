"use strict";

/** A tree of frames, and of types where they are asked for. */
class CallTree extends WeightedTree {
  constructor(title) {
    super(title);
    this.key = [-1];
    this.place = [-1];
    this.children = new Map();
  }

  /** What stands for a type among the keys of the nodes, which are methods else. */
  static typeKey(text) { return names.methodCount + text; }

  static keys = names.methodCount + report.texts.length;

  /** The child of a node by its key; of a place stays what all agree on. */
  child(parent, key, place) {
    const id = parent * CallTree.keys + key;
    let node = this.children.get(id);
    if (node === undefined) {
      node = this.parent.length;
      this.children.set(id, node);
      this.parent.push(parent);
      this.key.push(key);
      this.place.push(place);
    } else this.place[node] = names.sharedPlace(this.place[node], place);
    return node;
  }

  isType(node) { return this.key[node] >= names.methodCount; }

  /** The whole name of a node. */
  name(node) {
    if (node === 0) return this.title;
    return this.isType(node) ? names.text(this.key[node] - names.methodCount) : names.method(this.key[node]);
  }

  /** What fits on the drawing. */
  label(node) {
    if (node === 0) return this.title;
    return this.isType(node) ? names.shortType(this.name(node)) : names.short(this.name(node));
  }

  /** 0: the user's code, 1: framework, 2: not resolved, 3: a type, 4: the root. */
  origin(node) {
    return node === 0 ? 4 : this.isType(node) ? 3 : names.origin(this.key[node]);
  }

  /** Notes what is allocated of the types that match, and adds up what is not covered. */
  findWithin(holds, amounts, covered) {
    let weight = 0;
    for (const { type, bytes, owner, end } of this.allocations ?? []) {
      if (!holds(CallTree.typeKey(type), () => names.text(type))) continue;
      amounts[owner] = Math.min(this.weight[owner], amounts[owner] + bytes);
      if (covered[end] === 0) weight += bytes;
    }
    return weight;
  }
}

/**
 * The tree of amounts by stack and type: from the threads' starts down to what allocates, or inverted; of all types together, or type by type.
 */
function amountTree(flame, title, { inverted, byType }) {
  const { stacks } = report;
  const tree = new CallTree(title);
  const known = new Map();
  const ends = flame.node.map((node, i) => {
    const top = byType ? tree.child(0, CallTree.typeKey(flame.type[i]), -1) : 0;
    return inverted ? climb(top, node) : descend(top, node);
  });
  // Where types are nodes, they are found by their names.
  if (!byType) tree.allocations = flame.node.map((node, i) => ({ type: flame.type[i], bytes: flame.bytes[i], owner: inverted ? allocator(node) : ends[i], end: ends[i] }));

  function allocator(stack) {
    return stack < 0 ? 0 : tree.child(0, stacks.method[stack], stacks.place[stack]);
  }

  function climb(top, stack) {
    for (; stack >= 0; stack = stacks.parent[stack]) top = tree.child(top, stacks.method[stack], stacks.place[stack]);
    return top;
  }

  function descend(top, stack) {
    if (stack < 0) return top;
    const id = top * stacks.parent.length + stack;
    let node = known.get(id);
    if (node === undefined) {
      // A stack can be too deep for recursion.
      const path = [];
      for (; stack >= 0; stack = stacks.parent[stack]) path.push(stack);
      node = path.reduceRight((below, at) => tree.child(below, stacks.method[at], stacks.place[at]), top);
      known.set(id, node);
    }
    return node;
  }

  const sum = column => {
    const amounts = new Float64Array(tree.size);
    ends.forEach((end, i) => { amounts[end] += column(i); });
    return amounts;
  };
  const bytes = sum(i => flame.bytes[i]);
  tree.self = inverted ? null : bytes.slice();
  // The errors of estimates that share no sample add up in square.
  tree.squaredError = tree.accumulate(sum(i => flame.error[i] ** 2));
  tree.objects = tree.accumulate(sum(i => flame.objects[i]));
  tree.samples = tree.accumulate(sum(i => flame.samples[i]));
  tree.layOut(tree.accumulate(bytes));

  /** The types of what is at a node or below it, heaviest first. */
  tree.typesBelow = node => {
    const types = new Map();
    ends.forEach((end, i) => {
      if (tree.isBelow(end, node)) types.set(flame.type[i], (types.get(flame.type[i]) ?? 0) + flame.bytes[i]);
    });
    return [...types].sort((a, b) => b[1] - a[1]);
  };
  return tree;
}

/** The tree of a metric before and after: as wide as it is after. */
function changeTree(flame, title) {
  const { stacks } = report;
  const tree = new CallTree(title);
  const nodes = new Map([[-1, 0]]);
  const order = flame.node.map((node, i) => [node, i]).sort((a, b) => a[0] - b[0]);
  for (const [node] of order) {
    if (node >= 0) nodes.set(node, tree.child(nodes.get(stacks.parent[node]), stacks.method[node], stacks.place[node]));
  }
  const place = column => {
    const amounts = new Float64Array(tree.size);
    flame.node.forEach((node, i) => { amounts[nodes.get(node)] = column[i]; });
    return amounts;
  };
  tree.before = place(flame.before);
  tree.error = place(flame.error);
  tree.significant = place(flame.significant);
  tree.unit = flame.unit;
  return tree.layOut(place(flame.after));
}
