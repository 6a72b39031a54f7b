// Proves the harness in both browsers: real prompt, real subscription, real push, real notification, real click.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import webpush from "web-push";
import { BROWSERS, launch } from "./lib/browser.mjs";
import { temporaryFolder } from "./lib/processes.mjs";
import { scene } from "./lib/scene.mjs";
import { serveFolder } from "./lib/site.mjs";
import { inFront } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const FIXTURE = fileURLToPath(new URL("./fixtures/harness/", import.meta.url));

/**
 * A scene with the fixture's page open in it.
 * @param {import("node:test").TestContext} t
 * @param {import("./lib/browser.mjs").BrowserName} name
 * @param {{ profile?: string }} [options]
 */
async function openFixture(t, name, options) {
  const site = await serveFolder(FIXTURE);
  t.after(() => site.close());
  const { browser, lab, display, close } = await scene(name, options);
  t.after(close);
  const page = await browser.newPage();
  await page.goto(`${site.origin}/`);
  return { site, browser, lab, display, page };
}

/**
 * Asks, allows, and subscribes.
 * @param {import("./lib/browser.mjs").TestBrowser} browser
 * @param {import("./lib/pages.mjs").WatchedPage} page
 */
async function optIn(browser, page) {
  await page.click("#ask");
  await browser.answerPrompt("allow");
  await answered(page, "granted");
  const keys = webpush.generateVAPIDKeys();
  const subscription = await page.evaluate((key) => /** @type {any} */ (globalThis).subscribe(key), keys.publicKey);
  return { keys, subscription };
}

/**
 * Encrypts with an independent library and posts to where the endpoint lives in the lab.
 * @param {import("./lib/lab.mjs").Lab} lab
 * @param {import("web-push").PushSubscription} subscription
 * @param {import("web-push").VapidKeys} keys
 * @param {string} payload
 */
async function sendPush(lab, subscription, keys, payload) {
  const vapidDetails = { subject: "mailto:harness@example.com", ...keys };
  const { headers, body } = webpush.generateRequestDetails(subscription, payload, { vapidDetails, TTL: 60 });
  return fetch(lab.pushUrl(subscription.endpoint), { method: "POST", headers, body: body && new Uint8Array(body) });
}

/** @param {import("./lib/pages.mjs").WatchedPage} page @param {string} expected */
const answered = (page, expected) => until(`the answer ${expected}`, async () =>
  (await page.evaluate(() => document.querySelector("#answer")?.textContent)) === expected);

for (const name of BROWSERS) {
  test(`${name}: allow, subscribe, push, notification, click, landing page`, async (t) => {
    const { site, browser, lab, page } = await openFixture(t, name);
    assert.equal(await browser.promptIsOpen(), false);
    const { keys, subscription } = await optIn(browser, page);
    assert.equal(await browser.promptIsOpen(), false);
    assert.equal((await sendPush(lab, subscription, keys, "Hello from far away")).status, 201);
    const shown = await lab.notification((n) => n.summary === "Hello from far away");
    await lab.click(shown.id);

    const landed = await inFront(browser, `${site.origin}/landing.html`);
    assert.deepEqual([...page.consoleLines, ...landed.consoleLines], []);
  });

  test(`${name}: a push sent while the browser is closed arrives after its next start`, async (t) => {
    const kept = temporaryFolder("kept-profile");
    const { browser, lab, display, page } = await openFixture(t, name, { profile: kept.path });
    const { keys, subscription } = await optIn(browser, page);
    await browser.quit();
    assert.equal((await sendPush(lab, subscription, keys, "While you were away")).status, 201);
    const again = await launch(name, { lab, display, profile: kept.path });
    t.after(() => again.close().finally(kept.remove));
    await lab.notification((n) => n.summary === "While you were away");
  });

  test(`${name}: block`, async (t) => {
    const { browser, page } = await openFixture(t, name);
    assert.equal(await browser.promptStaysClosed(), true);
    await page.click("#ask");
    await until("the native prompt", browser.promptIsOpen);
    assert.equal(await browser.promptStaysClosed(), false);
    await browser.answerPrompt("block");
    await answered(page, "denied");
    assert.equal(await page.evaluate(() => Notification.permission), "denied");
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: dismissal keeps the question open`, async (t) => {
    const { browser, page } = await openFixture(t, name);
    await page.click("#ask");
    await browser.answerPrompt("dismiss");
    assert.equal(await page.evaluate(() => Notification.permission), "default");
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: the console tells every fault`, async (t) => {
    const { site, page } = await openFixture(t, name);
    const dead = await serveFolder(FIXTURE);
    dead.close();
    await page.goto(`${site.origin}/noisy.html?dead=${dead.origin}`);
    await until("the page to have said everything", async () => (await page.title()) === "Said everything");
    const expected = [/^warn: a warning /, /^uncaught: .*a thrown error/, /^uncaught: .*a rejection nobody handles/,
      /^status 404: .*missing\.json$/, new RegExp(`^failed: ${dead.origin}/ .*REFUSED`), /Content.Security.Policy.*img-src/i];
    for (const line of expected) {
      await until(`${line}`, () => page.consoleLines.some((text) => line.test(text)), { hint: () => page.consoleLines });
    }
  });
}
