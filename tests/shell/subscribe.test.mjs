// Giving a subscription up: ours, and never a site's own.

import assert from "node:assert/strict";
import { test } from "node:test";

/** What the browser finds for our scope. */
let scope = "";
let given = 0;
let unregistered = 0;

Object.assign(globalThis, { location: { href: "https://shop.example/cart" } });
Object.defineProperty(globalThis, "navigator", {
  value: { serviceWorker: { getRegistration: async () => ({
    scope, unregister: async () => void (unregistered += 1),
    pushManager: { getSubscription: async () => ({ unsubscribe: async () => void (given += 1) }) },
  }) } },
});

const { removeWorker, unsubscribe } = await import("../../src/shell/subscribe.js");

test("our subscription is given up, also by a page view that did not register the worker", async () => {
  scope = "https://shop.example/softbell/";
  await unsubscribe("/softbell/");
  assert.equal(given, 1);
});

test("where our worker is gone, the site's own at / keeps its subscription", async () => {
  given = 0;
  scope = "https://shop.example/";
  await unsubscribe("/softbell/");
  assert.equal(given, 0);
});

test("F7: our worker goes with its subscription; the site's own stays, and so does a registration that the site made", async () => {
  for (const [found, theirs, wanted] of /** @type {[string, boolean, [number, number]][]} */ ([
    ["/softbell/", false, [1, 1]], ["/softbell/", true, [1, 0]], ["/", false, [0, 0]],
  ])) {
    [given, unregistered] = [0, 0];
    scope = `https://shop.example${found}`;
    await removeWorker("/softbell/", theirs);
    assert.deepEqual([given, unregistered], wanted);
  }
});
