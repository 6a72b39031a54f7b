// What destroy() leaves on a page with the script tag, with the built kit in a real browser: exactly what its comment in
// pkg/index.d.ts says. The client goes; the loader that started it has not the bytes to go as well.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/lib/until.mjs";
import { TAG, popups, site } from "./lib/site.mjs";

/** In the page, before its scripts: `left()` names the listeners that nothing has taken away yet. */
const record = () => {
  const targets = { window, document, worker: navigator.serviceWorker };
  const left = /** @type {Set<string[]>} */ (new Set());
  for (const [name, target] of Object.entries(targets)) {
    const add = target.addEventListener.bind(target);
    target.addEventListener = (/** @type {any[]} */ ...given) => {
      const entry = [`${name} ${given[0]}`];
      if (!given[2]?.signal?.aborted) left.add(entry); // else the browser takes it for none
      given[2]?.signal?.addEventListener("abort", () => left.delete(entry));
      return /** @type {any} */ (add)(...given);
    };
  }
  Object.assign(window, { left: () => [...left].flat().sort() });
};

/** @param {import("./lib/site.mjs").WatchedPage} page @returns {Promise<string[]>} */
const left = (page) => page.evaluate(() => /** @type {any} */ (window).left());

test("J2: after destroy() the script tag's own stay: its queue, the ask buttons that say so, and the way to a notification's page", async (t) => {
  const { page, origin } = await site(t, { "/": `<body>${TAG()}<button data-softbell="ask">Ask</button>` });
  await page.evaluateOnNewDocument(record);
  await page.goto(origin);
  await page.waitForSelector("[data-softbell-popup][data-ready]");
  const loaders = ["document prerenderingchange", "window click", "worker message"];
  assert.ok((await left(page)).length > loaders.length, "the client's");
  await page.evaluate(() => new Promise((resolve) => {
    /** @type {any} */ (window).softbell.push((/** @type {any} */ softbell) => softbell.destroy().then(resolve));
  }));
  assert.deepEqual(await left(page), loaders);
  assert.equal(await popups(page), 0);
  assert.deepEqual(page.consoleLines, []);

  await page.click("[data-softbell=ask]");
  await until("the console to say why nothing opens", () => page.consoleLines.length);
  assert.equal(page.consoleLines.length, 1);
  assert.match(String(page.consoleLines[0]), /^error: .*destroyed; init\(\) starts a new one/);
  const code = await page.evaluate(() => new Promise((resolve) => {
    /** @type {any} */ (window).softbell.push((/** @type {any} */ softbell) => softbell.ask({ force: true }).catch((/** @type {any} */ error) => resolve(error.code)));
  }));
  assert.equal(code, "destroyed");
  // As the worker asks where a press leads to this site.
  await page.evaluate(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => port1.postMessage(true);
    navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data: { softbell: "navigate", url: "/#there" }, ports: [port2] }));
  });
  await until("the page to go there", () => page.evaluate(() => location.hash === "#there"));
  assert.equal(await popups(page), 0);
});
