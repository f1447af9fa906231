// News on this device: asks the browser, subscribes, and sends the form with what the browser said.
"use strict";
const pushForm = document.querySelector("[data-push]");
const canPush = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
if (pushForm && canPush) {
  pushForm.hidden = false;
  for (const words of document.querySelectorAll("[data-no-push]")) { words.hidden = true; }
  const refused = pushForm.querySelector("[data-push-refused]");
  pushForm.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      if (await Notification.requestPermission() !== "granted") { throw new Error("refused"); }
      const worker = await navigator.serviceWorker.register(pushForm.dataset.worker, { scope: "/" });
      await navigator.serviceWorker.ready;
      const options = { userVisibleOnly: true, applicationServerKey: bytes(pushForm.dataset.push) };
      const old = await worker.pushManager.getSubscription();
      if (old && text(old.options.applicationServerKey) !== pushForm.dataset.push) { await old.unsubscribe(); }
      const made = await worker.pushManager.subscribe(options);
      pushForm.elements.endpoint.value = made.endpoint;
      pushForm.elements.public_key.value = text(made.getKey("p256dh"));
      pushForm.elements.auth.value = text(made.getKey("auth"));
      pushForm.submit();
    } catch { refused.hidden = false; }
  });
}
function bytes(words) {
  const plain = atob(words.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(words.length / 4) * 4, "="));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}
function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
