// What every part of the worker needs: the worker's own global, typed, and its outbox.

import { OUTBOX } from "./contract.js";
import { limited, openDatabase } from "./database.js";
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
 * How long a push or a click waits for the server, ms: Safari ends subscriptions whose pushes take long. What is still
 * on its way then goes again later, and counts once.
 */
const REPORT_LIMIT = 5000;

/**
 * Puts reports into the outbox and sends what waits. A lost report never costs a notification or a click.
 * @param {Partial<import("./message.js").Ours>} ours empty for what is about no message
 * @param {...([type: string, data?: object] | false | "" | undefined)} happened
 */
export const report = async (ours, ...happened) => {
  try {
    const time = new Date().toISOString();
    const events = happened.filter((each) => !!each).map(([type, data]) => ({
      // The server builds its own id from the token; ours keeps a push that came twice from waiting here twice.
      id: ours.t && !data ? `${ours.m}.${type}` : random(16), type, time, data,
      softbelltoken: ours.t, // where there is none the device's own is added
    }));
    await Promise.all(events.map((event) => outbox().add(event)));
    if (events.length) await limited(flush(), REPORT_LIMIT);
  } catch {
    // IndexedDB is full, denied or hanging; there is nothing the visitor or the site could do about it here.
  }
};
