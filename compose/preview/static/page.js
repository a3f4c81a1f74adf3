// Lays a dashboard's panels out on Grafana's grid, and draws them anew while the page is live.
"use strict";
(() => {
  const found = document.getElementById("data");
  if (!found) return;
  const { board, answers, live, only } = JSON.parse(found.textContent);
  const grid = document.getElementById("grid");
  const shown = only ? board.panels.filter((panel) => panel.id === only) : board.panels;
  const drawn = [];

  for (const panel of shown) {
    const { x, y, w, h } = only ? { x: 0, y: 0, w: 24, h: 16 } : panel.gridPos;
    const row = panel.type === "row";
    const box = document.createElement(row ? "h2" : "section");
    box.className = row ? "row" : `panel ${panel.type}`;
    box.style.gridArea = `${y + 1} / ${x + 1} / span ${h} / span ${w}`;
    grid.append(box);
    if (row) {
      box.textContent = panel.title;
      continue;
    }
    const head = box.appendChild(document.createElement("details"));
    head.appendChild(document.createElement("summary")).textContent = panel.title;
    head.appendChild(document.createElement("p")).textContent = panel.description;
    drawn.push([panel, box]);
  }

  const events = document.getElementById("marks");
  const told = (mark) => `${new Date(mark.from * 1000).toLocaleTimeString("en-GB")} ${mark.text}`;
  const redraw = (answers) => {
    events.replaceChildren(...(answers.marks ?? []).slice(-10).reverse().map((mark) => {
      const item = document.createElement("li");
      item.textContent = told(mark);
      return item;
    }));
    for (const [panel, box] of drawn) {
      while (box.children.length > 1) box.lastChild.remove();
      draw(box, panel, answers, live);
    }
  };
  redraw(answers);

  const when = document.querySelector(".when");
  if (when) {
    const [from, to] = [answers.times[0], answers.times.at(-1)].map((at) => new Date(at * 1000).toLocaleString("en-GB"));
    when.textContent = `${from} to ${to}`;
  }
  if (live) {
    setInterval(async () => {
      if (document.hidden) return;
      const answer = await fetch(`/api${location.pathname}${location.search}`).catch(() => null);
      if (answer?.ok) redraw(await answer.json());
    }, 10_000);
  }
})();
