// Draws one panel of Grafana's JSON into an element: lines and bars with uPlot, the rest with SVG.
"use strict";
const draw = (() => {
  // Grafana's classic palette, and the names that thresholds use.
  const palette = ["#73BF69", "#F2CC0C", "#8AB8FF", "#FF780A", "#F2495C", "#5794F2", "#B877D9",
    "#705DA0", "#37872D", "#FADE2A", "#447EBC", "#C15C17", "#890F02", "#0A437C", "#6D1F62", "#584477"];
  const named = { green: "#73BF69", blue: "#5794F2", orange: "#FF9830", red: "#F2495C",
    yellow: "#FADE2A", purple: "#B877D9", text: "currentColor" };
  const colour = (n) => palette[n % palette.length];
  const make = (tag, into, properties = {}) => into.appendChild(Object.assign(document.createElement(tag), properties));
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const last = (values) => values.findLast((value) => value !== null) ?? null;
  const steps = (panel) => panel.fieldConfig.defaults.thresholds?.steps ?? [];
  const judged = (panel, value) => {
    const met = steps(panel).filter((step) => step.value === null || value >= step.value).at(-1);
    return met ? named[met.color] ?? met.color : colour(0);
  };

  const legend = (into, entries) => {
    const list = make("ul", into, { className: "legend" });
    return entries.map(([name, shade]) => {
      const entry = make("li", list);
      make("i", entry).style.background = shade;
      make("span", entry, { textContent: name });
      return make("span", entry);
    });
  };

  const limits = (panel) => (plot) => {
    const custom = panel.fieldConfig.defaults.custom ?? {};
    if (!custom.thresholdsStyle || custom.thresholdsStyle.mode === "off") return;
    const { ctx, bbox } = plot;
    for (const step of steps(panel).filter((one) => one.value !== null)) {
      const y = plot.valToPos(step.value, "y", true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.save();
      ctx.strokeStyle = named.orange;
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.setLineDash([8, 6]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.restore();
    }
  };

  // What happened: a dashed line where it began, and a shade for as long as it lasted.
  const marks = (found) => ({ ctx, bbox, valToPos }) => {
    for (const mark of found) {
      const [from, to] = [mark.from, mark.to].map((at) => valToPos(at, "x", true));
      ctx.save();
      ctx.fillStyle = ctx.strokeStyle = named[mark.colour] ?? mark.colour;
      ctx.setLineDash([4, 4]);
      ctx.beginPath();
      ctx.moveTo(from, bbox.top);
      ctx.lineTo(from, bbox.top + bbox.height);
      ctx.stroke();
      ctx.globalAlpha = 0.07;
      ctx.fillRect(from, bbox.top, Math.max(to - from, 1), bbox.height);
      ctx.restore();
    }
  };

  const range = (panel, stacked) => (plot, low, high) => {
    const { min, max } = panel.fieldConfig.defaults;
    if (low === null) return [min ?? 0, max ?? 1];
    const bottom = min ?? (stacked || low >= 0 ? Math.min(low, 0) : low - (high - low) / 10);
    const top = max ?? (high === bottom ? bottom + 1 : high + (high - bottom) / 20);
    return [bottom, Math.max(top, high)];
  };

  const powersOfTwo = Array.from({ length: 60 }, (_, n) => 2 ** n);

  const graph = (into, panel, { times, marks: happened = [] }, series, live) => {
    const { unit, custom = {} } = panel.fieldConfig.defaults;
    const stacked = custom.stacking?.mode === "normal";
    const box = make("div", into, { className: "drawn" });
    const shown = legend(into, series.map((one, n) => [one.name, colour(n)]));
    const tell = (at) => series.forEach((one, n) => {
      const value = at === null || at === undefined ? last(one.values) : one.values[at];
      shown[n].textContent = ` ${units.format(unit, value)}`;
    });
    // Before the picture, which takes what room the legend leaves.
    tell(null);
    const sums = times.map(() => 0);
    const heights = series.map((one) => (stacked ? one.values.map((v, i) => (v === null ? null : (sums[i] += v))) : one.values));
    const bars = custom.drawStyle === "bars" ? uPlot.paths.bars({ size: [0.9, 100] }) : undefined;
    const lines = series.map((one, n) => ({
      stroke: colour(n), fill: colour(n) + (stacked ? "cc" : "1a"), width: custom.lineWidth ?? 1,
      paths: bars, points: { show: one.values.filter((v) => v !== null).length === 1 },
    }));
    // The tallest first, so that what lies below it is drawn over it.
    const order = stacked ? lines.map((_, n) => n).reverse() : lines.map((_, n) => n);
    const axis = { stroke: style("--quiet"), grid: { stroke: style("--grid"), width: 1 }, ticks: { show: false },
      font: "11px system-ui, sans-serif" };
    const plot = new uPlot({
      width: Math.max(box.clientWidth, 50), height: Math.max(box.clientHeight, 40),
      legend: { show: false },
      cursor: { y: false, points: { show: !stacked }, sync: { key: "page" } },
      scales: { x: { range: [times[0], times.at(-1)] }, y: { range: range(panel, stacked) } },
      axes: [
        { ...axis, space: 70, size: 26, values: (_, splits, __, ___, step) => splits.map((at) => moment(at, step)) },
        { ...axis, space: 34, size: 66, incrs: unit === "bytes" ? powersOfTwo : undefined, values: (_, splits) => splits.map((value) => units.format(unit, value)) },
      ],
      series: [{}, ...order.map((n) => lines[n])],
      hooks: { draw: [limits(panel), marks(happened)], setCursor: [(now) => tell(now.cursor.idx)] },
    }, [times, ...order.map((n) => heights[n])], box);
    if (live) new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
  };

  const moment = (seconds, step) => {
    const at = new Date(seconds * 1000);
    const two = (number) => String(number).padStart(2, "0");
    const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
    if (step < 60) return `${clock}:${two(at.getSeconds())}`;
    return step < 86400 ? clock : `${two(at.getMonth() + 1)}/${two(at.getDate())}`;
  };

  const stat = (into, panel, { times }, series) => {
    const { unit, color } = panel.fieldConfig.defaults;
    const box = make("div", make("div", into, { className: "drawn" }), { className: "numbers" });
    series.forEach((one, n) => {
      const value = last(one.values);
      const shade = color?.mode === "thresholds" ? judged(panel, value) : colour(n);
      const tile = make("div", box, { className: "number" });
      const text = units.format(unit, value);
      const number = make("b", tile, { textContent: text });
      number.style.color = shade;
      number.style.setProperty("--length", Math.max(text.length, 4));
      if (series.length > 1) make("small", number, { textContent: one.name });
      const spark = make("div", tile, { className: "spark" });
      if (one.values.length < 2) return;
      new uPlot({
        width: Math.max(spark.clientWidth, 20), height: Math.max(spark.clientHeight, 10),
        legend: { show: false }, cursor: { show: false }, padding: [2, 0, 0, 0],
        axes: [{ show: false }, { show: false }], scales: { y: { range: range(panel, false) } },
        series: [{}, { stroke: shade, fill: shade + "26", width: 1.5, points: { show: false } }],
      }, [times, one.values], spark);
    });
  };

  const svg = (tag, into, attributes) => {
    const made = into.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag));
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  };

  const pie = (into, panel, _, series) => {
    const box = make("div", make("div", into, { className: "drawn" }), { className: "pie" });
    const shares = series.map((one) => Math.max(last(one.values) ?? 0, 0));
    const whole = shares.reduce((sum, one) => sum + one, 0);
    const picture = svg("svg", box, { viewBox: "-1.05 -1.05 2.1 2.1", role: "img" });
    let turned = 0;
    shares.forEach((share, n) => {
      if (!share) return;
      const point = (turn) => `${Math.sin(2 * Math.PI * turn)} ${-Math.cos(2 * Math.PI * turn)}`;
      const from = turned;
      turned += share / whole;
      if (share === whole) svg("circle", picture, { r: 1, fill: colour(n) });
      else svg("path", picture, { fill: colour(n),
        d: `M 0 0 L ${point(from)} A 1 1 0 ${share / whole > 0.5 ? 1 : 0} 1 ${point(turned)} Z` });
    });
    const { unit } = panel.fieldConfig.defaults;
    legend(box, series.map((one, n) => [
      `${one.name} ${units.format(unit, shares[n])} (${units.format("percentunit", whole ? shares[n] / whole : 0)})`, colour(n)]));
  };

  const by = { timeseries: graph, stat, piechart: pie };
  return (into, panel, answers, live) => {
    const { series = [], problem = "" } = answers.panels[panel.id] ?? {};
    const kind = by[panel.type];
    const empty = series.every((one) => last(one.values) === null);
    if (!kind) make("p", into, { className: "empty", textContent: `${panel.type}: Grafana alone draws it` });
    else if (empty) make("p", into, { className: "empty", textContent: problem || "No data" });
    else kind(into, panel, answers, series, live);
    if (problem && !empty) make("p", into, { className: "problem", textContent: problem });
  };
})();
