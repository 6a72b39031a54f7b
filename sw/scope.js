// What every part of the worker needs: the worker's own global, typed, and its outbox.

import { BATCH_BYTES, BATCH_REPORTS } from "./contract.js";
import { limited, openOutbox, random } from "./outbox.js";

/** The worker's global; `lib.dom` and `lib.webworker` cannot be loaded together. */
export const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

/** One scope serves one site: the database is named after it. */
export const outbox = () =>
  (opened ??= openOutbox({
    name: `softbell:${new URL(worker.registration.scope).pathname}`,
    batchBytes: BATCH_BYTES,
    batchReports: BATCH_REPORTS,
  }));

/** @type {ReturnType<typeof openOutbox> | undefined} */
let opened;

/**
 * How long a push or a click waits for the server, ms: Safari ends subscriptions whose pushes take long. What is still
 * on its way then goes again later, and counts once.
 */
const REPORT_LIMIT = 5000;

/**
 * Puts reports into the outbox and sends what waits. A lost report never costs a notification or a click.
 * @param {import("./message.js").Ours} ours
 * @param {...([type: string, data?: object] | false | "" | undefined)} happened
 */
export const report = async (ours, ...happened) => {
  try {
    const time = new Date().toISOString();
    const events = happened.filter((each) => !!each).map(([type, data]) => ({
      // The server builds its own id from the token; ours keeps a push that came twice from waiting here twice.
      id: ours.t && !data ? `${ours.m}.${type}` : random(16), type, time, data,
      // Without one the outbox adds the device's own.
      ...(ours.t && { softbelltoken: ours.t }),
    }));
    await Promise.all(events.map((event) => outbox().add(event)));
    if (events.length) await limited(outbox().flush(), REPORT_LIMIT);
  } catch {
    // IndexedDB is full, denied or hanging; there is nothing the visitor or the site could do about it here.
  }
};
