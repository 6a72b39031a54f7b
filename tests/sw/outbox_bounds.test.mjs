// The outbox in real browsers, in a page and in a real service worker: what it takes, and what goes when there is no room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ids, inBothEngines, report } from "./lib/outbox.mjs";
import { openStage, startBrowser } from "./lib/stage.mjs";

/** @typedef {Partial<import("./lib/driver.js").Call>} Extra */

inBothEngines((world) => {
  const { engine, fresh, places } = world;

  places((place) => {
    test("neither half a surrogate pair nor a NUL costs the batch", async () => {
      const one = fresh(place);
      await one.ready([report("a", "event.tracked", { name: "cut \ud83d \0", kept: "\ud83d\ude00 \\ud83d \\u0000 \"\n" })]);
      await one.act("flush");
      assert.deepEqual(one.script.asked[0]?.body[0].data, { name: "cut \ufffd \ufffd", kept: "\ud83d\ude00 \\ud83d \\u0000 \"\n" });
    });

    test("what cannot be written is refused by name, and nothing else is harmed", async () => {
      const one = fresh(place);
      await one.ready([report("a")]);
      assert.equal((await one.attempt("addCircle")).error, "TypeError");
      assert.equal((await one.attempt("patchFunction")).error, "DataCloneError");
      await one.act("addFunction"); // JSON leaves it out
      await one.act("write", [{ lease: 0, of: "a later build" }]);
      await one.act("write", ["nonsense"]);
      await one.act("flush");
      assert.deepEqual(one.asked(), ["POST a,function"]);
      assert.equal((await one.act("entries")).length, 2, "what is not understood is left alone");
    });

    test("a report comes once, however often it is added", async () => {
      const one = fresh(place);
      await one.ready([report("a"), report("a"), report("b")]);
      assert.deepEqual(await one.waiting(), ["a", "b"]);
    });

    const LIMITS = (/** @type {object} */ limits) => ({ limits: /** @type {Extra["limits"]} */ (limits) });

    test("a full outbox: received and displayed go first, then others, oldest first; consent, subscription, conversion never", async () => {
      const one = fresh(place);
      const few = LIMITS({ maxReports: 4 });
      await one.act("patch", [{ permission: "default" }], few);
      /** What is added, and what waits then. @type {[string, string, string[]][]} */
      const steps = [
        ["e1", "event.tracked", ["e1"]],
        ["d1", "notification.displayed", ["e1", "d1"]],
        ["c1", "consent.granted", ["e1", "d1", "c1"]],
        ["r1", "notification.received", ["e1", "d1", "c1", "r1"]],
        ["d2", "notification.displayed", ["e1", "c1", "r1", "d2"]],
        ["s1", "subscription.created", ["e1", "c1", "d2", "s1"]],
        ["e2", "event.tracked", ["e1", "c1", "s1", "e2"]],
        ["d3", "notification.displayed", ["e1", "c1", "s1", "e2"]],
        ["e3", "prompt.shown", ["c1", "s1", "e2", "e3"]],
        ["v1", "conversion", ["c1", "s1", "e3", "v1"]],
        ["c2", "consent.withdrawn", ["c1", "s1", "v1", "c2"]],
        ["c3", "consent.withdrawn", ["c1", "s1", "v1", "c2", "c3"]],
        ["e4", "event.tracked", ["c1", "s1", "v1", "c2", "c3"]],
      ];
      for (const [id, type, left] of steps) {
        await one.act("add", [report(id, type)], few);
        assert.deepEqual(await one.waiting(), left, id);
      }
      assert.equal(await one.act("dropped"), 8);
    });

    test("drops are counted in bytes too, and told once, whatever becomes of the telling", async () => {
      const one = fresh(place);
      const few = LIMITS({ maxBytes: 1000 });
      await one.act("patch", [{ permission: "default" }], few);
      for (const id of ["a", "b", "c"]) await one.act("add", [report(id, "event.tracked", { name: "x".repeat(300) })], few);
      assert.deepEqual(await one.waiting(), ["b", "c"]);
      await one.act("flush", [], few);
      const told = one.script.asked[1]?.body[0];
      assert.deepEqual([told.type, told.data], ["outbox.dropped", { count: 1 }]);
      assert.deepEqual([await one.waiting(), await one.act("dropped")], [[], undefined]);

      for (const id of ["d", "e", "f"]) await one.act("add", [report(id, "event.tracked", { name: "x".repeat(300) })], few);
      one.script.asked.length = 0;
      one.script.POST.push("cut");
      await one.act("flush", [], few);
      await one.act("add", [report("g", "event.tracked", { name: "x".repeat(300) })], few);
      await one.act("flush", [true], few);
      const [first, second, third] = one.script.asked.map(({ body }) => body.filter((/** @type {any} */ { type }) => type === "outbox.dropped"));
      assert.deepEqual(first, second, "the same report again: the server may know it already");
      assert.deepEqual(third.map((/** @type {any} */ { data }) => data), [{ count: 1 }], "and what was dropped meanwhile in one of its own");
      assert.notEqual(third[0].id, first[0].id);
    });

    test("a report that no batch could carry is dropped and counted", async () => {
      const one = fresh(place);
      await one.ready([report("huge", "conversion", { text: "x".repeat(40_000) })]);
      assert.deepEqual([await one.waiting(), await one.act("dropped")], [[], 1]);
    });

    test("the bounds of the contract: 500 reports", async () => {
      const one = fresh(place);
      await one.act("patch", [{ permission: "default" }]);
      await one.act("addAll", [Array.from({ length: 503 }, (_, at) => report(`e${at}`))]);
      const left = await one.waiting();
      assert.deepEqual([left.length, left[0], await one.act("dropped")], [500, "e3", 3]);
      await one.act("flush");
      assert.deepEqual(one.script.asked.slice(1).map(({ body }) => body.length), [100, 100, 100, 100, 100, 1]);
    });

    test("disk full: what matters least goes, then once more; a second failure has a name and is counted", async () => {
      const one = fresh(place);
      await one.ready([report("e1"), report("d1", "notification.displayed"), report("d2", "notification.displayed")]);
      await one.act("add", [report("e2")], { trick: "disk full once" });
      assert.deepEqual([await one.waiting(), await one.act("dropped")], [["e1", "d2", "e2"], 1]);
      await one.act("add", [report("d3", "notification.displayed")], { trick: "disk full once" });
      assert.deepEqual([await one.waiting(), await one.act("dropped")], [["e1", "e2", "d3"], 2]);
      const { error } = await one.attempt("add", [report("c1", "consent.granted")], { trick: "disk full" });
      assert.deepEqual([error, await one.waiting()], ["QuotaExceededError", ["e1", "e2", "d3"]]);
      await one.act("add", [report("e3")]);
      assert.equal(await one.act("dropped"), 3, "the lost one too");
    });
  });

  if (engine === "chrome")
    test("a quota that the browser enforces: nothing that waits is lost, and all of it can be sent", async (t) => {
      // A browser of its own: Chromium remembers for a while how much room there was.
      const used = world.stage;
      const another = await startBrowser(engine);
      t.after(() => ((world.stage = used), another.close()));
      world.stage = await openStage(another, world.server.origin);
      const session = await world.stage.page.createCDPSession();
      const { origin } = world.server;
      await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 300_000 });
      const one = fresh();
      await one.ready();
      const kept = [];
      for (let at = 0, error; !error && at < 50; at++) {
        ({ error } = await one.attempt("add", [report(`d${at}`, "notification.displayed", { text: "x".repeat(20_000) })]));
        if (error) assert.equal(error, "QuotaExceededError");
        else kept.push(`d${at}`);
      }
      assert.ok(kept.length > 2 && kept.length < 50, String(kept.length));
      assert.deepEqual(await one.waiting(), kept);
      await one.act("flush");
      assert.deepEqual(one.script.asked.flatMap(({ body }) => ids(body)), kept);
      assert.deepEqual(await one.waiting(), []);
      await session.send("Storage.overrideQuotaForOrigin", { origin });
      await one.act("flush");
      await one.act("add", [report("e")]);
      assert.equal(await one.act("dropped"), 1, "the one that found no room");
    });
});
