// The thin chain, end to end in both browsers: popup, native prompt, subscription, welcome push, click, reports.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { quiet } from "./lib/quiet.mjs";
import { query, reports, types } from "./lib/server.mjs";
import { popupIsOpen, press, told, visit } from "./lib/shop.mjs";
import { inFront } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** The funnel of a Yes. */
const YES = ["prompt.shown", "prompt.accepted", "permission.requested"];

for (const name of BROWSERS) {
  test(`${name}: Yes, allow, welcome push, click, landing page, every report once`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name);
    assert.equal(await page.evaluate(() => Notification.permission), "default");
    await press(page, "yes");
    await browser.answerPrompt("allow");

    const shown = await lab.notification((n) => n.summary === "Welcome to Juniper & Finch");
    assert.equal(shown.text, "You will hear from us when something you like ships.");
    const { status } = await until("the server to know a live subscription", async () => {
      const found = await told(page);
      return found.status.reachable && found;
    });
    assert.deepEqual(
      { status: status.status, code: status.code, subscription: status.subscription },
      { status: "allowed", code: 0, subscription: "live" },
    );

    const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
    assert.deepEqual(await query(server.database, "select locale, time_zone from devices"), [{ locale: "en", time_zone: zone }]);

    await quiet(page);
    await lab.click(shown.id);
    await inFront(browser, `${server.shop}/welcome.html`);

    const all = [...YES, "permission.granted", "subscription.created", "notification.received", "notification.displayed", "notification.clicked"];
    const rows = await reports(server.database, (found) => found.length >= all.length);
    assert.deepEqual(types(rows).sort(), [...all].sort());
    assert.ok(rows.every(({ verified, device_id: device }) => verified === 1 && device === status.deviceId));
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: No opens no native prompt and is remembered`, async (t) => {
    const { browser, server, page } = await visit(t, name);
    await press(page, "no");
    assert.equal(await browser.promptStaysClosed(), true);
    assert.equal(await popupIsOpen(page), false);
    const rows = await reports(server.database, (found) => found.length >= 2);
    assert.deepEqual(types(rows), ["prompt.shown", "prompt.declined"]);

    await quiet(page);
    await page.reload();
    const { status, why } = await told(page);
    assert.deepEqual([status.status, status.permission, why.code], ["ask", "default", "declined_recently"]);
    assert.equal(await popupIsOpen(page), false);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: native block ends the matter`, async (t) => {
    const { browser, server, page } = await visit(t, name);
    await press(page, "yes");
    await browser.answerPrompt("block");
    const rows = await reports(server.database, (found) => found.length >= 4);
    assert.deepEqual(types(rows), [...YES, "permission.denied"]);
    assert.equal((await told(page)).status.status, "blocked");

    await quiet(page);
    await page.reload();
    // The site's own button must not reach past the browser's No either.
    await page.click("[data-softbell=ask]");
    const { status, why } = await told(page);
    assert.deepEqual([status.status, status.code, why.code], ["blocked", 2, "blocked"]);
    assert.equal(await popupIsOpen(page), false);
    assert.equal(await browser.promptStaysClosed(), true);
    assert.deepEqual(page.consoleLines, []);
  });
}
