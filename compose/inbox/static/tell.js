// Tells whoever asked for it, with a sound and a notification of the browser, when something
// critical is new that nobody looks after; again every minute until somebody does.
"use strict";

const AGAIN_MS = 60000;
const button = document.getElementById("tell");
let told = new Set();
let toldAt = 0;
let audio = null;

function wants() {
  return localStorage.getItem("tell") === "yes";
}

function label() {
  const allowed = "Notification" in window && Notification.permission === "granted";
  button.hidden = false;
  button.textContent = wants() ? `Told by ${allowed ? "notification and " : ""}sound` : "Tell me by sound";
  button.setAttribute("aria-pressed", String(wants()));
}

// Two tones, a second in all. A browser lets a page sound only after a click on it.
function sound() {
  if (!audio) return;
  [880, 660, 880].forEach((pitch, n) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + n * 0.3;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.28);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  });
}

function tell(headline) {
  sound();
  if ("Notification" in window && Notification.permission === "granted") {
    const shown = new Notification(headline, { body: "Nobody looks after it yet.", tag: "inbox", renotify: true, icon: "/static/icon.svg", requireInteraction: true });
    shown.onclick = () => { window.focus(); shown.close(); };
  }
}

// `fresh` are the numbers of critical incidents that nobody has acknowledged.
function tellOf(fresh, headline) {
  const anew = fresh.some((number) => !told.has(number));
  const again = fresh.length > 0 && Date.now() - toldAt > AGAIN_MS;
  told = new Set(fresh);
  if (wants() && (anew || again)) {
    toldAt = Date.now();
    tell(headline);
  }
}

button.addEventListener("click", async () => {
  localStorage.setItem("tell", wants() ? "no" : "yes");
  if (wants()) {
    audio ||= new AudioContext();
    sound();
    if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  }
  label();
});

// After a reload the first click anywhere lets the page sound again.
document.addEventListener("pointerdown", () => { if (wants()) audio ||= new AudioContext(); }, { once: true });
label();
