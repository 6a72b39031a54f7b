// The console in Chromium, on the real server with real reports and real pushes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fillConsole } from "../../tools/console_data.mjs";
import { exclusionWords, failureWords, reportWords, warningWords } from "../../www/console/words.js";
import { axe } from "./lib/axe.mjs";
import { SEND, adminToken, linesWhileWriting, openConsole, read, signIn, write } from "./lib/console.mjs";
import { LIMITED } from "./lib/processes.mjs";
import { scene } from "./lib/scene.mjs";
import { query, reports } from "./lib/server.mjs";
import { KIT } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { never, until } from "./lib/until.mjs";

const SHOP = fileURLToPath(new URL("../../www/shop", import.meta.url));
/** @type {typeof import("../../www/console/platforms.json")} */
const FACTS = JSON.parse(readFileSync(new URL("../../www/console/platforms.json", import.meta.url), "utf8"));
const STEPS = ["shown", "accepted", "granted", "subscribed", "sent", "displayed", "followed"];
/** Each view, and what stands once it is filled. @type {[string, string][]} */
const VIEWS = [["overview", ".figures"], ["live", ".row"], ["send", ".gallery .preview"], ["messages", "[data-message]"]];

/** What the browsers' makers and MDN say of `Notification`. @type {Record<string, Record<string, { added: string | false }>>} */
const SUPPORT = JSON.parse(readFileSync(new URL("../vectors/notification_support.json", import.meta.url), "utf8")).support;
/** @type {Record<string, string>} */
const BROWSERS = { chrome_windows: "chrome", chrome_macos: "chrome", chrome_android: "chrome_android", firefox: "firefox", safari_macos: "safari", safari_ios: "safari_ios" };
/** @type {Record<string, string>} */
const MEMBERS = { require_interaction: "requireInteraction" };

test("the facts are those of the browser support data, but where they name a nearer source", () => {
  for (const { id, shows, actions, sources } of FACTS.platforms) {
    const supported = (/** @type {string} */ member) => SUPPORT[MEMBERS[member] ?? member]?.[BROWSERS[id] ?? ""]?.added !== false;
    for (const [member, shown] of Object.entries(shows))
      if (/bcd|webkit/.test(sources[/** @type {keyof typeof sources} */ (member)])) assert.equal(shown, supported(member), `${id}: ${member}`);
    assert.equal(actions > 0, supported("actions"), `${id}: actions`);
    for (const name of Object.values(sources)) assert.ok(name in FACTS.sources, `${id}: ${name}`);
  }
});

test("every code that the server can name has words", () => {
  const source = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const all = (/** @type {string} */ text, /** @type {RegExp} */ pattern) => [...text.matchAll(pattern)].map(([, code]) => String(code));
  const audience = source("server/src/store/audience.rs");
  const excluded = all(audience, /(?:THEN|ELSE) '(\w+)'/g).filter((code) => code !== "reachable");
  const attempts = ["sender/attempt.rs", "sender/recipient.rs", "push/outcome.rs", "push/client.rs"].map((file) => source(`server/src/${file}`)).join("\n");
  const failures = all(attempts, /(?:Failed\(|Retry\([^"]*?, |Err\(|ok_or\(|map_err\(\|_\| |EncryptError::\w+ => )"(\w+)"/g);
  const reports = all(source("src/contract/report.rs"), /^ {4}\w+ = "([\w.]+)",$/gm);
  assert.deepEqual([excluded.length, failures.length, reports.length].map((count) => count > 5), [true, true, true]);
  for (const code of excluded) assert.notEqual(exclusionWords(code), code.replaceAll("_", " "), code);
  for (const code of failures) assert.notEqual(failureWords(code), code.replaceAll("_", " "), code);
  const warnings = all(source("server/src/lint.rs"), /Self::\w+ => "(\w+)"/g);
  assert.ok(warnings.length > 3);
  for (const code of warnings) assert.ok(!warningWords({ code, member: "title" }).includes(code.replaceAll("_", " ")), code);
  for (const type of reports) assert.notEqual(reportWords(/** @type {any} */ ({ type })), type);
});

/** A server and a browser, without a visitor. @param {import("node:test").TestContext} t */
const empty = async (t) => {
  const set = await scene("chromium", { demo: { kit: KIT, shop: SHOP } });
  t.after(set.close);
  if (!set.server) throw new Error("the scene has no server");
  return { ...set, server: set.server };
};

test("a wrong token is refused in words, the right one opens the console, signing out forgets it", async (t) => {
  const { browser, server } = await empty(t);
  const page = await browser.newPage();
  await page.goto(`${server.server}/console/`);
  await signIn(page, "not-the-token");
  await until("a sentence", async () => (await read(page, "#sign-in-error")).includes("not the admin token"));
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "a wrong token is not kept");

  await signIn(page, adminToken(server.database));
  await page.waitForSelector(".figures");
  assert.match(await read(page, "main"), /No visitor has been asked yet/);
  await page.reload();
  await page.waitForSelector(".figures");
  assert.equal(await page.evaluate(() => location.href.includes("token")), false);

  await page.click(".sign-out");
  await page.waitForSelector("#token");
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.reload();
  await page.waitForSelector("#token");
  // Besides the two lines of Chromium and ours about the one refusal, the policy and the scripts are silent.
  assert.deepEqual(page.consoleLines.filter((line) => !line.includes("401")), []);
});

test("the funnel's numbers are those of one visitor who said Yes and clicked", async (t) => {
  const set = await subscriber(t, "chromium");
  await set.lab.click(set.welcome.id);
  const rows = await reports(set.server.database, (all) => all.some(({ type }) => type === "notification.clicked"));
  assert.equal(rows.filter(({ type }) => type === "prompt.shown").length, 1);
  await until("the send to be written down", async () => (await query(set.server.database, "select seq from sends where state = 'sent'")).length === 1);
  const page = await openConsole(set, "overview", ".funnel");
  for (const step of STEPS) assert.equal(await read(page, `[data-step="${step}"] .step-count`), "1", step);
  assert.match(await read(page, '[data-step="followed"] .step-rate'), /^100 % of displayed$/);
  assert.match(await read(page, "#variants + .scroll tbody"), /^Default 100 % 1 1 100 % 1 100 % 1 100 %$/);
  await page.click("input[value='24h'] + span");
  await until("24 hours by hour", () => page.evaluate(() => document.querySelectorAll("details:first-of-type table tbody tr").length === 48));
  assert.equal(await read(page, '[data-step="shown"] .step-count'), "1");
  const charts = await page.queryObjects(await page.evaluateHandle(() => HTMLCanvasElement.prototype));
  assert.equal(await charts.evaluate((all) => all.length), 2, "the charts of before are let go of");
  assert.deepEqual(page.consoleLines, []);

  await page.click("details summary");
  const comeBack = () => page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
  await comeBack();
  const isClosed = () => page.evaluate(() => !document.querySelector("details[open]"));
  assert.equal(await never(isClosed, 1_000), true, "a table that is open stays open");
  await page.click("details summary");
  await page.evaluate(() => (/** @type {HTMLElement} */ (document.activeElement).blur(), document.querySelector(".figures")?.setAttribute("data-old", "")));
  await comeBack();
  await until("the figures anew", () => page.evaluate(() => !document.querySelector(".figures[data-old]")));
});

test("a report that arrives appears by itself, not while paused, and again after the server was away", async (t) => {
  const set = await subscriber(t, "chromium");
  const page = await openConsole(set, "live", ".row");
  await until("the stream", async () => (await read(page, ".state")) === "Live");
  assert.match(await read(page, "[data-device]"), /^Reachable Chrome · English/);
  const shown = () => page.$$eval("[data-seq] .row-main", (rows) => rows.filter((row) => row.textContent === "Notification shown").length);
  const before = await shown();
  await set.send.message({ title: "For the live view" });
  await until("the row of the new notification", async () => (await shown()) === before + 1);

  await page.evaluate(() => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Pause")?.click());
  await set.send.message({ title: "While paused" });
  await reports(set.server.database, (all) => all.filter(({ type }) => type === "notification.displayed").length === before + 2);
  // The server looks for news once a second.
  assert.equal(await never(async () => (await shown()) > before + 1, 2_500), true, "nothing moves while paused");
  await page.evaluate(() => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Resume")?.click());
  await until("what came meanwhile", async () => (await shown()) === before + 2);
  assert.deepEqual(page.consoleLines, []);

  await set.server.kill();
  await until("the loss to be told", async () => (await read(page, ".state")) === "Reconnecting");
  await set.server.restart();
  await until("the stream again", async () => (await read(page, ".state")) === "Live");
  await set.send.message({ title: "After the restart" });
  await until("the row after the restart", async () => (await shown()) === before + 3);
});

test("a message shows its reach first, is confirmed, arrives, and its progress is seen", async (t) => {
  const set = await subscriber(t, "chromium");
  const page = await openConsole(set, "send", "#message");
  const disabled = () => page.$eval(SEND, (element) => /** @type {HTMLButtonElement} */ (element).disabled);
  assert.equal(await disabled(), true, "nothing to send yet");
  await write(page, "title", "Fresh ink");
  await until("the reach", async () => (await read(page, ".reach")).startsWith("1 device will get this"));
  assert.match(await read(page, ".payload"), /^\d+ of 3,993 bytes$/);
  assert.equal(await read(page, SEND), "Send to 1 device");

  await write(page, "url", "https://elsewhere.example/");
  assert.equal(await disabled(), true, "what is written now has not been checked");
  await until("the refusal at its field", async () => (await read(page, "#f-url-error")).includes("an address on the site itself"));
  assert.equal(await page.$eval("[name=url]", (input) => input.getAttribute("aria-invalid")), "true");
  assert.equal(await disabled(), true);
  await write(page, "url", `${set.server.shop}/welcome.html`);
  await write(page, "body", "Juniper blue");
  await write(page, "actions[0].title", "Look");
  await until("the button", async () => !(await disabled()));

  await page.click(SEND);
  await page.waitForSelector("dialog[open]");
  assert.match(await read(page, "dialog"), /^Send “Fresh ink” to 1 device\?/);
  await page.keyboard.press("Escape");
  assert.equal((await query(set.server.database, "select id from messages where kind = 'message'")).length, 0, "nothing is sent without a Yes");
  await until("the dialog to be gone", () => page.evaluate(() => !document.querySelector("dialog")));
  await page.click(SEND);
  await (await page.waitForSelector("dialog .button"))?.click();
  const notification = await set.lab.notification(({ summary }) => summary === "Fresh ink");
  assert.deepEqual([notification.text, notification.actions.some(({ label }) => label === "Look")], ["Juniper blue", true]);
  // The server writes down that it was sent a moment after that, and the browser's report may come first.
  for (const step of ["displayed", "sent"]) await until(step, async () => (await read(page, `[data-step="${step}"] .step-count`)) === "1");
  assert.deepEqual(linesWhileWriting(page), []);
});

test("I2, I4: a message's counts, rates and values are those of what one visitor did", async (t) => {
  const set = await subscriber(t, "chromium");
  const [device] = await query(set.server.database, "select id from devices");
  const sent = await fetch(`${set.server.server}/v1/sites/shop/messages`, {
    method: "POST", headers: { authorization: `Bearer ${adminToken(set.server.database)}` },
    body: JSON.stringify({ title: "Fresh ink", campaign: "inks", variant: "B", audience: { device: device.id } }),
  });
  const { id } = /** @type {any} */ (await sent.json());
  await reports(set.server.database, (all) => all.filter(({ type }) => type === "notification.displayed").length === 2);
  const notification = await set.lab.notification(({ summary }) => summary === "Fresh ink");
  await set.lab.click(notification.id);
  await reports(set.server.database, (all) => all.some(({ type }) => type === "notification.clicked"));
  await set.page.evaluate(() => /** @type {any} */ (window).softbell.push(["conversion", "order", { value: 22.5, currency: "EUR", id: "JF-1" }]));
  await set.page.evaluate(() => /** @type {any} */ (window).softbell.push(["conversion", "order", { value: 22.5, currency: "EUR", id: "JF-1" }]));
  await reports(set.server.database, (all) => all.some(({ type }) => type === "conversion"));
  const page = await openConsole(set, "messages", "[data-message]");
  const row = `[data-message="${id}"]`;
  await until("the conversion", async () => (await read(page, row)).includes("€22.50"));
  assert.match(await read(page, row), /inks · B .* 1 1 100 % 1 100 % 1 100 % 0 0 % 1 100 % €22\.50$/);
  await page.click("input[value=campaign] + span");
  await until("the campaign", async () => /^inks B 1 1 100 % .*€22\.50$/.test(await read(page, "tbody tr:last-child")));
  // `keep_days` ends the message before the click on it.
  execFileSync("sqlite3", ["-cmd", ".timeout 5000", set.server.database, `DELETE FROM messages WHERE id = '${id}'`], LIMITED);
  await page.click("input[value=message] + span");
  await until("what is left of it", async () => /^A deleted message 0 .*€22\.50$/.test(await read(page, "tbody tr:last-child")));
  assert.deepEqual(page.consoleLines, []);
});

test("W3: a private message is previewed with the words for the screen alone, and remarked on where they say too much", async (t) => {
  const set = await empty(t);
  const page = await openConsole(set, "send", "#message");
  await write(page, "title", "Your results are in");
  await write(page, "body", "All is well, ann@mail.example.");
  const remarks = () => page.$$eval(".warnings li", (rows) => rows.map((row) => row.textContent));
  await until("a remark", async () => (await remarks()).join() === "“body” seems to hold an e-mail address.");
  // Half of a choice is none: nothing leaves before the other half is there.
  await write(page, "public_body", "Open it to read.");
  await until("the question for a title", async () => (await read(page, "#f-public_title-error")).includes("public_title"));
  await write(page, "public_title", "You have a new message");
  await until("no remark", async () => (await remarks()).length === 0);
  const gallery = await read(page, ".gallery");
  assert.ok(gallery.includes("You have a new message") && gallery.includes("Open it to read."), gallery);
  assert.ok(!/results|All is well/.test(gallery), gallery);
  assert.deepEqual(linesWhileWriting(page), []);
});

test("each preview shows and drops what the facts say", async (t) => {
  const set = await empty(t);
  const page = await openConsole(set, "send", "#message");
  const title = "A title of far more letters than any of the platforms has room for on its first line";
  const body = "word ".repeat(60).trim();
  for (const [name, value] of [["title", title], ["body", body], ["icon", `${set.server.shop}/pictures/finch.svg`], ["image", `${set.server.shop}/pictures/parcel.svg`], ["actions[0].title", "One"], ["actions[1].title", "Two"]])
    await write(page, String(name), String(value));
  await page.focus("[name=title]"); // a picture is fetched when its field is left
  for (const { id, shows, actions, title: letters, body: most } of FACTS.platforms) {
    const preview = `[data-platform="${id}"]`;
    const count = (/** @type {string} */ selector) => page.$$eval(`${preview} ${selector}`, (found) => found.length);
    assert.deepEqual(
      { icon: await count(".toast-icon"), image: await count(".toast-image"), buttons: /One.*Two/.test(await read(page, `${preview} .toast`)) },
      { icon: Number(shows.icon), image: Number(shows.image), buttons: actions === 2 }, id);
    const [cutTitle, cutBody] = [await read(page, `${preview} .toast-title`), await read(page, `${preview} .toast-body`)];
    assert.ok(cutTitle.endsWith("…") && cutTitle.length <= letters && title.startsWith(cutTitle.slice(0, -1)), id);
    assert.ok(cutBody.endsWith("…") && cutBody.length <= most, id);
    assert.equal((await read(page, `${preview} .lost`)).includes("Drops"), !shows.icon || !shows.image || actions < 2, id);
  }
  // A title that would be markup stays text.
  await write(page, "title", "<b>bold</b>");
  assert.equal(await read(page, '[data-platform="firefox"] .toast-title'), "<b>bold</b>");
  assert.deepEqual(linesWhileWriting(page), []);
});

test("axe finds nothing in any view, light and dark, and nothing runs over the edge of a phone", async (t) => {
  const set = await empty(t);
  fillConsole(set.server.database);
  const page = await browserPage(set);
  for (const [width, height] of [[1280, 900], [360, 740]]) {
    await page.setViewport({ width: Number(width), height: Number(height) });
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
      for (const [view, ready] of VIEWS) {
        await page.goto(`${set.server.server}/console/#/shop/${view}`);
        await page.waitForSelector(ready);
        const name = `${view}, ${scheme}, ${width}`;
        assert.deepEqual((await axe(page)).violations, [], name);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${name}: ${over} pixels too wide`);
        // A card that hides what runs over would hide it from the page's width, too.
        const cut = await page.$$eval(".messages td", (cells) => cells.filter((cell) => cell.getBoundingClientRect().right > (cell.closest(".card")?.getBoundingClientRect().right ?? 0)).length);
        assert.equal(cut, 0, `${name}: cells are cut off`);
      }
    }
  }
  await page.click("[data-message] a");
  await page.waitForSelector(".progress .steps");
  await page.waitForSelector(".stack .figures");
  assert.deepEqual((await axe(page)).violations, [], "one message");
  await page.goto(`${set.server.server}/console/#/shop/send`);
  await page.waitForSelector("#message");
  await write(page, "title", "A title");
  await (await page.waitForSelector(`${SEND}:enabled`))?.click();
  await page.waitForSelector("dialog[open]");
  assert.deepEqual((await axe(page)).violations, [], "the dialog");
  await page.keyboard.press("Escape");
  await page.click(".sign-out");
  await page.waitForSelector("#token");
  assert.deepEqual((await axe(page)).violations, [], "sign-in");
});

/** @param {Parameters<typeof openConsole>[0]} set */
const browserPage = (set) => openConsole(set, "overview", ".figures");
