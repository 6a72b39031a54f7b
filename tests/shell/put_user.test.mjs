// The PUT that names a user, against servers of every kind: what is answered, what the device record says afterwards.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { disown, putUser } from "../../src/shell/put_user.js";
import { changed } from "../../sw/outbox.js";
import { pageSide } from "../../sw/patch.js";
import { openSender } from "../../sw/sender.js";

/** @typedef {{ status?: number, body?: any, raw?: string, headers?: Record<string, string> }} Answer */

const HOUR = 3_600_000;

/** What the server is asked, and what it answers: the first that is left, else that all is well. */
const server = { asked: /** @type {any[]} */ ([]), answers: /** @type {(Answer | "cut")[]} */ ([]), meanwhile: () => {} };
beforeEach(() => Object.assign(server, { asked: [], answers: [], meanwhile: () => {} }));

Object.assign(globalThis, {
  fetch: async (/** @type {string} */ url, /** @type {any} */ { body }) => {
    const sent = JSON.parse(body);
    server.asked.push({ device: url.split("/").at(-1), ...sent });
    const answer = server.answers.shift() ?? {};
    server.meanwhile();
    if (answer === "cut") throw new TypeError("fetch failed");
    const { status = 200, body: given = {}, raw, headers } = answer;
    const well = status === 200 ? { revision: sent.revision, report_token: "r" } : {};
    return new Response(raw ?? JSON.stringify({ ...well, ...given }), { status, headers });
  },
});

/** An outbox in memory, with the page's sender. @param {object} [more] */
const outboxWith = (more) => {
  /** @type {any} */
  const box = { record: { site: "shop", server: "https://push.example", id: "d1", secret: "s", revision: 3, acked: 3, sentAt: Date.now(), token: "r", state: { topics: [], consent_entries: [] }, ...more } };
  const sender = openSender(/** @type {any} */ ({
    device: async () => structuredClone(box.record),
    changeDevice: async (/** @type {any} */ change) => (box.record = change(box.record)),
    take: async () => ({ device: box.record, batch: new Map() }),
    settle: async () => {},
    look: async () => ({ device: box.record, left: 0 }),
  }), pageSide);
  return Object.assign(box, { sender, put: (user = "u1", token = undefined, isWanted = () => true) => putUser(sender, user, token, isWanted) });
};

/** @param {string} device @param {string} user */
const markOf = (device, user) => createHash("sha256").update(`${device}.${user}`).digest().subarray(0, 16).toString("base64url");

test("A13 A14: who is agreed on leaves a mark in the record, and the whole state goes along; an earlier user leaves none", async () => {
  const box = outboxWith({ state: { topics: ["news"], consent_entries: [], user: null } });
  assert.equal(await box.put("u1 🎈", "jwt"), "");
  assert.deepEqual(server.asked, [{ device: "d1", revision: 3, topics: ["news"], consent_entries: [], user: "u1 🎈", token: "jwt" }]);
  assert.deepEqual([box.record.user, box.record.acked, box.record.state.user], [markOf("d1", "u1 🎈"), 3, undefined]);
  server.answers = [{ body: { status: "suspended" } }];
  assert.equal(await box.put("u2"), "suspended");
  assert.equal(box.record.user, markOf("d1", "u1 🎈"));
});

test("A16: who left while the question was on its way has left; who left before an earlier user came still has", async () => {
  const left = outboxWith();
  let wanted = true;
  server.meanwhile = () => {
    wanted = false;
    left.record = disown(left.record);
  };
  await left.put("u1", "jwt", () => wanted);
  assert.deepEqual([left.record.user, left.record.state.user, left.record.revision > left.record.acked], [undefined, null, true]);

  server.meanwhile = () => {};
  const before = outboxWith();
  before.record = disown(before.record);
  server.answers = [{ body: { status: "suspended" } }];
  await before.put("u1");
  assert.deepEqual([before.record.state.user, before.record.revision > before.record.acked], [null, true], "still to be told");
});

test("A16: who leaves a second time, while the server has just been told of somebody, is detached a second time", async () => {
  const box = outboxWith({ state: { topics: [], consent_entries: [], user: null } });
  let wanted = true;
  server.meanwhile = () => {
    wanted = false;
    box.record = disown(box.record);
  };
  await box.put("u1", "jwt", () => wanted);
  const { user, state, revision, acked } = box.record;
  assert.deepEqual([user, state.user, revision > acked], [undefined, null, true], "the server holds u1 until it hears otherwise");
});

test("A15: a state that the server knows to be old is sent again; a device that it does not know becomes a new one", async () => {
  const old = outboxWith();
  server.answers = [{ body: { revision: 9 } }];
  assert.equal(await old.put("u1", "jwt"), "");
  assert.deepEqual(server.asked.map(({ revision }) => revision), [3, 10]);
  assert.equal(old.record.user, markOf("d1", "u1"));

  server.asked = [];
  server.answers = [{ status: 401 }, { status: 401 }];
  const lost = outboxWith();
  assert.equal(await lost.put("u1", "jwt"), "");
  assert.notEqual(lost.record.id, "d1");
  assert.equal(server.asked.at(-1).device, lost.record.id);
  assert.equal(lost.record.user, markOf(lost.record.id, "u1"));
});

test("J3: each refusal of a token is passed on and changes nothing; every other answer is the server's trouble", async () => {
  const table = /** @type {[Answer | "cut", string][]} */ ([
    [{ status: 422, body: { code: "token_expired" } }, "token_expired"],
    [{ status: 422, body: { code: "member_invalid" } }, "server_unavailable"],
    [{ status: 409, body: { code: "endpoint_taken" } }, "server_unavailable"],
    [{ status: 500, raw: "<html>" }, "server_unavailable"],
    [{ raw: "<html>" }, "server_unavailable"],
    [{ raw: '{"half"' }, "server_unavailable"],
    ["cut", "server_unavailable"],
  ]);
  for (const [answer, code] of table) {
    const box = outboxWith();
    server.answers = [answer];
    assert.equal(await box.put("u1", "jwt"), code, JSON.stringify(answer));
    assert.deepEqual([box.record.user, box.record.revision, box.record.refused], [undefined, 3, undefined]);
  }
});

test("A15: a server that asked for quiet is left alone; one that merely failed is worth an attempt", async () => {
  for (const [answer, asked] of /** @type {[Answer | "cut", number][]} */ ([[{ status: 429, headers: { "retry-after": "600" } }, 1], [{ status: 403 }, 1], [{ status: 503 }, 2], ["cut", 2]])) {
    server.asked = [];
    server.answers = [answer];
    const box = outboxWith();
    await box.put();
    await box.put();
    assert.equal(server.asked.length, asked, JSON.stringify(answer));
  }
});

test("J3: revisions never go back, and no mark is left of a user whom the server did not agree on, whatever happens", async () => {
  const users = ["u1", "u2"];
  const answers = [{}, { body: { status: "suspended" } }, { body: { revision: 40 } }, { status: 422, body: { code: "token_missing" } }, { status: 500 }, { status: 401 }, "cut"];
  const step = fc.oneof(
    fc.record({ put: fc.constantFrom(...users), answer: fc.constantFrom(...answers), leaves: fc.boolean() }),
    fc.record({ topics: fc.constantFrom("a", "b") }),
    fc.constant({ leaves: true }),
    fc.constant({ flush: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (/** @type {any[]} */ steps) => {
      const box = outboxWith();
      let agreed = /** @type {Set<string>} */ (new Set());
      for (const { put, answer, leaves, topics, flush } of steps) {
        const { id, revision } = box.record;
        Object.assign(server, { answers: answer ? [answer] : [], asked: [] });
        const leave = () => (box.record = disown(box.record));
        let wanted = true;
        server.meanwhile = () => void (leaves && wanted && ((wanted = false), leave()));
        if (put) {
          if ((await box.put(put, "jwt", () => wanted)) === "") agreed.add(put);
        } else if (topics) box.record = changed(box.record, { topics: [topics] });
        else if (flush) await box.sender.flush();
        else leave();
        if (box.record.id === id) assert.ok(box.record.revision >= revision);
        if (box.record.user) assert.ok([...agreed].some((user) => users.includes(user) && [box.record.id, id].some((device) => markOf(device, user) === box.record.user)));
        if (leaves) {
          assert.equal(box.record.user, undefined);
          agreed = new Set();
        }
        box.record.pause = undefined;
        box.record.renewedAt = Date.now() - 25 * HOUR;
      }
    }),
    { numRuns: 5000 },
  );
});
