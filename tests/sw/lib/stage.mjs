// The stage for the outbox: a server that answers what the test says, and browsers that run the outbox in a page and in
// a real service worker.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launch } from "puppeteer-core";

/**
 * @typedef {{status?: number, headers?: Record<string, string>, body?: unknown, raw?: string}} Plain
 * @typedef {Plain | (() => Promise<Plain>) | "cut" | "hang"} Answer
 * @typedef {{method: string, path: string, headers: import("node:http").IncomingHttpHeaders, body: any}} Asked
 * @typedef {{PUT: Answer[], POST: Answer[], asked: Asked[]}} Script What a site's server answers, one after another, then all is well.
 * @typedef {"page" | "worker"} Place
 */

/** @param {Asked} asked @returns {Answer} */
const well = ({ method, body }) =>
  method === "PUT"
    ? { body: { revision: body?.revision, report_token: "1.token" } }
    : { body: { stored: body?.length, duplicates: 0, drop: [] } };

/** @param {import("node:http").IncomingMessage} request */
const read = async (request) => {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
};

/** @param {string} file */
const bundle = async (file) => {
  const entryPoints = [fileURLToPath(new URL(file, import.meta.url))];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: "iife", define: { __BUILD__: '"test"' } });
  return String(outputFiles[0]?.text);
};

/** @param {string} text */
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export async function startServer() {
  const driver = await bundle("./driver.js");
  const worker = await bundle("../../../sw/index.js"); // the kit's own
  /** @type {Map<string, Script>} */
  const scripts = new Map();
  /** @param {string} site @returns {Script} */
  const script = (site) => {
    const found = scripts.get(site) ?? { PUT: [], POST: [], asked: [] };
    scripts.set(site, found);
    return found;
  };
  const server = createServer(async (request, response) => {
    const { url = "", method = "" } = request;
    const [, site] = /^\/v1\/sites\/([^/]+)\//.exec(url) ?? [];
    if (!site) {
      const js = url.endsWith(".js");
      response.writeHead(200, { "content-type": js ? "text/javascript" : "text/html" });
      response.end(url === "/softbell/sw.js" ? worker : js ? driver : "<!doctype html><title>stage</title><script src=/driver.js></script>");
      return;
    }
    const text = await read(request).catch(() => "");
    const asked = { method, path: url.replace(/.*\/sites\/[^/]+/, ""), headers: request.headers, body: parsed(text) };
    script(site).asked.push(asked);
    const next = script(site)[/** @type {"PUT" | "POST"} */ (method)].shift() ?? well(asked);
    const answer = typeof next === "function" ? await next() : next;
    if (answer === "cut") return request.socket.destroy();
    if (answer === "hang") return;
    // One request a connection: browsers repeat by themselves what breaks on one that was used before.
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", connection: "close", ...answer.headers });
    response.end(answer.raw ?? (answer.body === undefined ? "" : JSON.stringify(answer.body)));
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${port}`,
    script,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

/** @param {"chrome" | "firefox"} name */
export const startBrowser = (name) =>
  launch({
    browser: name,
    executablePath: name === "chrome" ? (process.env.CHROMIUM ?? "/usr/bin/chromium") : (process.env.FIREFOX ?? "/usr/bin/firefox-esr"),
    args: name === "chrome" && process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });

/**
 * A page with its worker; `call` runs a method in either.
 * @param {import("puppeteer-core").Browser} browser @param {string} origin
 */
export async function openStage(browser, origin) {
  const page = await browser.newPage();
  await page.goto(`${origin}/`);
  await page.evaluate(async () => {
    const { installing, active } = await navigator.serviceWorker.register("/sw.js");
    const worker = /** @type {ServiceWorker} */ (active ?? installing);
    await new Promise((resolve) => {
      const look = () => worker.state === "activated" && resolve(undefined);
      worker.onstatechange = look;
      look();
    });
    Object.assign(globalThis, { worker });
  });
  /** @param {Place} place @param {import("./driver.js").Call} call @returns {Promise<{value?: any, error?: string}>} */
  const call = (place, call) =>
    page.evaluate((place, call) => {
      const scope = /** @type {any} */ (globalThis);
      if (place === "page") return scope.perform(call);
      return new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        scope.worker.postMessage(call, [port2]);
      });
    }, place, call);
  return { page, call };
}
