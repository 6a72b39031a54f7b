// The worker in both browsers: what it shows, where presses lead, and what it reports, each as an exact list.

import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BROWSERS } from "./lib/browser.mjs";
import { temporaryFolder } from "./lib/processes.mjs";
import { KIT, told } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { until } from "./lib/until.mjs";

/** @param {string} type @param {object | null} [data] */
const report = (type, data = null) => ({ type: `notification.${type}`, data, verified: 1 });
const SHOWN = [report("received"), report("displayed")];

/**
 * The one page in front, once it is at `url`.
 * @param {import("./lib/browser.mjs").TestBrowser} browser @param {string} url
 */
const inFront = async (browser, url) => {
  const look = () => browser.visiblePages();
  // For a blink two tabs of one window can both say that they are visible.
  return until(`${url} alone to be in front`, async () => {
    const [page, ...others] = await look();
    return page?.url === url && others.length === 0 && page.page;
  }, { hint: async () => (await look()).map((page) => page.url) });
};

/** How many tabs show the shop. @param {import("./lib/browser.mjs").TestBrowser} browser @param {string} shop */
const shopTabs = async ({ browser }, shop) => (await browser.pages()).filter((page) => page.url().startsWith(shop)).length;

/** The page sleeps: nothing but the loader came. @param {import("./lib/pages.mjs").WatchedPage} page */
const sleeps = (page) => page.evaluate(() =>
  performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith("/softbell/")).join() === "/softbell/loader.js");

for (const name of BROWSERS) {
  test(`${name}: (5) buttons lead to their own pages, and each press is reported`, async (t) => {
    const { browser, lab, server, send, since } = await subscriber(t, name);
    const actions = [{ action: "see", title: "See it", navigate: "/?item=letters" }, { action: "later", title: "Not now" }, { action: "third", title: "Too many" }];
    const mark = send.softbell();
    await send.message({ title: "The letters are here", body: "Printed yesterday.", navigate: "/welcome.html", actions }, mark);
    const first = await lab.notification((n) => n.summary === "The letters are here");
    assert.equal(first.text, "Printed yesterday.");
    assert.deepEqual(first.actions.map(({ label }) => label).filter((label) => !["Activate", "Settings"].includes(label)), ["See it", "Not now"]);
    await lab.action(first.id, "See it");
    await inFront(browser, `${server.shop}/?item=letters`);
    assert.deepEqual(await since(3), [...SHOWN, report("action", { action: "see" })]);

    // The same message again: shown and pressed again, but each thing counts once.
    await send.message({ title: "Once more", navigate: "/welcome.html", actions }, mark);
    await lab.action((await lab.notification((n) => n.summary === "Once more")).id, "Not now");
    await inFront(browser, `${server.shop}/welcome.html`);
    assert.deepEqual(await since(4), [...SHOWN, report("action", { action: "see" }), report("action", { action: "later" })]);
    assert.equal(await shopTabs(browser, server.shop), 1);
  });

  test(`${name}: (6) a notification that the visitor closes is reported, one that is replaced is not`, async (t) => {
    const { lab, send, since } = await subscriber(t, name);
    const mark = send.softbell();
    await send.message({ title: "Closed soon", body: "First" }, mark);
    const first = await lab.notification((n) => n.text === "First");
    await send.message({ title: "Closed soon", body: "Second" }, mark);
    const second = await lab.notification((n) => n.text === "Second");
    const gone = (await lab.notifications()).find(({ state, text }) => text === "First" && state !== "open");
    assert.ok(gone ?? second.replaces_id === first.id);
    await lab.dismiss(second.id);
    assert.deepEqual(await since(3), [...SHOWN, report("dismissed")]);
  });

  test(`${name}: (7) garbage still shows a notification`, async (t) => {
    const { lab, server, send, since } = await subscriber(t, name);
    const { host } = new URL(server.shop);
    const garbage = [undefined, "Hello", "{", "null", "[]", '{"notification":7}', '{"notification":{"title":7,"body":{}}}',
      '{"title":"Of another kind","body":"of sender"}', Buffer.from([0xff, 0xfe, 0, 0xc3, 0x28])];
    const news = { summary: host, text: "There is news for you." };
    for (const [at, payload] of garbage.entries()) {
      await send.raw(payload);
      const shown = await until(`garbage ${at} to be shown`, async () => (await lab.notifications())[at + 1]); // the welcome was first
      assert.deepEqual({ summary: shown.summary, text: shown.text }, news, String(payload));
    }
    await send.raw('{"notification":{"body":"Only a body"}}');
    assert.equal((await lab.notification((n) => n.text === "Only a body")).summary, host);
    await send.message({ title: "Wrong types", body: "Still read", lang: 7, icon: [], image: {}, tag: 1, dir: "up", silent: "no", navigate: 1, actions: [7, { action: 1 }], renotify: true });
    assert.equal((await lab.notification((n) => n.summary === "Wrong types")).text, "Still read");
    const unreadable = report("failed", { reason: "payload_unreadable" });
    const wanted = [...garbage.map(() => unreadable), unreadable, ...SHOWN];
    assert.deepEqual(await since(wanted.length), wanted);
  });

  test(`${name}: (8) an address that is not the shop's leads to its front page`, async (t) => {
    const { browser, lab, server, page, send } = await subscriber(t, name);
    for (const navigate of ["https://evil.example/", "javascript:document.title='hacked'", `${server.server}/healthz`]) {
      await page.evaluate(() => history.pushState(null, "", "/somewhere"));
      await send.message({ title: navigate, navigate });
      await lab.click((await lab.notification((n) => n.summary === navigate)).id);
      await inFront(browser, `${server.shop}/`);
    }
    assert.equal(await shopTabs(browser, server.shop), 1);
  });

  test(`${name}: (11) a click focuses the sleeping tab, which ends at the target wherever it was`, async (t) => {
    const { browser, lab, server, page, send } = await subscriber(t, name);
    await page.reload();
    assert.equal(await sleeps(page), true);
    const aside = await browser.newPage();
    /** @type {[from: string | null, to: string, reloads: boolean][]} */
    const cases = [
      [null, "/welcome.html", true],
      ["/letters", "/welcome.html", true], // the browser still says "/welcome.html" of it
      ["/?deep", "/?deep", false], // the browser still says "/welcome.html" of it
      [null, "/?deep#terms", false],
      [null, "/welcome.html#arrived", true],
    ];
    for (const [at, [from, to, reloads]] of cases.entries()) {
      await page.evaluate((address) => {
        if (address) history.pushState(null, "", address);
        Object.assign(window, { stayed: true });
      }, from);
      await aside.bringToFront();
      await send.message({ title: `Case ${at}`, navigate: to });
      await lab.click((await lab.notification((n) => n.summary === `Case ${at}`)).id);
      assert.equal(await inFront(browser, server.shop + to), page);
      assert.equal(await page.evaluate(() => !("stayed" in window)), reloads, to);
      assert.equal(await shopTabs(browser, server.shop), 1);
    }
    assert.equal(await sleeps(page), true);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: (11) a page that does not answer stays, and a new tab shows the target`, async (t) => {
    const { browser, lab, server, page, send, since } = await subscriber(t, name);
    await page.goto(`${server.shop}/shop.css`); // of this origin, and without a loader
    await send.message({ title: "Nobody answers", navigate: "/welcome.html" });
    await lab.click((await lab.notification((n) => n.summary === "Nobody answers")).id);
    await inFront(browser, `${server.shop}/welcome.html`);
    assert.equal(page.url(), `${server.shop}/shop.css`);
    assert.deepEqual(await since(3), [...SHOWN, report("clicked")]);
  });

  test(`${name}: what the site shows through our registration is its own affair`, async (t) => {
    const { browser, lab, server, page, send, since } = await subscriber(t, name);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration("/softbell/"))?.showNotification("The site's own"));
    const own = await lab.notification((n) => n.summary === "The site's own");
    await lab.ask(`/notifications/${own.id}/click`, { keep: true });
    // Events reach the worker in order: once ours is followed, the other had its time.
    await send.message({ title: "Ours", navigate: "/welcome.html" });
    await lab.click((await lab.notification((n) => n.summary === "Ours")).id);
    await inFront(browser, `${server.shop}/welcome.html`);
    assert.deepEqual(await since(3), [...SHOWN, report("clicked")]);
    assert.equal((await lab.notifications()).find(({ id }) => id === own.id)?.state, "open");
  });

  test(`${name}: a page of another build has the browser look for a new worker`, async (t) => {
    const kit = temporaryFolder("kit");
    t.after(kit.remove);
    cpSync(KIT, kit.path, { recursive: true });
    const file = join(kit.path, "sw.js");
    const current = readFileSync(file, "utf8");
    const [, mark] = current.match(/build:"([0-9a-f]{10})"/) ?? [];
    writeFileSync(file, current.replace(String(mark), "0000000000"));
    const { page } = await subscriber(t, name, { kit: kit.path });
    const build = () => page.evaluate(async () => {
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data.build); });
      (await navigator.serviceWorker.getRegistration("/softbell/"))?.active?.postMessage({ softbell: "version" }, [port2]);
      return answer;
    });
    assert.equal(await build(), "0000000000");
    writeFileSync(file, current);
    await page.goto(`${page.url()}?softbell`); // wakes the page
    await told(page);
    await until("the new worker", async () => (await build()) === mark, { hint: build });
    assert.deepEqual(page.consoleLines, []);
  });
}
