// Buttons that work without a page: what the visitor chose holds at once, also where no server can be reached.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { query, topics } from "./lib/server.mjs";
import { call, told } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const FEWER = {
  action: "fewer", title: "Fewer like this", type: "mute", topic: "orders",
  done: "You will not hear about orders any more.", failed: "Noted. It counts once you are online.",
};

for (const name of BROWSERS) {
  test(`${name}: C2: "Fewer like this" takes the topic away in one press, and says so`, async (t) => {
    const { browser, lab, server, page, send, since } = await subscriber(t, name);
    await (await call(page, "setTopics", ["orders", "news"])).outcome();
    await until("the topics", async () => (await topics(server)) === '["orders","news"]');
    const tabs = (await browser.browser.pages()).length;
    await send.message({ title: "New paper", actions: [FEWER] });
    const shown = await lab.notification((n) => n.summary === "New paper");
    await lab.action(shown.id, FEWER.title);
    const said = await lab.notification((n) => n.text === FEWER.done);
    assert.equal(said.summary, "New paper");
    assert.equal(await topics(server), '["news"]');
    assert.deepEqual((await told(page)).status.topics, ["news"], "the page knows, without a reload");
    assert.equal((await browser.browser.pages()).length, tabs, "no window opens");
    assert.deepEqual((await since(3)).at(-1), { type: "notification.action", data: { action: "fewer" }, verified: 1 });
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: C2: pressed while no server can be reached it holds here at once, and there with a later page view`, async (t) => {
    const { lab, server, page, send } = await subscriber(t, name);
    await (await call(page, "setTopics", ["orders", "news"])).outcome();
    await until("the topics", async () => (await topics(server)) === '["orders","news"]');
    await send.message({ title: "New paper", actions: [FEWER] });
    const shown = await lab.notification((n) => n.summary === "New paper");
    await until("the report of it", async () => (await query(server.database, "select 1 from reports where type = 'notification.displayed' and message_id is not null")).length > 1);
    await server.kill();
    await lab.action(shown.id, FEWER.title);
    await lab.notification((n) => n.text === FEWER.failed);
    assert.deepEqual((await told(page)).status.topics, ["news"]);
    await server.restart();
    assert.equal(await topics(server), '["orders","news"]');
    // A server that did not answer is left alone for some seconds.
    await until("the server to know", async () => {
      await page.goto(`${server.shop}/?softbell`);
      await told(page);
      return until("it", async () => (await topics(server)) === '["news"]', { within: 5_000 }).catch(() => false);
    });
    await until("the report", async () => (await query(server.database, "select 1 from reports where type = 'notification.action'")).length);
    assert.deepEqual((await told(page)).status.topics, ["news"]);
  });
}
