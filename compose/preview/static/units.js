// How Grafana writes a value in each unit that dashboards use.
"use strict";
const units = (() => {
  const scaled = (value, base, suffixes, space) => {
    if (value === 0) return `0${space}${suffixes[0]}`.trim();
    let step = 0;
    let left = value;
    while (Math.abs(left) >= base && step < suffixes.length - 1) {
      left /= base;
      step += 1;
    }
    return `${rounded(left)}${space}${suffixes[step]}`.trim();
  };
  const rounded = (value) => {
    if (value === 0) return "0";
    const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(value)))));
    return String(Number(value.toFixed(digits)));
  };
  const short = (value) => scaled(value, 1000, ["", "K", "Mil", "Bil", "Tri"], " ");
  const durations = [
    [86400 * 365, "years"], [86400 * 7, "weeks"], [86400, "days"], [3600, "hours"], [60, "mins"],
    [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"],
  ];
  const seconds = (value) => {
    if (value === 0) return "0 s";
    const [size, name] = durations.find(([at]) => Math.abs(value) >= at) || durations.at(-1);
    return `${rounded(value / size)} ${name}`;
  };
  const formats = {
    none: rounded,
    short,
    percent: (value) => `${rounded(value)}%`,
    percentunit: (value) => `${rounded(100 * value)}%`,
    bytes: (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"], " "),
    Bps: (value) => scaled(value, 1000, ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"], " "),
    ops: (value) => scaled(value, 1000, ["ops/s", "K ops/s", "Mil ops/s"], " "),
    reqps: (value) => scaled(value, 1000, ["req/s", "K req/s", "Mil req/s"], " "),
    s: seconds,
    ms: (value) => seconds(value / 1000),
  };
  return { format: (unit, value) => (value === null || value === undefined ? "–" : (formats[unit] || short)(value)) };
})();
