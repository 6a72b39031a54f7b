// Another kit's workers are retired where the site lists them, and nothing else is touched.

import assert from "node:assert/strict";
import { test } from "node:test";

const SITE = "https://shop.example";

/** What was done. @type {string[]} */
const log = [];

/** @param {string} scope @param {boolean} [subscribed] @param {boolean} [stuck] */
const worker = (scope, subscribed = true, stuck = false) => ({
  scope: SITE + scope,
  pushManager: { getSubscription: async () => (subscribed ? { unsubscribe: async () => {
    log.push(`unsubscribe ${scope}`);
    if (stuck) throw new DOMException("no network", "NetworkError");
  } } : null) },
  unregister: async () => void log.push(`unregister ${scope}`),
});

/** @type {ReturnType<typeof worker>[]} */
let workers = [];

Object.assign(globalThis, { location: { href: `${SITE}/cart` } });
Object.defineProperty(globalThis, "navigator", {
  value: { serviceWorker: {
    // As browsers match: the longest scope that begins the address.
    getRegistration: async (/** @type {string} */ url) => {
      if (!url.startsWith(`${SITE}/`)) throw new DOMException("another origin", "SecurityError");
      return workers.filter(({ scope }) => url.startsWith(scope)).sort((one, other) => other.scope.length - one.scope.length)[0];
    },
  } },
});

const { replace } = await import("../../src/shell/replace.js");

/** @param {ReturnType<typeof worker>[]} there @param {string[] | undefined} listed @param {string} [own] @param {boolean} [reachable] */
const after = async (there, listed, own = "/softbell/", reachable = true) => {
  log.length = 0;
  workers = there;
  await replace({ status: /** @type {any} */ ({ reachable }), config: { site: "shop", server: SITE, replaces: listed }, scope: own });
  return [...log].sort();
};

test("A12: what is listed gives its subscription up, then goes; what is not listed stays", async () => {
  assert.deepEqual(await after([worker("/"), worker("/push-scope"), worker("/softbell/")], ["/push-scope"]), ["unregister /push-scope", "unsubscribe /push-scope"]);
  assert.deepEqual(log, ["unsubscribe /push-scope", "unregister /push-scope"]);
  assert.deepEqual(await after([worker("/"), worker("/push-scope", false)], ["/", "/push-scope"]), ["unregister /", "unregister /push-scope", "unsubscribe /"]);
  for (const none of [[], undefined]) assert.deepEqual(await after([worker("/")], none), []);
});

test("A12: nothing goes before we can be reached", async () => {
  assert.deepEqual(await after([worker("/push-scope")], ["/push-scope"], "/softbell/", false), []);
});

test("A12: where the listed worker is gone, the site's own at / stays", async () => {
  assert.deepEqual(await after([worker("/"), worker("/softbell/")], ["/push-scope", "/push-scope/deeper"]), []);
});

test("A12: our own worker stays, however it is listed", async () => {
  for (const listed of ["/softbell/", "/a/../softbell/", "/./softbell/"]) assert.deepEqual(await after([worker("/"), worker("/softbell/")], [listed]), [], listed);
  assert.deepEqual(await after([worker("/")], ["/"], "/"), []);
});

test("A12: a worker whose subscription cannot be given up now stays for the next time, and holds up no other", async () => {
  const there = [worker("/"), worker("/one/", true, true), worker("/two/")];
  assert.deepEqual(await after(there, ["/one/", "/\\evil.example/", "/two/"]), ["unregister /two/", "unsubscribe /one/", "unsubscribe /two/"]);
});
