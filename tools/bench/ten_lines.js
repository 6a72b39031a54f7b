// The least that a worker can do about a push: show it, and open a page on a press.
const worker = /** @type {any} */ (globalThis);
worker.addEventListener("push", (/** @type {any} */ event) => {
  const { title, body, navigate } = event.data.json().notification;
  event.waitUntil(worker.registration.showNotification(title, { body, data: { navigate } }));
});
worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(worker.clients.openWindow(event.notification.data.navigate));
});
