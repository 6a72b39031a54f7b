// A site of a few pages with the built kit, a Softbell server that says what the test wants, and a browser that leaves the
// question open.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { openChromium } from "./chromium.mjs";
import { ROOT } from "./packed.mjs";

/** @typedef {import("../../e2e/lib/pages.mjs").WatchedPage} WatchedPage */

/** The script tag. @param {string} [more] attributes @param {string} [site] */
export const TAG = (more = "", site = "shop") => `<script src="/softbell/loader.js" data-site="${site}" ${more}></script>`;
/** What the server says, whatever it was asked: each reader takes what is its own. */
const SERVER = JSON.stringify({ vapid: "BKey", topics: [], campaigns: [], texts: {}, revision: 1, report_token: "1.t", stored: 1, duplicates: 0, drop: [] });
/** @typedef {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void} Answer */

/** @type {Answer} */
export const well = (_, response) => void response.end(SERVER);

const TYPES = /** @type {Record<string, string>} */ ({ js: "text/javascript", wasm: "application/wasm", json: "application/json" });

/**
 * A browser that leaves the question open, and a site whose pages are these. What a page holds after `WAIT` comes on
 * `release()`.
 * @param {import("node:test").TestContext} t @param {Record<string, string>} pages
 * @param {Answer} [answer] the Softbell server's
 */
export const site = async (t, pages, answer) => {
  /** @type {() => void} */
  let release = () => {};
  const server = createServer((request, response) => {
    const { url = "" } = request;
    const { pathname } = new URL(url, "http://localhost");
    const html = pages[pathname];
    if (html !== undefined) {
      const [now = "", later] = html.split("WAIT");
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).write(`<!doctype html>${now}`);
      if (later === undefined) response.end();
      else release = () => response.end(later);
    } else if (pathname.startsWith("/v1/")) (answer ?? well)(request, response);
    else if (pathname.startsWith("/softbell/")) response.writeHead(200, { "content-type": TYPES[String(pathname.split(".").pop())] }).end(readFileSync(`${ROOT}pkg/dist${pathname}`));
    else response.writeHead(404).end();
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  t.after(() => (server.closeAllConnections(), server.close()));
  const page = await (await openChromium(t)).newPage();
  // Without a screen Chromium denies by itself.
  await page.evaluateOnNewDocument(() => Object.defineProperty(Notification, "permission", { value: "default" }));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { page, origin: `http://localhost:${port}`, release: () => release(), hangUp: () => server.closeAllConnections() };
};

/** @param {WatchedPage} page @returns {Promise<number>} */
export const popups = (page) => page.evaluate(() => document.querySelectorAll("[data-softbell-popup]").length);

/** What the kit keeps. @param {WatchedPage} page @returns {Promise<string[]>} */
export const kept = (page) => page.evaluate(() => Object.keys(localStorage).sort());
