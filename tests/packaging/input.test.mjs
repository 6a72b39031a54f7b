// Bad input, with the built kit in a real browser: servers of every kind, full storage, texts without end. Each has an
// answer, nothing is thrown into the page, and nothing is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moveClock, takeClock } from "../e2e/lib/clock.mjs";
import { told } from "../e2e/lib/shop.mjs";
import { until } from "../e2e/lib/until.mjs";
import { TAG, popups, site, well } from "./lib/site.mjs";

const HOUR = 3_600_000;

/** @param {string} to @param {number} status @returns {import("./lib/site.mjs").Answer} */
const redirect = (to, status = 302) => (_, response) => void response.writeHead(status, { location: to }).end();

/** @type {Record<string, import("./lib/site.mjs").Answer>} */
const SERVERS = {
  page: (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><script>alert(1)</script>"),
  half: (_, response) => void response.end('{"vapid":"BKey","revision":1,"report_token":"1.t","sto'),
  null: (_, response) => void response.end("null"),
  login: redirect("/login"),
  login303: redirect("/login", 303),
  circle: ({ url }, response) => void response.writeHead(307, { location: url }).end(),
  elsewhere: redirect("https://localhost:1/", 307),
  broken: (_, response) => void response.writeHead(500).end("<html>"),
  cut: (request) => void request.socket.destroy(),
  silent: () => {},
};

/** What nobody caught. @param {import("../e2e/lib/pages.mjs").WatchedPage} page */
const uncaught = (page) => page.consoleLines.filter((line) => line.startsWith("uncaught"));

/** @param {import("../e2e/lib/pages.mjs").WatchedPage} page @param {...unknown} command */
const push = (page, ...command) => page.evaluate((given) => void (/** @type {any} */ (window).softbell.push(given)), command);

test("a server that answers a page, half an answer, a redirect or nothing asks nobody, throws nothing and loses nothing", async (t) => {
  let answer = well;
  /** @type {string[]} */
  const arrived = [];
  const { page, origin, hangUp } = await site(t, { "/": `<body>${TAG()}`, "/login": "<h1>Who are you?</h1>" }, async (request, response) => {
    if (answer === well && request.method === "POST") {
      let text = "";
      for await (const piece of request) text += piece;
      arrived.push(...JSON.parse(text).flatMap((/** @type {any} */ { type, data }) => (type === "event.tracked" ? [data.name] : [])));
    }
    answer(request, response);
  });
  await takeClock(page);
  for (const [name, bad] of Object.entries(SERVERS)) {
    answer = bad;
    await page.goto(`${origin}/?softbell=${name}`);
    const asked = told(page);
    // A server that says nothing is given ten seconds.
    await until(`an answer with a server that is ${name}`, async () => {
      await moveClock(page, 11_000);
      return Promise.race([asked.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);
    });
    const { status, why } = await asked;
    assert.deepEqual([status.status, status.reachable, why.code], ["ask", false, "server_unavailable"], name);
    await push(page, "track", name);
    assert.equal(await popups(page), 0, name);
    await moveClock(page, 2 * HOUR);
  }
  answer = well;
  hangUp(); // browsers keep few connections to one server, and the silent one holds them
  await page.goto(`${origin}/?softbell=well`);
  await until("what waited to arrive", async () => {
    await moveClock(page, 2 * HOUR);
    await push(page, "track", "last");
    return arrived.includes("last");
  }, { hint: () => arrived });
  assert.deepEqual(arrived.filter((name) => name !== "last").sort(), Object.keys(SERVERS).sort());
  await page.reload();
  await until("the popup", async () => (await popups(page)) === 1, { hint: async () => (await told(page)).why });
  assert.deepEqual(uncaught(page), []);
});

test("a title of 1 MB is refused with its field; one of 500 bytes in emoji is shown as it is", async (t) => {
  const tag = (/** @type {string} */ title) => `<body>${TAG(`data-config='${JSON.stringify({ texts: { title } })}'`)}`;
  const title = "🎈".repeat(125);
  const { page, origin } = await site(t, { "/long": tag("x".repeat(1_000_000)), "/emoji": tag(title), "/markup": tag("<b onclick=alert(1)>&amp;amp;") });
  await page.goto(`${origin}/long`);
  const error = await page.evaluate(() => new Promise((resolve) => {
    /** @type {any} */ (window).softbell.push((/** @type {any} */ softbell) => softbell.ready.catch((/** @type {any} */ { code, field }) => resolve({ code, field })));
  }));
  assert.deepEqual(error, { code: "config_invalid", field: "texts.title" });
  const shown = async () => (await page.waitForSelector("[data-softbell-popup] >>> h2"))?.evaluate((node) => [node.textContent, node.childElementCount]);
  await page.goto(`${origin}/emoji`);
  assert.deepEqual(await shown(), [title, 0]);
  await page.goto(`${origin}/markup`);
  assert.deepEqual(await shown(), ["<b onclick=alert(1)>&amp;", 0]);
  assert.deepEqual(uncaught(page), []);
});

test("a localStorage that is full to the last byte holds up no popup and no answer", async (t) => {
  const { page, origin } = await site(t, { "/": `<body>${TAG()}`, "/empty": "<body>" });
  await page.goto(`${origin}/empty`);
  await page.evaluate(() => {
    for (let size = 1 << 22; size >= 1; size >>= 1) {
      try {
        for (let at = 0; ; at++) localStorage[`fill${size}.${at}`] = "x".repeat(size);
      } catch {
        // Full, but for less than this.
      }
    }
  });
  await page.goto(origin);
  const no = await page.waitForSelector("[data-softbell-popup][data-ready] >>> .no");
  await no?.click();
  await until("the popup to go", async () => (await popups(page)) === 0);
  assert.equal((await told(page)).why.code, "declined_recently");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("softbell"))), []);
  assert.deepEqual(page.consoleLines, []);
});

test("J2: destroy() while the native prompt is open: its answer changes nothing any more", async (t) => {
  const { page, origin } = await site(t, { "/": `<body>${TAG()}` });
  await page.evaluateOnNewDocument(() => {
    Notification.requestPermission = () => new Promise((resolve) => Object.assign(window, { answer: () => (Object.defineProperty(Notification, "permission", { value: "granted" }), resolve("granted")) }));
    Object.defineProperty(Notification, "permission", { value: "default", configurable: true });
  });
  await page.goto(origin);
  const yes = await page.waitForSelector("[data-softbell-popup][data-ready] >>> .yes");
  await yes?.click();
  await until("the native prompt", () => page.evaluate(() => "answer" in window));
  const found = await page.evaluate(() => new Promise((resolve) => {
    /** @type {any} */ (window).softbell.push(async (/** @type {import("../../pkg/index.js").Softbell} */ softbell) => {
      const waiting = softbell.ask().catch(({ code }) => code);
      await softbell.destroy();
      /** @type {any} */ (window).answer();
      await new Promise((done) => setTimeout(() => requestIdleCallback(done)));
      resolve([await waiting, (await navigator.serviceWorker.getRegistrations()).length, document.querySelectorAll("[data-softbell-popup]").length]);
    });
  }));
  assert.deepEqual(found, ["destroyed", 0, 0]);
  assert.deepEqual(page.consoleLines, []);
});
