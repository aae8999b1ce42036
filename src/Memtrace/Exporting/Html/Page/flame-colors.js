"use strict";

/** The colors of the flame graph in the current theme, from the style sheet. */
const flameColors = (() => {
  const roles = ["user", "user-2", "user-3", "framework", "unresolved", "type", "root", "text", "quiet", "match", "match-text", "outline", "rest", "less", "same", "more", "surface"];
  let palette = null;

  /** Resolves variables of the style sheet, which a canvas does not. */
  function read() {
    const probe = dom.element("span");
    document.body.append(probe);
    palette = {};
    for (const role of roles) {
      probe.style.color = `var(--flame-${role})`;
      palette[role] = getComputedStyle(probe).color;
    }
    probe.remove();
  }

  // Neighbors of the same origin are told apart by their namespaces' shades.
  const shades = new Map();
  function userShade(name) {
    const space = name.split(".").slice(0, 2).join(".");
    let shade = shades.get(space);
    if (shade === undefined) shades.set(space, shade = ["user", "user-2", "user-3"][shades.size % 3]);
    return shade;
  }

  /** By whose code it is. */
  function byOrigin(tree, node) {
    switch (tree.origin(node)) {
      case 0: return palette[userShade(tree.name(node))];
      case 1: return palette.framework;
      case 2: return palette.unresolved;
      case 3: return palette.type;
      default: return palette.root;
    }
  }

  const channels = color => color.match(/[\d.]+/g).slice(0, 3).map(Number);

  function mix(from, to, share) {
    const [a, b] = [channels(from), channels(to)];
    return `rgb(${a.map((channel, i) => Math.round(channel + (b[i] - channel) * share)).join(", ")})`;
  }

  /** By change: from -1, all gone, to 1, all new. Changes within noise have no color. */
  function byChange(tree, node) {
    const [before, after] = [tree.before[node], tree.weight[node]];
    if (!tree.significant[node] || before === after) return palette.same;
    const change = (after - before) / Math.max(after, before);
    return mix(palette.same, change > 0 ? palette.more : palette.less, 0.25 + 0.75 * Math.abs(change));
  }

  return { read, byOrigin, byChange, get palette() { return palette; } };
})();
