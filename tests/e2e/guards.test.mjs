// What the worker keeps from whoever is not meant to read it, and buttons that nobody has to open a page for.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { query } from "./lib/server.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { inFront, report, SHOWN } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";
import { identify, tokenFor } from "./lib/visitor.mjs";

for (const name of BROWSERS)
  test(`${name}: guards and buttons in one browser, scene by scene`, async (t) => {
    const { begin, browser, lab, server, page, send, since } = await subscriber(t, name);
    const { shop } = server;
    const neutral = { summary: new URL(shop).host, text: "There is news for you." };
    /** Where all tabs are, those of others too. */
    const tabs = async () => (await browser.browser.pages()).map((each) => each.url()).sort();

    /** Sends what must not be read; the notification that shows in its place. @param {object} mark */
    const hidden = async (mark) => {
      await begin();
      await send.message({ title: "A loan for Béla", body: "is approved", navigate: "/?loan", tag: "loan", actions: [{ action: "take", title: "Take it" }] }, { ...send.softbell(), ...mark });
      const shown = await lab.notification(({ state, text }) => state === "open" && text === neutral.text);
      assert.equal(shown.summary, neutral.summary);
      assert.deepEqual(shown.actions.filter(({ label }) => label === "Take it"), []);
      return shown;
    };

    await t.test(`${name}: C5 I2: a message that comes late shows neutral words, is reported as suppressed, and closing them as nothing`, async () => {
      const { id } = await hidden({ x: Math.floor(Date.now() / 1000) - 60 });
      await lab.dismiss(id);
      assert.deepEqual(await since(2), [report("received"), report("suppressed", { reason: "expired" })]);
    });

    await t.test(`${name}: A14 I2: a message for another user shows neutral words, which lead to the front page, and is reported as suppressed`, async () => {
      assert.equal((await identify(page, "anna", tokenFor(server, "anna"))).userId, "anna");
      await page.goto(`${shop}/welcome.html`);
      const { id } = await hidden({ u: "the mark of Béla", p: true });
      await lab.click(id);
      await inFront(browser, `${shop}/`);
      assert.deepEqual(await since(2), [report("received"), report("suppressed", { reason: "other_user" })]);
      const read = (await lab.notifications()).filter((each) => JSON.stringify(each).includes("loan"));
      assert.deepEqual(read, [], "on no desktop, now or before");
    });

    /** Sends a message with these buttons and presses the first. @param {{ action: string, title: string } & Record<string, unknown>} button @param {object[]} others */
    const press = async (button, ...others) => {
      await page.bringToFront();
      await begin();
      await send.message({ title: button.title, navigate: "/?elsewhere", actions: [button, ...others] });
      const { id } = await lab.notification(({ state, summary }) => state === "open" && summary === button.title);
      await lab.action(id, button.title);
      return id;
    };

    await t.test(`${name}: C2 C9: snooze, background and dismiss do their work and open nothing`, async () => {
      const before = await tabs();
      const began = Date.now();
      await press({ action: "later", title: "Not for an hour and a half", type: "snooze", minutes: 90, done: "Quiet until then." });
      const { text } = await lab.notification((each) => each.text === "Quiet until then.");
      assert.ok(text);
      const [device] = await query(server.database, "select snoozed_until from devices");
      assert.ok(device.snoozed_until >= began + 90 * 60_000 && device.snoozed_until <= Date.now() + 90 * 60_000, `the server waits until ${device.snoozed_until}`);
      assert.deepEqual(await since(3), [...SHOWN, report("action", { action: "later" })]);

      await press({ action: "yes", title: "Accept", type: "background", navigate: "/?never", done: "Accepted." });
      assert.equal((await lab.notification((each) => each.text === "Accepted.")).summary, "Accept");
      assert.deepEqual(await since(3), [...SHOWN, report("action", { action: "yes" })]);

      const id = await press({ action: "no", title: "Never mind", type: "dismiss", navigate: "/?never" });
      assert.deepEqual(await since(3), [...SHOWN, report("action", { action: "no" })]);
      await until("it to be gone", async () => (await lab.notifications()).find((each) => each.id === id)?.state !== "open");
      assert.deepEqual(await tabs(), before);
    });

    await t.test(`${name}: C2: deeplink goes with the page that is open, weburl opens a window of its own beside it`, async () => {
      const before = (await tabs()).filter((url) => !url.startsWith(shop));
      const [go, open] = [{ action: "go", title: "Go there", type: "deeplink", navigate: "/welcome.html" }, { action: "open", title: "Open it", type: "weburl", navigate: "/letter-set.html" }];
      /** @param {string[]} paths */
      const are = (...paths) => until("the tabs", async () => (await tabs()).join() === [...before, ...paths.map((path) => shop + path)].sort().join(), { hint: tabs });
      await press(go, open);
      assert.equal(await inFront(browser, `${shop}/welcome.html`), page);
      await are("/welcome.html");
      assert.deepEqual(await since(3), [...SHOWN, report("action", { action: "go" })]);
      await press(open, go);
      await inFront(browser, `${shop}/letter-set.html`);
      await are("/welcome.html", "/letter-set.html");
      assert.deepEqual(await since(3), [...SHOWN, report("action", { action: "open" })]);
      assert.deepEqual(page.consoleLines, []);
    });
  });
