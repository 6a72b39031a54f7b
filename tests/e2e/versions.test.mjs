// Pages and workers of different builds: a site updates its files, while browsers, caches and open tabs keep the old ones.
// Each step is one of the four pairs; what was said Yes to and chosen before must hold in each, and nothing comes twice.

import assert from "node:assert/strict";
import { cpSync, readFileSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BROWSERS } from "./lib/browser.mjs";
import { temporaryFolder } from "./lib/processes.mjs";
import { query } from "./lib/server.mjs";
import { call, fetched, KIT, told } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { inFront, report, shopTabs, SHOWN } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const OLD = fileURLToPath(new URL("fixtures/versions/ca1329f", import.meta.url));
const NEW = KIT;

/** So far; one a day. */
let releases = 0;

/**
 * What a site serves when its page is of one build and its worker of another. Each time of a later day: caches ask whether a
 * file changed since theirs, by the second.
 * @param {string} kit @param {string} page @param {string} worker
 */
const serve = (kit, page, worker) => {
  for (const file of readdirSync(kit)) rmSync(join(kit, file));
  cpSync(page, kit, { recursive: true });
  cpSync(join(worker, "sw.js"), join(kit, "sw.js"));
  const day = new Date(2026, 0, ++releases);
  for (const file of readdirSync(kit)) utimesSync(join(kit, file), day, day);
};

/** The mark that a worker of this kit answers with. @param {string} kit */
const markOf = (kit) => String(readFileSync(join(kit, "sw.js"), "utf8").match(/build:"([0-9a-f]{10})"/)?.[1]);

/**
 * The mark of the worker that runs. While another waits nobody is asked: Chromium lets it begin only once the old one has
 * nothing to do.
 * @param {import("./lib/pages.mjs").WatchedPage} page @returns {Promise<string>}
 */
const running = (page) => page.evaluate(async () => {
  const registration = await navigator.serviceWorker.getRegistration("/softbell/");
  if (registration?.installing || registration?.waiting) return "";
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data.build); });
  registration?.active?.postMessage({ softbell: "version" }, [port2]);
  // One that is just being replaced never answers: then it is asked again.
  return Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 2_000, ""))]);
});

for (const name of BROWSERS)
  test(`${name}: A21: page and worker of different builds get on: one subscription, its topics kept, every message shown and followed once`, async (t) => {
    const kit = temporaryFolder("kit");
    t.after(kit.remove);
    serve(kit.path, OLD, OLD);
    const { browser, lab, server, page, send, since } = await subscriber(t, name, { kit: kit.path });
    const subscriptions = async () => (await lab.ask("/push/subscriptions")).subscriptions.map((/** @type {any} */ { token, state }) => ({ token, state }));
    const devices = () => query(server.database, "select id, endpoint, topics from devices");
    const [{ id, endpoint }] = await devices();
    const before = await subscriptions();
    assert.equal(before.length, 1);

    /** @type {Awaited<ReturnType<typeof since>>} */
    const reported = [];
    /** @param {string} step @param {string} pageKit @param {string} worker what runs at its end @param {string[]} topics chosen before */
    const holds = async (step, pageKit, worker, topics) => {
      await page.goto(`${server.shop}/?softbell=&${step}`); // such an address wakes the client
      await until(`${step}: the server to confirm`, async () => (await told(page)).status.reachable, { hint: () => told(page) });
      const { status } = await told(page);
      assert.deepEqual([status.status, status.topics], ["allowed", topics], step);
      const file = readdirSync(pageKit).find((file) => /^client-.*\.wasm$/.test(file));
      assert.ok((await fetched(page)).includes(`/softbell/${file}`), step);
      await until(`${step}: the worker`, async () => (await running(page)) === markOf(worker), { hint: () => running(page) });

      // The page writes into the database, and the worker reads it.
      await call(page, "track", step);
      await (await call(page, "setTopics", [step])).outcome();
      await until("the topics", async () => (await devices())[0]?.topics === JSON.stringify([step]));
      await send.message({ title: step, navigate: "/welcome.html" });
      await lab.click((await lab.notification(({ summary }) => summary === step)).id);
      await inFront(browser, `${server.shop}/welcome.html`);
      reported.push({ type: "event.tracked", data: { name: step }, verified: 1 }, ...SHOWN, report("clicked"));
      assert.deepEqual(await since(reported.length), reported, step);
      assert.equal(await shopTabs(browser, server.shop), 1);
      assert.deepEqual(await subscriptions(), before, step);
      assert.deepEqual(await devices(), [{ id, endpoint, topics: JSON.stringify([step]) }], step);
      assert.deepEqual(page.consoleLines, [], step);
    };

    await holds("both-old", OLD, OLD, []);
    // The new files are out, but a cache still has the old worker.
    serve(kit.path, NEW, OLD);
    await holds("new-page", NEW, OLD, ["both-old"]);
    // Now it is out everywhere: the page has the browser look for it.
    serve(kit.path, NEW, NEW);
    await holds("both-new", NEW, NEW, ["new-page"]);
    // A page from the browser's cache, or one that was open all the time.
    serve(kit.path, OLD, NEW);
    await holds("new-worker", OLD, NEW, ["both-new"]);
    // And back: a release is withdrawn.
    serve(kit.path, OLD, OLD);
    await holds("withdrawn", OLD, OLD, ["new-worker"]);
  });
