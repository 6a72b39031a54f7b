// Pages that a press led to, and that learn of it by their address: private messages, and Safari's, which no worker hears of.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { quiet } from "./lib/quiet.mjs";
import { query } from "./lib/server.mjs";
import { askConsent, call, told, visit } from "./lib/shop.mjs";
import { conversions, sendMessage } from "./lib/site_messages.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { idle, shownData, sleeps } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { traces } from "./lib/traces.mjs";
import { until } from "./lib/until.mjs";

/** A landing id that no server has made. */
const STRANGE = "AAAAAAAAAAAAAAAAAAAAAA";

const NEUTRAL = { public_title: "Juniper & Finch wrote to you", public_body: "Open the shop to read it." };

/** @param {string} shop @param {object} [more] */
const letter = (shop, more) => ({
  title: "Your gift for Ben is ready", body: "A garden notebook, wrapped, 18 euros.", url: `${shop}/welcome.html?from=push#arrived`,
  data: { gift: "notebook" }, sensitivity: "private", ...NEUTRAL, ...more,
});
/** Nothing that the number of a port or the name of a temporary folder could be. */
const WORDS = /gift|\bBen\b|notebook|18 euros/;

/** Every page from now on listens, and remembers what it heard. @param {import("./lib/browser.mjs").TestBrowser} browser @param {import("./lib/pages.mjs").WatchedPage} page */
const listen = async (browser, page) => {
  const prepare = () => {
    const page = /** @type {any} */ (window);
    page.heard = [];
    (page.softbell ||= []).push(["on", "notification.clicked", (/** @type {any} */ { preventDefault: _, ...message }) => page.heard.push(message)]);
  };
  await page.evaluateOnNewDocument(prepare);
  await page.reload();
};

/** @param {import("./lib/pages.mjs").WatchedPage} page @returns {Promise<any[]>} */
const heard = (page) => page.evaluate(() => /** @type {any} */ (window).heard);

/** What this page asked the server for about clicks. @param {import("./lib/pages.mjs").WatchedPage} page */
const asks = (page) => {
  /** @type {string[]} */
  const urls = [];
  page.on("request", (request) => void (/\/clicks\//.test(request.url()) && urls.push(request.method())));
  return urls;
};

/**
 * What the pages to come ask the server for. A page that is left says once more what it does not know to have arrived, so the one
 * that is here goes first. @param {import("./lib/pages.mjs").WatchedPage} page @param {string} server
 */
const requestsFromNowOn = async (page, server) => {
  await page.goto("about:blank");
  /** @type {string[]} */
  const urls = [];
  page.on("request", (request) => void (request.url().startsWith(server) && urls.push(request.url())));
  return urls;
};

/** Where the notification that shows now leads, as the worker keeps it. @param {import("./lib/pages.mjs").WatchedPage} page @param {string} title @returns {Promise<string>} */
const leadsTo = async (page, title) => (await shownData(page, title)).softbell.url;

/** What is stored here, and how many reports wait. @param {import("./lib/pages.mjs").WatchedPage} page */
const kept = async (page) => ({
  storage: (await traces(page)).storage.sort(),
  waiting: await page.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.open("softbell:/softbell/");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const count = request.result.transaction("reports").objectStore("reports").count();
      count.onsuccess = () => {
        resolve(count.result);
        request.result.close();
      };
    };
  })),
});

const CLICKED = { type: "notification.clicked", data: null, verified: 1 };
/** @param {{type: string}[]} rows */
const clicks = (rows) => rows.filter(({ type }) => /clicked|action/.test(type));

for (const name of BROWSERS) {
  test(`${name}: W3 C16: a private message says nothing on the desktop, and everything to the page that was clicked for`, async (t) => {
    const { browser, lab, server, page, since } = await subscriber(t, name);
    await listen(browser, page);
    const asked = asks(page);
    const id = await sendMessage(server, letter(server.shop));
    const shown = await lab.notification((n) => n.summary === NEUTRAL.public_title);
    assert.equal(shown.text, NEUTRAL.public_body);
    assert.doesNotMatch(JSON.stringify({ ...shown, hints: undefined }), WORDS);
    assert.match(await leadsTo(page, NEUTRAL.public_title), /\/welcome\.html\?from=push&softbell=[\w-]{22}#arrived$/);
    assert.deepEqual([asked, await heard(page)], [[], []], "nothing is fetched before the click");

    await lab.click(shown.id);
    const url = `${server.shop}/welcome.html?from=push#arrived`;
    const clicked = { id, title: "Your gift for Ben is ready", body: "A garden notebook, wrapped, 18 euros.", url, data: { gift: "notebook" } };
    await until("the page to hear of it", async () => (await heard(page)).length, { hint: () => page.url() });
    assert.deepEqual(await heard(page), [clicked]);
    assert.equal(await page.evaluate(() => location.href), url);
    assert.deepEqual(clicks(await since(3)), [CLICKED], "worker and landing count once");
    assert.ok(asked.includes("GET"));

    const at = (/** @type {string} */ address) => until(address, async () => (await page.evaluate(() => location.href)) === address, { hint: () => page.url() });
    // Not the driver's own way: it waits for a load that a page out of the browser's memory does not have.
    await page.evaluate(() => history.back());
    await at(`${server.shop}/`);
    await page.evaluate(() => history.forward());
    await at(url); // no history brings the id back
    assert.deepEqual(clicks(await since(3)), [CLICKED]);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: C16 I4: where no worker hears of the press the page reports it, and what follows is its doing`, async (t) => {
    const { browser, lab, server, page, since } = await subscriber(t, name);
    await listen(browser, page);
    const message = await sendMessage(server, letter(server.shop, { campaign: "gifts" }));
    await lab.notification((n) => n.summary === NEUTRAL.public_title);
    // As Safari does: the browser goes there by itself.
    await page.goto(await leadsTo(page, NEUTRAL.public_title));
    await until("the page to hear of it", async () => (await heard(page)).length);
    await until("the report", async () => (await query(server.database, "select 1 from reports where type = 'notification.clicked'")).length);
    const { outcome } = await call(page, "conversion", "order", { value: 18, currency: "EUR", id: "o1" });
    await outcome();
    assert.deepEqual((await since(4)).slice(2), [CLICKED, { type: "conversion", data: { name: "order", value: 18, currency: "EUR", id: "o1" }, verified: 1 }]);
    const [bought] = await conversions(server);
    const { name: what, value, currency, id, attribution, campaign } = bought;
    assert.deepEqual({ what, value, currency, id, attribution, message: bought.message, campaign },
      { what: "order", value: 18, currency: "EUR", id: "o1", attribution: "direct", message, campaign: "gifts" });
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: C16: a view of a single-page app lands too, asleep; the router's state stays`, async (t) => {
    const { browser, lab, server, page, since } = await subscriber(t, name);
    await listen(browser, page);
    await sendMessage(server, letter(server.shop));
    await lab.notification((n) => n.summary === NEUTRAL.public_title);
    const url = await leadsTo(page, NEUTRAL.public_title);
    assert.equal(await sleeps(page), true);
    await page.evaluate((url) => {
      history.pushState({ route: 7 }, "", url);
      /** @type {any} */ (window).softbell.push(["page"]);
    }, url);
    await until("the page to hear of it", async () => (await heard(page)).length);
    assert.deepEqual(await page.evaluate(() => [location.search, history.state]), ["?from=push", { route: 7 }]);
    assert.deepEqual(clicks(await since(3)), [CLICKED]);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: C16: whoever was sent the address by somebody else is asked as everybody, and nothing is reported`, async (t) => {
    const { browser, server, page } = await visit(t, name);
    // A page that is left while it loads says so in the console.
    const popup = () => page.waitForSelector("[data-softbell-popup]");
    await popup();
    // Else nobody would ask for the message, whoever it is for.
    await quiet(page);
    await listen(browser, page);
    await popup();
    await quiet(page);
    const asked = asks(page);
    await page.goto(`${server.shop}/?softbell=${STRANGE}&a=1`);
    assert.equal((await told(page)).why.code, "shown");
    assert.equal(await page.evaluate(() => location.href), `${server.shop}/?a=1`);
    assert.deepEqual(asked, []);
    assert.deepEqual(await query(server.database, "select 1 from reports where type like 'notification.%'"), []);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: C16: an id that the server does not know costs a subscriber nothing`, async (t) => {
    const { browser, server, page, since } = await subscriber(t, name);
    await listen(browser, page);
    const asked = asks(page);
    const posted = page.waitForResponse((response) => response.url().endsWith("/events") && response.request().method() === "POST");
    await page.goto(`${server.shop}/?softbell=${STRANGE}`);
    await until("the question", () => asked.includes("GET"));
    assert.equal((await posted).status(), 200, "the report was sent");
    assert.deepEqual(await since(0), []);
    await until("an empty outbox", async () => page.evaluate(() => !localStorage["softbell.shop.journal"]));
    assert.deepEqual([await heard(page), await page.evaluate(() => location.search)], [[], ""]);
    assert.deepEqual(page.consoleLines.filter((line) => !/404/.test(line)), []);
  });

  test(`${name}: C16 F7: while consent is pending a click waits, and neither is stored nor sent`, async (t) => {
    const { lab, server, page, since } = await subscriber(t, name);
    await sendMessage(server, letter(server.shop));
    await lab.notification((n) => n.summary === NEUTRAL.public_title);
    const url = await leadsTo(page, NEUTRAL.public_title);
    await page.evaluateOnNewDocument(askConsent, "pending");
    assert.deepEqual(clicks(await since(2)), []);
    await until("an empty outbox", async () => (await kept(page)).waiting === 0);
    const before = await kept(page);
    const requests = await requestsFromNowOn(page, server.server);
    await page.goto(url);
    await idle(page);
    assert.deepEqual([requests, await kept(page)], [[], before]);
    await page.evaluate(() => /** @type {any} */ (window).softbell.push(["setConsent", "granted"]));
    assert.deepEqual(clicks(await since(3)), [CLICKED]);
    assert.equal(await page.evaluate(() => location.search), "?from=push");
  });

  test(`${name}: C16 F7: a client of the package holds a click in memory until consent, and destroy() does not lose it`, async (t) => {
    const { lab, server, page, since } = await subscriber(t, name);
    await sendMessage(server, letter(server.shop));
    await lab.notification((n) => n.summary === NEUTRAL.public_title);
    const { search } = new URL(await leadsTo(page, NEUTRAL.public_title));
    assert.deepEqual(clicks(await since(2)), []);
    await until("an empty outbox", async () => (await kept(page)).waiting === 0);
    const before = await kept(page);
    const requests = await requestsFromNowOn(page, server.server);
    await page.goto(`${server.shop}/shop.css${search}`); // of this origin, and without a loader
    await page.evaluate(async (server) => {
      const { init } = await import(/** @type {any} */ ("/softbell/client.js"));
      // Frameworks mount twice in development.
      init({ site: "shop", server, consent: "pending" }).destroy();
      /** @type {any} */ (window).client = init({ site: "shop", server, consent: "pending" });
    }, server.server);
    assert.equal(await page.evaluate(() => location.href), `${server.shop}/shop.css?from=push`);
    assert.deepEqual([requests, await kept(page)], [[], before]);
    await page.evaluate(() => /** @type {any} */ (window).client.setConsent("granted"));
    assert.deepEqual(clicks(await since(3)), [CLICKED]);
  });
}
