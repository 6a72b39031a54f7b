// Giving a subscription up: ours, and never a site's own.

import assert from "node:assert/strict";
import { test } from "node:test";

/** What the browser finds for our scope. */
let scope = "";
let given = 0;

Object.assign(globalThis, { location: { href: "https://shop.example/cart" } });
Object.defineProperty(globalThis, "navigator", {
  value: { serviceWorker: { getRegistration: async () => ({
    scope, pushManager: { getSubscription: async () => ({ unsubscribe: async () => void (given += 1) }) },
  }) } },
});

const { unsubscribe } = await import("../../src/shell/subscribe.js");

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
