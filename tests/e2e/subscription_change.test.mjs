// The browser takes the subscription away by itself and tells the worker, with no page open: the server has the new one, for
// the same device.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { openSettings } from "./lib/content_setting.mjs";
import { query } from "./lib/server.mjs";
import { sender } from "./lib/send.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** @typedef {Awaited<ReturnType<typeof subscriber>>} Subscriber */

/**
 * What makes each browser fire `pushsubscriptionchange`. Mozilla's service forgets the browser, which gets another id. In Chromium the
 * visitor blocks notifications in the settings, which drops the subscription, and allows them again.
 * @type {Record<import("./lib/browser.mjs").BrowserName, (set: Subscriber) => Promise<void>>}
 */
const CHANGE = {
  firefox: async ({ lab }) => {
    const { browsers: [{ browser }] } = await lab.ask("/push/browsers");
    await lab.ask(`/push/browsers/${browser}/forget`, {});
  },
  chromium: async ({ browser, lab, server }) => {
    const settings = await openSettings(browser);
    await settings.notifications(server.shop, "block");
    await until("the subscription to go", async () => (await lab.ask("/push/subscriptions")).subscriptions[0].state !== "live");
    // Chromium is not through with that when its push service hears of it: allowed before, nothing is renewed. Without a
    // subscription it leaves the push service at last.
    await until("Chromium to be through", async () => (await lab.ask("/push/browsers")).browsers[0].state === "away");
    await settings.notifications(server.shop, "allow");
  },
};

for (const name of BROWSERS)
  test(`${name}: A11: a subscription that the browser replaces reaches the server from the worker alone, for the same device`, async (t) => {
    const set = await subscriber(t, name);
    const { lab, page, server } = set;
    const device = async () => (await query(server.database, "select id, endpoint, status, topics from devices where endpoint is not null"))[0];
    const before = await device();
    await page.goto("about:blank");
    await CHANGE[name](set);
    const after = await until("the new endpoint", async () => {
      const found = await device();
      return found?.endpoint !== before.endpoint && found;
    }, { hint: async () => [await lab.ask("/push/subscriptions"), await lab.ask("/push/browsers")] });
    assert.deepEqual(after, { ...before, endpoint: after.endpoint });
    assert.equal((await query(server.database, "select count(*) as devices from devices"))[0].devices, 1);
    const { message } = await sender({ lab, server });
    await message({ title: "To the new one" });
    await lab.notification(({ summary }) => summary === "To the new one");
  });
