// Host first (design.md, rule 8): what a site has already, a worker of its own and a strict policy, goes on working.

import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { BROWSERS } from "./lib/browser.mjs";
import { temporaryFolder } from "./lib/processes.mjs";
import { quiet } from "./lib/quiet.mjs";
import { SHOP, press, told, visit } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

const GUEST = fileURLToPath(new URL("fixtures/host/guest.js", import.meta.url));
const WORKER = fileURLToPath(new URL("fixtures/host/worker.js", import.meta.url));

/** What docs and design.md promise to be enough, on a page that allows nothing else. @param {string} policies names that `trusted-types` allows */
const csp = (policies) =>
  `default-src 'self'; img-src 'self' data:; connect-src 'self' __SOFTBELL_SERVER__; script-src 'self' 'wasm-unsafe-eval'; ` +
  `require-trusted-types-for 'script'; trusted-types ${policies}`;

/**
 * The shop's front page under this policy, with this script of its own.
 * @param {import("node:test").TestContext} t @param {string} policies @param {string} [script]
 */
const site = (t, policies, script = "") => {
  const folder = temporaryFolder("host");
  t.after(folder.remove);
  cpSync(SHOP, folder.path, { recursive: true });
  const page = `${folder.path}/index.html`;
  const meta = `<meta http-equiv="Content-Security-Policy" content="${csp(policies)}" />`;
  writeFileSync(page, readFileSync(page, "utf8").replace("<head>", `<head>${meta}`).replace("</head>", `<script defer src="host.js"></script></head>`));
  writeFileSync(`${folder.path}/host.js`, script);
  return folder.path;
};

/** What a site writes above a worker of its own, as docs/worker.md has it. */
const IMPORT = `self.softbellGuest = true; importScripts("/softbell/sw.js");`;

/**
 * Workbox puts its list of pages where this name stands.
 * @param {string} entry @param {string} outfile @param {string} [banner] runs before every module that is bundled
 */
const buildWorker = (entry, outfile, banner = "") =>
  buildSync({ // not build(): its helper process shares our stderr, and the runner waits for whoever has that open
    entryPoints: [entry], outfile, bundle: true, format: "iife", logLevel: "error", banner: { js: banner },
    define: { "globalThis.PAGES": JSON.stringify([{ url: "/index.html", revision: "1" }]), "process.env.NODE_ENV": '"production"' },
  });

/** What belongs to the site, as it stands. @param {import("./lib/pages.mjs").WatchedPage} page */
const belongings = (page) =>
  page.evaluate(async () => ({
    control: navigator.serviceWorker.controller?.scriptURL.replace(location.origin, ""),
    registration: (await navigator.serviceWorker.getRegistration("/"))?.active?.scriptURL.replace(location.origin, ""),
    caches: await Promise.all((await caches.keys()).sort().map(async (name) => [name, (await (await caches.open(name)).keys()).length])),
  }));

for (const name of BROWSERS) {
  test(`${name}: J7 A21: beside a Workbox worker at / and under a strict policy with Trusted Types, push works and nothing of the site's is touched`, async (t) => {
    // The site's own sink: its policy is its own affair, ours is `softbell`.
    const shop = site(t, "softbell site", `navigator.serviceWorker.register(trustedTypes.createPolicy("site", { createScriptURL: (url) => url }).createScriptURL("/worker.js"));`);
    buildWorker(WORKER, `${shop}/worker.js`);
    const { browser, lab, page } = await visit(t, name, { shop });
    await until("the site's worker to control the page", async () => (await belongings(page)).control === "/worker.js");
    await page.waitForSelector("[data-softbell-popup]");
    await quiet(page);
    await page.reload();
    await page.waitForSelector("[data-softbell-popup]");
    const before = await belongings(page);
    assert.equal(before.caches.length, 2);

    await press(page, "yes");
    await browser.answerPrompt("allow");
    await lab.notification((n) => n.summary.startsWith("Welcome"));
    await until("the server to know the device", async () => (await told(page)).status.reachable);
    assert.deepEqual(await belongings(page), before);
    const scopes = await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname).sort());
    assert.deepEqual(scopes, ["/", "/softbell/"]);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: A2 J7: a policy that does not name softbell is a reason, and throws nothing into the page`, async (t) => {
    const { browser, page } = await visit(t, name, { shop: site(t, "'none'") });
    await press(page, "yes");
    await browser.answerPrompt("allow");
    const { status } = await until("the reason", async () => {
      const found = await told(page);
      return found.status.reason && found;
    });
    assert.deepEqual([status.status, status.reason, status.reachable], ["allowed", "trusted_types", false]);
    assert.deepEqual(page.consoleLines.filter((line) => line.startsWith("uncaught") && !line.includes("Content-Security-Policy")), []);
  });

  test(`${name}: A21: in a Workbox worker that imports ours each shows its own pushes, once, and hears of its own presses; the cache goes on answering`, async (t) => {
    const folder = temporaryFolder("guest");
    t.after(folder.remove);
    cpSync(SHOP, folder.path, { recursive: true });
    buildWorker(GUEST, `${folder.path}/guest.js`, IMPORT);
    const { browser, lab, server, page, send, since } = await subscriber(t, name, { shop: folder.path, config: { worker: { url: "/guest.js", scope: "/" } } });
    await send.message({ title: "Ours", navigate: "/welcome.html" });
    const ours = await lab.notification((n) => n.summary === "Ours");
    await send.raw('{"hello":"site"}');
    const own = await lab.notification((n) => n.summary === "The site's own");
    await lab.click(ours.id);
    await until("our page in front", async () => (await browser.visiblePages()).some(({ url }) => url === `${server.shop}/welcome.html`));
    const heard = await since(3);
    await lab.notification((n) => n.summary === "That was all"); // its report is quicker than the desktop
    assert.deepEqual(heard.map(({ type }) => type).sort(), ["notification.clicked", "notification.displayed", "notification.received"]);
    assert.deepEqual((await lab.notifications()).map(({ summary }) => summary.replace(/^Welcome.*/, "Welcome")), ["Welcome", "Ours", "The site's own", "That was all"]);
    assert.deepEqual((await browser.browser.pages()).filter((one) => one.url().endsWith("/?own")), []);
    await lab.click(own.id);
    await until("the site's own page", async () => (await browser.visiblePages()).some(({ url }) => url === `${server.shop}/?own`));

    await server.kill();
    await page.goto(`${server.shop}/never/seen`);
    assert.equal(await page.title(), "Paper goods · Juniper & Finch", "the front page, as Workbox keeps it");
  });
}
