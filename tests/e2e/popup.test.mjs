// The popup itself, in both browsers: for those who see, those who listen and those who only have a keyboard.

import assert from "node:assert/strict";
import { axe } from "./lib/axe.mjs";
import { BROWSERS } from "./lib/browser.mjs";
import { call, popupIsOpen, press, told, visit } from "./lib/shop.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const POPUP = "[data-softbell-popup][data-ready]";

/** What has the focus: the control in the popup, or the element of the page. @param {import("./lib/pages.mjs").WatchedPage} page @returns {Promise<string>} */
const focused = (page) => page.evaluate(() => {
  const active = document.activeElement;
  return active?.shadowRoot?.activeElement?.className ?? active?.textContent?.trim() ?? "";
});

for (const name of BROWSERS) {
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    test(`${name}: b1 axe finds nothing, ${scheme}`, async (t) => {
      const { page } = await visit(t, name);
      if (name === "chromium") await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      else if (scheme === "dark") await page.evaluate(() => document.querySelector("[data-softbell-popup]")?.shadowRoot?.querySelector(".popup")?.setAttribute("data-theme", "dark"));
      await page.waitForSelector(POPUP);
      await until("the popup to stand still", () => page.evaluate(() => document.getAnimations().length === 0
        && (document.querySelector("[data-softbell-popup]")?.shadowRoot?.getAnimations().length ?? 0) === 0));
      const { violations, looked } = await axe(page);
      assert.deepEqual(violations, []);
      assert.ok(looked.filter((target) => target.includes("softbell")).length > 5, "axe looked into the popup");
    });
  }

  test(`${name}: b1 a walk with the keyboard`, async (t) => {
    const { page } = await visit(t, name);
    await page.waitForSelector(POPUP);
    assert.equal(await page.evaluate(() => document.activeElement === document.body), true, "it takes no focus by itself");
    await page.focus(".brand");
    const goods = await page.$$eval(".card", (cards) => cards.map(({ textContent }) => textContent?.trim() ?? ""));
    assert.equal(goods.length, 3);
    // Through the page, and past its end into the popup.
    const walk = ["Paper goods", "Letters from us", "Basket", "GuestAdaBen", "Tell me when it ships", ...goods, "Notification settings", "no", "yes", "close"];
    for (const stop of walk) {
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), stop);
    }
    const outline = await page.evaluate(() => {
      const button = document.querySelector("[data-softbell-popup]")?.shadowRoot?.querySelector(".close");
      return button && getComputedStyle(button).outlineStyle;
    });
    assert.equal(outline, "solid", "the focus can be seen");
    await page.keyboard.press("Escape");
    await until("the popup to be gone", async () => !(await popupIsOpen(page)));
    assert.equal(await focused(page), "Notification settings", "the focus is back where it came from");
    assert.equal((await told(page)).why.code, "closed_recently");
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: b1 Escape outside the popup is the page's own`, async (t) => {
    const { page } = await visit(t, name);
    await page.waitForSelector(POPUP);
    await page.focus(".brand");
    await page.keyboard.press("Escape");
    assert.equal(await popupIsOpen(page), true);
  });

  test(`${name}: b1 the title is said once the popup stands`, async (t) => {
    const { page } = await visit(t, name);
    await page.waitForSelector(POPUP);
    const said = await page.evaluate(() => document.querySelector("[data-softbell-popup]")?.shadowRoot?.querySelector("[role=status]")?.textContent);
    assert.equal(said, "Shall we let you know?");
  });

  test(`${name}: a6 a press within half a second, and one that a script makes, do nothing`, async (t) => {
    const { browser, page } = await visit(t, name);
    await page.waitForSelector("[data-softbell-popup]");
    const click = () => page.evaluate(() => {
      const root = document.querySelector("[data-softbell-popup]")?.shadowRoot;
      /** @type {HTMLElement | null | undefined} */ (root?.querySelector(".yes"))?.click();
    });
    await click();
    await page.waitForSelector(POPUP);
    await click();
    assert.equal(await browser.promptStaysClosed(), true);
    assert.equal(await popupIsOpen(page), true);
  });

  test(`${name}: ask() answers with the outcome, the reason and the time of the next try`, async (t) => {
    const { browser, page } = await visit(t, name);
    const { outcome } = await call(page, "ask");
    await press(page, "close");
    const { outcome: word, why } = await outcome();
    assert.deepEqual([word, why.code, why.text], ["closed", "closed_recently", "The visitor closed the popup; it waits a day."]);
    assert.ok(Date.parse(why.nextAskAt) > Date.now());
    assert.equal(await browser.promptStaysClosed(), true);
  });
}
