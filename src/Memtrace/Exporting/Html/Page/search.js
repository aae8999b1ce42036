"use strict";

/** Whether a name matches a text: a regular expression, or a part of a name as it stands where it is none; upper and lower case are the same. */
function matcher(text) {
  const query = text.trim();
  const expression = expressionOf(query);
  if (expression !== null) return name => expression.test(name);
  const lower = query.toLowerCase();
  return name => name.toLowerCase().includes(lower);
}

function expressionOf(query) {
  // A type's array: to JavaScript alone it is an expression, one that matches nothing.
  if (query.includes("[]")) return null;
  try {
    return new RegExp(query, "i");
  } catch {
    return null;
  }
}

/** A field for such a text. It waits until typing pauses, since an expression may take its time; Enter does not wait. onkey: called with keys. */
function searchField({ placeholder, label, action, onsearch, onkey = () => {} }) {
  let timer = null;
  const search = () => {
    clearTimeout(timer);
    timer = null;
    onsearch();
  };
  return dom.element("input", {
    type: "search", placeholder: `${placeholder} (regex)`, "aria-label": label, spellcheck: "false", "data-action": action,
    title: "A regular expression or plain text; case is ignored.",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(search, 150);
    },
    onkeydown: event => {
      if (event.key === "Enter" && timer !== null) search();
      onkey(event);
    },
  });
}
