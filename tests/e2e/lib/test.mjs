// A test with a time limit: what hangs is told by name, with all that was awaited; its scene is taken down, the next test goes on.

import { test as begin } from "node:test";

/** No test takes a third of it, on a busy machine. ms */
const LIMIT_MS = 240_000;

/** @type {Set<() => string[]>} */
const tellers = new Set();

/**
 * Has this said when something hangs; the answer takes it back.
 * @param {() => string[]} tell what is awaited at that moment
 */
export function whenStuck(tell) {
  tellers.add(tell);
  return () => void tellers.delete(tell);
}

/** Says all that is awaited now. @param {string} who hangs */
export function tellStuck(who) {
  console.log([`${who} hangs; it waits for:`, ...[...tellers].flatMap((tell) => tell())].join("\n  "));
}

/**
 * Like `test` of node, with a limit. Hooks (`t.after`) run when it is over, too.
 * @param {string} name @param {(t: import("node:test").TestContext) => unknown} body
 */
export const test = (name, body) =>
  begin(name, { timeout: LIMIT_MS }, async (t) => {
    const stuck = () => tellStuck(name);
    t.signal.addEventListener("abort", stuck);
    await body(t);
    t.signal.removeEventListener("abort", stuck);
  });
