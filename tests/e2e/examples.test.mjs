// The examples of pkg/index.d.ts, run as they stand, and what each of them then does: documentation that does not work fails.
// Listeners in both browsers; calls, `init` and the queue in Chromium alone, because they are the same code in both.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { declared, example, members } from "../packaging/lib/types.mjs";
import { BROWSERS } from "./lib/browser.mjs";
import { sender } from "./lib/send.mjs";
import { query, reports, topics } from "./lib/server.mjs";
import { call, configure, press, told, visit } from "./lib/shop.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** @typedef {import("./lib/pages.mjs").WatchedPage} WatchedPage */

/** @param {string} name @returns {[name: string, code: string][]} in the order of the file: `destroy()` comes last */
const examples = (name) => members(name).map(({ name, node }) => [name, example(node) ?? ""]);

/** What a page puts in before the loader is there: declared where the parser's reader does not look. */
const [QUEUE = ""] = readFileSync(new URL("../../pkg/index.d.ts", import.meta.url), "utf8").match(/\(window\.softbell \|\|= \[\]\)\..*/) ?? [];

/** Examples that only make a value: `return`s it, so that it can be looked at. @param {string} code */
const answering = (code) => {
  const [, many, one] = code.match(/^const (?:(\{.*?\})|(\w+)) = .*await/) ?? [];
  return one || many ? `${code}\nreturn ${one ?? many};` : code;
};

/**
 * In the page: runs an example with the page's own client. What it logs is kept under its name.
 * @param {string} name @param {string} code
 */
const run = (name, code) =>
  new Promise((resolve) => {
    const page = /** @type {any} */ (window);
    const lines = ((page.logged ??= {})[name] = /** @type {string[]} */ ([]));
    const log = (/** @type {unknown[]} */ ...words) => void lines.push(words.map(String).join(" "));
    const Async = /** @type {any} */ (async () => {}).constructor;
    (page.softbell ??= []).push((/** @type {import("../../pkg/index.js").Softbell} */ softbell) =>
      new Async("softbell", "console", code)(softbell, { log }).then(
        (/** @type {unknown} */ value) => resolve(value ?? "done"),
        (/** @type {any} */ error) => resolve(`${error.code ?? error.name}: ${error.message}`),
      ),
    );
  });

/** What the example has logged, once that is enough. @param {WatchedPage} page @param {string} name @param {(lines: string[]) => unknown} [enough] @returns {Promise<string[]>} */
const logged = (page, name, enough = ({ length }) => length) =>
  until(`${name} to be heard`, async () => {
    const lines = await page.evaluate((name) => /** @type {any} */ (window).logged[name], name);
    return enough(lines) && lines;
  });

/** Opens the popup and answers it; what came of it. @param {WatchedPage} page @param {"yes" | "no" | "close"} control @param {string[]} [topics] */
const answer = async (page, control, topics) => {
  const { outcome } = await call(page, "ask", { force: true, topics });
  await press(page, control);
  return outcome;
};

const SOON = "20\\d\\d-\\d\\d-\\d\\dT.*Z";

for (const name of BROWSERS) {
  test(`${name}: J4: every listener of the declarations hears what its comment says`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name, { config: { prompt: false } });
    for (const [event, code] of examples("Events")) assert.equal(await page.evaluate(run, event, code), "done", code);
    /** Events whose listener was seen to hear. @type {string[]} */
    const heard = [];
    /** @param {string} event @param {RegExp} line the last one */
    const hears = async (event, line) => {
      assert.match((await logged(page, event)).at(-1) ?? "", line, event);
      heard.push(event);
    };

    await (await answer(page, "close"))();
    await hears("prompt.shown", /^asked with default$/);
    await hears("prompt.closed", RegExp(`^closed_recently ${SOON}$`));
    await (await answer(page, "no"))();
    await hears("prompt.declined", RegExp(`^not before ${SOON}$`));
    const outcome = await answer(page, "yes", ["restock"]);
    await hears("prompt.accepted", /^yes to restock$/);
    await browser.answerPrompt("allow");
    await outcome();
    await hears("permission.changed", /^granted$/);
    const { deviceId } = await until("the server to know the device", async () => {
      const { status } = await told(page);
      return status.reachable && status;
    });
    await hears("subscription.created", RegExp(`^${deviceId}$`));
    await until("the page's class", () => page.evaluate(() => document.body.classList.contains("push")));
    heard.push("status.changed");

    const { message } = await sender({ lab, server });
    await lab.notification((n) => n.summary.startsWith("Welcome"));
    await message({ title: "Here again", navigate: "/" });
    const { id } = await lab.notification((n) => n.summary === "Here again");
    await logged(page, "notification.received", (lines) => lines.includes("Here again")); // the welcome is heard, too
    heard.push("notification.received");
    await lab.click(id); // leads to this very page, which so stays
    await hears("notification.clicked", RegExp(`^${server.shop}/ undefined$`));
    await (await call(page, "optOut")).outcome();
    await hears("subscription.removed", /^opted_out$/);
    await until("the class to be gone", () => page.evaluate(() => !document.body.classList.contains("push")));
    assert.deepEqual(page.consoleLines, []);

    // A page with a mistake in its configuration.
    await page.evaluateOnNewDocument(configure, '{"theme":"pink"}');
    await page.evaluateOnNewDocument(`(${run})("error", ${JSON.stringify(Object.fromEntries(examples("Events")).error)})`);
    await page.goto(`${server.shop}/welcome.html`);
    await hears("error", /^config_invalid softbell: .*theme/);
    assert.deepEqual(heard.sort(), examples("Events").map(([event]) => event).sort());
  });
}

/**
 * What the examples answer or bring about. The others only run: what `page()`, `pausePrompts()` and `snooze()` hold back is
 * shown by the tests of those calls.
 * @type {Record<string, (around: Awaited<ReturnType<typeof visit>> & { value: any }) => unknown>}
 */
const DOES = {
  ready: async ({ page }) => assert.deepEqual(await logged(page, "ready"), ["ask"]),
  getStatus: ({ value }) => assert.deepEqual(value, { status: "ask", reachable: false }),
  explain: ({ value }) => assert.deepEqual([value.code, typeof value.text], ["automatic_off", "string"]),
  ask: ({ value }) => assert.deepEqual(value, { outcome: "declined" }),
  requestPermission: async ({ page, browser }) => {
    await page.click("#bell");
    await browser.answerPrompt("allow");
    await until("the server to know the device", async () => (await told(page)).status.reachable);
  },
  optIn: ({ value }) => assert.deepEqual(value, { reachable: true }),
  optOut: async ({ page }) => assert.equal((await told(page)).status.status, "opted_out"),
  identify: ({ value }) => assert.deepEqual(value, { userId: "u42" }),
  logout: async ({ page }) => assert.equal((await told(page)).status.userId, undefined),
  setTopics: ({ server }) => until("the topics", async () => (await topics(server)) === '["offers","news"]'),
  setTags: ({ server }) => until("the tags", async () => {
    const [{ tags }] = await query(server.database, "select tags from devices");
    return isDeepStrictEqual(JSON.parse(tags), { plan: "gold", size: 42, beta: true });
  }),
  track: ({ server }) => reports(server.database, (all) => all.some(({ type, data }) => type === "event.tracked" && data.name === "cart_opened")),
  conversion: ({ server }) => reports(server.database, (all) => all.some(({ type, data }) => type === "conversion" && data.id === "JF-1042")),
  exportData: ({ value }) => assert.deepEqual(JSON.parse(value).server.device.topics, ["offers", "news"]),
  eraseData: async ({ server }) => assert.deepEqual(await query(server.database, "select id from devices"), []),
  openPreferences: ({ page }) => page.waitForSelector("[data-softbell-panel]"),
  destroy: async ({ page }) => assert.deepEqual(await (await call(page, "getStatus")).outcome(), { error: "destroyed" }),
};

test("J1 J4: every call of the declarations' examples runs without a fault, and does what its comment says", async (t) => {
  const set = await visit(t, "chromium", { config: { prompt: false } });
  const { page } = set;
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("button"), { id: "bell", textContent: "Bell" })));
  for (const [name, code] of examples("Softbell")) {
    const [value] = await Promise.all([page.evaluate(run, name, answering(code)), name === "ask" && press(page, "no")]);
    if (typeof value === "string" && !value.startsWith("{")) assert.equal(value, "done", `${name}: ${code}`);
    await DOES[name]?.({ ...set, value });
  }
  assert.deepEqual(page.consoleLines, []);
});

test("J1: the queue's example works before the loader is there, and init() with its own starts a client", async (t) => {
  const { page, server } = await visit(t, "chromium", { config: { prompt: { events: ["cart_opened"] } } });
  assert.equal((await told(page)).why.code, "waiting_event");
  await page.goto(`${server.shop}/softbell/client.js`); // a page without the script tag
  const code = String(example(declared.get("init"))).replace("https://push.example.com", server.server);
  const why = await page.evaluate(async (code) => {
    const { init } = await import(location.href);
    const softbell = Function("init", `${code} return softbell;`)(init);
    return softbell.explain();
  }, code);
  assert.equal(why.code, "waiting_page_views", "as `pageViews: 3` in it says");

  await page.evaluateOnNewDocument(QUEUE);
  await page.goto(`${server.shop}/`);
  await page.waitForSelector("[data-softbell-popup]");
  await reports(server.database, (all) => all.some(({ type, data }) => type === "event.tracked" && data.name === "cart_opened"));
  assert.deepEqual(page.consoleLines.filter((line) => !line.startsWith("failed")), [], "beside what was left behind");
  await page.evaluateOnNewDocument(configure, '{"theme":"pink"}');
  await page.evaluateOnNewDocument(() => void (console.log = (error) => Object.assign(window, { code: error.code })));
  await page.goto(`${server.shop}/welcome.html`);
  await until("the error's listener", () => page.evaluate(() => /** @type {any} */ (window).code === "config_invalid"));
});
