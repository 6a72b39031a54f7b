// What the worker tells a page, and what the site's listeners hear of it.

import assert from "node:assert/strict";
import { test } from "node:test";

const container = Object.assign(new EventTarget(), { startMessages: () => {} });
Object.defineProperty(globalThis, "navigator", { configurable: true, value: { serviceWorker: container } });

const { hearWorker } = await import("../../src/shell/hear.js");

/** What the site hears when the worker says this. @param {object} data */
const heard = (data) => {
  /** @type {unknown[]} */
  const events = [];
  const ending = new AbortController();
  hearWorker(/** @type {any} */ ({
    ending, listeners: {}, emit: (/** @type {string} */ name, /** @type {any} */ { preventDefault: _, ...message }) => void events.push([name, message]),
  }));
  container.dispatchEvent(Object.assign(new Event("message"), { data, ports: [] }));
  ending.abort();
  return events;
};

const LANDING = "https://shop.example/?a=1&softbell=AAAAAAAAAAAAAAAAAAAA-_";

test("C16: a click that the page it leads to tells of is not told twice, though a worker of an earlier build tells all pages", () => {
  const message = { id: "m1", title: "You have a new message", url: LANDING };
  assert.deepEqual(heard({ softbell: "clicked", message }), []);
  assert.deepEqual(heard({ softbell: "received", message }), [["notification.received", message]]);
});

test("C8: every other click is told", () => {
  for (const url of ["https://shop.example/", `${LANDING}x`, undefined])
    assert.deepEqual(heard({ softbell: "clicked", message: { id: "m1", url } }), [["notification.clicked", { id: "m1", url }]]);
});

test("C8: the button that was pressed is told; for the notification itself none is", () => {
  const message = { id: "m1", url: "https://shop.example/" };
  assert.deepEqual(heard({ softbell: "clicked", message: { ...message, action: "" } }), [["notification.clicked", message]]);
  assert.deepEqual(heard({ softbell: "clicked", message: { ...message, action: "see" } }), [["notification.clicked", { ...message, action: "see" }]]);
});
