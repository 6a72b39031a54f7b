// The service worker: registers its listeners in the first synchronous run, and nothing else.
//
// A handler cannot be async itself, hence `event.waitUntil(handler(event))` everywhere.

import { click, dismissed } from "./click.js";
import { push } from "./push.js";
import { flush, outbox, worker } from "./scope.js";

// Pages are outside our scope, so a new worker has no page to break: it may take over at once.
worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("push", (event) => event.waitUntil(push(event)));
worker.addEventListener("notificationclick", (event) => event.waitUntil(click(event)));
worker.addEventListener("notificationclose", (event) => event.waitUntil(dismissed(event)));
worker.addEventListener("message", (event) => {
  const { data, ports } = event;
  if (data?.softbell === "flush") event.waitUntil(flush().catch(() => {}));
  if (data?.softbell === "version") ports[0]?.postMessage({ softbell: "version", build: __BUILD__ });
});
// A rejection makes the browser try again, a few times, later and later.
worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "softbell") event.waitUntil(outbox().flush(true).then(({ left }) => left && Promise.reject(left)));
});
