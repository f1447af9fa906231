// Live parts: fetched again every few seconds, redrawn only when they changed and nobody is typing in them.
"use strict";
for (const part of document.querySelectorAll("[data-live]")) {
  let tag = null;
  let waiting = Number(part.dataset.waiting || 0);
  const redraw = async () => {
    if (document.hidden) { return; }
    let answer;
    try { answer = await fetch(part.dataset.live, { cache: "no-cache", headers: { "X-Live": "1" } }); } catch { return; }
    const now = answer.headers.get("ETag");
    if (!answer.ok || now === tag) { return; }
    const first = tag === null;
    const busy = part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    if (busy || part.querySelector("details[open] form")) { return; }
    tag = now;
    if (first && !part.dataset.eager) { return; }
    part.innerHTML = await answer.text();
    const count = Number(part.querySelector("[data-waiting]")?.dataset.waiting || 0);
    if (count > waiting) { ring(); }
    waiting = count;
  };
  window.setInterval(redraw, 1000 * Number(part.dataset.every || 5));
  redraw();
}
// The sound is switched on by a tap and remembered on this device; after a new page the browser lets it sound from the first touch on.
const bell = document.querySelector("[data-bell]");
const BELL = "linli-bell";
let air = null;
const isOn = () => { try { return localStorage.getItem(BELL) === "1"; } catch { return false; } };
const wake = () => { air ||= new AudioContext(); return air.resume(); };
if (bell) {
  bell.hidden = false;
  bell.setAttribute("aria-pressed", String(isOn()));
  bell.addEventListener("click", () => {
    const on = !isOn();
    try { localStorage.setItem(BELL, on ? "1" : "0"); } catch { /* then it lasts as long as the page */ }
    bell.setAttribute("aria-pressed", String(on));
    if (on) { ring(); }
  });
  if (isOn()) { document.addEventListener("pointerdown", wake, { once: true }); document.addEventListener("keydown", wake, { once: true }); }
}
function ring() {
  if (!bell || bell.getAttribute("aria-pressed") !== "true") { return; }
  wake().then(() => {
    for (const [start, pitch] of [[0, 880], [0.18, 1175]]) {
      const tone = air.createOscillator();
      const loud = air.createGain();
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.2, air.currentTime + start);
      loud.gain.exponentialRampToValueAtTime(0.001, air.currentTime + start + 0.3);
      tone.connect(loud).connect(air.destination);
      tone.start(air.currentTime + start);
      tone.stop(air.currentTime + start + 0.32);
    }
  });
}
