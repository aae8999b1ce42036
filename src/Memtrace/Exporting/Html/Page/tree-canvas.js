"use strict";

/** A tree drawn on a canvas, to select, zoom and search. How it is drawn, and where its nodes are, say the classes that extend it. */
class TreeCanvas {
  static font = "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

  /**
   * @param name what the drawing is called, such as "flame graph"
   * @param options color: (tree, node) => color; tip: (tree, node) => what the box at the pointer holds;
   *   onselect: called with the node that was chosen, by the keyboard or not; onzoom: called with the node that fills the drawing.
   */
  constructor(name, { color, tip, onselect, onzoom }) {
    Object.assign(this, { color, tip, onselect, onzoom });
    this.labels = new Map();
    this.canvas = dom.element("canvas", {
      tabindex: 0, role: "application", "aria-roledescription": name, [`data-${name.split(" ")[0]}`]: "",
      "aria-label": `${name[0].toUpperCase()}${name.slice(1)}. Arrow keys select, Enter zooms, Escape shows all.`,
      onpointermove: event => this.point(event), onpointerleave: () => this.unpoint(), onclick: event => this.click(event), onkeydown: event => this.key(event),
    });
    this.context = this.canvas.getContext("2d");
    document.addEventListener("themechange", () => this.redraw());
  }

  /** Shows another tree, all of it. */
  show(tree) {
    this.tree = tree;
    this.labels.clear();
    this.zoomed = 0;
    this.selected = 0;
    this.hovered = null;
    this.matched = null;
    this.reset();
    this.resize();
    this.report();
  }

  /** Marks nodes: those with an amount in an array, or none for null. */
  mark(matched) {
    this.matched = matched;
    this.redraw();
  }

  /** Whether all of the tree is in sight. */
  get isWhole() { return this.zoomed === 0; }

  select(node) {
    this.selected = node;
    this.redraw();
    this.report();
    this.onselect(node);
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  /** Gives the canvas a size in CSS pixels, and as many pixels as the screen has for it. */
  fitCanvas(width, height) {
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
  }

  /** Clears the canvas, and makes CSS pixels the unit. */
  clearCanvas(width, height) {
    const { context } = this;
    const ratio = devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = TreeCanvas.font;
    context.textBaseline = "middle";
  }

  isMatched(node) { return this.matched?.[node] > 0; }

  fill(node) { return this.isMatched(node) ? flameColors.palette.match : this.color(this.tree, node); }

  textFill(node) { return this.isMatched(node) ? flameColors.palette["match-text"] : flameColors.palette.text; }

  /** Outlines a node that is selected or at the pointer. */
  outline(node, left, top, width, height) {
    if ((node !== this.selected || node === 0) && node !== this.hovered) return;
    const { context } = this;
    context.strokeStyle = flameColors.palette.outline;
    context.lineWidth = node === this.selected ? 2 : 1;
    context.strokeRect(left + 1, top + 1, Math.max(1, width - 2), height - 2);
  }

  /** The label in a number of pixels. */
  fit(node, room) {
    let label = this.labels.get(node);
    if (label === undefined) {
      const text = this.tree.label(node);
      label = { text, width: this.context.measureText(text).width };
      this.labels.set(node, label);
    }
    if (label.width <= room) return label.text;
    // A guess by the average; letters differ.
    let characters = Math.floor(label.text.length * room / label.width);
    const cut = () => `${label.text.slice(0, characters)}…`;
    while (characters >= 2 && this.context.measureText(cut()).width > room) characters--;
    return characters < 2 ? "" : cut();
  }

  point(event) {
    const node = this.at(event);
    if (node !== this.hovered) {
      this.hovered = node;
      this.canvas.style.cursor = node === null ? "default" : "pointer";
      this.redraw();
    }
    const content = this.tipAt(event, node);
    if (content === null) dom.tip.hide();
    else dom.tip.show(event.clientX, event.clientY, content);
  }

  tipAt(event, node) { return node === null ? null : this.tip(this.tree, node); }

  unpoint() {
    this.hovered = null;
    dom.tip.hide();
    this.redraw();
  }

  click(event) {
    const node = this.at(event);
    if (node === null) return;
    this.select(node);
    this.zoom(node === this.zoomed && node > 0 ? this.tree.parent[node] : node);
  }

  key(event) {
    const { tree, selected } = this;
    this.unpoint();
    const moves = {
      ArrowUp: () => tree.parent[selected],
      ArrowDown: () => tree.heaviestChild(selected),
      ArrowLeft: () => this.neighbor(-1),
      ArrowRight: () => this.neighbor(1),
      Home: () => 0,
    };
    if (event.key in moves) {
      const node = moves[event.key]();
      if (node !== null && node !== undefined && node >= 0) this.reveal(node);
    } else if (event.key === "Enter") this.zoom(selected);
    else if (event.key === "Backspace") this.zoom(Math.max(0, tree.parent[this.zoomed]));
    else if (event.key === "Escape") this.zoom(0);
    else return;
    event.preventDefault();
  }

  /** The state of the drawing, for the page's tests. */
  report() {
    const { dataset } = this.canvas;
    dataset.nodes = this.tree.size;
    dataset.selected = this.tree.name(this.selected);
    dataset.zoomed = this.tree.name(this.zoomed);
  }
}
