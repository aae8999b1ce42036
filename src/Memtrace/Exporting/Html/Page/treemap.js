"use strict";

/** A tree drawn as nested rectangles, as large as they weigh. Rectangles too small to see are left to the one around them. */
class Treemap extends TreeCanvas {
  static height = 480;
  static header = 17;
  static smallest = 6;

  /** @param options those of each drawing */
  constructor(options) {
    super("treemap", options);
    this.boxes = [];
    this.element = dom.element("div", { class: "treemap" }, this.canvas);
    dom.onWidth(this.element, width => { this.cssWidth = width; this.resize(); });
  }

  reset() {}

  /** Makes a node as large as the drawing. */
  zoom(node) {
    this.unpoint();
    this.zoomed = node;
    this.resize();
    this.report();
    this.onzoom?.(node);
  }

  /** Selects a node, and zooms to where it can be seen. */
  reveal(node) {
    if (!this.boxes.some(box => box.node === node)) this.zoom(node);
    this.select(node);
  }

  resize() {
    if (!this.tree || !this.cssWidth) return;
    this.boxes = [];
    this.place({ node: this.zoomed, left: 0, top: 0, width: this.cssWidth, height: Treemap.height });
    this.fitCanvas(this.cssWidth, Treemap.height);
    this.redraw();
  }

  // Deeper boxes come after those that they are in: drawn above them, and found first from the end.
  place(whole) {
    const open = [whole];
    while (open.length > 0) {
      const box = open.pop();
      this.boxes.push(box);
      const inner = { left: box.left + 2, top: box.top + Treemap.header, width: box.width - 4, height: box.height - Treemap.header - 2 };
      if (inner.width >= Treemap.smallest && inner.height >= Treemap.smallest) open.push(...this.divide(box.node, inner));
    }
  }

  /** The children of a node in a rectangle, by the squarified layout of Bruls, Huizing and van Wijk: rows of boxes as close to squares as can be. */
  divide(node, area) {
    const { tree } = this;
    const children = tree.childrenOf(node);
    const scale = area.width * area.height / Math.max(1e-9, tree.weight[node]);
    const boxes = [];
    let rest = { ...area };
    for (let i = 0; i < children.length;) {
      const side = Math.min(rest.width, rest.height);
      const row = this.row(children, i, scale, side);
      rest = this.layRow(row, side, rest, boxes);
      i += row.length;
      if (rest.width < 1 || rest.height < 1) break;
    }
    return boxes.filter(box => box.width >= Treemap.smallest && box.height >= Treemap.smallest);
  }

  /** As many children as make a row along a side better. */
  row(children, from, scale, side) {
    const areaOf = node => this.tree.weight[node] * scale;
    const first = areaOf(children[from]);
    const row = [{ node: children[from], area: first }];
    let sum = first;
    const worst = (total, largest, least) => Math.max(side * side * largest / (total * total), total * total / (side * side * least));
    for (let i = from + 1; i < children.length; i++) {
      const area = areaOf(children[i]);
      if (worst(sum + area, first, area) > worst(sum, first, row.at(-1).area)) break;
      row.push({ node: children[i], area });
      sum += area;
    }
    return row;
  }

  /** Adds the boxes of a row along the shorter side. Returns what is left of the rectangle. */
  layRow(row, side, rest, boxes) {
    const depth = row.reduce((sum, { area }) => sum + area, 0) / side;
    const isColumn = rest.width >= rest.height;
    let at = isColumn ? rest.top : rest.left;
    for (const { node, area } of row) {
      const length = area / depth;
      boxes.push(isColumn ? { node, left: rest.left, top: at, width: depth, height: length } : { node, left: at, top: rest.top, width: length, height: depth });
      at += length;
    }
    return isColumn
      ? { ...rest, left: rest.left + depth, width: rest.width - depth }
      : { ...rest, top: rest.top + depth, height: rest.height - depth };
  }

  draw() {
    if (!this.tree || !this.cssWidth) return;
    this.clearCanvas(this.cssWidth, Treemap.height);
    for (const box of this.boxes) this.drawBox(box);
    this.canvas.dataset.drawn = this.boxes.length;
  }

  drawBox({ node, left, top, width, height }) {
    const { context } = this;
    context.fillStyle = flameColors.palette.surface;
    context.fillRect(left, top, width, height);
    context.globalAlpha = this.matched !== null && !this.isMatched(node) ? 0.45 : 1;
    context.fillStyle = this.fill(node);
    context.fillRect(left + 0.5, top + 0.5, Math.max(1, width - 1), Math.max(1, height - 1));
    if (width > 28 && height >= Treemap.header) {
      context.fillStyle = this.textFill(node);
      context.fillText(this.fit(node, width - 10), left + 5, top + Treemap.header / 2 + 0.5);
    }
    context.globalAlpha = 1;
    this.outline(node, left, top, width, height);
  }

  at(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const box = this.boxes.findLast(box => x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height);
    return box?.node ?? null;
  }

  neighbor(step) {
    const siblings = this.selected === 0 ? [] : this.tree.childrenOf(this.tree.parent[this.selected]);
    return siblings[siblings.indexOf(this.selected) + step];
  }
}
