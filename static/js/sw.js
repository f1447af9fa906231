// The service worker: shows news that the town pushes, and opens what it is about. It keeps no pages.
"use strict";
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
