// identify() and logout() as a page meets them: when its token is asked for, and what each call answers.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { EVENT_IDENTIFY, EVENT_LOGOUT, EVENT_USER_ANSWERED } from "../../src/shell/border.js";
import { identify, logout, putUser } from "../../src/shell/identity.js";

/** Lets everything that is under way come to its end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A client whose logic wants `effect` done after each identify(), and whose server answers in this order.
 * @param {string[]} answers @param {[ask: string, token: string]} [effect]
 */
const clientWith = (answers, effect = ["1", "1"]) => {
  /** @type {any} */
  const client = {
    config: { site: "shop" }, status: { status: "allowed" }, calls: {}, told: [], puts: [],
    error: (/** @type {string} */ code, /** @type {string} */ sentence) => Object.assign(new Error(sentence), { code }),
    answer: (/** @type {string} */ name, /** @type {any} */ settle) => {
      const waiting = [...(client.calls[name] ?? [])];
      client.calls[name]?.clear();
      waiting.forEach(settle);
    },
    tell: (/** @type {number} */ code, /** @type {any[]} */ ...fields) => {
      client.told.push([code, ...fields]);
      if (code === EVENT_IDENTIFY) void putUser(client, effect);
    },
    callNow: (/** @type {string} */ name, /** @type {any[]} */ ...event) =>
      new Promise((resolve, reject) => {
        client.calls[name].add({ resolve, reject });
        client.tell(...event);
      }),
    later: async () => ({
      reports: {
        putUser: async (/** @type {string} */ user, /** @type {string} */ token) => {
          client.puts.push([user, token]);
          return answers.shift() ?? "";
        },
        device: async () => undefined,
      },
    }),
  };
  return client;
};

/** @param {Promise<any>} call */
const outcome = (call) => call.then(({ userId, status }) => ({ userId, status }), ({ code, message }) => (assert.match(message, /\w \w/), code));
/** What was told of the server's answers. @param {any} client */
const answered = (client) => client.told.filter((/** @type {any[]} */ [code]) => code === EVENT_USER_ANSWERED);

test("A15: the site's token is asked for once, and only where the server needs it", async () => {
  const token = mock.fn(async () => "jwt");
  const fresh = clientWith([]);
  assert.equal((await identify(fresh, "u1", token)).userId, "u1");
  assert.deepEqual([token.mock.callCount(), fresh.puts], [1, [["u1", "jwt"]]]);

  const known = clientWith([], ["", ""]);
  assert.equal((await identify(known, "u1", token)).userId, "u1");
  const daily = clientWith([""], ["1", ""]);
  assert.equal((await identify(daily, "u1", token)).userId, "u1");
  assert.deepEqual([token.mock.callCount(), known.puts, daily.puts], [1, [], [["u1", undefined]]]);
  assert.deepEqual([answered(known), answered(daily)], [[], [[EVENT_USER_ANSWERED, false]]]);

  const forgotten = clientWith(["token_missing", ""], ["1", ""]);
  assert.equal((await identify(forgotten, "u1", token)).userId, "u1");
  assert.deepEqual([token.mock.callCount(), forgotten.puts], [2, [["u1", undefined], ["u1", "jwt"]]]);
});

test("A15: a known user stays known where the server gives no answer; anybody else is told to come again", async () => {
  const known = clientWith(["server_unavailable"], ["1", ""]);
  assert.equal((await outcome(identify(known, "u1", "jwt"))).userId, "u1");
  assert.deepEqual(answered(known), []);
  const other = clientWith(["server_unavailable"]);
  assert.equal(await outcome(identify(other, "u1", "jwt")), "server_unavailable");
  assert.deepEqual([answered(other), other.status.userId], [[], undefined]);
});

test("A13: an earlier user without a token is suspended; with one that is refused he hears why, too", async () => {
  const none = clientWith(["suspended"]);
  assert.equal((await outcome(identify(none, "u1", ""))).userId, "u1");
  assert.deepEqual(none.puts, [["u1", undefined]]);
  const refused = clientWith(["token_expired", "suspended"]);
  assert.equal(await outcome(identify(refused, "u1", "old")), "token_expired");
  for (const client of [none, refused]) assert.deepEqual(answered(client), [[EVENT_USER_ANSWERED, true]]);
});

test("A13: of two users the last one wins; the same user twice is one question", async () => {
  const client = clientWith([]);
  const first = identify(client, "u1", async () => "jwt1");
  const second = identify(client, "u2", async () => "jwt2");
  assert.equal(await outcome(first), "superseded");
  assert.equal((await second).userId, "u2");
  await settle();
  assert.deepEqual(answered(client), [[EVENT_USER_ANSWERED, false]], "nothing is told of whom nobody waits for");

  const token = mock.fn(async () => "jwt");
  const [one, other] = await Promise.all([identify(client, "u3", token), identify(client, "u3", token)]);
  assert.deepEqual([one.userId, other.userId, token.mock.callCount()], ["u3", "u3", 1]);
});

test("A13: who is named while a question about another is on its way is asked about after it, never beside it", async () => {
  const client = clientWith([]);
  /** The server, which answers when it likes, and hears each question with its answer. @type {(() => void)[]} */
  const flying = [];
  const heard = /** @type {string[]} */ ([]);
  const { reports } = await client.later();
  client.later = async () => ({
    reports: { ...reports, putUser: (/** @type {string} */ user) => new Promise((resolve) => flying.push(() => (heard.push(user), resolve("")))) },
  });
  const first = outcome(identify(client, "ada", "jwt1"));
  await settle();
  const second = identify(client, "ben", "jwt2");
  await settle();
  assert.equal(flying.length, 1, "one at a time");
  for (let answer; (answer = flying.pop()); await settle()) answer();
  assert.deepEqual([await first, (await second).userId, heard], ["superseded", "ben", ["ada", "ben"]]);
});

test("A16: logout gives up what is under way, and forgets who it was", async () => {
  const client = clientWith([]);
  const under = identify(client, "u1", "jwt");
  assert.equal((await outcome(logout(client))).userId, undefined);
  assert.equal(await outcome(under), "superseded");
  await settle();
  assert.deepEqual([answered(client), client.status.userId, client.told.at(-1)], [[], undefined, [EVENT_LOGOUT]]);
});

test("J3: a token that cannot be had, or is no token, is a code and never sent", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const never = () => new Promise(() => {});
  const table = /** @type {[any, string][]} */ ([
    [() => Promise.reject(new Error("401")), "token_unavailable"],
    [() => { throw new Error("odd"); }, "token_unavailable"],
    [async () => ({ token: "jwt" }), "token_unavailable"],
    [7, "token_unavailable"],
    [never, "token_unavailable"],
    [async () => "", "token_missing"],
    [undefined, "token_missing"],
    ["x".repeat(1_000_000), "token_malformed"],
  ]);
  for (const [token, code] of table) {
    const client = clientWith(["token_missing"]);
    const call = outcome(identify(client, "u1", token));
    await settle();
    t.mock.timers.tick(10_000);
    assert.equal(await call, code, String(token).slice(0, 40));
    assert.deepEqual(client.puts, [["u1", undefined]]);
  }
});

test("J3: a user id is a text of 1 to 128 bytes, of any letters", async () => {
  for (const id of /** @type {any[]} */ (["", "é".repeat(65), "🎈".repeat(33), 42, null, undefined, { id: 1 }])) {
    const client = clientWith([]);
    assert.equal(await outcome(identify(client, id, "jwt")), "user_invalid");
    assert.deepEqual(client.told, []);
  }
  for (const id of ["é".repeat(64), "🎈".repeat(32), "a|b", "42"]) assert.equal((await identify(clientWith([]), id, "jwt")).userId, id);
});
