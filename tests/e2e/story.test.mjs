// The demo's story in both browsers: browse, be asked at the third page view, say yes, order, be told, click, arrive.

import assert from "node:assert/strict";
import { axe } from "./lib/axe.mjs";
import { BROWSERS } from "./lib/browser.mjs";
import { choose, openConsole, read, sendToOne, write } from "./lib/console.mjs";
import { quiet } from "./lib/quiet.mjs";
import { reports, topics } from "./lib/server.mjs";
import { call, popupIsOpen, press, told, visit } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { sleeps } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** Follows a link or presses a button, to the page behind it. @param {import("./lib/pages.mjs").WatchedPage} page @param {string} control */
const follow = (page, control) => Promise.all([page.waitForNavigation(), page.click(control)]);

/** @param {import("./lib/pages.mjs").WatchedPage} page */
const heading = (page) => page.$eval("h1", ({ textContent }) => textContent?.trim());

/** The shop's button for a topic: whether it is pressed, and what the page says of it. @param {import("./lib/pages.mjs").WatchedPage} page */
const offers = async (page) => [await page.$eval("[data-topic]", (button) => button.getAttribute("aria-pressed")), await read(page, "[data-told]")];

/** From a product to its order. @param {import("./lib/pages.mjs").WatchedPage} page @param {string} product */
const buy = async (page, product) => {
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/${product}.html`);
  await follow(page, "form button");
  await follow(page, "[data-basket] button");
};

for (const name of BROWSERS) {
  test(`${name}: from the first page to the parcel on its way`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name, { config: null });
    for (const link of ['.card[href="garden-notebook.html"]', '.row [href="letter-set.html"]']) {
      assert.equal((await told(page)).why.code, "waiting_page_views");
      assert.equal(await popupIsOpen(page), false);
      await follow(page, link);
    }
    await press(page, "yes");
    await browser.answerPrompt("allow");
    await lab.notification((n) => n.summary === "Welcome to Juniper & Finch");
    await until("the server to know the device", async () => (await told(page)).status.reachable);

    await quiet(page);
    await buy(page, "letter-set");
    // It leaves two seconds later, which a busy machine may need to come to this page.
    await until("the order to be taken", async () => /^(Thank you|On its way to you)$/.test(String(await heading(page))));
    const sent = await lab.notification((n) => n.summary === "Your letter set is on its way");
    assert.equal(sent.text, "Parcel JF-1042 left our workshop and arrives on Thursday.");
    const most = await page.evaluate(() => /** @type {any} */ (Notification).maxActions ?? 0);
    const labels = sent.actions.map(({ label }) => label).filter((label) => /parcel|ring/.test(label));
    assert.deepEqual(labels, ["Track parcel", "Do not ring"].slice(0, most));
    await lab.click(sent.id);
    const arrived = `${server.shop}/order.html?order=JF-1042#on-its-way`;
    await until("the order to be in front", async () => (await browser.visiblePages()).some(({ url }) => url === arrived));
    await until("the page to say so", async () => (await heading(page)) === "On its way to you");

    const of = (/** @type {string} */ type) => (/** @type {{ type: string }} */ report) => report.type === type;
    const rows = await reports(server.database, (all) => all.some(of("notification.clicked")) && all.some(of("conversion")));
    assert.deepEqual(rows.find(of("conversion"))?.data, { value: 22, currency: "EUR", id: "JF-1042", name: "order" });
    assert.deepEqual(page.consoleLines, []);

    if (!labels.length) return; // this browser shows no buttons
    await quiet(page);
    await buy(page, "desk-calendar");
    const next = await lab.notification((n) => n.summary === "Your desk calendar is on its way");
    await lab.action(next.id, "Do not ring");
    await until("the page to say what the courier does", async () => (await page.$eval("[data-courier]", ({ textContent }) => textContent)) === "The courier will not ring, and leaves it at the door.");
    const [pressed] = (await reports(server.database, (all) => all.some(of("notification.action")))).filter(of("notification.action"));
    assert.deepEqual(pressed?.data, { action: "quiet" });
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: W3: a private message from the console says nothing on the desktop, and is read in the shop`, async (t) => {
    const { browser, lab, server, page } = await subscriber(t, name);
    const form = await openConsole({ browser, server }, "send", "#message");
    await write(form, "title", "Your gift for Ben is ready");
    await write(form, "body", "A garden notebook, wrapped in green paper.");
    await write(form, "url", `${server.shop}/letter-set.html`);
    await write(form, "public_title", "Juniper & Finch wrote to you");
    await sendToOne(form);
    const shown = await lab.notification((n) => n.summary === "Juniper & Finch wrote to you");
    assert.doesNotMatch(JSON.stringify({ ...shown, hints: undefined }), /gift|\bBen\b|notebook/);
    assert.equal(await page.$(".letter"), null);

    await lab.click(shown.id);
    await until("the letter", () => page.$(".letter"));
    assert.equal(await read(page, "[role=status]"), "A message for you Your gift for Ben is ready A garden notebook, wrapped in green paper.");
    assert.equal(await page.evaluate(() => location.href), `${server.shop}/letter-set.html`);
    assert.deepEqual((await axe(page)).violations, []);
    await page.focus(".letter button");
    await page.keyboard.press("Enter");
    assert.equal(await page.$(".letter"), null);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
    assert.deepEqual(page.consoleLines, []);
    await page.reload();
    assert.equal(await page.$("[role=status]"), null, "who comes again reads it no more");
  });

  test(`${name}: C2: the shop's button follows offers, and "Fewer like this" under a message about them ends that`, async (t) => {
    const { browser, lab, server, page } = await subscriber(t, name);
    await (await call(page, "setTopics", ["orders"])).outcome();
    await page.goto(`${server.shop}/welcome.html`, { waitUntil: "networkidle0" });
    assert.ok(await sleeps(page), "nobody is woken to draw a button");
    assert.deepEqual(await offers(page), ["false", ""]);
    await page.click("[data-topic]");
    const follows = ["true", "You hear about offers now. Press again to stop."];
    await until("the page to say so", async () => (await offers(page)).join() === follows.join());
    assert.deepEqual((await axe(page)).violations, []);
    await until("the server to know", async () => (await topics(server)) === '["orders","offers"]');
    await page.focus("[data-topic]");
    await page.keyboard.press(" ");
    await until("the topic to be gone", async () => (await topics(server)) === '["orders"]');
    assert.deepEqual(await offers(page), ["false", "You hear nothing about offers any more."]);
    await page.keyboard.press("Enter");
    await until("the topic", async () => (await topics(server)) === '["orders","offers"]');

    const form = await openConsole({ browser, server }, "send", "#message");
    await write(form, "title", "Paper is cheaper this week");
    await choose(form, "audience", "topic");
    await choose(form, "audience.topic", "offers");
    await write(form, "actions[0].title", "Fewer like this");
    await choose(form, "actions[0].type", "mute");
    await sendToOne(form);
    const shown = await lab.notification((n) => n.summary === "Paper is cheaper this week");
    if (!shown.actions.some(({ label }) => label === "Fewer like this")) return; // this browser shows no buttons
    await lab.action(shown.id, "Fewer like this");
    await until("the topic to be gone", async () => (await topics(server)) === '["orders"]');
    await page.bringToFront();
    await until("the page to know", async () => (await offers(page)).join() === "false,You hear nothing about offers any more.");
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: the shop's button for a topic asks who has not said Yes yet, and says so where nothing came of it`, async (t) => {
    const { browser, server, page } = await visit(t, name, { config: { prompt: false } });
    await told(page);
    await page.goto(`${server.shop}/welcome.html`);
    await page.click("[data-topic]");
    await press(page, "no");
    const off = "false,Notifications are off. See the settings at the end of the page.";
    await until("the page to say so", async () => (await offers(page)).join() === off);
    await page.click("[data-topic]");
    await press(page, "yes");
    await browser.answerPrompt("allow");
    await until("the page to say so", async () => (await offers(page)).join() === "true,You hear about offers now. Press again to stop.");
    await until("the server to know", async () => (await topics(server)) === '["offers"]');
    assert.deepEqual(page.consoleLines, []);
  });
}
