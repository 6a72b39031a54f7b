// The page's side of the outbox: state and reports in; out with them on every occasion.

import { OUTBOX } from "../../sw/contract.js";
import { openDatabase } from "../../sw/database.js";
import { openOutbox, random } from "../../sw/outbox.js";
import { beacon, openSender, peek } from "../../sw/sender.js";
import { openJournal } from "./journal.js";

/**
 * @param {string} site @param {string} server @param {string} scope the worker's; it shares the outbox
 * @param {AbortSignal} signal takes our listeners off the page
 * @param {(outcome: import("../../sw/sender.js").Outcome) => void} heard is told what came of each flush
 */
export const openReports = (site, server, scope, signal, heard) => {
  const outbox = openSender(openOutbox(openDatabase(`softbell:${scope}`), OUTBOX));
  /** Keeps the order: what logic asked for first is written first. @type {Promise<unknown>} */
  let line = Promise.resolve();
  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  const next = (work) => {
    const done = line.then(work);
    line = done.catch(() => {});
    return done;
  };

  /** What a beacon will send, looked up beforehand. @type {Awaited<ReturnType<typeof peek>>} */
  let unsent;
  const prepare = async () => {
    unsent = await peek(outbox).catch(() => undefined);
  };

  /** Waits for what was written before, not for what comes after: a slow server must not hold up the writing. @param {boolean} [online] */
  const flush = async (online) => {
    await next(async () => {});
    const outcome = await outbox.flush(online);
    await next(prepare);
    heard(outcome);
    // Where the visitor switched Background Sync off, registering for it is refused.
    if (outcome.left) await wakeWorker(scope).catch(() => {});
  };

  /** Storage that fails, now that nobody waits for it, is nobody's business. @param {Promise<unknown>} work */
  const quietly = (work) => void work.catch(() => {});
  addEventListener("online", () => quietly(flush(true)), { signal });
  // Out of the back/forward cache.
  addEventListener("pageshow", () => quietly(flush()), { signal });
  addEventListener("visibilitychange", () => {
    // Async so that nothing is thrown into the page: others wrap `sendBeacon`. It still runs in this very turn.
    quietly(document.hidden ? (async () => beacon(unsent, navigator))() : flush());
  }, { signal });

  const journal = openJournal(`softbell.${site}.journal`);
  /** @param {import("../../sw/outbox.js").Report} event */
  const add = async (event) => {
    await outbox.add(event);
    journal.remove(event);
    await prepare();
  };
  // What the last page view could not write before it left.
  for (const event of journal.entries()) quietly(next(() => add(event)));

  return {
    /** @param {Record<string, any>} changes */
    patch: (changes) => next(() => outbox.patch({ site, server }, changes)),
    /** @param {string} type @param {Record<string, any>} data */
    report: (type, data) => {
      const event = { id: random(16), type, time: new Date().toISOString(), data };
      journal.add(event);
      return next(() => add(event));
    },
    flush,
    device: () => next(() => outbox.device()),
  };
};

/** Background Sync, where it exists: our worker sends what stayed behind when the network is back. @param {string} scope */
const wakeWorker = async (scope) => {
  const registration = await navigator.serviceWorker?.getRegistration(scope);
  // A site's own worker at `/` would be found too, and knows nothing of us.
  if (registration?.scope === new URL(scope, location.href).href) await /** @type {any} */ (registration).sync?.register("softbell");
};
