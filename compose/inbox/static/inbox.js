// Keeps the page true: asks for the incidents every two seconds, redraws only what
// changed, and says so loudly when the inbox does not answer.
"use strict";

const EVERY_MS = 2000;
const LOST_AFTER_MS = 8000;
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

const main = document.getElementById("incidents");
const connection = document.getElementById("connection");
const heartbeat = document.getElementById("heartbeat");
let clockOffset = 0;
let answeredAt = Date.now();

function duration(seconds) {
  let left = Math.max(0, Math.floor(seconds));
  const parts = UNITS.map(([size, unit]) => {
    const count = Math.floor(left / size);
    left %= size;
    return [count, unit];
  });
  const first = Math.max(0, parts.findIndex(([count]) => count));
  const shown = parts.slice(first, first + 2).filter(([count]) => count);
  return shown.map((part) => part.join(" ")).join(" ") || "0 s";
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Durations count by the inbox's clock: the browser's may be wrong.
function tick() {
  const now = Date.now() + clockOffset;
  for (const element of main.querySelectorAll("[data-ago]")) {
    setText(element, duration((now - Date.parse(element.dataset.ago)) / 1000));
  }
  const silent = Date.now() - answeredAt;
  const lost = silent > LOST_AFTER_MS;
  connection.classList.toggle("lost", lost);
  if (lost) document.title = "Not up to date · Inbox";
  setText(connection, lost
    ? `Not up to date: the inbox has not answered for ${duration(silent / 1000)}`
    : "live");
  tickHeartbeat(now);
}

// Without a Watchdog a quiet page may mean that nobody is left to tell of anything.
function tickHeartbeat(now) {
  const { awaited, heartbeat: came } = document.getElementById("state").dataset;
  if (awaited !== "1") return;
  const silence = (now - Date.parse(came)) / 1000;
  heartbeat.classList.toggle("lost", !came || silence > 40);
  setText(heartbeat, came ? `Watchdog ${duration(silence)} ago` : "No Watchdog yet");
}

// The reader's own time; the date only when it is not today.
function localise(root) {
  const today = new Date().toDateString();
  for (const element of root.querySelectorAll("time")) {
    const moment = new Date(element.dateTime);
    const day = moment.toDateString() === today ? {} : { day: "numeric", month: "short" };
    element.title = element.dateTime;
    element.textContent = new Intl.DateTimeFormat(undefined, {
      ...day, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short",
    }).format(moment);
  }
}

function readState() {
  const state = document.getElementById("state");
  clockOffset = Date.parse(state.dataset.now) - Date.now();
  document.title = `${state.dataset.headline} · Inbox`;
  tellOf(state.dataset.fresh.split(" ").filter(Boolean), state.dataset.headline);
}

function keyed(parent) {
  return new Map([...parent.children].map((child) => [child.dataset.key || child.id, child]));
}

// What did not change stays the very same element: its focus, selection and unfolded
// parts with it.
function redraw(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  localise(fresh);
  fillNames(fresh);
  const before = keyed(main);
  const anchor = [...main.children].find((child) => child.getBoundingClientRect().bottom > 0);
  const anchorTop = anchor && anchor.getBoundingClientRect().top;
  const children = [...fresh.children].map((child) => {
    const old = before.get(child.dataset.key || child.id);
    if (old && child.dataset.version && old.dataset.version === child.dataset.version) return old;
    if (old && old.querySelector("details[open]")) child.querySelector("details")?.setAttribute("open", "");
    return child;
  });
  if (children.length !== main.children.length || children.some((child, i) => child !== main.children[i])) {
    place(children);
  }
  const kept = anchor && keyed(main).get(anchor.dataset.key || anchor.id);
  if (kept && window.scrollY > 0) window.scrollBy(0, kept.getBoundingClientRect().top - anchorTop);
}

// Moving an element would drop its focus, so only what is out of place is moved.
function place(children) {
  const wanted = new Set(children);
  for (const child of [...main.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, i) => {
    if (main.children[i] !== child) main.insertBefore(child, main.children[i] || null);
  });
}

async function poll() {
  try {
    const answer = await fetch("/incidents", { cache: "no-store", signal: AbortSignal.timeout(LOST_AFTER_MS) });
    if (!answer.ok) throw new Error(answer.statusText);
    redraw(await answer.text());
    readState();
    answeredAt = Date.now();
  } catch {
    // The next poll tries again; tick() says how long it has been.
  }
  tick();
  setTimeout(poll, EVERY_MS);
}

// Whoever said their name once need not say it again; an unfinished name outlives a redraw.
function fillNames(root) {
  for (const input of root.querySelectorAll("input[name=by]")) {
    input.value ||= localStorage.getItem("name") || "";
  }
}

main.addEventListener("input", (event) => {
  if (event.target.name === "by") localStorage.setItem("name", event.target.value);
});

fillNames(main);
readState();
localise(document);
tick();
setInterval(tick, 1000);
setTimeout(poll, EVERY_MS);
