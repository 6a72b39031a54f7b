// Consent given, held back and denied in any order, on any page view, over any network: rule 7 of the design.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openBrowser } from "./lib/browser.mjs";

/** @typedef {import("./lib/push_server.mjs").Asked} Asked */

const KEY = "softbell.shop";

/** The one PUT that takes consent back: it says what is allowed, and nothing of who is there. @param {Asked} request */
const isWithdrawal = ({ method, body }) => method === "PUT" && "permission" in body && !("locale" in body);

/** localStorage that tells what it is asked for. @param {(write: boolean, name: string, text?: string) => void} touched */
const watched = (touched) => {
  /** @type {Map<string, string>} */
  const all = new Map();
  return {
    all,
    get: (/** @type {string} */ name) => (touched(false, name), all.get(name)),
    set: (/** @type {string} */ name, /** @type {string} */ text) => (touched(true, name, text), all.set(name, text)),
    delete: (/** @type {string} */ name) => all.delete(name),
    keys: () => (touched(false, "all"), all.keys()),
  };
};

/** A browser on a site whose banner remembers what the visitor said. */
const openSite = () => {
  const browser = openBrowser();
  const { server, tasks } = browser;
  /** The lines that took consent back, by device. @type {Map<string, Set<string>>} */
  const withdrawn = new Map();
  /** Devices that knew that the server has them. @type {Set<string>} */
  const known = new Set();
  /** What a page may do. @type {"anything" | "nothing" | "take back"} */
  let may = "anything";
  let banner = "granted";
  /** What was broken first: nothing that a page catches may hide it. @type {string | undefined} */
  let broken;
  const forbid = (/** @type {boolean} */ is, /** @type {string} */ what) => void (is && (broken ??= `${what}, where it may do ${may}`));

  const values = watched((write, name, text) => {
    const marks = name === `${KEY}.withdrawal` || (name === `${KEY}.history` && text === "0");
    forbid(may === "nothing" || (may === "take back" && write && !marks), `${write ? "wrote" : "read"} ${name}`);
  });
  let [database, worker] = [false, false];
  Object.defineProperties(browser, {
    values: { value: values },
    hasDatabase: { get: () => (forbid(may === "nothing", "opened the database"), database), set: (is) => { database = is; } },
    hasWorker: { get: () => worker, set: (is) => {
      forbid(is && may !== "anything", "registered the worker");
      worker = is;
    } },
  });

  /** How the next request fares: `lost` arrives, and its answer does not. @type {"lost" | "broken" | ""} */
  let weather = "";
  const { answer } = server;
  server.answer = (request) => {
    const { method, device, body } = request;
    const takesBack = isWithdrawal(request);
    forbid(may === "nothing" || (may === "take back" && !takesBack), `sent ${method}`);
    const whose = method === "POST" ? body[0].softbelltoken.slice(2) : device;
    forbid(!takesBack && withdrawn.has(whose), `sent ${method} of a device that was withdrawn`);
    const now = weather;
    weather = "";
    if (now === "broken") return { status: 503 };
    const answered = answer(request);
    if (takesBack) withdrawn.set(whose, (withdrawn.get(whose) ?? new Set()).add(body.consent_entries.at(-1).id));
    if (now === "lost") throw new TypeError("the answer is lost");
    return answered;
  };

  /** What was asked for before this moment arrives in the next turn, and that is nobody's fault. @param {typeof may} next */
  const from = async (next) => {
    may = next === "anything" || may === "nothing" ? next : may;
    for (let turn = 0; turn < 2; turn++) await tasks.turn();
    may = next;
  };

  const site = {
    browser, values, withdrawn, known,
    get tab() {
      return /** @type {import("./lib/tab.mjs").Tab} */ (browser.tabs.at(-1));
    },
    visit: async () => {
      browser.tabs.pop()?.leave();
      await from(banner === "granted" ? "anything" : banner === "denied" ? "take back" : "nothing");
      browser.open({ consent: /** @type {any} */ (banner) });
    },
    /** @param {string} consent */
    say: async (consent) => {
      banner = consent;
      // After an answer `pending` changes nothing on this page (pkg/index.d.ts); the next one begins with it.
      const begun = consent === "pending" ? undefined : from(consent === "granted" ? "anything" : "take back");
      site.tab.softbell.setConsent(/** @type {any} */ (consent)).catch(() => {});
      await begun;
    },
    /** @param {typeof weather} next */
    fare: (next) => void (weather = next),
    /** A while passes: some turns of what is under way, or all. @param {number | undefined} turns */
    wait: async (turns) => {
      if (turns === undefined) await browser.settle();
      else for (let turn = 0; turn < turns; turn++) await tasks.turn();
      const { token, id } = browser.record ?? {};
      if (token) known.add(id);
      assert.equal(broken, undefined);
      if (turns === undefined && may === "take back") site.isTakenBack();
    },
    isTakenBack: () => {
      const left = [...values.all.keys()].filter((name) => !/\.(withdrawal|history)$/.test(name));
      assert.deepEqual([left, database, worker, browser.subscription], [[], false, false, undefined]);
    },
  };
  return site;
};

/** @type {Record<string, (site: ReturnType<typeof openSite>) => unknown>} */
const STEPS = {
  granted: ({ say }) => say("granted"),
  denied: ({ say }) => say("denied"),
  pending: ({ say }) => say("pending"),
  visit: ({ visit }) => visit(),
  track: ({ tab }) => void tab.softbell.track("seen").catch(() => {}),
  optOut: ({ tab }) => void tab.softbell.optOut().catch(() => {}),
  optIn: ({ tab }) => void tab.softbell.optIn().catch(() => {}),
  offline: ({ browser }) => (browser.online = false),
  online: ({ browser, tab }) => ((browser.online = true), tab.fire("online")),
  lost: ({ fare }) => fare("lost"),
  broken: ({ fare }) => fare("broken"),
};

const step = fc.record({
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("granted", "denied", "pending") },
    { weight: 3, arbitrary: fc.constantFrom("visit", "track") },
    { weight: 2, arbitrary: fc.constantFrom(...Object.keys(STEPS)) },
  ),
  turns: fc.option(fc.nat(40), { nil: undefined }),
});

/** Two denials, of two devices, and of neither has the server heard when the second one comes. */
const UNHEARD = ["track", "broken", "denied", "broken", "granted", "track", "denied"].map((what) => ({ what, turns: undefined }));

/** The same cases in every run: what a new one shows must not stop somebody else's change. Take it out to look for more. */
const SEED = 20_261_121;

test("F7: whatever is said on whatever page: pending touches nothing, denied takes all back and tells it once, granted after that is a new device", async () => {
  const steps = fc.array(step, { maxLength: 20 });
  await fc.assert(fc.asyncProperty(steps, async (steps) => {
    const site = openSite();
    await site.visit();
    for (const { what, turns } of steps) {
      await STEPS[what]?.(site);
      await site.wait(turns);
    }
    // In the end the network is there, and the visitor says No.
    site.browser.online = true;
    site.fare("");
    await site.say("denied");
    await site.wait(undefined);
    await site.visit();
    await site.wait(undefined);
    assert.equal(site.values.all.size, 0, "nothing is left to be told");
    for (const device of site.known) assert.equal(site.withdrawn.get(device)?.size, 1, "withdrawals told of one device");
  }), { numRuns: 400, seed: SEED, examples: [[UNHEARD]], includeErrorInReport: true });
});
