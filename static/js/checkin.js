// The desk at the door: typed and scanned codes without leaving the page. Every tap has a number of its own,
// so a tap that is sent again after a gap in the network counts once.
"use strict";
(function () {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const said = desk.querySelector("[data-said]");
  const form = desk.querySelector("[data-code-form]");
  const button = desk.querySelector("[data-scan]");
  const video = desk.querySelector("[data-camera]");
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const number = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

  function say(text, isGood) {
    said.hidden = false;
    said.textContent = text;
    said.className = "desk-said " + (isGood ? "good" : "bad");
    if (navigator.vibrate) navigator.vibrate(isGood ? 60 : [80, 60, 80]);
  }

  async function send(code) {
    const body = new URLSearchParams({ code: code, nonce: number() });
    const headers = { Accept: "application/json", "X-CSRF-Token": desk.dataset.token };
    for (let tried = 0; tried < 4; tried += 1) {
      try {
        const answer = await fetch(desk.dataset.post, { method: "POST", headers, body, credentials: "same-origin" });
        const told = await answer.json();
        if (answer.ok) say("✓ " + told.name + (told.party > 1 ? " ×" + told.people : "") + "  " + told.arrived + "/" + told.expected, true);
        else say(told.message, false);
        document.body.dispatchEvent(new Event("desk-changed"));
        return;
      } catch (gone) {
        await wait(700 * (tried + 1));
      }
    }
    say("…", false);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const field = form.elements.code;
    if (field.value.trim()) send(field.value.trim());
    field.value = "";
    field.focus();
  });

  let stream = null;
  function stop() {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
  }

  async function watch(detector) {
    let last = "";
    let lastAt = 0;
    while (stream) {
      try {
        const found = await detector.detect(video);
        const text = found.length ? found[0].rawValue : "";
        if (text && (text !== last || Date.now() - lastAt > 4000)) {
          last = text;
          lastAt = Date.now();
          await send(text);
        }
      } catch (notReady) {
        // The first frames may not be there yet.
      }
      await wait(200);
    }
  }

  async function scan() {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (refused) {
      say(refused.message, false);
      return undefined;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    return watch(new BarcodeDetector({ formats: ["qr_code"] }));
  }

  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    BarcodeDetector.getSupportedFormats().then((formats) => {
      if (formats.includes("qr_code")) button.hidden = false;
    });
    button.addEventListener("click", scan);
  }
  window.addEventListener("pagehide", stop);
})();
