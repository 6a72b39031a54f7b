// A website with the built kit and a Softbell server, each on its own free loopback port, whose answers can be held back.

import { createECDH } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";

const KIT = new URL("../../pkg/dist/softbell/", import.meta.url);

/** @type {Record<string, string>} */
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

/** @typedef {Map<string, Buffer | string>} Files by path */

/** Read once: a run measures one build. @type {[string, Buffer | string][]} */
const kit = readdirSync(KIT).map((name) => [`/softbell/${name}`, readFileSync(new URL(name, KIT))]);

const config = JSON.stringify({ vapid: createECDH("prime256v1").generateKeys("base64url"), topics: [], campaigns: [], texts: {} });

/** The page of a site that has pasted the script tag. @param {string} server */
const page = (server) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A site</title><link rel="icon" href="data:,">
<script async src="/softbell/loader.js" data-site="shop" data-server="${server}"></script>
<h1>A site</h1><p>It has a paragraph.</p></html>`;

/**
 * Serves files; every answer but a page is held back.
 * @param {Files} files @param {number} delay ms
 */
async function serve(files, delay) {
  const server = createServer(({ url = "/" }, response) => {
    const body = files.get(url);
    const type = TYPES[url === "/" ? ".html" : extname(url)] ?? "application/json";
    // The config answer is read by a page of another origin.
    const answer = () => response.writeHead(body ? 200 : 404, { "content-type": type, "access-control-allow-origin": "*" }).end(body);
    if (url === "/" || !delay) answer();
    else setTimeout(answer, delay);
  });
  await new Promise((resolve) => server.listen(0, "localhost", () => resolve(null)));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the bench's site has no port");
  return {
    origin: `http://localhost:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections(); // browsers keep theirs open
    },
  };
}

/**
 * A new site: its origin is one that the browser has never seen, so nothing of it is cached or stored.
 * @param {number} [delay] ms by which every answer after the page is held back
 * @param {[path: string, body: string][]} [more] what else it has
 */
export async function startSite(delay = 0, more = []) {
  const server = await serve(new Map([["/v1/sites/shop/config", config]]), delay);
  const files = new Map([...kit, ...more]).set("/", page(server.origin)).set("/plain/", "<!doctype html>");
  const shop = await serve(files, delay);
  return {
    origin: shop.origin,
    close: () => [shop, server].forEach(({ close }) => close()),
  };
}
