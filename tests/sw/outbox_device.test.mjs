// The outbox in real browsers, in a page and in a real service worker: when the server hears of the device, and what it may say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, HOUR, inBothEngines, report, SECOND, YEAR } from "./lib/outbox.mjs";

inBothEngines((world) => {
  const { fresh, places } = world;

  places((place) => {
    test("A8 A10: PUT when it changed and once a day; a clock that went back a year, or forward ten, blocks nothing", async () => {
      const one = fresh(place);
      await one.ready();
      for (const shift of [0, HOUR, DAY - 60 * SECOND]) await one.act("flush", [], { shift });
      assert.deepEqual(one.asked(), []);
      await one.act("flush", [], { shift: 25 * HOUR });
      await one.act("flush", [], { shift: 26 * HOUR });
      assert.deepEqual(one.asked(), ["PUT 1"], "a day later");
      await one.act("flush");
      assert.deepEqual(one.asked(), ["PUT 1"], "the stamp is from the future now");
      await one.act("flush", [], { shift: 10 * YEAR });
      assert.deepEqual(one.asked(), ["PUT 1"], "ten years later");
      await one.act("flush");
      assert.deepEqual(one.asked(), ["PUT 1"], "and back");
      await one.act("patch", [{ permission: "granted" }]);
      await one.act("flush");
      assert.deepEqual(one.asked(), ["PUT 2"], "it changed");
    });

    test("A8: the same subscription again costs no request, one with another key costs one", async () => {
      const one = fresh(place);
      await one.ready();
      const [endpoint, p256dh, auth] = ["https://push.example/1", "p", "a"];
      const asked = async (/** @type {object} */ subscription) => {
        await one.act("patch", [{ subscription }]);
        await one.act("flush");
        return one.asked();
      };
      assert.deepEqual(await asked({ endpoint, p256dh, auth, vapid: "old" }), ["PUT 2"]);
      assert.deepEqual(await asked({ endpoint, p256dh, auth, vapid: "old" }), []);
      assert.deepEqual(await asked({ endpoint, p256dh, auth, vapid: "new" }), ["PUT 3"]);
    });

    test("pauses, refusals and new ids made in the future count as past", async () => {
      const one = fresh(place);
      await one.ready([report("a")]);
      one.script.POST.push({ status: 403 });
      await one.act("flush", [], { shift: YEAR });
      one.asked();
      await one.act("flush");
      assert.deepEqual(one.asked(), ["PUT 1", "POST a"], "pause");
      one.script.PUT.push({ status: 409, body: { code: "endpoint_taken" } });
      await one.act("patch", [{ permission: "granted" }]);
      await one.act("flush", [], { shift: YEAR });
      assert.deepEqual(one.asked(), ["PUT 2"]);
      await one.act("flush");
      assert.deepEqual(one.asked(), ["PUT 2"], "refusal");
      await one.act("edit", [{ renewedAt: Date.now() + YEAR, acked: 0 }]);
      const { id } = await one.act("device");
      one.script.PUT.push({ status: 401 });
      await one.act("flush");
      assert.notEqual((await one.act("device")).id, id, "new id");
    });

    test("401: a new id and secret, at most once a day", async () => {
      const one = fresh(place);
      await one.ready([report("a")]);
      const old = await one.act("device");
      await one.act("patch", [{ permission: "granted" }]);
      one.script.PUT.push({ status: 401 });
      await one.act("flush");
      const paths = one.script.asked.map(({ path }) => path);
      assert.deepEqual(one.asked(), ["PUT 2", "PUT 2", "POST a"]);
      const young = await one.act("device");
      assert.deepEqual(paths.slice(0, 2), [`/devices/${old.id}`, `/devices/${young.id}`]);
      assert.ok(old.secret !== young.secret && old.id !== young.id);

      await one.act("patch", [{ permission: "denied" }]);
      one.script.PUT.push({ status: 401 }, { status: 401 });
      await one.act("flush", [], { shift: HOUR });
      assert.deepEqual([one.asked(), await one.pause(), (await one.act("device")).id], [["PUT 3"], 3600, young.id]);
      await one.act("flush", [], { shift: 2 * HOUR - SECOND });
      assert.deepEqual(one.asked(), []);
      await one.act("flush", [], { shift: DAY + HOUR });
      assert.notEqual((await one.act("device")).id, young.id);
    });

    test("409: the caller is told, reports go on, and nothing loops", async () => {
      for (const code of ["endpoint_taken", "endpoint_gone", "vapid_changed"]) {
        const one = fresh(place);
        await one.ready([report("a")]);
        await one.act("patch", [{ subscription: { endpoint: "e" } }]);
        one.script.PUT.push({ status: 409, body: { code } });
        const { refused, acked } = await one.act("flush");
        assert.deepEqual([refused, acked, one.asked()], [code, false, ["PUT 2", "POST a"]]);
        assert.equal((await one.act("flush")).refused, code, "whoever flushes next is told too");
        assert.deepEqual(one.asked(), []);
        await one.act("patch", [{ subscription: { endpoint: "f" } }]);
        assert.equal((await one.act("flush")).refused, "");
        assert.deepEqual(one.asked(), ["PUT 3"]);
      }
    });

    test("a state that the server cannot read is tried again an hour later", async () => {
      const one = fresh(place);
      await one.ready();
      await one.act("patch", [{ surprise: 1 }]);
      one.script.PUT.push({ status: 422, body: { code: "member_unknown" } });
      assert.equal((await one.act("flush")).refused, "member_unknown");
      await one.act("flush", [], { shift: HOUR - 60 * SECOND });
      assert.deepEqual(one.asked(), ["PUT 2"]);
      await one.act("flush", [], { shift: HOUR + 60 * SECOND });
      assert.deepEqual(one.asked(), ["PUT 2"]);
    });

    test("a lower revision is raised above the server's, and sent", async () => {
      const one = fresh(place);
      await one.act("patch", [{ permission: "default" }]);
      one.script.PUT.push({ body: { revision: 41, report_token: "1.t" } });
      assert.equal((await one.act("flush")).acked, true);
      assert.deepEqual(one.asked(), ["PUT 1", "PUT 42"]);
    });

    test("an answer without a token is not Softbell's", async () => {
      const strange = [{ raw: "<html>" }, { raw: '{"revision": 1, "rep' }, { raw: "null" }, { raw: "[]" }, { body: { revision: 1e300, report_token: 7 } }, { status: 303, headers: { location: "/login" } }];
      for (const answer of strange) {
        const one = fresh(place);
        await one.act("patch", [{ permission: "default" }]);
        await one.act("add", [report("a")]);
        one.script.PUT.push(answer);
        assert.equal((await one.act("flush")).acked, false);
        assert.deepEqual([one.asked(), await one.pause()], [["PUT 1"], 5]);
      }
    });

    test("a server that moved hears of the device at once", async () => {
      const one = fresh(place);
      await one.ready();
      await one.act("edit", [{ server: "https://old.example" }]);
      await one.act("patch", [{}]);
      await one.act("flush");
      assert.deepEqual(one.asked(), ["PUT 1"]);
    });
  });
});
