// What a page lives through in a real browser: tabs that nobody looks at.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { quiet } from "./lib/quiet.mjs";
import { popupIsOpen, press, told, visit } from "./lib/shop.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

for (const name of BROWSERS) {
  test(`${name}: B1: no popup comes in a tab that nobody looks at; it comes when somebody does`, async (t) => {
    const { browser, page } = await visit(t, name);
    const front = await browser.newPage();
    await front.bringToFront();
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    assert.equal(await page.evaluate(() => document.hidden), true);
    assert.equal((await told(page)).why.code, "paused");
    assert.equal(await popupIsOpen(page), false);
    await page.bringToFront();
    await page.waitForSelector("[data-softbell-popup]");
  });

  test(`${name}: B4: a page that comes back out of the browser's memory asks nothing that was answered elsewhere, and forgets no answer`, async (t) => {
    const { page, server } = await visit(t, name);
    await page.waitForSelector("[data-softbell-popup]");
    await page.evaluate(() => addEventListener("pageshow", ({ persisted }) => Object.assign(window, { persisted })));
    await quiet(page);
    await page.goto(`${server.shop}/welcome.html`);
    await press(page, "no");
    assert.equal((await told(page)).why.code, "declined_recently");
    await quiet(page);
    await page.evaluate(() => history.back()); // a page that comes out of memory does not load, which goBack() waits for
    // A page that was loaded anew has not that listener. Chromium says why it kept none.
    await until("the page to come out of memory", () => page.evaluate(() => location.pathname === "/" && /** @type {any} */ (window).persisted), {
      hint: () => page.evaluate(() => JSON.stringify(/** @type {any} */ (performance.getEntriesByType("navigation")[0]).notRestoredReasons)),
    });
    await until("the popup to be away", async () => !(await popupIsOpen(page)));
    assert.equal((await told(page)).why.code, "declined_recently");
    assert.deepEqual(page.consoleLines, []);
  });
}
