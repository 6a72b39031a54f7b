// A client's life on a page that starts, ends and doubles it, with the built kit in a real browser: nothing stays behind.

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../e2e/lib/processes.mjs";
import { serveFolder } from "../e2e/lib/site.mjs";
import { until } from "../e2e/lib/until.mjs";
import { openChromium } from "./lib/chromium.mjs";
import { ROOT } from "./lib/packed.mjs";

/** @typedef {import("../../pkg/index.js").Softbell} Softbell */

/** A server whose configuration never comes. @param {import("node:test").TestContext} t */
const silence = async (t) => {
  let broken = 0;
  const server = createServer((_, response) => void response.on("close", () => (broken += 1)));
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  t.after(() => (server.closeAllConnections(), server.close()));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://localhost:${port}`, broken: () => broken };
};

/** A page with two copies of the kit in reach, and a record of what is left of listeners and timers. @param {import("node:test").TestContext} t */
const stage = async (t) => {
  const folder = temporaryFolder("twice");
  t.after(folder.remove);
  for (const copy of ["one", "two"]) cpSync(`${ROOT}pkg/dist/softbell`, join(folder.path, copy), { recursive: true });
  const { origin, close } = await serveFolder(folder.path);
  t.after(close);
  const page = await (await openChromium(t)).newPage();
  await page.goto(`${origin}/one/client.js`);
  await page.evaluate(() => {
    const scope = /** @type {any} */ (window);
    scope.left = 0;
    for (const target of [window, document, navigator.serviceWorker].filter(Boolean)) {
      const add = target.addEventListener.bind(target);
      target.addEventListener = (/** @type {any[]} */ ...given) => {
        const signal = given[2]?.signal;
        scope.left += 1;
        signal?.addEventListener("abort", () => (scope.left -= 1));
        return /** @type {any} */ (add)(...given);
      };
    }
    const timers = (scope.timers = new Set());
    const { setTimeout: start, clearTimeout: stop } = window;
    scope.setTimeout = (/** @type {() => void} */ run, /** @type {number} */ ms) => {
      const id = start(() => (timers.delete(id), run()), ms);
      timers.add(id);
      return id;
    };
    scope.clearTimeout = (/** @type {number} */ id) => (timers.delete(id), stop(id));
  });
  return { page, silent: await silence(t) };
};

test("J2: destroy() while everything is under way leaves nothing running, and init() starts anew", async (t) => {
  const { page, silent } = await stage(t);
  const found = await page.evaluate(async (server) => {
    const { init } = await import(`${location.origin}/one/client.js`);
    const scope = /** @type {any} */ (window);
    const codes = [];
    for (const moment of ["at once", "while loading", "when ready"]) {
      const softbell = /** @type {Softbell} */ (init({ site: "shop", server }));
      const waiting = softbell.ask().catch((error) => error.code);
      if (moment === "while loading") await new Promise((resolve) => setTimeout(resolve, 0));
      if (moment === "when ready") await softbell.ready;
      await softbell.destroy();
      codes.push(await waiting, await softbell.getStatus().catch((error) => error.code));
    }
    await new Promise((resolve) => requestIdleCallback(resolve));
    const left = { listeners: scope.left, timers: scope.timers.size, popup: document.querySelectorAll("[data-softbell-popup]").length, mark: Symbol.for("softbell") in globalThis };
    const again = init({ site: "shop", server });
    const { status } = await again.ready;
    return { codes, left, status };
  }, silent.origin);
  assert.deepEqual(found.codes, Array(6).fill("destroyed"));
  assert.deepEqual(found.left, { listeners: 0, timers: 0, popup: 0, mark: false });
  await until("the request for the configuration to be broken off", silent.broken);
  assert.match(found.status, /^(ask|blocked|unsupported)$/);
});

test("F7: the last word on consent counts, however fast it comes; and a No takes away what was stored since the one before", async (t) => {
  const { page, silent } = await stage(t);
  const found = await page.evaluate(async (server) => {
    const { init } = await import(`${location.origin}/one/client.js`);
    const softbell = /** @type {Softbell} */ (init({ site: "shop", server }));
    await softbell.ready;
    /** @type {(consents: ("granted" | "pending" | "denied")[]) => Promise<[code: string, stored: string[]]>} */
    const say = async (consents) => {
      localStorage["softbell.shop.history"] = "1|2|3"; // as another tab leaves it, where the visitor has agreed
      await Promise.all(consents.map((consent) => softbell.setConsent(consent)));
      const code = await softbell.getStatus().then(() => "on", (error) => error.code);
      return [code, Object.keys(localStorage)];
    };
    return [await say(["denied", "granted", "denied"]), await say(["denied"]), await say(["denied", "granted", "pending"]), (await say(["denied", "granted"]))[0]];
  }, silent.origin);
  const off = ["consent_denied", []];
  assert.deepEqual(found, [off, off, off, "on"]);
});

test("J2: init, destroy, init, as React's StrictMode does, is one client; the same configuration is the same one", async (t) => {
  const { page, silent } = await stage(t);
  const same = await page.evaluate(async (server) => {
    const { init } = await import(`${location.origin}/one/client.js`);
    const config = () => ({ site: "shop", server });
    const first = init(config());
    first.destroy();
    const second = init(config());
    const third = init(config());
    await second.ready;
    const other = init({ ...config(), theme: "dark" });
    const ended = await second.getStatus().catch((/** @type {any} */ { code }) => code);
    return [first === second, second === third, second === other, ended, (await other.ready).code >= 0];
  }, silent.origin);
  assert.deepEqual(same, [false, true, false, "destroyed", true]);
});

test("J2: a second copy of the kit on a page does nothing, and says so", async (t) => {
  const { page, silent } = await stage(t);
  const code = await page.evaluate(async (server) => {
    const [one, two] = await Promise.all(["one", "two"].map((copy) => import(`${location.origin}/${copy}/client.js`)));
    const first = one.init({ site: "shop", server });
    const code = await two.init({ site: "shop", server }).ready.catch((/** @type {any} */ error) => error.code);
    await first.ready;
    await first.destroy();
    await two.init({ site: "other", server }).ready; // the page is free again
    return code;
  }, silent.origin);
  assert.equal(code, "second_copy");
  assert.equal(page.consoleLines.filter((line) => /another copy runs on this page/.test(line)).length, 1);
});

test("J4: a listener that throws, adds or ends others stops nobody", async (t) => {
  const { page, silent } = await stage(t);
  const heard = await page.evaluate(async (server) => {
    const { init } = await import(`${location.origin}/one/client.js`);
    /** @type {string[]} */
    const heard = [];
    const softbell = /** @type {Softbell} */ (init({ site: "shop", server, theme: /** @type {any} */ ("pink") }));
    const twice = () => void heard.push("twice");
    softbell.on("error", () => {
      heard.push("throws");
      throw new Error("of the site");
    });
    softbell.on("error", () => void softbell.on("error", () => void heard.push("never")));
    const off = softbell.on("error", twice);
    softbell.on("error", twice);
    off();
    off();
    softbell.on("error", ({ code, field }) => void heard.push(`${code} ${field}`));
    await softbell.ready.catch(() => {});
    return heard;
  }, silent.origin);
  assert.deepEqual(heard, ["throws", "twice", "config_invalid theme"]);
});

test("J5: tags are added, replaced, removed and cleared; what the server would refuse is refused by its code", async (t) => {
  const { page, silent } = await stage(t);
  const found = await page.evaluate(async (server) => {
    const { init } = await import(`${location.origin}/one/client.js`);
    const softbell = /** @type {Softbell} */ (init({ site: "shop", server, prompt: false }));
    const tags = () => new Promise((resolve) => {
      indexedDB.open("softbell:/softbell/").onsuccess = ({ target }) => {
        const { result: db } = /** @type {any} */ (target);
        db.transaction("state").objectStore("state").get("device").onsuccess = (/** @type {any} */ event) => (db.close(), resolve(event.target.result.state));
      };
    });
    const code = (/** @type {Promise<unknown>} */ call) => call.then(() => "", (error) => error.code);
    const seen = [];
    // Two at once lose nothing.
    await Promise.all([softbell.setTags({ a: 1, b: "x" }), softbell.setTags({ c: true })]);
    seen.push((/** @type {any} */ (await tags())).tags);
    await softbell.setTags({ a: null, b: "y" });
    seen.push((/** @type {any} */ (await tags())).tags);
    await softbell.setTags({ only: 1 }, "replace");
    seen.push((/** @type {any} */ (await tags())).tags);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`t${at}`, at]));
    const any = (/** @type {any} */ value) => value;
    const codes = [
      await code(softbell.setTags(many)), await code(softbell.setTags({ a: any({}) })), await code(softbell.setTags({ a: NaN })),
      await code(softbell.setTags({ "": 1 })), await code(softbell.setTags({ a: "x".repeat(1_000_000) })),
      await code(softbell.setTopics(Array(10_000).fill("t"))), await code(softbell.setTopics(any([7]))), await code(softbell.setTopics(any("news"))),
      await code(softbell.ask({ topics: [""] })), await code(softbell.snooze(new Date(NaN))), await code(softbell.snooze(new Date(8.64e15))),
      await code(softbell.track("x", many)), await code(softbell.snooze(new Date(Date.now() + 60_000))),
    ];
    const { tags: kept, snoozed_until: until } = /** @type {any} */ (await tags());
    await softbell.setTags({}, "replace");
    return { seen, codes, kept, until, cleared: (/** @type {any} */ (await tags())).tags };
  }, silent.origin);
  assert.deepEqual(found.seen, [{ a: 1, b: "x", c: true }, { b: "y", c: true }, { only: 1 }]);
  assert.deepEqual(found.codes, [
    "tags_too_many", "tag_invalid", "tag_invalid", "tag_invalid", "tag_invalid", "topics_too_many", "topic_invalid", "topic_invalid",
    "topic_invalid", "snooze_invalid", "snooze_invalid", "properties_too_many", "",
  ]);
  assert.deepEqual(found.kept, { only: 1 }, "a call that is refused changes nothing");
  assert.deepEqual(found.cleared, {});
  assert.match(found.until, /^\d{4}-.*Z$/);
});
