// The rules of PUT devices as a browser meets them: from a page of the site, across origins, with what it really stores.

import assert from "node:assert/strict";
import { query } from "./lib/server.mjs";
import { call } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** The kit's database on the page's origin; it is named by the worker's scope. */
const DATABASE = "softbell:/softbell/";

/** What the kit has stored of its device. @param {import("./lib/pages.mjs").WatchedPage} page @returns {Promise<any>} */
const record = (page) =>
  page.evaluate(
    (name) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const found = request.result.transaction("state").objectStore("state").get("device");
          found.onsuccess = () => (request.result.close(), resolve(found.result));
          found.onerror = () => reject(found.error);
        };
      }),
    DATABASE,
  );

/**
 * A PUT from the page itself: status, and revision or code.
 * @param {import("./lib/pages.mjs").WatchedPage} page @param {string} server @param {{ id: string, secret: string }} who @param {object} state
 * @returns {Promise<[number, number | string]>}
 */
const put = (page, server, { id, secret }, state) =>
  page.evaluate(
    async (url, secret, body) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
      const response = await fetch(url, { method: "PUT", headers, body, credentials: "omit" });
      const answer = await response.json();
      return /** @type {[number, number | string]} */ ([response.status, answer.revision ?? answer.code]);
    },
    `${server}/v1/sites/shop/devices/${id}`, secret, JSON.stringify(state),
  );

test("chromium: a device is made, lives, changes, and cannot be taken over", async (t) => {
  const { page, server } = await subscriber(t, "chromium");
  const { id, secret, revision, acked, state } = await until("the device to be acknowledged", async () => {
    const found = await record(page);
    return found?.acked === found?.revision && found;
  });
  const rows = () => query(server.database, "select id, revision, topics, endpoint from devices");
  const [made] = await rows();
  assert.deepEqual({ id: made.id, revision: made.revision, endpoint: made.endpoint }, { id, revision: acked, endpoint: state.subscription.endpoint });

  const own = { id, secret };
  assert.deepEqual(await put(page, server.server, own, { revision, ...state }), [200, revision], "a heartbeat");
  const older = { revision: revision - 1, ...state, subscription: null, topics: ["news"] };
  assert.deepEqual(await put(page, server.server, own, older), [200, revision], "an older state");
  assert.deepEqual(await rows(), [made]);

  const { outcome } = await call(page, "setTopics", ["offers"]);
  await outcome();
  const [changed] = await until("the raised revision", async () => {
    const found = await rows();
    return found[0].revision > revision && found;
  });
  assert.equal(changed.topics, '["offers"]');

  const thief = { id: "BBBBBBBBBBBBBBBBBBBBBA", secret: "f".repeat(43) };
  const keys = { ...state.subscription, auth: "AAAAAAAAAAAAAAAAAAAAAA" };
  assert.deepEqual(await put(page, server.server, thief, { revision: 9, ...state, subscription: keys }), [409, "endpoint_taken"]);
  assert.deepEqual(await put(page, server.server, { ...own, secret: thief.secret }, { revision: 99, ...state }), [401, "secret_wrong"]);
  assert.deepEqual(await rows(), [changed]);
});
