// The service worker: registers its listeners in the first synchronous run, and nothing else.

import { subscriptionChanged } from "./change.js";
import { click, dismissed } from "./click.js";
import { CONVERSION, EVENT_TRACKED } from "./contract.js";
import { push } from "./push.js";
import { flush, outbox, report, worker } from "./scope.js";

/**
 * A handler cannot be async itself, hence `waitUntil`. Storage that is denied and a permission that is gone are no error
 * of the site's: nobody is told.
 * @param {string} name @param {(event: any) => unknown} handle @param {null | (() => void)} [failed]
 */
const on = (name, handle, failed = () => {}) =>
  worker.addEventListener(name, (/** @type {any} */ event) => event.waitUntil(Promise.resolve(handle(event)).catch(failed)));

// Pages are outside our scope, so a new worker has no page to break: it may take over at once.
on("install", () => worker.skipWaiting());
on("push", push);
on("notificationclick", click);
on("notificationclose", dismissed);
on("pushsubscriptionchange", subscriptionChanged);
on("message", ({ data, ports: [port] }) => {
  // A command of a page that sleeps: `["track", name, properties]`; or one word.
  const [word, name, details] = [data?.softbell].flat();
  if (word === "version") port?.postMessage({ build: __BUILD__ });
  if (word === "flush") return flush();
  // Global Privacy Control: what the visitor does on the site is nobody's business then.
  if (/** @type {any} */ (navigator).globalPrivacyControl) return;
  if (word === "track") return report({}, [[EVENT_TRACKED, { name, properties: details }]]);
  if (word === "conversion") return report({}, [[CONVERSION, { ...details, name }]]);
});
// A rejection makes the browser try again, a few times, later and later.
on("sync", ({ tag }) => tag === "softbell" && outbox.flush(true).then(({ left }) => left && Promise.reject()), null);
