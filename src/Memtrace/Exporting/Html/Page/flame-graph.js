"use strict";

/**
 * A call tree drawn on a canvas: callers above callees, as wide as they weigh. Only what is in sight is drawn, and neighbors of less than a pixel as one
 * strip, so that the number of nodes does not matter.
 */
class FlameGraph extends TreeCanvas {
  static row = 20;
  static narrowest = 1;

  /** @param options those of each drawing; stripTip: (tree, nodes) => what the box at the pointer holds of nodes that are drawn as one strip */
  constructor({ stripTip, ...options }) {
    super("flame graph", options);
    this.stripTip = stripTip;
    this.canvas.addEventListener("wheel", event => this.wheel(event));
    this.spacer = dom.element("div", { class: "flame-spacer" }, this.canvas);
    this.element = dom.element("div", { class: "flame-scroll", onscroll: () => this.unpoint() }, this.spacer);
    dom.onWidth(this.element, width => { this.cssWidth = width; this.resize(); });
  }

  reset() {
    this.view = { start: 0, end: 1 };
    this.element.scrollTop = 0;
  }

  get isWhole() { return this.zoomed === 0 && this.view.start === 0 && this.view.end === 1; }

  /** Makes a node as wide as the graph. */
  zoom(node) {
    this.unpoint();
    this.zoomed = node;
    const { x, width } = this.tree;
    this.moveTo({ start: x[node], end: x[node] + width[node] });
    this.onzoom?.(node);
  }

  /** Selects a node and scrolls it into view. */
  reveal(node) {
    const pixels = this.tree.width[node] * this.scale();
    const outside = this.tree.x[node] + this.tree.width[node] <= this.view.start || this.tree.x[node] >= this.view.end;
    if (pixels < 6 || outside) this.zoom(outside || pixels < 1 ? node : this.tree.parent[node]);
    const top = this.tree.depth[node] * FlameGraph.row;
    const { element } = this;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + FlameGraph.row > element.scrollTop + element.clientHeight) element.scrollTop = top + FlameGraph.row - element.clientHeight;
    this.select(node);
  }

  scale() {
    return this.cssWidth / (this.view.end - this.view.start);
  }

  /** Moves to a view, animated unless the user prefers reduced motion. */
  moveTo(target) {
    cancelAnimationFrame(this.motion);
    const from = { ...this.view };
    const began = performance.now();
    const length = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160;
    const step = now => {
      const share = length === 0 ? 1 : Math.min(1, Math.max(0, (now - began) / length));
      const eased = 1 - (1 - share) ** 3;
      this.view = share === 1 ? target : { start: from.start + (target.start - from.start) * eased, end: from.end + (target.end - from.end) * eased };
      if (share < 1) this.draw();
      else {
        this.resize();
        this.report();
      }
      if (share < 1) this.motion = requestAnimationFrame(step);
    };
    this.motion = requestAnimationFrame(step);
  }

  /** Fits the canvas to its width and to the deepest visible level. */
  resize() {
    if (!this.tree || !this.cssWidth) return;
    const height = this.visibleLevels() * FlameGraph.row;
    this.spacer.style.height = `${height}px`;
    this.cssHeight = Math.min(height, this.element.clientHeight || height);
    this.fitCanvas(this.cssWidth, this.cssHeight);
    this.redraw();
  }

  // Callees are never wider than their callers: nothing is visible below an empty level.
  visibleLevels() {
    const { levels } = this.tree;
    for (let level = 0; level < levels.length; level++) {
      if (this.pieces(level).next().done) return Math.max(1, level);
    }
    return levels.length;
  }

  draw() {
    if (!this.tree || !this.cssWidth) return;
    const { element, tree } = this;
    const top = element.scrollTop;
    this.clearCanvas(this.cssWidth, this.cssHeight);
    this.drawn = 0;
    const last = Math.min(tree.levels.length, Math.ceil((top + this.cssHeight) / FlameGraph.row));
    for (let level = Math.floor(top / FlameGraph.row); level < last; level++) this.drawLevel(level, level * FlameGraph.row - top);
    this.canvas.dataset.drawn = this.drawn;
  }

  drawLevel(level, y) {
    for (const { nodes, left, right } of this.pieces(level)) {
      if (nodes.length === 1 && right - left >= FlameGraph.narrowest) this.drawNode(nodes[0], left, right - left, y);
      else this.drawStrip(left, right - left, y);
    }
  }

  /**
   * What is drawn of a level, in pixels: wide nodes each by itself, neighbors that are too narrow for that as one strip; of those, what is narrower than
   * half a pixel even together is left out. A strip comes when it has ended, which may be after a node to its right.
   */
  *pieces(level) {
    const { tree, view } = this;
    const nodes = tree.levels[level];
    const scale = this.scale();
    const canBeSeen = strip => strip !== null && strip.right - strip.left >= 0.5;
    let strip = null;
    for (let i = tree.search(level, view.start); i < nodes.length && tree.x[nodes[i]] < view.end; i++) {
      const node = nodes[i];
      const left = Math.max(0, (tree.x[node] - view.start) * scale);
      const right = Math.min(this.cssWidth, (tree.x[node] + tree.width[node] - view.start) * scale);
      if (right - left >= FlameGraph.narrowest) yield { nodes: [node], left, right };
      else if (strip !== null && left - strip.right < 1) {
        strip.right = right;
        strip.nodes.push(node);
      } else {
        if (canBeSeen(strip)) yield strip;
        strip = { nodes: [node], left, right };
      }
    }
    if (canBeSeen(strip)) yield strip;
  }

  /** Nodes too narrow to be drawn one by one. */
  drawStrip(left, width, y) {
    this.context.fillStyle = flameColors.palette.rest;
    this.context.fillRect(left, y + 1, width, FlameGraph.row - 2);
  }

  drawNode(node, left, width, y) {
    const { context } = this;
    const height = FlameGraph.row - 1;
    const gap = width > 3 ? 1 : 0;
    this.drawn++;
    // Nodes that do not match, and callers of the zoomed node, are dimmed.
    context.globalAlpha = this.matched !== null && !this.isMatched(node) ? 0.45 : this.tree.depth[node] < this.tree.depth[this.zoomed] ? 0.6 : 1;
    context.fillStyle = this.fill(node);
    context.fillRect(left, y, width - gap, height);
    if (width > 28) {
      context.fillStyle = this.textFill(node);
      context.fillText(this.fit(node, width - 10), left + 5, y + height / 2 + 0.5);
    }
    context.globalAlpha = 1;
    this.outline(node, left, y, width - gap, height);
  }

  levelAt(event) {
    const level = Math.floor((event.clientY - this.canvas.getBoundingClientRect().top + this.element.scrollTop) / FlameGraph.row);
    return this.tree && level >= 0 && level < this.tree.levels.length ? level : null;
  }

  at(event) {
    const level = this.levelAt(event);
    if (level === null) return null;
    const x = this.view.start + (event.clientX - this.canvas.getBoundingClientRect().left) / this.scale();
    const node = this.tree.levels[level][this.tree.search(level, x)];
    return node !== undefined && this.tree.x[node] <= x ? node : null;
  }

  tipAt(event, node) {
    const strip = node === null || this.tree.width[node] * this.scale() < FlameGraph.narrowest ? this.stripAt(event) : null;
    return strip === null ? super.tipAt(event, node) : this.stripTip(this.tree, strip);
  }

  /** The nodes that are drawn as one strip at the pointer, or null where there is none or it is of one node. */
  stripAt(event) {
    const level = this.levelAt(event);
    if (level === null) return null;
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    for (const { nodes, left, right } of this.pieces(level)) {
      if (nodes.length > 1 && left <= x && x <= right) return nodes;
    }
    return null;
  }

  // Without a modifier the wheel scrolls, as everywhere on the page.
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey && !(event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) return;
    event.preventDefault();
    const { start, end } = this.view;
    const width = end - start;
    if (event.ctrlKey || event.metaKey) {
      const wider = Math.min(1, Math.max(1e-7, width * Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200)))));
      const share = (event.clientX - this.canvas.getBoundingClientRect().left) / this.cssWidth;
      this.look(start + width * share - wider * share, wider);
    } else this.look(start + (event.deltaX || event.deltaY) / this.cssWidth * width, width);
  }

  look(start, width) {
    cancelAnimationFrame(this.motion);
    this.unpoint();
    const from = Math.max(0, Math.min(1 - width, start));
    this.view = { start: from, end: from + width };
    if (width === 1) this.zoomed = 0;
    this.resize();
    this.report();
  }

  neighbor(step) {
    const level = this.tree.levels[this.tree.depth[this.selected]];
    return level[level.indexOf(this.selected) + step];
  }

  report() {
    super.report();
    this.canvas.dataset.view = `${this.view.start.toFixed(4)} ${this.view.end.toFixed(4)}`;
  }
}
