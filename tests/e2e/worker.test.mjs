// The worker in both browsers: what it shows, where presses lead, and what it reports, each as an exact list.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { inFront, report, shopTabs, shopUrls, SHOWN, sleeps } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

for (const name of BROWSERS)
  test(`${name}: the worker in one browser, scene by scene`, async (t) => {
    const { begin, browser, lab, server, page, send, since } = await subscriber(t, name);
    const anew = async () => {
      await page.goto(`${server.shop}/`);
      await begin();
    };

    await t.test(`${name}: C2 C7: buttons lead to their own pages, and each press is reported`, async () => {
      await anew();
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

    await t.test(`${name}: C14: a notification that the visitor closes is reported, one that is replaced is not`, async () => {
      await anew();
      const mark = send.softbell();
      await send.message({ title: "Closed soon", body: "First" }, mark);
      const first = await lab.notification((n) => n.text === "First");
      await send.message({ title: "Closed soon", body: "Second" }, mark);
      const second = await lab.notification((n) => n.text === "Second");
      await until("the first to be gone", async () =>
        second.replaces_id === first.id || (await lab.notifications()).some(({ state, text }) => text === "First" && state !== "open"));
      await lab.dismiss(second.id);
      assert.deepEqual(await since(3), [...SHOWN, report("dismissed")]);
    });

    await t.test(`${name}: C6: garbage still shows a notification`, async () => {
      await anew();
      const { host } = new URL(server.shop);
      const garbage = [undefined, "Hello", "{", "null", "[]", '{"notification":7}', '{"notification":{"title":7,"body":{}}}',
        '{"title":"Of another kind","body":"of sender"}', Buffer.from([0xff, 0xfe, 0, 0xc3, 0x28])];
      const news = { summary: host, text: "There is news for you." };
      // Reports are quicker than the desktop: what was reported already may be still on its way there.
      await send.message({ title: "Before the garbage" });
      await lab.notification((n) => n.summary === "Before the garbage");
      const already = (await lab.notifications()).length;
      for (const [at, payload] of garbage.entries()) {
        await send.raw(payload);
        const shown = await until(`garbage ${at} to be shown`, async () => (await lab.notifications())[already + at]);
        assert.deepEqual({ summary: shown.summary, text: shown.text }, news, String(payload));
      }
      await send.raw('{"notification":{"body":"Only a body"}}');
      assert.equal((await lab.notification((n) => n.text === "Only a body")).summary, host);
      await send.message({ title: "Wrong types", body: "Still read", lang: 7, icon: [], image: {}, tag: 1, dir: "up", silent: "no", navigate: 1, actions: [7, { action: 1 }], renotify: true });
      assert.equal((await lab.notification((n) => n.summary === "Wrong types")).text, "Still read");
      const unreadable = report("failed", { reason: "payload_unreadable" });
      const wanted = [...SHOWN, ...garbage.map(() => unreadable), unreadable, ...SHOWN];
      assert.deepEqual(await since(wanted.length), wanted);
    });

    await t.test(`${name}: C8: an address that is not the shop's leads to its front page`, async () => {
      await anew();
      for (const navigate of ["https://evil.example/", "javascript:document.title='hacked'", `${server.server}/healthz`]) {
        await page.evaluate(() => history.pushState(null, "", "/somewhere"));
        await send.message({ title: navigate, navigate });
        await lab.click((await lab.notification((n) => n.summary === navigate)).id);
        await inFront(browser, `${server.shop}/`);
      }
      assert.equal(await shopTabs(browser, server.shop), 1);
    });

    await t.test(`${name}: C7: a click focuses the sleeping tab, which ends at the target wherever it was`, async () => {
      await anew();
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

    await t.test(`${name}: C7: with two pages open the one that shows the target comes to the front, else the one in front goes, and the other stays`, async () => {
      await anew();
      const { shop } = server;
      const second = await browser.newPage();
      await second.goto(`${shop}/letter-set.html`);
      /** @type {[to: string, takes: import("./lib/pages.mjs").WatchedPage, all: string[]][]} */
      const cases = [
        ["/welcome.html", second, ["/", "/welcome.html"]],
        ["/", page, ["/", "/welcome.html"]],
        ["/?two", page, ["/?two", "/welcome.html"]],
      ];
      for (const [to, takes, all] of cases) {
        const title = `With two pages to ${to}`;
        await send.message({ title, navigate: to });
        await lab.click((await lab.notification((n) => n.summary === title)).id);
        assert.equal(await inFront(browser, shop + to), takes);
        // Firefox tells the test of the new address after the page has it.
        const wanted = all.map((path) => shop + path).join();
        await until("the tabs", async () => (await shopUrls(browser, shop)).join() === wanted, { hint: () => shopUrls(browser, shop) });
      }
      await second.close();
      assert.deepEqual(page.consoleLines, []);
    });

    await t.test(`${name}: A21: what the site shows through our registration is its own affair`, async () => {
      await anew();
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
  });
