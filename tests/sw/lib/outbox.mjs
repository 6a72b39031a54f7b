// An outbox of its own on a site of its own, in a page and in a real service worker of both browsers.

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openStage, startBrowser, startServer } from "./stage.mjs";

/** @typedef {import("./stage.mjs").Place} Place @typedef {Partial<import("./driver.js").Call>} Extra */

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;

/** @param {string} id @param {string} [type] @param {object} [data] */
export const report = (id, type = "event.tracked", data = { name: "x" }) => ({ id, type, time: "2026-11-20T12:00:00Z", data });

/** What Softbell says of reports that it took. */
export const TAKEN = { body: { stored: 3, duplicates: 0, drop: [] } };

/** @param {any[]} events */
export const ids = (events) => events.map((event) => event.id ?? event.event.id);

let serial = 0;

/** One browser with its stage, and the server that both browsers ask. @param {"chrome" | "firefox"} engine */
const openWorld = (engine) => {
  const world = {
    engine,
    server: /** @type {Awaited<ReturnType<typeof startServer>>} */ (/** @type {unknown} */ (undefined)),
    browser: /** @type {import("puppeteer-core").Browser} */ (/** @type {unknown} */ (undefined)),
    stage: /** @type {Awaited<ReturnType<typeof openStage>>} */ (/** @type {unknown} */ (undefined)),
    newSite: () => `s${++serial}`,
    /** An outbox of its own on a site of its own. @param {Place} [place] */
    fresh: (place = "page") => {
      const site = world.newSite();
      const box = `softbell:/${site}/`;
      /** @param {string} method @param {any[]} args @param {Extra} [extra] */
      const attempt = (method, args = [], extra = {}) => world.stage.call(place, { box, site, method, args, ...extra });
      /** @param {string} method @param {any[]} [args] @param {Extra} [extra] */
      const act = async (method, args, extra) => {
        const { value, error } = await attempt(method, args, extra);
        assert.equal(error, undefined, `${method} was rejected`);
        return value;
      };
      const script = world.server.script(site);
      return {
        site, box, attempt, act, script,
        /** Puts device and reports there and lets the server know the device. @param {any[]} [events] */
        ready: async (events = []) => {
          await act("patch", [{ permission: "default" }]);
          await act("flush");
          await act("addAll", [events]);
          script.asked.length = 0;
        },
        /** What was asked since the last look. @returns {string[]} */
        asked: () => script.asked.splice(0).map(({ method, body }) => (method === "PUT" ? `PUT ${body.revision}` : `POST ${ids(body)}`)),
        waiting: async () => ids(await act("entries")),
        pause: async () => {
          const { pause } = await act("device");
          return pause ? Math.round((pause.until - pause.from) / SECOND) : 0;
        },
      };
    },
    /** The same tests in a page and in a worker; neither may throw into its host. @param {(place: Place) => void} tests */
    places: (tests) => {
      for (const place of /** @type {const} */ (["page", "worker"]))
        describe(place, () => {
          after(async () => {
            const { value } = await world.stage.call(place, { box: "", site: "", method: "uncaught", args: [] });
            assert.deepEqual(value, [], "nothing was thrown into the host");
          });
          tests(place);
        });
    },
  };
  return world;
};

/** @param {(world: ReturnType<typeof openWorld>) => void} tests */
export const inBothEngines = (tests) => {
  /** @type {Awaited<ReturnType<typeof startServer>>} */
  let server;
  before(async () => (server = await startServer()));
  after(() => server.close());
  for (const engine of /** @type {const} */ (["chrome", "firefox"]))
    describe(engine, () => {
      const world = openWorld(engine);
      before(async () => {
        world.server = server;
        world.browser = await startBrowser(engine);
        world.stage = await openStage(world.browser, server.origin);
      });
      after(() => world.browser?.close());
      tests(world);
    });
};
