// Where a press led when the window that it opened did not go there: iOS starts an app on its start page (WebKit bug
// 259212). The worker keeps the address, a page takes it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lost } from "../../src/shell/landing.js";
import { until } from "../e2e/lib/until.mjs";
import { begin, clicked, log, notification, page, part, stored, world } from "./worker_fakes.mjs";

const { click } = await part("click.js");
const { outbox } = await part("scope.js");
const { takePending } = await part("patch.js");

const HOME = "https://shop.example/";
const ORDER = `${HOME}order`;

let messages = 0;
/** A press on a message of its own. @param {object} [more] @param {string} [action] */
const press = (more, action = "") => click(clicked(notification({ softbell: { m: "m", t: `p${messages++}`, url: ORDER, ...more } }), action));

/** What a page that opens now would find. */
const kept = () => stored.state.get("pending")?.url;

test("C7: a window that opens elsewhere finds where the press led, once, and not in a later visit", async (t) => {
  begin();
  const now = Date.now();
  t.mock.method(Date, "now", () => now);
  await press();
  assert.ok(log.includes(`open ${ORDER}`));
  assert.deepEqual(await takePending(outbox), { url: ORDER, at: now });
  assert.equal(await takePending(outbox), undefined);
});

test("C7: the page that the app opened instead follows the press, for 10 s; nobody follows where he is, or elsewhere", async (t) => {
  /** Where a page goes that opens `late` ms after the press, `here`. @param {number} late @param {string} here @param {object} [more] */
  const follows = async (late, here, more) => {
    begin();
    const now = Date.now();
    t.mock.method(Date, "now", () => now);
    await press(more);
    const url = lost(await takePending(outbox), now + late, here);
    t.mock.restoreAll();
    return url;
  };
  const landing = `${ORDER}?softbell=A-_3456789012345678901`;
  assert.equal(await follows(3000, HOME), ORDER);
  assert.equal(await follows(3000, HOME, { url: landing }), landing, "the page there asks for the message");
  assert.equal(await follows(10_001, HOME), undefined);
  assert.equal(await follows(-1, HOME), undefined);
  assert.equal(await follows(3000, ORDER), undefined);
  assert.equal(await follows(3000, "https://other.example/"), undefined);
});

test("C7: the address is kept before the window opens: the page may be there sooner than the worker's next turn", async () => {
  /** @type {unknown} */
  let found;
  begin({ window: () => void (found = takePending(outbox)) });
  await press();
  assert.equal((await /** @type {Promise<any>} */ (found))?.url, ORDER);
});

test("C7: a page that says it goes leaves nothing for another, not even of the press before", async () => {
  begin();
  await press({ url: "/first" });
  assert.equal(kept(), `${HOME}first`);
  world.pages = [page(HOME)];
  await press();
  await until("the page to hear true", () => log.includes("tell true"));
  assert.equal(kept(), undefined);
});

test("C7: where the page cannot be brought to the front and a window opens, that window finds it", async () => {
  begin({ pages: [page(HOME, {}, { focus: () => { throw new Error("gone"); } })] });
  await press();
  assert.equal(kept(), ORDER);
});

test("C7: a button leads its own way; one that opens nothing keeps nothing", async () => {
  begin();
  await press({ actions: [{ action: "buy", title: "Buy", navigate: "/buy" }] }, "buy");
  assert.equal(kept(), `${HOME}buy`);
  begin();
  await press({ actions: [{ action: "no", title: "No", type: "dismiss" }] }, "no");
  assert.equal(kept(), undefined);
});

test("C7: where the storage is denied the window opens all the same, before the press is over", async () => {
  begin({ deny: true, pages: [page(HOME, {}, { answers: null })] });
  await press();
  assert.deepEqual(log.filter((line) => line.startsWith("open")), [`open ${ORDER}`]);
});
