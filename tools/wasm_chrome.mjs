// Runs a command beside a proxy that gives Chromium few connections: node tools/wasm_chrome.mjs wasm-pack test --chrome ...
//
// The server inside wasm-bindgen-test-runner (tiny_http 0.12, util/task_pool.rs) counts a thread as waiting until it runs,
// so of two connections at once one may be given to nobody, and the browser waits for a module for ever. That needs more
// connections than its pool has threads. Firefox is told how many it may open (webdriver.json); Chromium has no such
// switch, so it goes through a proxy that has.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** One less than the pool's threads. */
const agent = new Agent({ keepAlive: true, maxSockets: 3 });

const proxy = createServer((asked, answer) => {
  const { method, headers, url = "" } = asked;
  if (!url.startsWith("http://")) return void answer.writeHead(400).end();
  const passed = request(url, { method, headers, agent }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    pipeline(given, answer, () => {});
  });
  pipeline(asked, passed, (error) => error && answer.destroy());
  passed.on("error", () => answer.destroy());
  answer.on("close", () => passed.destroy()); // else its connection would be taken for ever
});

/** The capabilities of webdriver.json, and the proxy. @param {number} port */
function capabilities(port) {
  const all = JSON.parse(readFileSync(join(ROOT, "webdriver.json"), "utf8"));
  // Without the second one Chromium goes to loopback directly.
  all["goog:chromeOptions"].args.push(`--proxy-server=http://127.0.0.1:${port}`, "--proxy-bypass-list=<-loopback>");
  const folder = join(ROOT, "build/test");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "webdriver-chrome.json");
  writeFileSync(path, JSON.stringify(all));
  return path;
}

proxy.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (proxy.address());
  const [command = "", ...args] = process.argv.slice(2);
  const env = { ...process.env, WASM_BINDGEN_TEST_WEBDRIVER_JSON: capabilities(port) };
  const tests = spawn(command, args, { env, stdio: "inherit" });
  tests.on("error", (error) => {
    console.error(`${command}: ${error.message}`);
    process.exit(1);
  });
  tests.on("exit", (code) => process.exit(code ?? 1));
});
