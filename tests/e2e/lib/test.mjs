// A test with a time limit: what hangs is told by name, with all that was awaited; its scene is taken down, the next test goes on.

import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { test as begin } from "node:test";
import { fileURLToPath } from "node:url";

/** No test takes a fifth of it, on a busy machine. ms */
const LIMIT_MS = 360_000;

/** Also said here, because node's runner hears nothing more of a file that it breaks off. `tools/test.sh` shows it. */
const LOG = fileURLToPath(new URL("../../../build/test/stuck.log", import.meta.url));

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
  const told = [...tellers].flatMap((tell) => {
    try { return tell(); } catch (error) { return [String(error)]; }
  });
  const text = [`${who} hangs; it waits for:`, ...told].join("\n  ");
  console.log(text);
  mkdirSync(dirname(LOG), { recursive: true });
  appendFileSync(LOG, `${text}\n`);
}

/**
 * Like `test` of node, with a limit. Hooks (`t.after`) run when it is over, too.
 * @param {string} name @param {(t: import("node:test").TestContext) => unknown} body
 */
export const test = (name, body) =>
  begin(name, { timeout: LIMIT_MS }, async (t) => {
    const stuck = () => tellStuck(name);
    t.signal.addEventListener("abort", stuck);
    // Node aborts when any test is over, too: what is still listening then was broken off.
    try { await body(t); } finally { t.signal.removeEventListener("abort", stuck); }
  });
