// The service worker: registers its listeners in the first synchronous run, and nothing else.
//
// A handler cannot be async itself, hence `event.waitUntil(handler(event))` everywhere.

import { click, dismissed } from "./click.js";
import { CONVERSION, EVENT_TRACKED } from "./contract.js";
import { push } from "./push.js";
import { flush, outbox, report, worker } from "./scope.js";

// Pages are outside our scope, so a new worker has no page to break: it may take over at once.
worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("push", (event) => event.waitUntil(push(event)));
worker.addEventListener("notificationclick", (event) => event.waitUntil(click(event)));
worker.addEventListener("notificationclose", (event) => event.waitUntil(dismissed(event)));
worker.addEventListener("message", (event) => {
  // A command of a page that sleeps: `["track", name, properties]`; or one word.
  const [word, name, details] = [event.data?.softbell].flat();
  if (word === "version") event.ports[0]?.postMessage({ softbell: word, build: __BUILD__ });
  if (word === "flush") event.waitUntil(flush().catch(() => {}));
  if (word === "track") event.waitUntil(report({}, [EVENT_TRACKED, { name, properties: details }]));
  if (word === "conversion") event.waitUntil(report({}, [CONVERSION, { ...details, name }]));
});
// A rejection makes the browser try again, a few times, later and later.
worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "softbell") event.waitUntil(outbox().flush(true).then(({ left }) => left && Promise.reject(left)));
});
