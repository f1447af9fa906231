// The service worker: shows news that the town pushes, and opens what it is about. Of all pages it keeps one, the counter's, which
// a shop's device put aside itself (js/offline.js): it answers where the network does not, and for a day at the most.
"use strict";
const KEPT = "linli-counter", COUNTER = /^\/workbench\/(\d+)\/counter(\/|$)/, PATIENCE = 8000;
self.addEventListener("push", (event) => {
  let note = {};
  try { note = event.data.json(); } catch { return; }
  event.waitUntil(self.registration.showNotification(note.title || "", {
    body: note.body || "", tag: note.tag || undefined, renotify: Boolean(note.tag), data: { url: note.url || "/" },
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data.url, self.location.origin);
  if (target.origin === self.location.origin) { event.waitUntil(self.clients.openWindow(target.href)); }
});
async function aside(path) {
  const box = await caches.open(KEPT);
  const shop = COUNTER.exec(path);
  if (shop) {
    const day = await box.match(`/workbench/${shop[1]}/counter/today.json`, { ignoreVary: true });
    if (!day || new Date((await day.json()).until) < new Date()) { await caches.delete(KEPT); return Response.error(); }
  }
  return (await box.match(shop ? `/workbench/${shop[1]}/counter/offline` : path, { ignoreVary: true })) || Response.error();
}
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== self.location.origin) { return; }
  const fails = (path) => () => aside(path);
  if (request.mode === "navigate" && COUNTER.test(url.pathname)) {
    const answer = fetch(request);
    // A form is sent once, however long it takes; a page may be waited for only so long.
    const late = request.method === "GET" ? [new Promise((_done, fail) => { setTimeout(fail, PATIENCE); })] : [];
    event.respondWith(Promise.race([answer, ...late]).catch(fails(url.pathname)));
  } else if (url.pathname.startsWith("/static/") && COUNTER.test(new URL(request.referrer || url, url).pathname)) {
    event.respondWith(fetch(request).catch(fails(url.pathname + url.search)));
  }
});
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });
