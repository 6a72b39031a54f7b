// What the worker shows for every kind of push: a pure function, so every input can be tried.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessage, webUrl } from "../../sw/message.js";

const BASE = "https://shop.example/softbell/sw.js";

/** @param {object} notification @returns {any} */
const read = (notification) => readMessage(JSON.stringify({ notification }), BASE);

test("c6 whatever comes, there is a title to show", () => {
  const garbage = [undefined, "", "{", "null", "7", '"text"', "[]", "{}", '{"notification":7}', '{"notification":[]}',
    '{"notification":{"title":7}}', '{"notification":{"title":"  "}}', '{"title":"not ours"}', "\u0000"];
  for (const raw of garbage) {
    const { title, options, understood } = readMessage(raw, BASE);
    assert.deepEqual([title, options.body, understood], ["shop.example", "There is news for you.", false], String(raw));
  }
});

test("c6 a body without a title is still shown", () => {
  assert.equal(read({ body: "It ships" }).options.body, "It ships");
});

test("c1 known fields arrive as they are", () => {
  const notification = { title: "T", body: "B", tag: "t", lang: "de", dir: "rtl", silent: true, requireInteraction: true, renotify: true,
    icon: "https://cdn.example/i.png", image: "https://cdn.example/p.png", badge: "https://cdn.example/b.png" };
  const { title, options, understood } = read(notification);
  const { data, ...shown } = options;
  assert.equal(understood, true);
  assert.deepEqual({ title, ...shown }, notification);
  assert.deepEqual(data, { url: undefined, ours: undefined });
});

test("c6 a wrong type costs its own field only", () => {
  const { title, options } = read({ title: "T", body: 7, tag: {}, dir: "up", icon: [], silent: "yes", actions: "x", navigate: 1 });
  const { data, ...shown } = options;
  assert.deepEqual({ title, ...shown }, { title: "T", requireInteraction: false, renotify: false });
  assert.equal(data.url, undefined);
});

test("renotify needs a tag, or the browser throws", () => {
  assert.equal(read({ title: "T", renotify: true }).options.renotify, false);
});

test("c8 only http and https are URLs to go to", () => {
  for (const url of ["javascript:alert(1)", "data:text/html,x", "blob:https://shop.example/1", "file:///etc/passwd", "https://", 7, null])
    assert.equal(webUrl(url, BASE), undefined, String(url));
  assert.equal(webUrl("/order/7", BASE), "https://shop.example/order/7");
  assert.equal(read({ title: "T", navigate: "javascript:alert(1)" }).options.data.url, undefined);
});

test("our own fields count only when they are whole", () => {
  const ours = { m: "message", t: "1.token", x: 1 };
  assert.deepEqual(read({ title: "T", data: { softbell: ours } }).ours, ours);
  assert.equal(read({ title: "T", data: { softbell: { m: "message" } } }).ours, undefined);
  assert.equal(read({ title: "T", data: { softbell: { m: 1, t: 2 } } }).ours, undefined);
});
