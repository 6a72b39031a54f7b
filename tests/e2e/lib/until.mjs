// Waits on a condition with a deadline, so that no test ever sleeps for a fixed time.

import { setTimeout as pause } from "node:timers/promises";
import { whenStuck } from "./test.mjs";

/** Between two looks, ms: at first, and at most. Looking costs work, of which a busy machine has none to spare. */
const STEP_MS = 25;
const LONGEST_STEP_MS = 200;

/** How long a wait may take unless it says otherwise, ms: two browsers at once on a slow machine. Nothing is judged by it. */
export const WITHIN = 60_000;

/**
 * Asks `probe` again and again until it answers something truthy, and returns that answer.
 * An error thrown by `probe` counts as "not yet" and is named when the deadline passes.
 * @template T
 * @param {string} what what is awaited, for the message of the failure
 * @param {() => T | Promise<T>} probe
 * @param {{ within?: number, hint?: () => unknown }} [options] deadline in ms; facts to add to the failure
 * @returns {Promise<Exclude<T, null | undefined | false | 0 | "">>}
 */
export async function until(what, probe, options = {}) {
  const began = Date.now();
  const over = whenStuck(() => [`${what}, for ${Date.now() - began} ms`]);
  return look(what, probe, options).finally(over);
}

/**
 * @template T
 * @param {string} what @param {() => T | Promise<T>} probe @param {{ within?: number, hint?: () => unknown }} options as for `until`
 * @returns {Promise<Exclude<T, null | undefined | false | 0 | "">>}
 */
async function look(what, probe, { within = WITHIN, hint }) {
  const began = Date.now();
  let deadline = began + within;
  /** @type {string} */
  let last;
  for (;;) {
    const at = Date.now(); // a look that began in time counts, however long it took
    try {
      const answer = await probe();
      if (answer) return /** @type {Exclude<T, null | undefined | false | 0 | "">} */ (answer);
      last = "";
    } catch (error) {
      last = `; last error: ${error instanceof Error ? error.message : error}`;
    }
    if (at > deadline) break;
    const step = Math.min(Math.max(STEP_MS, (at - began) / 8), LONGEST_STEP_MS);
    const asleep = Date.now();
    await pause(step);
    deadline += Math.max(0, Date.now() - asleep - step - STEP_MS); // the machine stood still, and all that is awaited with it
  }
  const facts = hint ? `; ${JSON.stringify(await Promise.resolve().then(hint).catch(String))}` : "";
  throw new Error(`waited ${within} ms in vain for ${what}${last}${facts}`);
}

/**
 * Waits for what has no deadline of its own.
 * @template T
 * @param {string} what @param {Promise<T>} promise @param {number} [ms]
 * @returns {Promise<T>}
 */
export async function within(what, promise, ms = WITHIN) {
  const over = new AbortController();
  const late = pause(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`waited ${ms} ms in vain for ${what}`);
  });
  late.catch(() => {}); // broken off
  return Promise.race([promise, late]).finally(() => over.abort());
}

/**
 * Watches for as long as something that must not happen would need to happen; ends at once when it does.
 * @param {() => boolean | Promise<boolean>} probe
 * @param {number} during ms
 * @returns {Promise<boolean>} true if `probe` never answered true
 */
export async function never(probe, during) {
  const end = Date.now() + during;
  for (;;) {
    const at = Date.now(); // the last look begins when all that time is over, however long the one before took
    if (await probe()) return false;
    if (at > end) return true;
    await pause(STEP_MS);
  }
}
