// The page's side of the outbox: state and reports in, one flush out.

import { BATCH_BYTES, BATCH_REPORTS } from "../../sw/contract.js";
import { openOutbox, random } from "../../sw/outbox.js";

/** @param {string} site @param {string} server @param {string} scope the worker's; it shares the outbox */
export const openReports = (site, server, scope) => {
  const outbox = openOutbox({ name: `softbell:${scope}`, batchBytes: BATCH_BYTES, batchReports: BATCH_REPORTS });
  /** Keeps the order: what logic asked for first is written first. @type {Promise<unknown>} */
  let line = Promise.resolve();
  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  const next = (work) => {
    const done = line.then(work);
    line = done.catch(() => {});
    return done;
  };

  return {
    /** @param {Record<string, any>} changes */
    patch: (changes) => next(() => outbox.patch({ site, server }, changes)),
    /** @param {string} type @param {Record<string, any>} data */
    report: (type, data) => next(() => outbox.add({ id: random(16), type, time: new Date().toISOString(), data })),
    /** Waits for what was written before, not for what comes after: a slow server must not hold up the writing. */
    flush: () => next(async () => {}).then(() => outbox.flush()),
  };
};
