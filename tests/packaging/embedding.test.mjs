// The script tag wherever a site may put it, with the built kit in a real browser and a server of a few lines.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/lib/until.mjs";
import { TAG, kept, popups, site } from "./lib/site.mjs";

/** @typedef {import("../../pkg/index.js").Softbell} Softbell */

test("J1: in the head of a page whose body is long in coming, the popup shows and stays", async (t) => {
  const { page, origin, release } = await site(t, { "/": `<html><head>${TAG()}WAIT</head><body><h1>Late</h1></body></html>` });
  page.goto(origin).catch(() => {});
  await until("the popup", async () => (await popups(page)) === 1);
  assert.equal(await page.evaluate(() => document.body), null);
  release();
  await page.waitForSelector("h1");
  assert.equal(await popups(page), 1);
  assert.deepEqual(page.consoleLines, []);
});

test("J1: a script that is put in late, and a module, ask as every other", async (t) => {
  const { page, origin } = await site(t, { "/late": "<body>", "/module": `<body>${TAG('type="module"')}` });
  await page.goto(`${origin}/late`);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.dataset.site = "shop";
    script.src = "/softbell/loader.js";
    document.body.append(script);
  });
  await until("the popup", async () => (await popups(page)) === 1);
  await page.goto(`${origin}/module`);
  await until("the popup", async () => (await popups(page)) === 1);
  assert.deepEqual(page.consoleLines, []);
});

test("J2: two sites on one origin keep apart what they know; both on one page, the first one stays", async (t) => {
  const own = `data-config='{"worker":{"scope":"/softbell/other/"}}'`;
  const { page, origin } = await site(t, { "/shop": `<body>${TAG()}`, "/other": `<body>${TAG(own, "other")}`, "/both": `<body>${TAG()}${TAG(own, "other")}` });
  await page.goto(`${origin}/shop`);
  const no = await page.waitForSelector("[data-softbell-popup][data-ready] >>> .no");
  await no?.click();
  await until("the answer to be kept", async () => (await kept(page)).includes("softbell.shop"));
  await page.goto(`${origin}/other`);
  await until("the popup of the other site, to which nobody has said No", async () => (await popups(page)) === 1);
  const both = await kept(page);
  assert.ok(both.includes("softbell.shop.history") && both.includes("softbell.other.history"), String(both));
  assert.deepEqual(page.consoleLines, []);

  await page.goto(`${origin}/both`);
  await until("the second to say so", () => page.consoleLines.some((line) => line.includes("softbell is loaded")));
  const code = await page.evaluate(() => new Promise((resolve) => {
    /** @type {any} */ (window).softbell.push((/** @type {Softbell} */ softbell) => softbell.explain().then(({ code }) => resolve(code)));
  }));
  assert.equal(code, "declined_recently", "the client is the first site's");
  assert.equal(await popups(page), 0);
  /** @type {string[]} */
  const lines = page.consoleLines;
  assert.equal(lines.length, 1, String(lines));
});
