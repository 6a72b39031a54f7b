// The console's form: what is written there is what arrives, in both browsers, and a refusal stands at its field.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BUTTON_TYPES } from "../../www/console/words.js";
import { axe } from "./lib/axe.mjs";
import { BROWSERS } from "./lib/browser.mjs";
import { choose, linesWhileWriting, openConsole, read, sendToOne, write } from "./lib/console.mjs";
import { scene } from "./lib/scene.mjs";
import { query, topics } from "./lib/server.mjs";
import { KIT, SHOP, call } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { shownData } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** @typedef {import("./lib/pages.mjs").WatchedPage} Page */

/** The names of the fields that a person can see of a button. @param {Page} page @param {number} at */
const fieldsOf = (page, at) => page.$$eval(`[name^="actions[${at}]"]`, (inputs) => inputs.map((input) => input.getAttribute("name")?.split(".")[1]));

for (const name of BROWSERS) {
  test(`${name}: C2: the form sends a snooze button and a mute button, and the desktop shows them`, async (t) => {
    const { lab, server, browser, page } = await subscriber(t, name);
    await (await call(page, "setTopics", ["orders", "offers"])).outcome();
    await until("the topics", async () => (await topics(server)) === '["orders","offers"]');
    const form = await openConsole({ browser, server }, "send", "#message");
    await write(form, "title", "New in the workshop");
    await write(form, "actions[0].title", "Not today");
    await choose(form, "actions[0].type", "snooze");
    await write(form, "actions[0].minutes", "720");
    await write(form, "actions[1].title", "Fewer like this");
    await choose(form, "actions[1].type", "mute");
    await write(form, "actions[1].done", "No more offers.");
    assert.deepEqual([await fieldsOf(form, 0), await fieldsOf(form, 1)], [["title", "type", "minutes", "done", "failed"], ["title", "type", "topic", "done", "failed"]]);
    await choose(form, "audience", "topic");
    await choose(form, "audience.topic", "offers");
    await write(form, "vibrate", "200 100 200");
    await write(form, "app_badge", "3");
    await write(form, "utm.campaign", "Spring & sale");
    await write(form, "data", '{"shelf": 7}');
    await choose(form, "foreground", "page");
    assert.match(await read(form, '[data-platform="chrome_windows"] .toast-actions'), /^Not today Fewer like this$/);
    await sendToOne(form);

    const shown = await lab.notification((n) => n.summary === "New in the workshop");
    const labels = shown.actions.map(({ label }) => label).filter((label) => /today|Fewer/.test(label));
    const most = await form.evaluate(() => /** @type {any} */ (Notification).maxActions ?? 0);
    assert.deepEqual(labels, ["Not today", "Fewer like this"].slice(0, most));
    const { softbell, ...data } = await shownData(page, "New in the workshop");
    assert.deepEqual(data, { shelf: 7 });
    assert.match(softbell.url, /\/\?utm_source=shop&utm_medium=push&utm_campaign=Spring\+%26\+sale$/, "C8: where a press leads");
    const what = softbell.actions.map((/** @type {any} */ { type, minutes, topic }) => ({ type, minutes, topic }));
    // The topic that the message goes to is the one that its reader has had enough of.
    assert.deepEqual(what, [{ type: "snooze", minutes: 720, topic: undefined }, { type: "mute", minutes: undefined, topic: "offers" }]);
    const [{ extras, for_page: forPage }] = await query(server.database, "select extras, for_page from messages where kind = 'message'");
    const { vibrate, app_badge: badge } = JSON.parse(extras);
    assert.deepEqual({ vibrate, badge, forPage }, { vibrate: [200, 100, 200], badge: 3, forPage: 1 });
    if (most > 1) {
      await lab.action(shown.id, "Fewer like this");
      await lab.notification((n) => n.text === "No more offers.");
      assert.equal(await topics(server), '["orders"]');
    }
    assert.deepEqual(linesWhileWriting(form), []);
  });
}

/** What is wrong, where it stands, and the words there; each with the right value that comes after it. @type {[string, string, RegExp, string][]} */
const WRONG = [
  ["actions[1].url", "https://elsewhere.example/", /^Use an address on the site itself/, ""],
  ["actions[0].minutes", "0", /^Use whole minutes, from 1 to 43,200/, "90"],
  ["actions[0].minutes", "an hour", /^Use whole minutes/, ""],
  ["vibrate", "200 soon", /^Use up to 99 whole numbers/, "200"],
  ["app_badge", "-1", /^Use a whole number/, "0"],
  ["data", '["list"]', /^Use a JSON object/, ""],
  ["data", "null", /^Use a JSON object/, ""],
  ["data", '{"softbell": 1}', /^Use a JSON object/, '{"shelf": 7}'],
];

test("a refusal stands at the field that it is about, and axe finds nothing where all is open", async (t) => {
  const set = await scene("chromium", { demo: { kit: KIT, shop: SHOP } });
  t.after(set.close);
  if (!set.server) throw new Error("the scene has no server");
  const page = await openConsole({ browser: set.browser, server: set.server }, "send", "#message");
  const open = await page.$$eval("form details", (all) => all.filter((details) => details.hasAttribute("open")).length);
  assert.equal(open, 0, "the usual form is short");
  await write(page, "title", "New in the workshop");
  await write(page, "actions[0].title", "Not today");
  await choose(page, "actions[0].type", "snooze");
  await write(page, "actions[1].title", "Look");
  const marked = () => page.$$eval("[aria-invalid]", (inputs) => inputs.map((input) => input.getAttribute("name")));
  for (const [field, wrong, words, right] of WRONG) {
    await write(page, field, wrong);
    await until(`the refusal of ${field}`, async () => (await marked()).join() === field);
    const error = await page.$eval(`[name="${field}"]`, (input) => input.getAttribute("aria-describedby")?.split(" ").at(-1));
    assert.match(await read(page, `#${error}`), words);
    await write(page, field, right);
    // An emptied field says nothing by itself to who types nothing into it.
    await page.$eval(`[name="${field}"]`, (input) => input.dispatchEvent(new Event("input", { bubbles: true })));
    await until("the reach", async () => (await read(page, ".reach")).startsWith("0 devices"));
  }
  await page.click("[name=silent]");
  await until("the two that exclude each other", async () => (await marked()).join() === "vibrate");
  for (const type of Object.keys(BUTTON_TYPES)) {
    await choose(page, "actions[1].type", type);
    assert.deepEqual((await axe(page)).violations, [], type);
  }
  await page.setViewport({ width: 360, height: 740 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "nothing runs over the edge of a phone");
  assert.deepEqual(linesWhileWriting(page), []);
});

test("the form offers every type of button that the server knows", () => {
  const source = readFileSync(new URL("../../server/src/wire/buttons.rs", import.meta.url), "utf8");
  const types = [...source.matchAll(/^ {4}\("(\w+)", (?:true|false)\),$/gm)].map(([, type]) => type);
  assert.deepEqual(types, Object.keys(BUTTON_TYPES));
});
