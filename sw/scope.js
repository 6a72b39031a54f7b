// What every part of the worker needs: the worker's own global, typed, and its outbox.

import { OUTBOX } from "./contract.js";
import { openDatabase } from "./database.js";
import { openOutbox, random } from "./outbox.js";
import { openSender } from "./sender.js";

/** The worker's global; `lib.dom` and `lib.webworker` cannot be loaded together. */
export const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

/** One scope serves one site: the database is named after it. */
export const outbox = () =>
  (opened ??= openSender(openOutbox(openDatabase(`softbell:${new URL(worker.registration.scope).pathname}`), OUTBOX)));

/** @type {import("./sender.js").Sender | undefined} */
let opened;

/** Sends what waits; where some of it stays, the browser may wake us when it is online (Background Sync, Chromium only). */
export const flush = async () => {
  const { left } = await outbox().flush();
  if (left) await /** @type {any} */ (worker.registration).sync?.register("softbell");
};

/**
 * Puts a message report into the outbox and sends what waits. A lost report never costs a notification or a click.
 * @param {string} type @param {import("./message.js").Ours | undefined} ours @param {object} [data]
 */
export const report = async (type, ours, data) => {
  try {
    // The server builds its own id from the token; ours keeps a push that came twice from waiting here twice.
    const id = ours ? `${ours.m}.${type}` : random(16);
    await outbox().add({ id, type, time: new Date().toISOString(), softbelltoken: ours?.t, data });
    await flush();
  } catch {
    // IndexedDB is full, denied or hanging; there is nothing the visitor or the site could do about it here.
  }
};
