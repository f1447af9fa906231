// The counter's camera: only where the browser reads codes itself; everywhere else a photo does.
"use strict";
// The counter by keyboard: the keys that work are written on the page, where there is a keyboard.
const typing = () => document.activeElement && document.activeElement.matches("input, textarea, select");
const words = document.getElementById("words");
if (window.matchMedia("(hover: hover) and (pointer: fine)").matches) {
  document.querySelectorAll("[data-keys]").forEach((line) => { line.hidden = false; });
}
const hits = document.querySelectorAll("[data-found] a.row-main");
if (hits.length) { hits[0].focus(); }
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
  const escape = document.querySelector("[data-escape]");
  if (event.key === "Escape" && escape) { escape.click(); return; }
  if (typing()) { return; }
  if (event.key === "/" && words) { words.focus(); words.select(); event.preventDefault(); return; }
  const lines = hits.length ? hits : document.querySelectorAll("[data-live] a.row-main");
  const line = /^[1-9]$/.test(event.key) && words ? lines[Number(event.key) - 1] : null;
  if (line) { line.click(); event.preventDefault(); }
});
const scan = document.querySelector("[data-scan]");
if (scan && "BarcodeDetector" in window && navigator.mediaDevices) {
  scan.hidden = false;
  const video = scan.querySelector("video");
  const button = scan.querySelector("[data-start]");
  let stream = null;
  const stop = () => { stream?.getTracks().forEach((track) => track.stop()); stream = null; video.hidden = true; button.hidden = false; };
  button.addEventListener("click", async () => {
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); } catch { document.querySelector("[data-photo]").open = true; return; }
    video.srcObject = stream;
    video.hidden = false;
    button.hidden = true;
    await video.play();
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    const look = async () => {
      if (!stream) { return; }
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length) {
        const field = document.getElementById("words");
        field.maxLength = 200;
        field.value = codes[0].rawValue.slice(0, 200);
        stop();
        field.form.requestSubmit();
        return;
      }
      window.requestAnimationFrame(look);
    };
    look();
  });
  window.addEventListener("pagehide", stop);
}
