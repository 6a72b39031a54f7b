// What the types of buttons do, online and off, and what the worker hears of besides.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, clicked, device, devices, heard, log, message, notification, page, part, reports, screen, subscribed, world } from "./worker_fakes.mjs";

const { push } = await part("push.js");
const { click } = await part("click.js");
const { subscriptionChanged } = await part("change.js");

const HOME = "https://shop.example/";

/** Shows a message with these buttons, and presses one. @param {object[]} actions @param {string} action @param {object} [more] */
const press = async (actions, action, more) => {
  await push(message({ title: "Order 7", tag: "order", navigate: "/orders/7", actions, ...more }));
  const [{ title, tag, data }] = screen;
  await click(clicked(notification(data, { title, tag }), action));
};

const opened = () => log.filter((line) => /^(open|focus)/.test(line));
const pressed = () => reports().filter(([type]) => type === "action");

test("C2: four buttons: two are shown, the rest stays in the data", async () => {
  begin();
  const actions = ["a", "b", "c", "d"].map((action) => ({ action, title: action.toUpperCase() }));
  await push(message({ title: "T", actions }));
  assert.deepEqual(screen[0].actions.map((/** @type {any} */ each) => each.action), ["a", "b"]);
  assert.deepEqual(screen[0].data.softbell.actions, actions);
});

test("C2: deeplink goes with a page that is open, weburl opens a window of its own", async () => {
  begin({ pages: [page(HOME)] });
  await press([{ action: "go", title: "Go", type: "deeplink", navigate: "/go" }], "go");
  assert.deepEqual(opened(), [`focus ${HOME}`]);
  begin({ pages: [page(HOME)] });
  await press([{ action: "go", title: "Go", type: "weburl", navigate: "/go" }], "go");
  assert.deepEqual(opened(), [`open ${HOME}go`]);
});

test("C9: background tells the server, opens no window, and shows what came of it", async () => {
  const actions = [{ action: "yes", title: "Accept", type: "background", done: "Accepted.", failed: "Not yet: you are offline." }];
  begin();
  await press(actions, "yes");
  assert.deepEqual([opened(), pressed()], [[], [["action", { action: "yes" }]]]);
  assert.deepEqual(screen.map(({ title, body }) => [title, body]), [["Order 7", "Accepted."]]);
  begin({ offline: true });
  await press(actions, "yes");
  assert.deepEqual([opened(), screen.map(({ body }) => body)], [[], ["Not yet: you are offline."]]);
});

test("C2: dismiss closes, and is reported as the button it is", async () => {
  begin();
  await press([{ action: "no", title: "No", type: "dismiss" }], "no");
  assert.deepEqual([opened(), pressed(), log.includes("close")], [[], [["action", { action: "no" }]], true]);
});

test("C2: snooze keeps the device quiet until then, and the server is told", async () => {
  for (const [minutes, wanted] of [[30, 30], [undefined, 60]]) {
    begin();
    await press([{ action: "later", title: "Later", type: "snooze", minutes }], "later");
    const until = Date.parse(devices.at(-1).snoozed_until) - Date.now();
    assert.ok(Math.abs(until - Number(wanted) * 60_000) < 5000, `${minutes}: ${until}`);
    assert.deepEqual([opened(), devices.at(-1).revision], [[], 2]);
  }
});

test("C2: a snooze that nobody lives to see the end of is cut to what the server reads", async () => {
  for (const minutes of [1e10, -1e10, 1e300]) {
    begin();
    await press([{ action: "later", title: "Later", type: "snooze", minutes }], "later");
    assert.match(devices.at(-1).snoozed_until, /^20\d\d-/, String(minutes));
  }
});

test("C2: fewer like this takes the topic off in one press; offline it waits for the server", async () => {
  const actions = [{ action: "fewer", title: "Fewer like this", type: "mute", topic: "sale" }];
  begin();
  subscribed({}, { topics: ["news", "sale"] });
  await press(actions, "fewer");
  assert.deepEqual([devices.at(-1).topics, opened()], [["news"], []]);
  begin({ offline: true });
  subscribed({}, { topics: ["news", "sale"] });
  await press(actions, "fewer");
  assert.deepEqual([device().state.topics, device().revision, device().acked], [["news"], 2, 1]);
});

test("C2: a button that cannot do its work is a button all the same", async () => {
  for (const [type, more] of /** @type {[any, object][]} */ ([["snooze", { minutes: 1e300 }], ["snooze", { minutes: "x" }], ["mute", {}], ["constructor", {}], ["__proto__", {}], [7, {}], [{}, {}], [{ toString: 0 }, {}], ["snooze", { minutes: { valueOf: 0, toString: 0 } }]])) {
    begin();
    subscribed({}, { topics: type === "mute" ? undefined : [] });
    await press([{ action: "b", title: "B", type, ...more }], "b");
    assert.deepEqual(pressed(), [["action", { action: "b" }]], JSON.stringify(type));
  }
  begin({ deny: true });
  await press([{ action: "b", title: "B", type: "mute", topic: "x" }], "b");
  assert.deepEqual(opened(), []);
});

test("C8: another origin opens only where the site has listed it, and in a window of its own", async () => {
  const elsewhere = { navigate: "https://blog.example/post" };
  begin({ pages: [page(HOME)] });
  subscribed({ allowed_origins: ["https://blog.example"] });
  await press([], "", elsewhere);
  assert.deepEqual(opened(), ["open https://blog.example/post"]);
  for (const allowed of [undefined, [], ["https://other.example"], "https://blog.example", [7], ["https://blog"]]) {
    begin();
    subscribed({ allowed_origins: allowed });
    await press([], "", elsewhere);
    assert.deepEqual(opened(), [`open ${HOME}`], String(allowed));
  }
});

test("C7: of 1, 2 and 20 pages one is asked and brought to the front, and all hear of the click; of none a window opens", async () => {
  for (const length of [0, 1, 2, 20]) {
    begin({ pages: Array.from({ length }, (_, at) => page(`${HOME}${at}`)) });
    await press([], "");
    assert.deepEqual(opened(), [length ? `focus ${HOME}0` : `open ${HOME}orders/7`]);
    assert.deepEqual(heard.filter(([, { softbell }]) => softbell === "navigate").map(([url]) => url), length ? [`${HOME}0`] : []);
    const clicked = heard.filter(([, data]) => data.softbell === "clicked");
    assert.deepEqual(clicked.map(([url]) => url), Array.from({ length }, (_, at) => `${HOME}${at}`));
    for (const [, { message }] of clicked) assert.deepEqual(message, { id: "m", title: "Order 7", body: undefined, url: `${HOME}orders/7`, action: "", data: {} });
  }
});

/** What a browser's subscription tells of itself. @param {string} endpoint */
const subscription = (endpoint) => ({ toJSON: () => ({ endpoint, keys: { p256dh: "P", auth: "A" } }) });
const FRESH = { endpoint: "https://push.example/new", p256dh: "P", auth: "A", vapid: "key" };

test("A11: a changed subscription reaches the server as this device's, given by the browser or made anew", async () => {
  begin();
  await subscriptionChanged({ newSubscription: subscription(FRESH.endpoint) });
  assert.deepEqual([devices.at(-1).subscription, device().id], [FRESH, "device"]);
  /** @type {any} */
  let asked;
  begin({ subscribe: (options) => ((asked = options), subscription(FRESH.endpoint)) });
  await subscriptionChanged({ newSubscription: null, oldSubscription: null });
  assert.deepEqual([devices.at(-1).subscription, asked], [FRESH, { userVisibleOnly: true, applicationServerKey: "key" }]);
});

test("A11: who opted out here stays out, and what cannot be subscribed is left to the next page view", async () => {
  begin({ subscribe: () => subscription(FRESH.endpoint) });
  subscribed({}, { subscription: null });
  await subscriptionChanged({});
  assert.deepEqual(devices, []);
  begin();
  await assert.rejects(subscriptionChanged({}));
  assert.deepEqual([devices, world.deny], [[], false]);
});
