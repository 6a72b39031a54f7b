// The page's answer to a click: it compares with where it really is, and goes on the worker's word.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { until } from "../e2e/lib/until.mjs";

/** @type {string[]} */
const log = [];
/** @type {(event: any) => void} */
let deliver = () => {};
let href = "";

Object.defineProperty(globalThis, "navigator", {
  value: { serviceWorker: {
    addEventListener: (/** @type {string} */ _, /** @type {any} */ listener) => void (deliver = listener),
    startMessages: () => {},
  } },
});
Object.assign(globalThis, { location: {
  get href() { return href; },
  toString: () => href,
  origin: "https://shop.example",
  set href(/** @type {string} */ url) { log.push(`go ${url}`); },
  set hash(/** @type {string} */ hash) { log.push(`hash ${hash}`); },
} });

const { answerClicks } = await import("../../src/shell/navigate.js");
answerClicks();

beforeEach(() => { log.length = 0; });

/**
 * Asks the page, which is at `from`, to go to `url`, and says `word` when it answers.
 * @param {import("node:test").TestContext} t @param {string} from @param {string} url @param {boolean} [word]
 */
const ask = async (t, from, url, word) => {
  href = `https://shop.example${from}`;
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  port1.onmessage = () => {
    log.push("answer");
    if (word !== undefined) port1.postMessage(word);
  };
  deliver({ data: { softbell: "navigate", url }, ports: [port2] });
  await until("the answer", () => log.includes("answer"), { hint: () => log });
};

for (const [from, to, wanted] of /** @type {const} */ ([
  ["/", "/order", "go https://shop.example/order"],
  ["/order?a", "/order?b", "go https://shop.example/order?b"],
  ["/order", "/order", "hash "],
  ["/order", "/order#pay", "hash #pay"],
  ["/order#pay", "/order", "hash "],
])) {
  test(`c7 from ${from} to ${to}: ${wanted}`, async (t) => {
    await ask(t, from, `https://shop.example${to}`, true);
    await until("the page to go", () => log.length > 1, { hint: () => log });
    assert.deepEqual(log, ["answer", wanted]);
  });
}

test("c7 a worker that dies before its word keeps nobody from arriving", async (t) => {
  await ask(t, "/", "https://shop.example/order");
  await until("the page to go", () => log.length > 1, { hint: () => log });
  assert.deepEqual(log, ["answer", "go https://shop.example/order"]);
});

test("c7 a page that is told to stay stays", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  href = "https://shop.example/";
  /** @type {any} */
  const port = { postMessage: () => log.push("answer") };
  deliver({ data: { softbell: "navigate", url: "https://shop.example/order" }, ports: [port] });
  port.onmessage({ data: false });
  t.mock.timers.tick(60_000);
  assert.deepEqual(log, ["answer"]);
});

test("other origins and other messages get no answer", () => {
  href = "https://shop.example/";
  const port = { postMessage: () => log.push("answer") };
  for (const url of ["https://evil.example/", "javascript:alert(1)", "data:text/html,x"])
    deliver({ data: { softbell: "navigate", url }, ports: [port] });
  for (const data of [null, "navigate", {}, { softbell: "version" }]) deliver({ data, ports: [port] });
  deliver({ data: { softbell: "navigate", url: "https://shop.example/a" }, ports: [] });
  assert.deepEqual(log, []);
});
