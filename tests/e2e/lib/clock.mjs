// Moves the clock of a page: `Date` and long timers run on the test's time, over reloads too.

/** Timers shorter than this are the machinery of the page and of the browser, and run on real time. ms */
const LONG = 5_000;

/** In the page, before any script of its own. @param {number} long */
function install(long) {
  const Real = Date;
  const store = () => { try { return sessionStorage; } catch { return undefined; } };
  let offset = Number(store()?.getItem("clock") ?? 0);
  const now = () => Real.now() + offset;
  /** @type {Map<number, {due: number, run: () => void}>} */
  const waiting = new Map();
  const realTimeout = window.setTimeout.bind(window);
  const realClear = window.clearTimeout.bind(window);
  let next = 1_000_000_000;
  Object.assign(window, {
    Date: Object.assign(function (/** @type {any[]} */ ...given) {
      return given.length ? new Real(.../** @type {[any]} */ (given)) : new Real(now());
    }, { now, parse: Real.parse, UTC: Real.UTC, prototype: Real.prototype }),
    setTimeout: (/** @type {any} */ run, /** @type {number} */ ms = 0, /** @type {any[]} */ ...rest) => {
      if (!(ms >= long)) return realTimeout(run, ms, ...rest);
      waiting.set(++next, { due: now() + ms, run: () => run(...rest) });
      return next;
    },
    clearTimeout: (/** @type {number} */ id) => void (waiting.delete(id) || realClear(id)),
    moveClock: (/** @type {number} */ ms) => {
      offset += ms;
      store()?.setItem("clock", String(offset));
      for (const [id, { due, run }] of [...waiting]) if (due <= now() && waiting.delete(id)) run();
    },
  });
}

/** Puts the clock of a page, and of all it will show, into the test's hands. @param {import("puppeteer-core").Page} page */
export const takeClock = (page) => page.evaluateOnNewDocument(install, LONG);

/** @param {import("puppeteer-core").Page} page @param {number} ms */
export const moveClock = (page, ms) => page.evaluate((by) => /** @type {any} */ (window).moveClock(by), ms);

export const MINUTE = 60_000;
export const DAY = 86_400_000;
