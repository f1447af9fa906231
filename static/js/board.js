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
// The sound is optional: a browser lets a page sound only after somebody touched it.
const bell = document.querySelector("[data-bell]");
let sounding = false;
if (bell) {
  bell.hidden = false;
  bell.addEventListener("click", () => {
    sounding = !sounding;
    bell.setAttribute("aria-pressed", String(sounding));
    if (sounding) { ring(); }
  });
}
function ring() {
  if (!sounding) { return; }
  const air = new AudioContext();
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
}
