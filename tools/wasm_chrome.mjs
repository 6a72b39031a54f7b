// Runs `wasm-pack test` in Chromium, a few connections at a time: node tools/wasm_chrome.mjs COMMAND...
//
// The server inside wasm-bindgen-test-runner (tiny_http 0.12, util/task_pool.rs) counts a thread as waiting until it runs,
// so of two connections at once one may be given to nobody, and the browser waits for a module for ever. That needs more
// connections than its pool has threads. Firefox is told how many it may open (webdriver.json); Chromium has no such
// switch, so it goes through a proxy here that has.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One less than the pool's threads. */
const agent = new Agent({ keepAlive: true, maxSockets: 3 });

const proxy = createServer((asked, answer) => {
  const { method, headers, url = "" } = asked;
  const passed = request(url, { method, headers, agent }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  asked.pipe(passed);
});

/** The capabilities of webdriver.json, and the proxy. @param {number} port */
function capabilities(port) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const all = JSON.parse(readFileSync(join(root, "webdriver.json"), "utf8"));
  // Without the second one Chromium goes to loopback directly.
  all["goog:chromeOptions"].args.push(`--proxy-server=http://127.0.0.1:${port}`, "--proxy-bypass-list=<-loopback>");
  const path = join(root, "build/test/webdriver-chrome.json");
  writeFileSync(path, JSON.stringify(all));
  return path;
}

proxy.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (proxy.address());
  const [command = "", ...args] = process.argv.slice(2);
  const env = { ...process.env, WASM_BINDGEN_TEST_WEBDRIVER_JSON: capabilities(port) };
  spawn(command, args, { env, stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
});
