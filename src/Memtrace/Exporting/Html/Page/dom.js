"use strict";

/** Elements, in one expression. Strings become text, never markup. */
const dom = (() => {
  const svgNamespace = "http://www.w3.org/2000/svg";

  function fill(target, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) target.addEventListener(name.slice(2), value);
      else target.setAttribute(name, value === true ? "" : value);
    }
    target.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
    return target;
  }

  const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(svgNamespace, tag), attributes, children);

  /** A row of buttons, one of which is pressed. */
  function choice(label, options, selected, onselect) {
    const buttons = options.map(([value, title]) => element("button", { type: "button", "data-value": value, onclick: () => select(value) }, title));
    function select(value) {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === value));
      onselect(value);
    }
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === selected));
    return element("div", { class: "choice", role: "group", "aria-label": label }, buttons);
  }

  const button = (title, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, title);

  /** Calls back with the width of an element, now and whenever it changes. */
  function onWidth(target, callback) {
    let last = 0;
    new ResizeObserver(() => {
      const width = Math.floor(target.clientWidth);
      if (width > 0 && width !== last) callback(last = width);
    }).observe(target);
  }

  /** The tooltip. */
  const tip = (() => {
    const box = element("div", { class: "tip", hidden: true });
    document.body.append(box);
    return {
      show(x, y, content) {
        box.replaceChildren(...content.filter(Boolean));
        box.hidden = false;
        const room = 12;
        const left = x + room + box.offsetWidth > innerWidth ? x - room - box.offsetWidth : x + room;
        const top = y + room + box.offsetHeight > innerHeight ? y - room - box.offsetHeight : y + room;
        box.style.left = `${Math.max(4, left)}px`;
        box.style.top = `${Math.max(4, top)}px`;
      },
      hide() { box.hidden = true; },
    };
  })();

  return { element, svg, choice, button, onWidth, tip };
})();
