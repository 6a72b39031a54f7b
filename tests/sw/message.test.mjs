// What the worker shows for every kind of push: a pure function, so every input can be tried.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pressed, readMessage, target, webUrl } from "../../sw/message.js";

const BASE = "https://shop.example/softbell/";

/** What is undefined says nothing to the browser. @param {any} value */
const said = (value) => JSON.parse(JSON.stringify(value));

/** Where a press leads. @param {any} ours @param {string} action */
const led = (ours, action) => target(ours, pressed(ours, action).navigate, BASE);

/** @param {object} notification @returns {any} */
const read = (notification) => readMessage(JSON.stringify({ notification }), BASE, 2);

test("C6: whatever comes, there is a title to show", () => {
  const garbage = [undefined, "", "{", "null", "7", '"text"', "[]", "{}", '{"notification":7}', '{"notification":[]}',
    '{"notification":{"title":7}}', '{"notification":{"title":"  "}}', '{"title":"not ours"}', "\u0000"];
  for (const raw of garbage) {
    const { title, options, understood } = readMessage(raw, BASE);
    assert.deepEqual([title, options.body, understood], ["shop.example", "There is news for you.", false], String(raw));
  }
});

test("C6: a body without a title is still shown", () => {
  assert.equal(read({ body: "It ships" }).options.body, "It ships");
});

test("C1: known fields arrive as they are", () => {
  const notification = { title: "T", body: "B", tag: "t", lang: "de", dir: "rtl", timestamp: 1795255200000, silent: true, requireInteraction: true, renotify: true,
    icon: "https://cdn.example/i.png", image: "https://cdn.example/p.png", badge: "https://cdn.example/b.png" };
  const { title, options, understood } = read(notification);
  const { data, ...shown } = options;
  assert.equal(understood, true);
  assert.deepEqual(said({ title, ...shown }), { ...notification, actions: [] });
  assert.deepEqual(said(data), { softbell: { actions: [] } });
});

test("C1: the site's own data arrive beside ours", () => {
  assert.deepEqual(said(read({ title: "T", data: { order: 7 } }).options.data), { order: 7, softbell: { actions: [] } });
});

test("C11: vibrate, silent and requireInteraction go through; what is silent does not vibrate, or the browser throws", () => {
  const felt = { vibrate: [200, 100], requireInteraction: true };
  const { vibrate, requireInteraction, silent } = read({ title: "T", ...felt }).options;
  assert.deepEqual({ vibrate, requireInteraction, silent }, { ...felt, silent: undefined });
  const quiet = read({ title: "T", ...felt, silent: true }).options;
  assert.deepEqual([quiet.vibrate, quiet.silent], [undefined, true]);
});

test("C6: a wrong type costs its own field only", () => {
  const { title, options } = read({ title: "T", body: 7, tag: {}, dir: "up", lang: 7, timestamp: "soon", icon: [], silent: "yes", actions: "x", navigate: 1 });
  const { data, ...shown } = options;
  assert.deepEqual(said({ title, ...shown }), { title: "T", requireInteraction: false, renotify: false, actions: [] });
  assert.equal(target(data.softbell, undefined, BASE), "https://shop.example/");
});

test("C11: renotify needs a tag, or the browser throws", () => {
  assert.equal(read({ title: "T", renotify: true }).options.renotify, false);
});

test("C8: only http and https are URLs", () => {
  for (const url of ["javascript:alert(1)", "data:text/html,x", "blob:https://shop.example/1", "file:///etc/passwd", "https://", "", " ", 7, null])
    assert.equal(webUrl(url, BASE), undefined, String(url));
  assert.equal(webUrl("/order/7", BASE), "https://shop.example/order/7");
  assert.equal(read({ title: "T", icon: "javascript:alert(1)" }).options.icon, undefined);
});

test("C8: a press leads to a page of this site, whatever the push says", () => {
  const refused = ["javascript:alert(1)", "data:text/html,x", "blob:https://shop.example/1", "https://evil.example/", "//evil.example/",
    "https://shop.example.evil.example/", "https://shop.example@evil.example/", "https://shop.example:8443/", "http://shop.example/",
    "https://evil@shop.example/", "\\\\evil.example", "https://", "", "  ", 7, null, {}, ["https://shop.example/a"], undefined];
  for (const navigate of refused) {
    const { data } = read({ title: "T", navigate, actions: [{ action: "go", title: "Go", navigate }] }).options;
    for (const action of ["", "go", "unknown", "constructor", "__proto__"])
      assert.equal(led(data.softbell, action), "https://shop.example/", String(navigate));
  }
  for (const [navigate, wanted] of [["/order/7", "https://shop.example/order/7"], ["order", "https://shop.example/softbell/order"],
    ["HTTPS://SHOP.example/a?b#c", "https://shop.example/a?b#c"]])
    assert.equal(target(read({ title: "T", navigate }).options.data.softbell, undefined, BASE), wanted);
});

test("C2: a button leads to its own page, or to the notification's", () => {
  const actions = [{ action: "buy", title: "Buy", navigate: "/buy" }, { action: "later", title: "Later" }, { action: "third", title: "Too many" }];
  const { options } = read({ title: "T", navigate: "/order", actions });
  assert.deepEqual(said(options.actions), [{ action: "buy", title: "Buy" }, { action: "later", title: "Later" }]);
  const to = (/** @type {string} */ action) => led(options.data.softbell, action);
  assert.deepEqual(["buy", "later", ""].map(to), ["https://shop.example/buy", "https://shop.example/order", "https://shop.example/order"]);
});

test("C2: buttons that cannot be used are left out, and make no room for others", () => {
  const actions = [null, 7, [], {}, { action: "a" }, { title: "A" }, { action: 1, title: "A" }, { action: "a", title: " " },
    { action: "__proto__", title: "Odd", navigate: "/odd", icon: "javascript:1" }, { action: "b", title: "B", icon: "/b.png" }];
  const { options } = read({ title: "T", actions });
  assert.deepEqual(said(options.actions), [{ action: "__proto__", title: "Odd" }, { action: "b", title: "B", icon: "https://shop.example/b.png" }]);
  assert.equal(led(options.data.softbell, "__proto__"), "https://shop.example/odd");
  assert.equal(/** @type {any} */ ({}).navigate, undefined);
});

test("our own fields count only when they are whole", () => {
  const { ours, options } = read({ title: "T", data: { softbell: { m: "message", t: "1.token", x: 1 } } });
  assert.deepEqual(ours, { m: "message", t: "1.token", x: 1 });
  assert.deepEqual([options.data.softbell.m, options.data.softbell.t], ["message", "1.token"]);
  assert.deepEqual(read({ title: "T", data: { softbell: { m: "message" } } }).ours, {});
  assert.deepEqual(read({ title: "T", data: { softbell: { m: 1, t: 2 } } }).ours, {});
});

test("C4: a message without a tag gets its own id, so that it replaces itself", () => {
  const data = { softbell: { m: "message", t: "1.token" } };
  assert.equal(read({ title: "T", data }).options.tag, "message");
  assert.equal(read({ title: "T", tag: "order", data }).options.tag, "order");
  assert.equal(read({ title: "T" }).options.tag, undefined);
});

test("C16: a declarative push that the browser has read keeps its link, as WebKit wants it", () => {
  const { title, options } = readMessage({ title: "T", body: "B", navigate: "https://shop.example/a", data: null }, BASE);
  assert.deepEqual([title, options.body, options.navigate], ["T", "B", "https://shop.example/a"]);
  assert.equal(read({ title: "T", navigate: "https://shop.example/a" }).options.navigate, undefined);
});
