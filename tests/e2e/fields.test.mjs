// What each browser makes of a push that says everything there is to say, and who shows a message that a page may take:
// measured on the desktop and in the worker's own list, and held to tables here.

import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BROWSERS } from "./lib/browser.mjs";
import { temporaryFolder } from "./lib/processes.mjs";
import { configure, SHOP, told } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { SHOWN, sleeps } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const FIXTURES = fileURLToPath(new URL("fixtures/fields", import.meta.url));

/** What MDN says of each member: supported since a version, or not. */
const MDN = JSON.parse(readFileSync(`${FIXTURES}/browser_support.json`, "utf8")).support;

/** Everything that a notification can have; with four buttons, which is more than any browser shows. @param {string} shop */
const everything = (shop) => ({
  title: "Every field", body: "The body", icon: `${shop}/green.png`, image: `${shop}/green.png`, badge: `${shop}/green.png`, lang: "de", dir: "rtl",
  timestamp: 1_700_000_000_000, tag: "fields", renotify: true, requireInteraction: true, vibrate: [100, 50, 100], navigate: `${shop}/welcome.html`,
  actions: ["one", "two", "three", "four"].map((action) => ({ action, title: `Button ${action}`, icon: `${shop}/green.png`, navigate: `${shop}/?${action}` })),
});

/**
 * What the browser does on a Linux desktop. `lost`: members that its own list of notifications no longer knows.
 * @type {Record<import("./lib/browser.mjs").BrowserName, { lost: string[], buttonIcons: boolean, desktop: object, silent: object }>}
 */
const TABLE = {
  chromium: {
    lost: ["navigate"], // and no badge on this desktop, though the list has it
    buttonIcons: true, // in the list; the desktop shows words alone
    desktop: { text: "The body", buttons: ["Button one", "Button two"], icon: true, image: true, staysUntilClosed: true, urgency: 2, quiet: undefined },
    silent: { quiet: true, vibrate: [] },
  },
  firefox: {
    lost: ["image", "badge", "timestamp", "renotify", "vibrate", "navigate"],
    buttonIcons: false,
    desktop: { text: "The body", buttons: ["Button one", "Button two"], icon: true, image: false, staysUntilClosed: true, urgency: null, quiet: false },
    silent: { quiet: true, vibrate: undefined },
  },
};

/**
 * Where MDN's data says other than what was measured, Chromium 156 and Firefox ESR 153 on Linux.
 * @type {Record<import("./lib/browser.mjs").BrowserName, string[]>}
 */
const NOT_AS_MDN_SAYS = {
  chromium: [],
  // Both are kept, and the notification stays on the desktop until it is closed; MDN has "Windows only" and "no".
  firefox: ["showNotification.options_data_parameter", "showNotification.options_requireInteraction_parameter"],
};

/** @param {{ added: string | false }} support @param {number} version */
const supports = ({ added }, version) => added !== false && Number.parseInt(added) <= version;

/** The notifications under this tag, member by member, as the worker would find them. @param {import("./lib/pages.mjs").WatchedPage} page @param {string} tag */
const listed = (page, tag) => page.evaluate(async (tag) => {
  const registration = await navigator.serviceWorker.getRegistration("/softbell/");
  const found = /** @type {any[]} */ (await registration?.getNotifications({ tag }));
  return found.map((notification) => {
    /** @type {Record<string, any>} */
    const members = {};
    for (const name in notification) members[name] = notification[name];
    members.most = /** @type {any} */ (Notification).maxActions;
    return members;
  });
}, tag);

/** Labels of the message's own buttons. @param {import("./lib/lab.mjs").DesktopNotification} shown */
const buttons = ({ actions }) => actions.map(({ label }) => label).filter((label) => !["Activate", "Settings"].includes(label));

/** In the page: it shows messages itself, and keeps their titles. @param {boolean} [asleep] says so in the form that does not wake the kit */
const takeMessages = (asleep) => {
  const site = /** @type {any} */ (window);
  site.taken = [];
  /** @param {import("../../pkg/index.js").Message} message */
  const take = (message) => {
    message.preventDefault();
    site.taken.push(message.title);
  };
  if (asleep) site.softbell.push(["on", "notification.received", take]);
  else site.softbell.push((/** @type {import("../../pkg/index.js").Softbell} */ softbell) => softbell.on("notification.received", take));
};
/** @param {import("./lib/pages.mjs").WatchedPage} page @returns {Promise<string[]>} */
const taken = async (page) => (await page.evaluate(() => /** @type {any} */ (window).taken)).filter((/** @type {string} */ title) => title !== "That was all");

for (const name of BROWSERS)
  test(`${name}: C1 C2 C3 C4 C10 C11 C13: every field as this browser can show it, and a page that may show a message itself`, async (t) => {
    const folder = temporaryFolder("shop");
    t.after(folder.remove);
    for (const from of [SHOP, FIXTURES]) cpSync(from, folder.path, { recursive: true });
    const { browser, lab, page, server, send, since } = await subscriber(t, name, { shop: folder.path });
    const { desktop, lost, buttonIcons, silent } = TABLE[name];
    const sent = everything(server.shop);

    await send.message(sent);
    const shown = await lab.notification(({ summary }) => summary === sent.title);
    assert.deepEqual({
      text: shown.text, buttons: buttons(shown), icon: Object.keys(shown.hints).some((hint) => /^image[-_](data|path)$/.test(hint)), image: shown.body.includes("<img"),
      staysUntilClosed: /** @type {any} */ (shown).expire_ms === 0, urgency: /** @type {any} */ (shown).urgency, quiet: shown.hints["suppress-sound"],
    }, desktop);
    const [found] = await listed(page, sent.tag);
    assert.ok(found);
    // The worker keeps the buttons that have no room, for pages to offer.
    assert.deepEqual([found.most, found.data.softbell.actions.length], [2, 4]);
    const icon = buttonIcons ? { icon: `${server.shop}/green.png` } : {};
    assert.deepEqual(found.actions.map((/** @type {any} */ { action, title, icon }) => ({ action, title, ...(icon && { icon }) })),
      sent.actions.slice(0, 2).map(({ action, title }) => ({ action, title, ...icon })));

    const version = Number((await browser.browser.version()).match(/\d+/)?.[0]);
    const kept = (/** @type {string} */ member) => JSON.stringify(found[member]) === JSON.stringify(/** @type {any} */ (sent)[member]) || ["actions", "data"].includes(member);
    assert.deepEqual(Object.keys(sent).filter((member) => !kept(member)).sort(), [...lost].sort());
    const others = Object.entries(MDN).filter(([entry, support]) => {
      const [, member = ""] = entry.match(/(?:options_)?(\w+?)(?:_parameter)?$/) ?? [];
      // We never hand `navigate` on: a browser that follows links by itself would not tell us of the press.
      return member !== "navigate" && member !== "silent" && supports(support[name === "chromium" ? "chrome" : "firefox"], version) !== kept(member);
    });
    assert.deepEqual(others.map(([entry]) => entry.replace(/^api\.(ServiceWorkerRegistration\.)?/, "")), NOT_AS_MDN_SAYS[name]);

    // The same tag takes its place; silent and vibrating at once is an error to browsers, so it only is silent (C11).
    await send.message({ title: "Instead", tag: sent.tag, silent: true, vibrate: [100] });
    const instead = await lab.notification(({ summary }) => summary === "Instead");
    const [quiet] = await listed(page, sent.tag);
    assert.deepEqual({ quiet: instead.hints["suppress-sound"], vibrate: quiet?.vibrate }, silent);
    assert.equal(quiet?.silent, true);
    await until("it to take its place", async () => (await lab.notifications()).find(({ summary }) => summary === sent.title)?.state !== "open");

    const reported = () => since(2 * titles.length);
    const titles = [sent.title, "Instead"];
    assert.deepEqual(await reported(), titles.flatMap(() => SHOWN));

    /**
     * Sends, and waits until everything about it is told, which may be before the desktop shows it.
     * @param {import("./lib/pages.mjs").WatchedPage} page @param {string} title @param {boolean} isSeen on the desktop @param {object} [mark]
     */
    const arrives = async (page, title, isSeen, mark) => {
      titles.push(title);
      await page.bringToFront();
      await send.message({ title }, { ...send.softbell(), ...mark });
      assert.deepEqual(await reported(), titles.flatMap(() => SHOWN)); // received and displayed, whoever showed it
      if (isSeen) await lab.notification(({ summary }) => summary === title);
      else assert.ok(!(await lab.notifications()).some(({ summary }) => summary === title), title);
    };
    const pageMayTakeIt = name === "chromium";

    // The page would show messages itself. Under the policy "system" it only may where the message says so.
    await page.evaluate(takeMessages);
    await told(page);
    await arrives(page, "For the screen", true);
    await arrives(page, "For the page", !pageMayTakeIt, { s: 1 });
    assert.deepEqual(await taken(page), ["For the screen", "For the page"]);
    // It is in front, and nobody in it listens: there is a notification all the same. After how long, the tests of the worker say.
    await page.reload();
    const started = Date.now();
    await send.message({ title: "Nobody takes it" }, { ...send.softbell(), s: 1 });
    await lab.notification(({ summary }) => summary === "Nobody takes it");
    t.diagnostic(`${name}: shown after ${Date.now() - started} ms, a page in front being silent`);
    titles.push("Nobody takes it");

    // Another tab brings the policy "page": there every message is asked about.
    const other = await browser.newPage();
    await other.evaluateOnNewDocument(configure, JSON.stringify({ foreground: "page" }));
    await other.goto(`${server.shop}/?softbell`); // such an address wakes the client
    await other.evaluate(takeMessages);
    await told(other);
    await arrives(other, "By policy", !pageMayTakeIt);
    assert.deepEqual(await taken(other), ["By policy"]);
    if (pageMayTakeIt) {
      // Frozen: no page is in front.
      const cdp = await other.createCDPSession();
      await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
      titles.push("Behind ice");
      await send.message({ title: "Behind ice" });
      await lab.notification(({ summary }) => summary === "Behind ice");
      assert.deepEqual(await reported(), titles.flatMap(() => SHOWN));
    }
  });

for (const name of BROWSERS)
  test(`${name}: C10: under the policy page a sleeping page takes no message, though a listener waits in its queue; a function in the queue wakes it`, async (t) => {
    const { lab, page, send, since } = await subscriber(t, name, { config: { foreground: "page" } });
    await page.reload({ waitUntil: "networkidle0" });
    await page.evaluate(takeMessages, true);
    await send.message({ title: "Asleep" });
    await lab.notification(({ summary }) => summary === "Asleep");
    assert.deepEqual(await since(2), SHOWN);
    assert.deepEqual([await taken(page), await sleeps(page)], [[], true]);

    await page.reload({ waitUntil: "networkidle0" });
    assert.ok(await sleeps(page), "so it is the function that wakes it");
    await page.evaluate(takeMessages);
    await told(page);
    await send.message({ title: "Awake" });
    assert.deepEqual(await since(4), [...SHOWN, ...SHOWN]);
    assert.deepEqual(await taken(page), ["Awake"]);
    // Only Chromium lets a page show it instead.
    if (name === "firefox") await lab.notification(({ summary }) => summary === "Awake");
    else assert.ok(!(await lab.notifications()).some(({ summary }) => summary === "Awake"));
  });
