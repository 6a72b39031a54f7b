// Whatever a visitor and a site do in two tabs, in whatever order: what was said last holds once all is quiet.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openBrowser, watch } from "./lib/browser.mjs";

/**
 * @typedef {import("./lib/browser.mjs").Browser} Browser
 * @typedef {import("./lib/tab.mjs").Tab} Tab
 * @typedef {import("../../pkg/index.js").Softbell} Softbell
 * @typedef {import("../../pkg/index.js").Consent} Consent
 * @typedef {keyof typeof CALLS | "reload" | "freeze" | "thaw" | "offline" | "online" | "late" | "go"} Act
 * @typedef {{at: 0 | 1, act: Act, turns: number}} Step
 */

/** What the site calls. */
const CALLS = {
  optIn: (/** @type {Softbell} */ softbell) => softbell.optIn(),
  optOut: (/** @type {Softbell} */ softbell) => softbell.optOut(),
  setTopics: (/** @type {Softbell} */ softbell) => softbell.setTopics(["sales"]),
  ann: (/** @type {Softbell} */ softbell) => softbell.identify("ann", "token"),
  ben: (/** @type {Softbell} */ softbell) => softbell.identify("ben", "token"),
  logout: (/** @type {Softbell} */ softbell) => softbell.logout(),
  granted: (/** @type {Softbell} */ softbell) => softbell.setConsent("granted"),
  denied: (/** @type {Softbell} */ softbell) => softbell.setConsent("denied"),
  eraseData: (/** @type {Softbell} */ softbell) => softbell.eraseData(),
  page: async (/** @type {Softbell} */ softbell) => softbell.page("/next"),
  track: async (/** @type {Softbell} */ softbell) => softbell.track("viewed"),
};
const SLOW = ["PUT", "answer to PUT", "DELETE", "answer to DELETE", "subscribe", "unsubscribe"];
/** As long as the longest pause that the client makes by itself, and longer, ms. */
const HOUR = 3_600_000;
/** The same cases each time, so that what is not about a change does not fail for it; RUNS and SEED look for more. */
const RUNS = { numRuns: Number(process.env.RUNS ?? 150), seed: Number(process.env.SEED ?? 1) };

/** Two tabs, and what the site has said in them. */
class Story {
  browser = openBrowser();
  /** @type {Consent} */
  consent = "granted";
  /** @type {{tab: Tab, name: string, outcome: string}[]} */
  said = [];
  /** @type {(() => void)[]} */
  late = [];
  /** What each client has told last. @type {Map<Tab, string>} */
  told = new Map();
  /** Where a second client took the place of the first. @type {Set<Tab>} */
  renewed = new Set();
  /** What one has told twice in a row. @type {string[]} */
  repeated = [];
  /** @type {Tab[]} */
  tabs = [this.open(), this.open()];

  open() {
    const tab = this.browser.open({ consent: this.consent });
    tab.softbell.on("status.changed", ({ status, subscription, reachable }) => {
      const told = `${status} ${subscription} ${reachable}`;
      if (told === this.told.get(tab) && !this.renewed.has(tab)) this.repeated.push(told);
      this.told.set(tab, told);
    });
    return tab;
  }

  /** @param {Tab} tab @param {keyof typeof CALLS} name */
  call(tab, name) {
    if (!tab.isAwake) return;
    if (name === "granted" || name === "denied") this.consent = name;
    if (name === "granted" || name === "eraseData") this.renewed.add(tab);
    this.said.push(Object.assign(watch(CALLS[name](tab.softbell)), { tab, name }));
  }

  /** @param {boolean} online */
  connect(online) {
    this.browser.online = online;
    if (online) for (const tab of this.tabs) if (tab.isAwake) tab.fire("online");
  }

  /** @param {0 | 1} at @param {Act} act @param {number} turns */
  act(at, act, turns) {
    const tab = /** @type {Tab} */ (this.tabs[at]);
    if (act === "reload") {
      tab.leave();
      this.said = this.said.filter((call) => call.tab !== tab || call.outcome !== "waits"); // nobody is there any more
      this.tabs[at] = this.open();
    } else if (act === "freeze") tab.isAwake && tab.freeze();
    else if (act === "thaw") tab.isAwake || tab.thaw();
    else if (act === "offline" || act === "online") this.connect(act === "online");
    else if (act === "late") this.late.push(this.browser.hold(String(SLOW[turns % SLOW.length])));
    else if (act === "go") this.late.shift()?.();
    else this.call(tab, act);
  }

  /** Until nothing is left to be done. */
  async rest() {
    for (const tab of this.tabs) if (!tab.isAwake) tab.thaw();
    this.late.splice(0).forEach((go) => go());
    await this.browser.settle();
    this.connect(true);
    await this.browser.elapse(HOUR);
  }

  /** The page is opened anew, alone. */
  async reload() {
    for (const tab of this.tabs) tab.leave();
    this.tabs = [this.open()];
    await this.browser.elapse(HOUR);
  }

  /** The last of these that the client did. @param {string[]} names */
  last(...names) {
    return this.said.findLast(({ name, outcome }) => names.includes(name) && outcome === "done")?.name;
  }
}

/** Nothing is stored. A worker that another tab has begun to register may come after ours was taken away. @param {Browser} browser */
const isBare = ({ kept, hasDatabase, subscription }) => assert.deepEqual([kept, hasDatabase, subscription], [[], false, undefined]);

/** Consent is denied in both tabs; then nothing is stored, and nothing but the withdrawal is sent. @param {Story} story */
const checkDenied = async (story) => {
  const { browser, tabs } = story;
  const before = browser.server.asked.length;
  for (const tab of tabs) story.call(tab, "denied");
  await story.rest();
  for (const tab of tabs) for (const name of /** @type {const} */ (["page", "track"])) story.call(tab, name);
  await story.reload();
  isBare(browser);
  const sent = browser.server.asked.slice(before);
  assert.ok(sent.every(({ method, body }) => method === "PUT" && body.subscription === null && body.consent_entries.at(-1).withdrawal));
  const lines = new Set(sent.map(({ device, body }) => `${device} ${body.consent_entries.at(-1).id}`));
  assert.equal(lines.size, new Set(sent.map(({ device }) => device)).size, "one withdrawal a device");
};

/** What the server knows of this browser's device. @param {Browser} browser */
const known = ({ record, server }) => server.devices.get(record?.id);

/** Push is off: here, and for the server. @param {Story} story */
const checkOff = async (story) => {
  await story.reload();
  assert.deepEqual([story.browser.subscription, known(story.browser)?.state.subscription ?? null], [undefined, null]);
};

/** @param {Story} story */
const checkOn = async (story) => {
  await story.reload();
  const endpoint = story.browser.subscription?.endpoint;
  assert.ok(endpoint);
  assert.equal(known(story.browser)?.state.subscription?.endpoint, endpoint);
};

/** @param {Story} story @param {string | undefined} name */
const checkUser = ({ browser }, name) => assert.equal(known(browser)?.user ?? null, name === "logout" ? null : name);

const CALM = /** @type {Act[]} */ ([...Object.keys(CALLS), "reload", "freeze", "thaw"]);
const STORMY = /** @type {Act[]} */ ([...CALM, "offline", "online", "late", "late", "go"]);

/** @param {Act[]} acts @returns {fc.Arbitrary<Step[]>} */
const steps = (acts) => fc.array(fc.record({ at: fc.constantFrom(0, 1), act: fc.constantFrom(...acts), turns: fc.nat(40) }), { maxLength: 12 });

/** What holds at any time. @param {Story} story */
const checkAll = (story) => {
  assert.deepEqual(story.said.filter(({ outcome }) => outcome === "waits").map(({ name }) => name), [], "every call ends");
  assert.deepEqual(story.repeated, [], "nothing is told twice");
};

test("A17 F7 J2: after anything that two tabs did at once, what is said then holds: push off, on, or nothing at all; every call ends", async () => {
  const last = /** @type {fc.Arbitrary<"optOut" | "optIn" | "denied">} */ (fc.constantFrom("optOut", "optIn", "denied"));
  await fc.assert(
    fc.asyncProperty(steps(STORMY), last, async (steps, name) => {
      const story = new Story();
      for (const { at, act, turns } of steps) {
        story.act(at, act, turns);
        for (let turn = 0; turn < turns; turn++) await story.browser.tasks.turn();
      }
      await story.rest();
      checkAll(story);
      if (name === "denied") return checkDenied(story);
      await story.reload();
      const tab = /** @type {Tab} */ (story.tabs[0]);
      if (story.consent === "denied") story.call(tab, "granted");
      await story.browser.settle();
      story.call(tab, name);
      await story.rest();
      checkAll(story);
      assert.equal(story.said.at(-1)?.outcome, "done");
      await (name === "optOut" ? checkOff(story) : checkOn(story));
    }),
    RUNS,
  );
});

test("A15 A17 F7: where two tabs do one thing after the other, the last word holds, on push and on the user", async () => {
  await fc.assert(
    fc.asyncProperty(steps(CALM), async (steps) => {
      const story = new Story();
      await story.browser.settle();
      for (const { at, act, turns } of steps) {
        story.act(at, act, turns);
        await story.browser.settle();
      }
      await story.rest();
      checkAll(story);
      const word = story.last("optIn", "optOut", "eraseData", "denied");
      if (word === "optOut") await checkOff(story);
      if (word === "optIn") await checkOn(story);
      // A tab whose user has left in another one proves him again, when it subscribes anew: it has not heard of it.
      const user = story.last("ann", "ben", "logout", "optIn", "granted", "eraseData", "denied");
      if (user && ["ann", "ben", "logout"].includes(user)) checkUser(story, user);
    }),
    RUNS,
  );
});
