// From another kit to Softbell, in both browsers: nobody is asked again, nothing comes twice, and the old worker goes when
// the site says so.

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import webpush from "web-push";
import { BROWSERS } from "./lib/browser.mjs";
import { temporaryFolder } from "./lib/processes.mjs";
import { scene } from "./lib/scene.mjs";
import { sender } from "./lib/send.mjs";
import { configure, KIT, popupIsOpen, SHOP, told } from "./lib/shop.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const OLD = fileURLToPath(new URL("fixtures/switching", import.meta.url));

/** Kits that a shop may have had. @typedef {{worker: string, scope: string, payload: (title: string) => object}} Kit */
/** @type {Record<string, Kit>} */
const KITS = {
  OneSignal: { worker: "/OneSignalSDKWorker.js", scope: "/", payload: (title) => ({ title, alert: "From the old kit", custom: { i: title } }) },
  Firebase: {
    worker: "/firebase-messaging-sw.js", scope: "/firebase-cloud-messaging-push-scope",
    payload: (title) => ({ notification: { title, body: "From the old kit" }, from: "1", fcmMessageId: title }),
  },
};

/**
 * A visitor who said Yes to the other kit before Softbell was on the page.
 * @param {import("node:test").TestContext} t @param {import("./lib/browser.mjs").BrowserName} name @param {Kit} kit
 */
const before = async (t, name, { worker, scope, payload }) => {
  const shop = temporaryFolder("shop");
  t.after(shop.remove);
  for (const folder of [SHOP, OLD]) cpSync(folder, shop.path, { recursive: true });
  const set = await scene(name, { demo: { kit: KIT, shop: shop.path } });
  t.after(set.close);
  const { browser, lab, server } = set;
  assert.ok(server);
  const page = await browser.newPage();
  const keys = webpush.generateVAPIDKeys();
  await page.goto(`${server.shop}/old.html#${worker},${scope},${keys.publicKey}`);
  await page.click("#ask");
  await browser.answerPrompt("allow");
  const subscription = JSON.parse(await until("the old subscription", async () => {
    const title = await page.title();
    return title.startsWith("{") && title;
  }));
  /** What the old sender's push service says to its message. @param {string} title */
  const send = async (title) => {
    const vapidDetails = { subject: "mailto:old@example.com", ...keys };
    const { headers, body } = webpush.generateRequestDetails(subscription, JSON.stringify(payload(title)), { vapidDetails, TTL: 60 });
    return (await fetch(lab.pushUrl(subscription.endpoint), { method: "POST", headers, body: body && new Uint8Array(body) })).status;
  };
  return { ...set, server, page, old: { send } };
};

/** @param {import("./lib/pages.mjs").WatchedPage} page @returns {Promise<string[]>} */
const scopes = (page) => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname).sort());

for (const name of BROWSERS)
  for (const [kit, facts] of Object.entries(KITS))
    test(`A12 J9: ${name}: from ${kit} to Softbell without a question, and without a message twice`, async (t) => {
      const { browser, lab, server, page, old } = await before(t, name, facts);
      /** A page view with this configuration; the server knows a live subscription after it. @param {object} config */
      const view = async (config) => {
        const { identifier } = await page.evaluateOnNewDocument(configure, JSON.stringify(config));
        await page.goto(`${server.shop}/`);
        await until("Softbell to reach this browser", async () => (await told(page)).status.reachable);
        await page.removeScriptToEvaluateOnNewDocument(identifier);
        assert.equal(await popupIsOpen(page), false);
      };
      /** All that was shown, but the server's welcome. */
      const shown = async () => (await lab.notifications()).map(({ summary }) => summary).filter((summary) => !summary.startsWith("Welcome"));

      await view({});
      assert.equal(await browser.promptStaysClosed(), true);
      const { message, raw } = await sender({ lab, server });
      await message({ title: "From Softbell" });
      await lab.notification(({ summary }) => summary === "From Softbell");
      // Nothing is retired that is not listed, and both go on side by side.
      assert.equal(await old.send("From the old kit"), 201);
      await lab.notification(({ summary }) => summary === "From the old kit");
      assert.deepEqual(await shown(), ["From Softbell", "From the old kit"]);
      assert.deepEqual(await scopes(page), [facts.scope, "/softbell/"].sort());

      await view({ replaces: [facts.scope] });
      await until("the old worker to go", async () => (await scopes(page)).join() === "/softbell/", { hint: () => scopes(page) });
      await until("the push service to hear of it", async () => [404, 410].includes(await old.send("Nobody sees this")));
      await message({ title: "Softbell again" });
      await lab.notification(({ summary }) => summary === "Softbell again");
      // And what the old sender sends here from now on, this worker reads (J9).
      await raw(JSON.stringify(facts.payload("Read by Softbell")));
      assert.equal((await lab.notification(({ summary }) => summary === "Read by Softbell")).text, "From the old kit");
      assert.deepEqual(await shown(), ["From Softbell", "From the old kit", "Softbell again", "Read by Softbell"]);
      assert.deepEqual(page.consoleLines, []);
    });
