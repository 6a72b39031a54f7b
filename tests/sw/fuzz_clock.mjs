// Time that passes only when nothing else is left to do: a wait of 25 seconds costs a microsecond, and a run with the
// same seed meets the same moments.

const immediate = setImmediate;

/** All that follows by itself from what happened so far has happened after it: microtasks run before the next task. */
const turn = () => new Promise((done) => void immediate(done));

/** @param {number} start ms since 1970 */
export const openClock = (start) => {
  let now = start;
  let serial = 0;
  /** By their order of calls; there are few. @type {{id: number, at: number, run: () => void}[]} */
  const timers = [];

  const setTimeout = (/** @type {(...args: any[]) => void} */ run, /** @type {unknown} */ ms, /** @type {any[]} */ ...args) => {
    serial += 1;
    timers.push({ id: serial, at: now + Math.max(0, Math.trunc(Number(ms)) || 0), run: () => run(...args) });
    return serial;
  };
  const clearTimeout = (/** @type {number | undefined} */ id) => {
    const at = timers.findIndex((timer) => timer.id === id);
    if (at >= 0) timers.splice(at, 1);
  };

  /** Fires the timer that is due first; of two at one moment the one that was set first. Whether there was one. */
  const next = () => {
    if (!timers.length) return false;
    const first = timers.reduce((one, other) => (other.at < one.at ? other : one));
    clearTimeout(first.id);
    now = Math.max(now, first.at);
    first.run();
    return true;
  };

  /** A `Date` that tells this time. @template {DateConstructor} D @param {D} Real @returns {D} */
  const dateOf = (Real) => {
    class Told extends /** @type {any} */ (Real) {
      /** @param {any[]} given */
      constructor(...given) {
        if (given.length) super(...given);
        else super(now);
      }

      static now() {
        return now;
      }
    }
    return /** @type {any} */ (Told);
  };

  return {
    setTimeout, clearTimeout, next, dateOf,
    now: () => now,
    /** @param {number} ms */
    advance: (ms) => void (now += ms),
    /** Lets time pass until it is so, or until nothing will ever happen any more. @param {() => boolean} done */
    until: async (done) => {
      for (await turn(); !done() && next(); ) await turn();
    },
  };
};
