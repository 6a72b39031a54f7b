// The database as a page has it: a page may be frozen at any moment, and come back hours later.
//
// What a page in the back-forward cache has begun stands still with it, and every other page of the site waits for that
// (seen in Chromium: each call of the next page ran into its time limit). So a page that goes takes nothing along, and
// begins anew when it is back: that time was up meanwhile is no failure.

import { openDatabase } from "../../sw/database.js";

/**
 * Nothing ends the opening of a database, so a page that opens one must not be frozen: none is that holds a lock. It is
 * shared, so nobody waits for it. @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
const unfrozen = (work) => (navigator.locks ? navigator.locks.request("softbell", { mode: "shared" }, work) : work());

/** @param {IDBTransaction} transaction */
const abort = (transaction) => {
  try {
    transaction.abort();
  } catch {
    // It has ended.
  }
};

/**
 * @param {string} name @param {(request: IDBOpenDBRequest) => void} make makes the stores @param {AbortSignal} signal takes our listeners off the page
 * @returns {import("../../sw/database.js").Database}
 */
export const openPageDatabase = (name, make, signal) => {
  /** Those that still need this page to end. @type {Set<IDBTransaction>} */
  const begun = new Set();
  /** How often the page went. */
  let gone = 0;
  let away = false;
  let opened = false;
  /** What was opened when the page went may still begin something. @param {IDBTransaction} transaction */
  const begin = (transaction) => void (away ? abort(transaction) : begun.add(transaction));
  /** Nobody else can open a database that is being made. @param {IDBOpenDBRequest} request */
  const making = (request) => {
    make(request);
    if (request.transaction) begin(request.transaction);
  };
  const database = openDatabase(name, making, begin);
  let here = Promise.resolve();
  let back = () => {};

  /** @param {PageTransitionEvent} event */
  const go = ({ persisted }) => {
    if (!persisted) return;
    gone += 1;
    away = true;
    opened = false;
    here = new Promise((resolve) => (back = resolve));
    begun.forEach(abort);
    begun.clear();
    database.close();
  };
  addEventListener("pagehide", go, { signal });
  addEventListener("pageshow", () => void (away = false, back()), { signal });

  /** @template T @param {IDBTransactionMode} mode @param {(stored: import("../../sw/database.js").Stored) => T} work @returns {Promise<T>} */
  const run = async (mode, work) => {
    await here;
    const was = gone;
    try {
      const transact = () => database.run(mode, (stored) => {
        const { transaction } = stored.state;
        begun.delete(transaction);
        const result = work(stored);
        transaction.commit?.(); // ends without this page
        return result;
      });
      const result = await (opened ? transact() : unfrozen(transact));
      opened = was === gone;
      return result;
    } catch (error) {
      if (was === gone) throw error;
      return run(mode, work);
    }
  };

  return { ...database, run };
};
