// The wasm module in the shell's hands: how it is fetched, and what crosses its border.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  EVENT_ANSWERED, EVENT_CONFIGURE, EVENT_DEVICE_ACKED, EVENT_LOOKED, EVENT_PRESSED, EVENT_REMOTE, EVENT_START, EVENT_SUBSCRIBED,
  EVENT_TIMER, EVENT_WORKER_ACTIVE,
} from "../../src/shell/border.js";
import { loadModule } from "../../src/shell/module.js";

const wasm = readFileSync(new URL("../../build/client/module.wasm", import.meta.url));

/** @param {string} type @param {number} [status] */
const answer = (type, status = 200) => Promise.resolve(new Response(wasm, { status, headers: { "content-type": type } }));

/** @param {Record<string, string>} config */
const configuration = (config) => Object.entries(config).flatMap(([path, text]) => [path, "s", text]).join("\u001f");

test("the module loads from a server that does not know the type application/wasm", async () => {
  for (const type of ["application/wasm", "application/octet-stream", "text/html"]) {
    const dispatch = await loadModule(answer(type));
    assert.match(dispatch(1, configuration({ site: "shop", server: "https://push.example.com" })), /https:\/\/push\.example\.com\/v1\/sites\/shop\/config/);
  }
});

test("a module that is missing says where and with what answer", async () => {
  await assert.rejects(loadModule(answer("text/html", 404)), /: 404$/);
});

test("text crosses the border whole: letters of every width, and more of them than the memory begins with", async () => {
  const dispatch = await loadModule(answer("application/wasm"));
  const field = `${"länger 🔔 ".repeat(100_000)}`;
  assert.equal(dispatch(1, [field, "s", "x"].join("\u001f")).split("\u001f").at(-1), field);
});

test("two clients on one page know nothing of each other", async () => {
  const [first, second] = await Promise.all([loadModule(answer("application/wasm")), loadModule(answer("application/wasm"))]);
  for (const dispatch of [first, second])
    assert.ok(dispatch(1, configuration({ site: "shop", server: "https://push.example.com" })).endsWith("config\u001f"));
});

test("a whole page view leaves half of the module's small stack untouched", async () => {
  const { instance } = await WebAssembly.instantiate(wasm);
  const { memory, input, dispatch } = /** @type {import("../../src/shell/module.js").Exports} */ (/** @type {unknown} */ (instance.exports));
  /** @param {number} code @param {string[]} fields */
  const tell = (code, ...fields) => {
    const bytes = new TextEncoder().encode(fields.join("\u001f"));
    const at = input(bytes.length);
    new Uint8Array(memory.buffer, at).set(bytes);
    dispatch(code, Date.now());
  };
  tell(EVENT_CONFIGURE, "site", "s", "shop", "server", "s", "https://push.example.com");
  tell(EVENT_START, "default", "1", "1", "1", "1", "", "1", "", "", "print", "en");
  tell(EVENT_REMOTE, "vapid", "s", "key");
  tell(EVENT_TIMER, "ready");
  tell(EVENT_PRESSED, "yes", "1");
  tell(EVENT_ANSWERED, "granted");
  tell(EVENT_WORKER_ACTIVE);
  tell(EVENT_SUBSCRIBED, "https://push.example.net/1", "p", "a");
  tell(EVENT_DEVICE_ACKED, "1");
  tell(EVENT_LOOKED, "denied");
  // The stack grows down from here to 0; what it never reached is 0 still.
  const reached = new Uint8Array(memory.buffer, 0, 4096).findIndex((byte) => byte !== 0);
  assert.ok(reached > 2048, `${4096 - reached} of 4096 bytes were used`);
});
