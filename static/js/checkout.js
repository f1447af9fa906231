// The checkout's countdown; without it the page says until when all is held.
"use strict";
const held = document.querySelector("[data-countdown]");
if (held) {
  const end = Date.now() + 1000 * Number(held.dataset.countdown);
  const shown = held.querySelector("[data-left]");
  const tick = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0) {
      held.textContent = held.dataset.over;
      held.className = "note accent";
      window.clearInterval(timer);
    }
  };
  const timer = window.setInterval(tick, 1000);
  tick();
}
