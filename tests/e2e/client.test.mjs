// The client in both browsers: what it does with every answer, when it sleeps, and what it repairs.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { DAY, MINUTE, moveClock } from "./lib/clock.mjs";
import { quiet } from "./lib/quiet.mjs";
import { query, reports, topics, types } from "./lib/server.mjs";
import { call, fetched, popupIsOpen, press, told, visit } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const ASKED = ["prompt.shown", "prompt.accepted", "permission.requested"];

for (const name of BROWSERS) {
  test(`${name}: (4) a native prompt that goes away is a dismissal, or no answer yet`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name, { clock: true });
    const { outcome } = await call(page, "ask", { force: true });
    await press(page, "yes");
    if (name === "chromium") {
      await browser.answerPrompt("dismiss");
      assert.equal((await outcome()).outcome, "dismissed");
      assert.deepEqual(types(await reports(server.database, (all) => all.length >= 4)), [...ASKED, "permission.dismissed"]);
      assert.equal((await told(page)).why.code, "dismissed_recently");
      return;
    }
    // Firefox's promise never settles when the visitor turns away.
    await until("the native prompt", browser.promptIsOpen);
    await moveClock(page, MINUTE);
    assert.equal((await outcome()).outcome, "unanswered");
    await browser.answerPrompt("allow");
    await lab.notification((n) => n.summary.startsWith("Welcome"));
    const all = [...ASKED, "permission.granted", "subscription.created", "notification.received", "notification.displayed"];
    assert.deepEqual(types(await reports(server.database, (rows) => rows.length >= all.length)).sort(), [...all].sort());
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: (4) a prompt left open is found dismissed at the next page view`, async (t) => {
    const { browser, server, page } = await visit(t, name);
    await press(page, "yes");
    await until("the native prompt", browser.promptIsOpen);
    await page.reload();
    assert.deepEqual(types(await reports(server.database, (rows) => rows.length >= 4)), [...ASKED, "permission.dismissed"]);
    assert.equal((await told(page)).why.code, "dismissed_recently");
  });

  test(`${name}: (8) a device that the push service has given up is not reachable any more`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name);
    await lab.ask("/push/faults", { status: 410 });
    await press(page, "yes");
    await browser.answerPrompt("allow");
    const [device] = await until("the device to be given up", async () => {
      const rows = await query(server.database, "select endpoint, gone_at from devices where gone_at is not null");
      return rows.length && rows;
    });
    assert.deepEqual([device?.endpoint, device?.gone_at > 0], [null, true]);
  });

  test(`${name}: (10) for a returning subscriber nothing is fetched but the loader`, async (t) => {
    const { server, page } = await subscriber(t, name, { clock: true });
    await until("the last report to have left", async () => (await page.evaluate(() => localStorage["softbell.shop"])).includes("|granted|1|"));
    const state = () => query(server.database, "select revision, seen_at, (select count(*) from reports) as reports from devices");
    // A page that is left says once more what it does not know to have arrived.
    await page.reload({ waitUntil: "networkidle0" });
    const before = await state();
    await page.setCacheEnabled(false);
    /** @type {string[]} */
    const requests = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    for (let view = 0; view < 3; view++) {
      await page.reload({ waitUntil: "networkidle0" });
      assert.deepEqual(await fetched(page), ["/softbell/loader.js"]);
    }
    const shops = /^image\/|^\/(pictures\/.*|shop\.(css|js))?$/;
    assert.deepEqual([...new Set(requests)].filter((path) => !shops.test(path)), ["/softbell/loader.js"]);
    assert.deepEqual(await state(), before, "the server heard nothing");
    // A day later the device is checked, and says so.
    await moveClock(page, DAY + MINUTE);
    await page.reload();
    await until("the client to wake", async () => (await fetched(page)).some((path) => path.endsWith(".wasm")));
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: I1 (9, 11): a click while the server is down is reported a quarter of an hour later, asleep, once`, async (t) => {
    const { lab, server, page, welcome, since } = await subscriber(t, name, { clock: true });
    await page.goto(`${server.shop}/welcome.html`);
    await server.kill();
    await lab.click(welcome.id);
    await until("the notification to be gone", async () => (await lab.notifications()).find(({ id }) => id === welcome.id)?.state === "closed");
    await server.restart();
    await until("the click to be reported", async () => {
      await moveClock(page, 15 * MINUTE);
      await page.reload();
      assert.deepEqual((await fetched(page)).filter((path) => path.endsWith(".wasm")), []);
      return (await reports(server.database)).some(({ type }) => type === "notification.clicked");
    });
    await page.reload();
    assert.deepEqual(await since(1), [{ type: "notification.clicked", data: null, verified: 1 }]);
  });

  test(`${name}: (12) after a No the popup comes back after 3, 7 and 30 days, and not before`, async (t) => {
    const { browser, server, page } = await visit(t, name, { clock: true });
    for (const days of [3, 7, 30]) {
      await press(page, "no");
      await until("the popup to be gone", async () => !(await popupIsOpen(page)));
      await moveClock(page, days * DAY - MINUTE);
      await page.reload();
      const { why } = await told(page);
      assert.equal(why.code, "declined_recently", `${days} days less a minute`);
      assert.equal(await popupIsOpen(page), false);
      await moveClock(page, 2 * MINUTE);
      await page.reload();
    }
    await press(page, "no");
    assert.equal(await browser.promptStaysClosed(), true);
    const funnel = ["prompt.shown", "prompt.declined"];
    // What a page view could not send before it was left goes with a later one.
    await until("every report", async () => {
      if ((await reports(server.database)).length >= 8) return true;
      await moveClock(page, MINUTE);
      await page.reload();
      await told(page);
    });
    assert.deepEqual(types(await reports(server.database)), [...funnel, ...funnel, ...funnel, ...funnel]);
    // A page that is left while it talks breaks off: no fault of its own.
    assert.deepEqual(page.consoleLines.filter((line) => !line.includes("ABORTED")), []);
  });

  test(`${name}: (13) a push service out of reach is a reason, not a hang, and mended without a prompt`, async (t) => {
    const { browser, lab, page } = await visit(t, name, { clock: true });
    await lab.ask("/push/down", {});
    await press(page, "yes");
    await browser.answerPrompt("allow");
    await until("the worker to be active", () => page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration("/softbell/"))?.active));
    const failed = await until("subscribing to fail", async () => {
      await moveClock(page, MINUTE);
      const { status } = await told(page);
      return status.subscription === "failed" && status;
    });
    assert.deepEqual([failed.status, failed.reason, failed.reachable], ["allowed", "push_service_unavailable", false]);
    await lab.ask("/push/up", {});
    // Chromium goes on with the attempt that we gave up, and two at once end as one of them, whichever. Its next try
    // is due within half a minute.
    if (name === "chromium") await until("Chromium's own retry", async () => (await lab.ask("/push/subscriptions")).subscriptions.length, { within: 90_000 });
    await page.reload();
    await lab.notification((n) => n.summary.startsWith("Welcome"));
    await until("the device to be reachable", async () => (await told(page)).status.reachable);
    assert.equal(await browser.promptStaysClosed(), true);
  });

  test(`${name}: A17: push off and on again without a prompt`, async (t) => {
    const { browser, server, page } = await subscriber(t, name);
    const off = await (await call(page, "optOut")).outcome();
    assert.deepEqual([off.status, off.code, off.subscription], ["opted_out", 5, "none"]);
    await until("the server to know", async () => (await query(server.database, "select 1 from devices where endpoint is null and status = 'opted_out'")).length);
    await quiet(page);
    await page.reload();
    assert.equal((await told(page)).status.status, "opted_out");
    const on = await (await call(page, "optIn")).outcome();
    assert.deepEqual([on.status, on.subscription], ["allowed", "live"]);
    await until("the server to know", async () => (await query(server.database, "select 1 from devices where endpoint is not null and status = 'allowed'")).length);
    assert.equal(await browser.promptStaysClosed(), true);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: topics, events and conversions reach the server; mistakes are answered with a code`, async (t) => {
    const { server, page, since } = await subscriber(t, name);
    const status = await (await call(page, "setTopics", ["orders", "news"])).outcome();
    assert.deepEqual(status.topics, ["orders", "news"]);
    await until("the topics", async () => (await topics(server)) === '["orders","news"]');
    assert.deepEqual(await (await call(page, "setTopics", Array(101).fill("x"))).outcome(), { error: "topics_too_many" });
    // Awake, then asleep: the same report.
    await call(page, "track", "cart_opened", { items: 2 });
    await since(1);
    await quiet(page);
    await page.reload();
    await page.evaluate(() => /** @type {any} */ (window).softbell.push(["conversion", "order", { value: 22, currency: "EUR", id: "o7" }], ["track", "asleep"]));
    assert.deepEqual(await since(3), [
      { type: "event.tracked", data: { name: "cart_opened", properties: { items: 2 } }, verified: 1 },
      { type: "conversion", data: { name: "order", value: 22, currency: "EUR", id: "o7" }, verified: 1 },
      { type: "event.tracked", data: { name: "asleep" }, verified: 1 },
    ]);
    assert.deepEqual(await fetched(page), ["/softbell/loader.js"]);
    assert.deepEqual(page.consoleLines, []);

    // What is no command, or cannot be handed to the worker, is told and stops nothing.
    await page.evaluate(() => /** @type {any} */ (window).softbell.push(undefined, ["track", "odd", { f() {} }], ["track", "fine"]));
    assert.deepEqual((await since(4)).at(-1), { type: "event.tracked", data: { name: "fine" }, verified: 1 });
    /** @type {string[]} */
    const lines = [...page.consoleLines];
    assert.deepEqual(lines.filter((line) => line.startsWith("uncaught")), []);
    assert.equal(lines.length, 2);
  });
}
