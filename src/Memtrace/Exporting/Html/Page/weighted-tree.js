"use strict";

/**
 * A tree laid out from 0 to 1. Node 0 is the root. A node stands behind its parent in all arrays, and in `levels` the nodes of each depth stand from left
 * to right. The name of a node is `name(node)`; nodes of
 * the same name have the same `key[node]`.
 */
class WeightedTree {
  constructor(title) {
    this.title = title;
    this.parent = [-1];
  }

  get size() { return this.parent.length; }

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

  /** The children of a node that weigh something, heaviest first. */
  childrenOf(node) {
    const children = [...this.ordered.subarray(this.first[node], this.first[node + 1])];
    const end = children.findIndex(child => !(this.weight[child] > 0));
    return end < 0 ? children : children.slice(0, end);
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
   * What a search matches: how much of each node, all of it by its name or a part of it by what is within it, and how much that is together, nothing twice.
   * matches: name => whether it does.
   */
  find(matches) {
    const known = new Map();
    const holds = (key, name) => {
      if (!known.has(key)) known.set(key, matches(name()));
      return known.get(key);
    };
    const amounts = new Float64Array(this.size);
    const covered = new Uint8Array(this.size);
    return { amounts, weight: this.findNames(holds, amounts, covered) + this.findWithin(holds, amounts, covered) };
  }

  /** Notes what matches within nodes, and says how much of it no name covers: nothing, unless the tree knows of more than nodes. */
  findWithin() { return 0; }

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

  /** The nodes from a node up to the root, which is left out. */
  path(node) {
    const path = [];
    for (; node > 0; node = this.parent[node]) path.push(node);
    return path;
  }
}
