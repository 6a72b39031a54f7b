// An iOS app that reads its permission wrongly is refused by `subscribe()`, and still has its subscription.

import assert from "node:assert/strict";
import { test } from "node:test";
import { registerWorker, subscribe } from "../../src/shell/subscribe.js";

const KEY = "AQID"; // the bytes 1, 2, 3

/** What the browser has, and how it refuses. */
const browser = { found: /** @type {any} */ (null), error: "NotAllowedError" };

const bytes = (/** @type {number[]} */ ...list) => Uint8Array.from(list).buffer;

/** @param {ArrayBuffer} applicationServerKey */
const subscription = (applicationServerKey) => ({ endpoint: "https://push.example/1", options: { applicationServerKey }, getKey: () => bytes(4) });

/** @type {any} */
const registration = {
  active: { postMessage: (/** @type {unknown} */ _, /** @type {MessagePort[]} */ ports) => ports.forEach((port) => port.close()) },
  pushManager: {
    subscribe: async () => { throw new DOMException("", browser.error); },
    getSubscription: async () => browser.found,
  },
};
Object.assign(globalThis, { __WORKER__: "" });

test("A8: a subscription that lives is found where the browser refuses to subscribe; without one the refusal stands", async () => {
  await registerWorker(registration, "", "", 1000);
  browser.found = subscription(bytes(1, 2, 3));
  assert.deepEqual(await subscribe(KEY, 1000), ["https://push.example/1", "BA", "BA"]);
  browser.found = null;
  await assert.rejects(subscribe(KEY, 1000), { name: "NotAllowedError" });
});

test("A8: a subscription of another key, or after another error, is not taken for the one that was asked for", async () => {
  await registerWorker(registration, "", "", 1000);
  for (const [key, error, wanted] of /** @type {[number, string, string][]} */ ([[9, "NotAllowedError", "InvalidStateError"], [3, "AbortError", "AbortError"]])) {
    Object.assign(browser, { found: subscription(bytes(1, 2, key)), error });
    await assert.rejects(subscribe(KEY, 1000), { name: wanted });
  }
});
