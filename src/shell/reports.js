// The page's side of the outbox: state and reports in; out with them on every occasion.

import { OUTBOX } from "../../sw/contract.js";
import { openOutbox, random } from "../../sw/outbox.js";
import { HELD, makeStores, pageSide, patch, takePending, tellDrops } from "../../sw/patch.js";
import { beacon, openSender, outcome, peek, within } from "../../sw/sender.js";
import { openJournal } from "./journal.js";
import { LOST_FOR } from "./landing.js";
import { openPageDatabase } from "./page_database.js";
import { disown, putUser } from "./put_user.js";

/**
 * @typedef {import("./ledger.js").Line} Line
 * @typedef {import("../../sw/outbox.js").Device} Device
 */

/** Lines of the consent ledger that the server takes in one PUT. */
const MOST_LINES = 50;
const ERASING_LIMIT = 30_000; // ms that other pages and the worker keep still for: longer than the one request takes

/**
 * @param {import("../../sw/outbox.js").Site} record what every change leaves in the device record, beside the state
 * @param {string} scope the worker's; it shares the outbox
 * @param {AbortSignal} signal takes our listeners off the page
 * @param {(outcome: import("../../sw/sender.js").Outcome) => void} heard is told what came of each flush
 */
export const openReports = (record, scope, signal, heard) => {
  let ended = false;
  const database = openPageDatabase(`softbell:${scope}`, (request) => (ended ? request.transaction?.abort() : makeStores(request)), signal);
  /** Once consent is denied, or everything is erased, what is under way comes to nothing: the sender finds nothing to send. @type {typeof database.run} */
  const run = async (mode, work) => {
    if (ended || signal.reason?.code === "consent_denied") throw new DOMException("erased", "AbortError");
    return database.run(mode, work);
  };
  const outbox = openSender(openOutbox({ ...database, run }, OUTBOX, tellDrops), pageSide);
  /** Keeps the order: what logic asked for first is written first. @type {Promise<unknown>} */
  let line = Promise.resolve();
  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  const next = (work) => {
    const done = line.then(() => (ended ? Promise.reject(new DOMException("erased", "AbortError")) : work()));
    line = done.catch(() => {});
    return done;
  };

  /** What a beacon will send, looked up beforehand. @type {Awaited<ReturnType<typeof peek>> | undefined} */
  let unsent;
  const prepare = async () => {
    unsent = await peek(outbox).catch(() => undefined);
  };

  /** Where a press led concerns nobody once no page would follow it; on most devices none ever does. */
  const forgetPress = async () => {
    const { result } = await database.run("readonly", ({ state }) => state.get("pending"));
    if (result && !within(result.at, LOST_FOR)) await takePending(outbox);
  };

  /** Every PUT carries the whole device: one at a time, or the server would hear it twice. @type {Promise<unknown>} */
  let flying = Promise.resolve();
  /** @type {Promise<unknown>} */
  let naming = Promise.resolve();
  /** Nothing is sent until then. @type {Promise<unknown>} */
  let erasing = Promise.resolve();

  /** Waits for what was written before, not for what comes after: a slow server must not hold up the writing. @param {boolean} [online] */
  const flush = async (online) => {
    await next(async () => {});
    await naming;
    await erasing;
    const after = outcome(await (flying = outbox.flush(online)));
    await next(prepare);
    quietly(next(forgetPress));
    if (ended) return;
    heard(after);
    // Where the visitor switched Background Sync off, registering for it is refused.
    if (after.left) await wakeWorker(scope).catch(() => {});
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

  const journal = openJournal(`softbell.${record.site}.journal`);
  /** @param {import("../../sw/outbox.js").Report} event */
  const add = async (event) => {
    await outbox.add(event);
    journal.remove(event);
    await prepare();
  };
  const consents = openJournal(`softbell.${record.site}.consents`);
  /** @param {Line} line */
  const enter = async (line) => {
    let full = false;
    await patch(outbox, record, (state) => withLine(state, line, () => (full = true)));
    if (!full) consents.remove(line);
  };
  /** Nothing is written any more, anywhere; what is under way finds no database, and makes none. */
  const end = () => {
    ended = true;
    unsent = undefined;
    outbox.close();
  };
  /** Sets what pauses the device. @param {Device["pause"]} pause @returns {Promise<Device["pause"]>} what did before */
  const hold = async (pause) => {
    /** @type {Device["pause"]} */
    let before;
    await next(() => outbox.changeDevice((found) => (before = found?.pause, found && { ...found, pause }))).catch(() => {});
    return before;
  };

  // What is on its way into the outbox still arrives.
  signal.addEventListener("abort", () => quietly(next(async () => outbox.close())));
  // What the last page view could not write before it left.
  for (const event of journal.entries()) quietly(next(() => add(event)));
  for (const line of consents.entries()) quietly(next(() => enter(line)));

  return {
    /** @param {Parameters<typeof patch>[2]} changes */
    patch: (changes) => next(() => patch(outbox, record, changes)),
    /** @param {string} type @param {Record<string, any>} [data] @param {{softbelltoken?: string}} [more] */
    report: (type, data, more) => {
      const event = { id: random(16), type, time: new Date().toISOString(), data, ...more };
      if (!ended) journal.add(event);
      return next(() => add(event));
    },
    /** @param {Line} line of the consent ledger */
    consent: (line) => {
      if (!ended) consents.add(line);
      return next(() => enter(line));
    },
    end,
    /**
     * Ends for good if `erase`, which has the server erase the device, says that it did. Nothing of the device may be on its
     * way meanwhile, from here, another page or the worker: the server would answer that it does not know it, and the
     * sender make a new one of it, with all that was just erased.
     * @param {() => Promise<boolean>} erase @returns {Promise<boolean>}
     */
    erase: (erase) => {
      const work = async () => {
        await Promise.all([flying.catch(() => {}), naming]);
        const from = Date.now();
        const before = await hold({ from, until: from + ERASING_LIMIT, why: HELD });
        const erased = await erase().catch(() => false);
        if (erased) end();
        else await hold(before);
        return erased;
      };
      return (erasing = work());
    },
    flush,
    /** @param {string} user @param {string | undefined} token @param {() => boolean} isWanted */
    putUser: async (user, token, isWanted) => {
      await next(async () => {});
      await Promise.all([flying.catch(() => {}), erasing]);
      const answer = putUser(outbox, user, token, isWanted);
      naming = answer.catch(() => {});
      return answer;
    },
    detach: () => next(() => outbox.changeDevice(disown)),
    device: () => next(() => outbox.device()),
    takePending: () => next(() => takePending(outbox)),
  };
};

/**
 * The ledger's lines with one more. What one PUT cannot carry waits in the journal for the next page view.
 * @param {import("../../sw/outbox.js").State} state @param {Line} line @param {() => void} full is told where there is no room now
 */
const withLine = ({ consent_entries: lines, permission }, line, full) => {
  // Two pages of this site may see one and the same change of the permission.
  const known = ["native_prompt", "browser"].includes(line.source) && permission === line.permission;
  if (known || lines.some(({ id }) => id === line.id)) return {};
  if (lines.length < MOST_LINES) return { consent_entries: [...lines, line] };
  full();
  return {};
};

/** Background Sync, where it exists: our worker sends what stayed behind when the network is back. @param {string} scope */
const wakeWorker = async (scope) => {
  const registration = await navigator.serviceWorker?.getRegistration(scope);
  // A site's own worker at `/` would be found too, and knows nothing of us.
  if (registration?.scope === new URL(scope, location.href).href) await /** @type {any} */ (registration).sync?.register("softbell");
};
