// What the browser lacks, with the built kit in a real Chromium that is made to lack it: each has a reason of its own.
// src/shell/facts.js reads it, src/logic/status.rs judges it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { told } from "../e2e/lib/shop.mjs";
import { TAG, site } from "./lib/site.mjs";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
/** Also what an iPad says, since iPadOS 13. */
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";

/** In the page, before its scripts: takes away what is named, and is touched by so many fingers. */
const lack = (/** @type {string[]} */ names, /** @type {number} */ touches) => {
  for (const name of names) {
    for (const owner of [window, Navigator.prototype]) if (name in owner) delete (/** @type {any} */ (owner))[name];
    if (name === "localStorage") Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
  }
  Object.defineProperty(navigator, "maxTouchPoints", { value: touches });
};

/** In the page, before its scripts: an app on the Home Screen, with a window of its own in this mode. */
const install = (/** @type {string} */ mode) => {
  const ask = matchMedia.bind(window);
  window.matchMedia = (query) => ask(query.replaceAll(`(display-mode: ${mode})`, "all"));
};

/**
 * @typedef {object} Case
 * @property {string[]} [lacks] @property {string} [agent] @property {number} [touches] @property {string} [app] its display mode
 * @property {[status: string, reason?: string]} told
 */

/** A tab on an iPhone or an iPad has none of these; an app on the Home Screen has them since iOS 16.4. */
const APPS_ONLY = ["PushManager", "Notification"];

/** @type {Record<string, Case>} */
const CASES = {
  "nothing amiss": { told: ["ask"] },
  "no PushManager": { lacks: ["PushManager"], told: ["unsupported", "no_push_manager"] },
  "no service workers": { lacks: ["serviceWorker"], told: ["unsupported", "no_service_worker"] },
  "no service workers, so no push either": { lacks: ["serviceWorker", "PushManager"], told: ["unsupported", "no_service_worker"] },
  "no Notification": { lacks: ["Notification"], told: ["unsupported", "no_notification_api"] },
  "an iPhone's tab": { agent: IPHONE, touches: 5, lacks: APPS_ONLY, told: ["unsupported", "ios_not_installed"] },
  "an iPad's tab, which says Macintosh": { agent: MAC, touches: 5, lacks: APPS_ONLY, told: ["unsupported", "ios_not_installed"] },
  "an iPhone's Home Screen app": { agent: IPHONE, touches: 5, app: "standalone", told: ["ask"] },
  "an iPad's Home Screen app, full screen": { agent: MAC, touches: 5, app: "fullscreen", told: ["ask"] },
  "an iPhone's Home Screen app before iOS 16.4": { agent: IPHONE, touches: 5, app: "standalone", lacks: APPS_ONLY, told: ["unsupported", "no_push_manager"] },
  "a Mac, which has no touch": { agent: MAC, told: ["ask"] },
  "a Mac with an old Safari": { agent: MAC, lacks: ["PushManager"], told: ["unsupported", "no_push_manager"] },
  "denied storage": { lacks: ["localStorage"], told: ["ask", "storage_denied"] },
};

/** Status and reason, as the site is told them. @param {import("../e2e/lib/pages.mjs").WatchedPage | import("puppeteer-core").Frame} page */
const word = async (page) => {
  const { status } = await told(/** @type {import("../e2e/lib/pages.mjs").WatchedPage} */ (page));
  return [status.status, status.reason].filter(Boolean);
};

test("A2: what the browser lacks has a reason of its own, and nothing is thrown", async (t) => {
  const { page, origin } = await site(t, { "/": `<body>${TAG()}` });
  const agent = await page.evaluate(() => navigator.userAgent);
  for (const [name, given] of Object.entries(CASES)) {
    const scripts = [await page.evaluateOnNewDocument(lack, given.lacks ?? [], given.touches ?? 0)];
    if (given.app) scripts.push(await page.evaluateOnNewDocument(install, given.app));
    await page.setUserAgent({ userAgent: given.agent ?? agent });
    await page.goto(origin);
    assert.deepEqual(await word(page), given.told, name);
    for (const { identifier } of scripts) await page.removeScriptToEvaluateOnNewDocument(identifier);
  }
  assert.deepEqual(page.consoleLines, []);
});

test("A2: a frame of another origin has a reason, a frame of the site's own has none", async (t) => {
  // Both names are this machine, and two origins.
  const { page, origin } = await site(t, { "/": `<body>${TAG()}`, "/outside": "<body>" });
  for (const [source, words] of /** @type {const} */ ([[origin.replace("localhost", "127.0.0.1"), ["unsupported", "cross_origin_iframe"]], [origin, ["ask"]]])) {
    await page.goto(`${origin}/outside`);
    const element = await page.evaluateHandle((source) => {
      const frame = document.createElement("iframe");
      frame.src = source;
      document.body.append(frame);
      return new Promise((resolve) => frame.addEventListener("load", () => resolve(frame)));
    }, source);
    const frame = await /** @type {import("puppeteer-core").ElementHandle<HTMLIFrameElement>} */ (element).contentFrame();
    assert.deepEqual(await word(frame), words, source);
  }
});

test("A2: a page without https has a reason", async (t) => {
  const { page, origin } = await site(t, { "/": `<body>${TAG('data-server="https://push.example.com"')}` });
  // Every name that a machine has for itself counts as safe, so this one is served by the test.
  await page.setRequestInterception(true);
  page.on("request", async (request) => {
    const { protocol, hostname, pathname } = new URL(request.url());
    if (protocol !== "http:" || hostname !== "shop.example.com") return request.abort(); // Chromium tries https first
    const answer = await fetch(origin + pathname);
    return request.respond({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) });
  });
  await page.goto("http://shop.example.com/");
  assert.deepEqual(await word(page), ["unsupported", "insecure_context"]);
});
