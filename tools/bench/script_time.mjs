// How long a page's main thread was busy with script, by the browser's own trace.
//
// The counter ScriptDuration leaves out what runs after an `await`: microtasks start when the call it counts has ended.

/** Everything in which script is compiled or run on the main thread; what they hold inside counts with them. */
const SCRIPT = new Set([
  "EvaluateScript", "FunctionCall", "v8.compile", "v8.compileModule", "v8.evaluateModule", "v8.run",
  "BlinkScheduler_PerformMicrotaskCheckpoint", // `RunMicrotasks` of older versions
]);

const CATEGORIES = ["-*", "devtools.timeline", "v8", "blink.user_timing", "toplevel"];

/** @typedef {{ name: string, ph: string, pid: number, tid: number, ts: number, dur?: number }} Entry `ts` and `dur` in µs */

/** How long at least one of them lasted before `end`. @param {Entry[]} entries @param {number} end µs @returns {number} µs */
const covered = (entries, end) => {
  let [sum, reached] = [0, 0];
  for (const { ts, dur = 0 } of [...entries].sort((one, other) => one.ts - other.ts)) {
    const until = Math.min(ts + dur, end);
    sum += Math.max(0, until - Math.max(ts, reached));
    reached = Math.max(reached, until);
  }
  return sum;
};

/** Begins a trace. @param {import("puppeteer-core").Page} page */
export async function scriptTime(page) {
  await page.tracing.start({ categories: CATEGORIES });
  return {
    /** Ends it; ms of script on the thread of this mark, before it. @param {string} mark */
    untilMark: async (mark) => {
      const buffer = await page.tracing.stop();
      /** @type {Entry[]} */
      const all = JSON.parse(new TextDecoder().decode(buffer)).traceEvents;
      const end = all.find(({ name }) => name === mark);
      if (!end) throw new Error(`the trace has no mark ${mark}`);
      const mine = all.filter(({ name, ph, pid, tid }) => ph === "X" && pid === end.pid && tid === end.tid && SCRIPT.has(name));
      return covered(mine, end.ts) / 1000;
    },
  };
}
