"use strict";

/**
 * Memory over time as curves, with the collections marked below them. Dragging, or shift with the arrow keys, chooses a window.
 */
class Timeline {
  static height = 220;
  static margin = { left: 64, right: 12, top: 10, bottom: 22 };
  static strip = 34;

  /**
   * @param curves [{ title, style, timeline, key, step }]: a column of a timeline each; step: it holds until the next value
   * @param options limit: bytes of the container's limit, or null; collections: those to mark, or null; onwindow: called with { start, end }
   */
  constructor(curves, { limit = null, collections = null, onwindow = () => {} }) {
    this.curves = curves.filter(curve => curve.timeline[curve.key].some(value => value !== null));
    this.limit = limit;
    this.collections = collections;
    this.onwindow = onwindow;
    this.whole = {
      start: Math.min(...curves.map(curve => curve.timeline.startSeconds)),
      end: Math.max(...curves.map(curve => curve.timeline.endSeconds)),
    };
    this.window = this.whole;
    this.cursor = null;
    this.build();
  }

  build() {
    const { element, svg } = dom;
    this.chart = svg("svg", {
      tabindex: 0, role: "application", "aria-roledescription": "timeline", "aria-label": "Memory over time. Arrow keys move, Shift selects, Enter zooms, Escape shows all.",
      "data-timeline": "",
      onpointerdown: event => this.press(event), onpointermove: event => this.move(event), onpointerup: () => this.release(), onpointercancel: () => this.cancel(),
      onpointerleave: () => this.leave(), ondblclick: () => this.show(this.whole), onkeydown: event => this.key(event),
    });
    this.told = element("p", { class: "told", role: "status" });
    this.reset = dom.button("Whole recording", () => this.show(this.whole), { hidden: true, "data-action": "whole" });
    this.element = element("div", { class: "timeline" },
      element("div", { class: "legend" },
        this.curves.map(curve => element("span", { class: `key ${curve.style}` }, curve.title)),
        this.limitShown() && element("span", { class: "key limit" }, "container limit"),
        this.collections && ["Gen 0", "Gen 1", "Gen 2"].map((title, i) => element("span", { class: `key gen${i}` }, title)),
        this.reset),
      this.chart,
      this.told);
    dom.onWidth(this.element, width => { this.width = width; this.draw(); });
    this.tell();
  }

  highest() {
    return Math.max(1, ...this.curves.map(curve => curve.timeline[curve.key].reduce((most, value) => Math.max(most, value ?? 0), 0)));
  }

  // A limit far above everything would flatten the curves: it is stated in words instead.
  limitShown() {
    return this.limit !== null && this.limit <= 2.5 * this.highest();
  }

  show(span) {
    this.window = span;
    this.selection = null;
    // What they tell was at the pointer before.
    this.cursor = null;
    dom.tip.hide();
    this.reset.hidden = span === this.whole;
    this.draw();
    this.tell();
    this.onwindow(span);
  }

  x(seconds) {
    const { left, right } = Timeline.margin;
    return left + (seconds - this.window.start) / Math.max(1e-9, this.window.end - this.window.start) * (this.width - left - right);
  }

  seconds(x) {
    const { left, right } = Timeline.margin;
    const share = (x - left) / Math.max(1, this.width - left - right);
    return this.window.start + Math.max(0, Math.min(1, share)) * (this.window.end - this.window.start);
  }

  y(bytes) {
    const { top, bottom } = Timeline.margin;
    return top + (1 - bytes / this.top) * (Timeline.height - top - bottom);
  }

  draw() {
    if (!this.width) return;
    const { svg } = dom;
    const height = Timeline.height + (this.collections ? Timeline.strip : 0);
    this.top = niceTop(Math.max(this.visibleHighest(), this.limitShown() ? this.limit : 0));
    this.chart.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.chart.setAttribute("width", this.width);
    this.chart.setAttribute("height", height);
    const { left, right } = Timeline.margin;
    this.marker = svg("g", { class: "marker" });
    this.chart.replaceChildren(
      svg("clipPath", { id: "plot" }, svg("rect", { x: left, y: 0, width: this.width - left - right, height })),
      ...this.axes(),
      svg("g", { "clip-path": "url(#plot)" },
        this.curves.map(curve => this.curve(curve)),
        this.limitShown() && svg("line", { class: "limit", x1: left, x2: this.width - right, y1: this.y(this.limit), y2: this.y(this.limit) }),
        this.collections && this.marks()),
      this.marker);
    this.drawMarker();
  }

  visibleHighest() {
    const { start, end } = this.window;
    return this.curves.reduce((highest, curve) => valuesIn(curve, start, end).reduce((a, b) => Math.max(a, b), highest), 1);
  }

  axes() {
    const { svg } = dom;
    const { left, right, bottom } = Timeline.margin;
    const base = Timeline.height - bottom;
    const lines = quarters(this.top).map(bytes => svg("g", { class: "grid" },
      svg("line", { x1: left, x2: this.width - right, y1: this.y(bytes), y2: this.y(bytes) }),
      svg("text", { x: left - 8, y: this.y(bytes) + 4, "text-anchor": "end" }, axisLabel(bytes))));
    return [...lines, ...timeLabels(this.window.start, this.window.end, this.width, seconds => this.x(seconds), base + 16)];
  }

  curve({ style, timeline, key, step }) {
    const points = this.thin(timeline, key);
    const path = points.map(([x, y], i) => i === 0 ? `M${x},${y}` : step ? `H${x}V${y}` : `L${x},${y}`).join("");
    return dom.svg("path", { class: style, d: path });
  }

  /** The points of a curve in pixels; where many share a pixel, the lowest and the highest of them. */
  thin(timeline, key) {
    const values = timeline[key];
    const points = [];
    let column = null;
    const flush = () => {
      if (column === null) return;
      const { x, low, high, last } = column;
      for (const value of new Set([low, high, last])) points.push([x, Number(this.y(value).toFixed(1))]);
    };
    for (let i = 0; i < values.length; i++) {
      if (values[i] === null) continue;
      const x = Math.round(this.x(timeline.seconds[i]) * 2) / 2;
      if (column === null || column.x !== x) {
        flush();
        column = { x, low: values[i], high: values[i], last: values[i] };
      }
      column.low = Math.min(column.low, values[i]);
      column.high = Math.max(column.high, values[i]);
      column.last = values[i];
    }
    flush();
    return points;
  }

  /** A mark a collection, as high as its pause is long: by its logarithm from 0.1 ms to 1 s. */
  marks() {
    const { startSeconds, pauseMs, generation } = this.collections;
    const base = Timeline.height + Timeline.strip - 4;
    const paths = ["", "", ""];
    const heights = new Map();
    for (let i = 0; i < startSeconds.length; i++) {
      const x = Math.round(this.x(startSeconds[i]));
      const height = Math.round(4 + 22 * Math.max(0, Math.min(1, (Math.log10(Math.max(pauseMs[i], 0.1)) + 1) / 4)));
      const place = `${generation[i]}:${x}`;
      if ((heights.get(place) ?? 0) >= height) continue;
      heights.set(place, height);
      paths[generation[i]] += `M${x + 0.5},${base}v${-height}`;
    }
    return paths.map((path, i) => dom.svg("path", { class: `mark gen${i}`, d: path || "M0,0" }));
  }

  press(event) {
    if (event.button !== 0) return;
    this.chart.setPointerCapture(event.pointerId);
    this.anchor = this.seconds(this.local(event));
  }

  move(event) {
    const x = this.local(event);
    this.cursor = this.seconds(x);
    if (this.anchor !== undefined) this.selection = { start: Math.min(this.anchor, this.cursor), end: Math.max(this.anchor, this.cursor) };
    this.drawMarker();
    dom.tip.show(event.clientX, event.clientY, this.values(this.cursor));
  }

  release() {
    if (this.anchor === undefined) return;
    const { selection } = this;
    this.anchor = undefined;
    this.selection = null;
    if (selection && this.x(selection.end) - this.x(selection.start) > 5) this.show(selection);
    else this.drawMarker();
  }

  /** A drag that the browser takes for scrolling selects nothing. */
  cancel() {
    this.anchor = undefined;
    this.selection = null;
    this.leave();
  }

  leave() {
    if (this.anchor === undefined) this.cursor = null;
    dom.tip.hide();
    this.drawMarker();
  }

  local(event) {
    return event.clientX - this.chart.getBoundingClientRect().left;
  }

  key(event) {
    const span = this.window.end - this.window.start;
    dom.tip.hide();
    const moves = { ArrowLeft: -span / 50, ArrowRight: span / 50, Home: -span, End: span };
    if (event.key in moves) {
      const from = this.cursor ?? this.window.start;
      this.cursor = Math.max(this.window.start, Math.min(this.window.end, from + moves[event.key]));
      if (event.shiftKey) {
        this.fixed ??= from;
        this.selection = { start: Math.min(this.fixed, this.cursor), end: Math.max(this.fixed, this.cursor) };
      } else {
        this.fixed = undefined;
        this.selection = null;
      }
      this.drawMarker();
      this.tell(this.cursor);
    } else if (event.key === "Enter" && this.selection) {
      this.fixed = undefined;
      this.show(this.selection);
    } else if (event.key === "Escape") {
      this.fixed = undefined;
      this.show(this.whole);
    } else return;
    event.preventDefault();
  }

  drawMarker() {
    if (!this.marker) return;
    const { svg } = dom;
    const bottom = Timeline.height - Timeline.margin.bottom;
    this.marker.replaceChildren();
    if (this.selection) {
      const x = this.x(this.selection.start);
      this.marker.append(svg("rect", { x, y: Timeline.margin.top, width: Math.max(1, this.x(this.selection.end) - x), height: bottom - Timeline.margin.top }));
    }
    if (this.cursor !== null) this.marker.append(svg("line", { x1: this.x(this.cursor), x2: this.x(this.cursor), y1: Timeline.margin.top, y2: bottom }));
  }

  /** The tooltip at a point in time. */
  values(seconds) {
    const { element } = dom;
    const rows = this.curves.map(curve => [curve, valueAt(curve, seconds)]).filter(([, value]) => value !== null);
    const near = this.nearCollection(seconds);
    return [
      element("div", { class: "quiet" }, `at ${format.seconds(seconds)}`),
      ...rows.map(([curve, value]) => element("div", { class: "pair" }, element("span", { class: `key ${curve.style}` }, curve.title), element("b", {}, format.bytes(value)))),
      near && element("div", { class: "quiet" }, near),
    ];
  }

  nearCollection(seconds) {
    if (!this.collections || !this.width) return null;
    const { startSeconds, pauseMs, generation, number } = this.collections;
    let best = -1;
    for (let i = 0; i < startSeconds.length; i++) {
      if (best < 0 || Math.abs(startSeconds[i] - seconds) < Math.abs(startSeconds[best] - seconds)) best = i;
    }
    if (best < 0 || Math.abs(this.x(startSeconds[best]) - this.x(seconds)) > 4) return null;
    return `collection ${number[best]}, Gen ${generation[best]}, paused ${format.milliseconds(pauseMs[best])}`;
  }

  /** Shows the figures of the window, or of a point in time, below the chart. */
  tell(seconds) {
    const { start, end } = this.window;
    if (seconds !== undefined) {
      this.told.textContent = `At ${format.seconds(seconds)}: ` + this.curves
        .map(curve => [curve.title, valueAt(curve, seconds)]).filter(([, value]) => value !== null)
        .map(([title, value]) => `${title} ${format.bytes(value)}`).join(", ");
      return;
    }
    const parts = [`${format.seconds(start)} to ${format.seconds(end)}`];
    for (const curve of this.curves) {
      const values = valuesIn(curve, start, end);
      if (values.length > 0) parts.push(`${curve.title} ${format.bytes(least(values))} to ${format.bytes(most(values))}`);
    }
    if (this.collections) parts.push(this.collectionsTold());
    if (this.limit !== null && !this.limitShown()) parts.push(`container limit ${format.bytes(this.limit)} (above the chart)`);
    this.told.textContent = parts.join(" · ");
  }

  collectionsTold() {
    const { startSeconds, pauseMs } = this.collections;
    const { start, end } = this.window;
    const pauses = pauseMs.filter((_, i) => startSeconds[i] >= start && startSeconds[i] <= end);
    const paused = pauses.reduce((sum, pause) => sum + pause, 0);
    return `${format.count(pauses.length)} collections, paused ${format.milliseconds(paused)} (${format.percent(paused / 1000 / Math.max(1e-9, end - start))})`;
  }
}

const least = values => values.reduce((a, b) => Math.min(a, b));
const most = values => values.reduce((a, b) => Math.max(a, b));

/** How many points of a timeline are not later than a moment. */
function countUntil(times, seconds) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last point at which a curve was known at a moment, or -1. */
function lastKnown({ timeline, key }, seconds) {
  let i = countUntil(timeline.seconds, seconds) - 1;
  while (i >= 0 && timeline[key][i] === null) i--;
  return i;
}

/** The last value that was known at a moment. */
function valueAt(curve, seconds) {
  const i = lastKnown(curve, seconds);
  return i < 0 ? null : curve.timeline[curve.key][i];
}

/** The value that a curve is drawn with at a moment: between two points on the line from one to the other, unless it is one of steps. */
function drawnAt(curve, seconds) {
  const { timeline: { seconds: times, [curve.key]: values }, step } = curve;
  const from = lastKnown(curve, seconds);
  if (from < 0 || step) return from < 0 ? null : values[from];
  const to = values.findIndex((value, i) => i > from && value !== null);
  return to < 0 ? values[from] : values[from] + (values[to] - values[from]) * (seconds - times[from]) / Math.max(1e-9, times[to] - times[from]);
}

/** The values of a curve from start to end, those at these two with it: it may have no point between them. */
function valuesIn(curve, start, end) {
  const { seconds, [curve.key]: values } = curve.timeline;
  const inside = values.filter((_, i) => seconds[i] >= start && seconds[i] <= end);
  return [drawnAt(curve, start), ...inside, drawnAt(curve, end)].filter(value => value !== null);
}

const quarters = top => [0, 1, 2, 3, 4].map(i => top * i / 4);

const axisLabel = bytes => bytes === 0 ? "0" : format.bytes(bytes).replace(".0 ", " ");

/** The next larger of 2, 4, 8, 12, 16, 20, 24, 32, 40, ... of a binary unit: four steps of a round number each. */
function niceTop(bytes) {
  let unit = 1;
  while (unit * 1024 <= bytes) unit *= 1024;
  for (const step of [unit > 1 ? 0.5 : 1, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256]) {
    if (4 * step * unit >= bytes) return 4 * step * unit;
  }
  return 1024 * unit;
}

/** The round times from start to end below a chart of a width, at the places that x gives them. */
function timeLabels(start, end, width, x, y) {
  const step = niceSeconds((end - start) / Math.max(2, Math.floor(width / 90)));
  const labels = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) {
    labels.push(dom.svg("text", { class: "time", x: x(at), y, "text-anchor": x(at) > width - 40 ? "end" : "middle" }, clock(at, step)));
  }
  return labels;
}

/** The next larger round length of time. */
function niceSeconds(seconds) {
  for (const step of [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200]) {
    if (step >= seconds) return step;
  }
  return Math.ceil(seconds / 86400) * 86400;
}

function clock(seconds, step) {
  const two = number => String(number).padStart(2, "0");
  if (seconds < 60 && step < 60) return `${step < 1 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return whole < 3600 ? `${Math.floor(whole / 60)}:${two(whole % 60)}` : `${Math.floor(whole / 3600)}:${two(Math.floor(whole % 3600 / 60))}:${two(whole % 60)}`;
}
