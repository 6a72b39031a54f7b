// Changes behind our back, in both browsers: another key of the server, a permission flipped in the browser's own
// settings, a subscription that is gone. Each is found and mended without a prompt.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { binary } from "./lib/binary.mjs";
import { BROWSERS } from "./lib/browser.mjs";
import { DAY, MINUTE, moveClock } from "./lib/clock.mjs";
import { openSettings } from "./lib/content_setting.mjs";
import { LIMITED } from "./lib/processes.mjs";
import { query, reports } from "./lib/server.mjs";
import { popupIsOpen, told } from "./lib/shop.mjs";
import { sendMessage } from "./lib/site_messages.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** Endpoint and key that the server has of the one device. @param {import("./lib/server.mjs").DemoServer} server */
const subscription = async ({ database }) => (await query(database, "select endpoint, vapid from devices where endpoint is not null"))[0];

/** As an operator does it. @param {import("./lib/server.mjs").DemoServer} server */
const rotate = (server) => {
  const data = dirname(server.database);
  const settings = join(data, "rotate.toml");
  writeFileSync(settings, `data_dir = ${JSON.stringify(data)}\npublic_url = "https://push.example.com"\ncontact = "mailto:ops@example.com"\n[sites.shop]\norigins = ["https://shop.example.com"]\n`);
  execFileSync(binary("softbell-server", "SOFTBELL_SERVER"), ["rotate-vapid", "--settings", settings], LIMITED);
};

/**
 * The real content setting of the page's site, changed in another tab.
 * @param {import("./lib/browser.mjs").TestBrowser} testBrowser @param {import("./lib/pages.mjs").WatchedPage} page @param {"allow" | "block"} setting
 */
const setContentSetting = async (testBrowser, page, setting) => {
  const { name, browser } = testBrowser;
  const { origin } = new URL(page.url());
  if (name === "chromium") {
    const settings = await openSettings(testBrowser);
    await settings.notifications(origin, setting);
    // The tab only asks for it.
    await until("the setting", () => page.evaluate(() => Notification.permission).then((now) => now === { allow: "granted", block: "denied" }[setting]));
    await settings.close();
    return;
  }
  const { connection } = /** @type {any} */ (browser);
  const { result } = await connection.send("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
  const context = result.contexts.find((/** @type {any} */ { url }) => url === "chrome://browser/content/browser.xhtml").context;
  const expression = `Services.perms.addFromPrincipal(Services.scriptSecurityManager.createContentPrincipalFromOrigin(${JSON.stringify(origin)}),
    "desktop-notification", Services.perms.${setting === "allow" ? "ALLOW" : "DENY"}_ACTION)`;
  await connection.send("script.evaluate", { expression, target: { context }, awaitPromise: false });
};

for (const name of BROWSERS) {
  test(`${name}: A9 A12: a new key of the server and a lost subscription are mended without a prompt`, async (t) => {
    const { browser, lab, server, page, send } = await subscriber(t, name, { clock: true });
    const first = await subscription(server);
    await server.kill();
    rotate(server);
    await server.restart();
    // Who has not come back yet is still reached: signed with the key that the subscription was made with.
    await send.message({ title: "Before the renewal" });
    await lab.notification((n) => n.summary === "Before the renewal");
    await moveClock(page, DAY + MINUTE);
    await page.reload();
    const second = await until("a subscription with the new key", async () => {
      const now = await subscription(server);
      return now?.vapid !== first.vapid && now;
    });
    assert.notEqual(second.endpoint, first.endpoint);
    assert.equal((await query(server.database, "select 1 from devices")).length, 1, "the same device");
    await until("the device to be reachable", async () => (await told(page)).status.reachable);

    // The browser takes it back: found at the daily check.
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration("/softbell/");
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
    });
    await moveClock(page, DAY + MINUTE);
    await page.reload();
    const third = await until("a subscription again", async () => {
      const now = await subscription(server);
      return now && now.endpoint !== second.endpoint && now;
    });
    assert.equal(third.vapid, second.vapid);
    assert.equal(await popupIsOpen(page), false);
    assert.equal(await browser.promptStaysClosed(), true);
  });

  test(`${name}: A12: a visitor who cleared what the site had stored is reached again, without a question and without a message twice`, async (t) => {
    const { browser, lab, server, page } = await subscriber(t, name);
    // As the browser's own "Clear site data" does; the permission is a setting, and stays.
    await page.evaluate(async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
      localStorage.clear();
      const names = (await indexedDB.databases()).map((database) => database.name ?? "");
      await Promise.all(names.map((name) => new Promise((resolve) => { indexedDB.deleteDatabase(name).onsuccess = resolve; })));
    });
    await page.reload();
    await until("the device to be reachable", async () => (await told(page)).status.reachable);
    assert.equal(await popupIsOpen(page), false);
    assert.equal(await browser.promptStaysClosed(), true);
    await sendMessage(server, { title: "Still here", audience: { all: true } });
    await lab.notification(({ summary }) => summary === "Still here");
    // Whatever it brings to the endpoint from before has come when a later one has.
    await sendMessage(server, { title: "That was all", audience: { all: true } });
    await lab.notification(({ summary }) => summary === "That was all");
    assert.equal((await lab.notifications()).filter(({ summary }) => summary === "Still here").length, 1);
  });

  test(`${name}: A5: a permission flipped in the browser's own settings is told once, and the way back needs no popup`, async (t) => {
    const { browser, server, page } = await subscriber(t, name);
    await page.goto(`${server.shop}/?softbell`); // awake
    await told(page);
    await page.evaluate(() => {
      const scope = /** @type {any} */ (window);
      scope.changes = [];
      scope.softbell.push((/** @type {import("../../pkg/index.js").Softbell} */ softbell) => void softbell.on("permission.changed", ({ permission }) => scope.changes.push(permission)));
    });
    const other = await browser.newPage();
    await setContentSetting(browser, page, "block");
    await other.close();
    await page.bringToFront();
    // By the browser's own `focus` and `visibilitychange`, as the visitor comes back to the tab; none is made up here.
    await until("the page to hear of it", async () => (await told(page)).status.status === "blocked");
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).changes), ["denied"]);
    const all = await reports(server.database, (rows) => rows.some(({ type }) => type === "permission.changed"));
    assert.deepEqual(all.filter(({ type }) => type === "permission.changed").map(({ data }) => data), [{ permission: "denied" }]);

    await setContentSetting(browser, page, "allow");
    await page.reload();
    await until("the device to be reachable", async () => (await told(page)).status.reachable);
    assert.equal(await popupIsOpen(page), false);
  });
}
