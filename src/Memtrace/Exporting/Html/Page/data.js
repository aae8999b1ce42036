"use strict";

/**
 * The data of this page, written by HtmlReport. Texts, methods and places are stored once; everything else refers to them by index.
 */
const report = JSON.parse(document.getElementById("data").textContent);

const names = (() => {
  /** Invisible characters, and those that change the direction of the text, are replaced. */
  const clean = text => text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\uFFFD");

  const texts = report.texts.map(clean);
  const { methods, places } = report;

  // Compiler-generated members mean nothing without the method around them.
  const made = /^(lambda#|closure#|local|stateMachine)/;

  /** `System.Collections.List<System.String>.Add` -> `List<String>.Add`: namespaces are dropped, the last type and the member stay. */
  function short(name) {
    const parts = [];
    let depth = 0;
    let start = 0;
    for (let i = 0; i < name.length; i++) {
      const c = name[i];
      if (c === "<" || c === "(" || c === "[") depth++;
      else if (c === ">" || c === ")" || c === "]") depth--;
      else if (c === "." && depth === 0 && i > start) {
        parts.push(name.slice(start, i));
        start = i + 1;
      }
    }
    parts.push(name.slice(start));
    return parts.slice(made.test(parts.at(-1)) ? -3 : -2).join(".").replace(/\b[\p{L}_][\p{L}\p{N}_]*\.(?=[\p{L}_])/gu, (part, at, all) => insideArguments(all, at) ? "" : part);
  }

  // The place of a file as a whole, by file; asked for where lines of it come together.
  const filePlaces = new Map();
  places.line.forEach((line, index) => { if (line < 0) filePlaces.set(places.file[index], index); });

  function filePlace(file) {
    if (!filePlaces.has(file)) {
      filePlaces.set(file, places.file.push(file) - 1);
      places.line.push(-1);
    }
    return filePlaces.get(file);
  }

  function insideArguments(text, at) {
    const open = text.indexOf("<");
    return open >= 0 && at > open;
  }

  /** `Shop.Orders.Order[]` -> `Order[]`. */
  function shortType(name) {
    return name.replace(/[\p{L}_][\p{L}\p{N}_]*\.(?=[\p{L}_])/gu, "");
  }

  return {
    clean,
    /** The text of an index, or null for none. */
    text: index => index < 0 ? null : texts[index],
    /** How many methods there are. */
    methodCount: methods.name.length,
    method: index => texts[methods.name[index]],
    module: index => methods.module[index] < 0 ? null : texts[methods.module[index]],
    /** 0: the user's code, 1: framework, 2: not resolved. */
    origin: index => methods.origin[index],
    /** `OrderCache.cs:42`, or null for no place. */
    place(index) {
      if (index < 0) return null;
      const file = texts[places.file[index]].replace(/^.*[/\\]/, "");
      return places.line[index] < 0 ? file : `${file}:${places.line[index]}`;
    },
    /** The place with its folder. */
    wholePlace(index) {
      if (index < 0) return null;
      const file = texts[places.file[index]];
      return places.line[index] < 0 ? file : `${file}:${places.line[index]}`;
    },
    /** What two places have in common: all, the file, or nothing. */
    sharedPlace(one, other) {
      if (one === other) return one;
      return one < 0 || other < 0 || places.file[one] !== places.file[other] ? -1 : filePlace(places.file[one]);
    },
    short,
    shortType,
  };
})();
