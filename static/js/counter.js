// The counter's camera: only where the browser reads codes itself; everywhere else a photo does.
"use strict";
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
