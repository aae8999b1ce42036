"use strict";

/**
 * A tree of frames, and of types where they are asked for, laid out from 0 to 1. Node 0 is the root. A node stands behind its parent in all arrays, and
 * in `levels` the nodes of each depth stand from left to right.
 */
class CallTree {
  constructor(title) {
    this.title = title;
    this.parent = [-1];
    this.key = [-1];
    this.place = [-1];
    this.children = new Map();
  }

  /** What stands for a type among the keys of the nodes, which are methods else. */
  static typeKey(text) { return names.methodCount + text; }

  static keys = names.methodCount + report.texts.length;

  get size() { return this.parent.length; }

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

  /** Adds what stands at the nodes up to the root. */
  accumulate(amounts) {
    for (let node = this.size - 1; node > 0; node--) amounts[this.parent[node]] += amounts[node];
    return amounts;
  }

  /** Gives each node its place: as wide as it weighs, beside its siblings in order of weight. */
  layOut(weights) {
    const { size } = this;
    this.children = null;
    this.weight = weights;
    this.x = new Float64Array(size);
    this.width = new Float64Array(size);
    this.depth = new Uint16Array(size);
    this.first = new Int32Array(size + 1);
    this.ordered = new Int32Array(Math.max(0, size - 1));
    this.orderChildren();
    this.width[0] = 1;
    const scale = weights[0] > 0 ? 1 / weights[0] : 0;
    this.levels = [[0]];
    for (let depth = 0; this.levels[depth].length > 0; depth++) {
      const next = [];
      for (const node of this.levels[depth]) {
        let x = this.x[node];
        for (let i = this.first[node]; i < this.first[node + 1]; i++) {
          const child = this.ordered[i];
          if (!(weights[child] > 0)) break;
          this.x[child] = x;
          this.width[child] = weights[child] * scale;
          this.depth[child] = depth + 1;
          x += this.width[child];
          next.push(child);
        }
      }
      this.levels.push(next);
    }
    this.levels.pop();
    return this;
  }

  /** The children of node n, heaviest first, are ordered[first[n]] to ordered[first[n + 1] - 1]. */
  orderChildren() {
    const { size, parent, first, ordered, weight } = this;
    for (let node = 1; node < size; node++) first[parent[node] + 1]++;
    for (let node = 0; node < size; node++) first[node + 1] += first[node];
    const next = first.slice(0, size);
    for (let node = 1; node < size; node++) ordered[next[parent[node]]++] = node;
    for (let node = 0; node < size; node++) {
      if (first[node + 1] - first[node] > 1) ordered.subarray(first[node], first[node + 1]).sort((a, b) => weight[b] - weight[a]);
    }
  }

  heaviestChild(node) {
    const child = this.ordered[this.first[node]];
    return this.first[node] < this.first[node + 1] && this.weight[child] > 0 ? child : null;
  }

  /** The place in a level of the first node that ends right of x. */
  search(level, x) {
    const nodes = this.levels[level];
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x[nodes[middle]] + this.width[nodes[middle]] <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  isBelow(node, ancestor) {
    while (node > ancestor) node = this.parent[node];
    return node === ancestor;
  }

  /**
   * What a search matches: how much of each node, all of it by its name or what it allocates itself by the type, and how much that is together, nothing
   * twice. matches: name => whether it does.
   */
  find(matches) {
    const known = new Map();
    const holds = (key, name) => {
      if (!known.has(key)) known.set(key, matches(name()));
      return known.get(key);
    };
    const amounts = new Float64Array(this.size);
    const covered = new Uint8Array(this.size);
    return { amounts, weight: this.findNames(holds, amounts, covered) + this.findAllocations(holds, amounts, covered) };
  }

  /** Notes what matches by its name, and covers what is below it. */
  findNames(holds, amounts, covered) {
    let weight = 0;
    for (let node = 1; node < this.size; node++) {
      const above = covered[this.parent[node]] === 1;
      const matches = holds(this.key[node], () => this.name(node));
      if (matches) amounts[node] = this.weight[node];
      if (matches && !above) weight += this.weight[node];
      covered[node] = above || matches ? 1 : 0;
    }
    return weight;
  }

  /** Notes what is allocated of the types that match, and adds up what is not covered. */
  findAllocations(holds, amounts, covered) {
    let weight = 0;
    for (const { type, bytes, owner, end } of this.allocations ?? []) {
      if (!holds(CallTree.typeKey(type), () => names.text(type))) continue;
      amounts[owner] = Math.min(this.weight[owner], amounts[owner] + bytes);
      if (covered[end] === 0) weight += bytes;
    }
    return weight;
  }

  /** The frames from a node up to the root, which is left out. */
  path(node) {
    const path = [];
    for (; node > 0; node = this.parent[node]) path.push(node);
    return path;
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
