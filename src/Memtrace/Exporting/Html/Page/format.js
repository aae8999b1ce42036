"use strict";

/** Figures as people read them, the same as on the terminal. */
const format = (() => {
  const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const countUnits = ["", " k", " M", " G", " T", " P"];
  const minus = "\u2212";

  function bytes(value) {
    if (value === null) return "–";
    let size = Math.abs(value);
    let unit = 0;
    while (unit < byteUnits.length - 1 && round(size, unit) >= 1024) {
      size /= 1024;
      unit++;
    }
    const number = unit === 0 ? Math.round(size).toString() : size.toFixed(1);
    return `${value < 0 && Number(number) > 0 ? minus : ""}${number} ${byteUnits[unit]}`;
  }

  function round(size, unit) {
    return unit === 0 ? Math.round(size) : Math.round(size * 10) / 10;
  }

  function count(value) {
    if (value < 99999.5) return Math.round(value).toLocaleString("en-US");
    let unit = 0;
    while (unit < countUnits.length - 1 && value >= 999.5) {
      value /= 1000;
      unit++;
    }
    return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + countUnits[unit];
  }

  function percent(share) {
    const value = share * 100;
    if (value <= 0) return "0%";
    if (value < 0.05) return "<0.1%";
    return value >= 99.95 ? `${value.toFixed(0)}%` : `${value.toFixed(1)}%`;
  }

  function milliseconds(value) {
    if (value <= 0) return "0 ms";
    if (value < 9.95) return `${value.toFixed(1)} ms`;
    return value < 999.5 ? `${value.toFixed(0)} ms` : seconds(value / 1000);
  }

  function seconds(value) {
    if (value <= 0) return "0 s";
    if (value < 0.9995) return milliseconds(value * 1000);
    if (value < 59.95) return `${value.toFixed(1)} s`;
    const whole = Math.round(value);
    const two = number => String(number).padStart(2, "0");
    if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
    if (whole < 86400) return `${Math.floor(whole / 3600)}h ${two(Math.floor(whole % 3600 / 60))}m`;
    return `${Math.floor(whole / 86400)}d ${two(Math.floor(whole % 86400 / 3600))}h`;
  }

  /** A relative error: ±8%, or ~ for too few samples. */
  function relativeError(share) {
    if (share === null) return "–";
    if (share < 0) return "~";
    const value = share * 100;
    return `±${value < 0.95 ? trim(value.toFixed(1)) : value.toFixed(0)}%`;
  }

  const trim = text => text.replace(/\.0$/, "");

  /** The error of an estimate: ±1.2 MiB, or ~ for too few samples, by the rule of Estimate.HasTooFewSamples. */
  function errorOf(value, error, samples) {
    if (error === null) return "";
    return error > value || (samples < 3 && error > 0.1 * value) ? "~" : `±${bytes(error)}`;
  }

  /** How each kind of column looks. */
  const kinds = {
    bytes,
    bytesPerSecond: value => `${bytes(value)}/s`,
    count,
    share: percent,
    ratio: percent,
    seconds,
    milliseconds,
    perMinute: value => `${trim(value.toFixed(1))}/min`,
    flag: value => value ? "yes" : "",
    percent: value => percent(value / 100),
    amount: value => Math.abs(value) < 99.95 ? trim(value.toFixed(1)) : count(value),
  };

  const figure = (kind, value) => value === null || value === undefined ? "–" : kinds[kind](value);

  // A difference of shares is in percentage points.
  function difference(kind, value) {
    const text = figure(kind, Math.abs(value));
    return kind === "share" ? text.replace("%", " pp") : text;
  }

  /** A change with its sign; one that prints as zero has none. */
  function change(kind, value) {
    if (value === null || value === undefined) return "–";
    const text = difference(kind, value);
    return text.startsWith("<") || !/[1-9]/.test(text) ? text : (value < 0 ? minus : "+") + text;
  }

  return { bytes, count, percent, seconds, milliseconds, relativeError, errorOf, figure, difference, change };
})();
