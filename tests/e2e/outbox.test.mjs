// What one page view could not send, the next one that is awake sends.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { reports } from "./lib/server.mjs";
import { press, told, visit } from "./lib/shop.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

for (const name of BROWSERS)
  test(`${name}: reports that found no server go with a later page view, once`, async (t) => {
    const { page, server } = await visit(t, name);
    let dead = true;
    let refused = 0;
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      if (!dead || !request.url().endsWith("/events")) return void request.continue();
      refused += 1;
      void request.abort();
    });
    await page.reload();
    await press(page, "no");
    await until("a batch to fail", () => refused);
    await until("the mark for the next page view", () => page.evaluate(() => localStorage["softbell.shop.outbox"]));
    dead = false;
    // The pause after a failure is over: the clock of the next page says so.
    await page.evaluateOnNewDocument(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 60_000;
    });
    await page.reload();
    await told(page); // wakes the client
    const rows = await reports(server.database, (found) => found.some(({ type }) => type === "prompt.declined"));
    const types = rows.map(({ type }) => type);
    assert.equal(types.filter((type) => type === "prompt.declined").length, 1, String(types));
    await until("the mark to go", () => page.evaluate(() => !localStorage["softbell.shop.outbox"]));
  });
