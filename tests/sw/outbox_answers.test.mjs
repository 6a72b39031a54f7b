// The outbox in real browsers, in a page and in a real service worker: what each answer of the server does to what waits.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, inBothEngines, report, SECOND, TAKEN } from "./lib/outbox.mjs";

/** @typedef {import("./lib/stage.mjs").Answer} Answer */

inBothEngines((world) => {
  const { fresh, places } = world;

  places((place) => {
    /** What the server answers to a, b, c; what stays; how long the pause is, s; what else was asked in the same flush. */
    const ANSWERS = /** @type {[string, Answer, string[], number, string[]?][]} */ ([
      ["200", TAKEN, [], 0],
      ["200 that names one", { body: { stored: 2, drop: [{ index: 1, code: "x" }] } }, [], 0],
      // Not from Softbell: a hotel's login page, a proxy that cuts answers off, a server that sends elsewhere.
      ["204", { status: 204 }, ["a", "b", "c"], 5],
      ["200 with a page", { raw: "<!doctype html>" }, ["a", "b", "c"], 5],
      ["200 null", { raw: "null" }, ["a", "b", "c"], 5],
      ["200 and half an answer", { raw: '{"stored": 3, "dupl' }, ["a", "b", "c"], 5],
      ["302 to a page", { status: 302, headers: { location: "/login" } }, ["a", "b", "c"], 5],
      ["a redirect to where nobody answers", { status: 307, headers: { location: "https://localhost:1/" } }, ["a", "b", "c"], 5],
      ["308 to where the server is now", { status: 308, headers: { location: "?moved" } }, [], 0, ["POST a,b,c"]],
      ["400 that names b", { status: 400, body: { drop: [{ index: 1 }] } }, [], 0, ["POST a,c"]],
      ["422 that names a and c", { status: 422, body: { drop: [{ index: 0 }, { index: 2 }] } }, [], 0, ["POST b"]],
      ["400 that names nothing", { status: 400, body: { code: "body_unreadable" } }, ["a", "b", "c"], 3600],
      ["422 that names what is not there", { status: 422, body: { drop: [{ index: 9 }, null, 7] } }, ["a", "b", "c"], 3600],
      ["422 with nonsense", { status: 422, body: { drop: "all" } }, ["a", "b", "c"], 3600],
      ["401", { status: 401 }, ["a", "b", "c"], 3600],
      ["403", { status: 403 }, ["a", "b", "c"], 3600],
      ["403 that names one", { status: 403, body: { drop: [{ index: 0 }] } }, ["a", "b", "c"], 3600],
      ["404", { status: 404, raw: "<html>" }, ["a", "b", "c"], 3600],
      ["413", { status: 413 }, ["a", "b", "c"], 3600],
      ["408", { status: 408 }, ["a", "b", "c"], 5],
      ["429", { status: 429 }, ["a", "b", "c"], 5],
      ["429 with seconds", { status: 429, headers: { "retry-after": "120" } }, ["a", "b", "c"], 120],
      ["429 with nonsense", { status: 429, headers: { "retry-after": "soon" } }, ["a", "b", "c"], 5],
      ["429 with a date that has passed", { status: 429, headers: { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" } }, ["a", "b", "c"], 5],
      ["429 for ever", { status: 429, headers: { "retry-after": "99999999999" } }, ["a", "b", "c"], 86_400],
      ["500", { status: 500 }, ["a", "b", "c"], 5],
      ["503 with seconds", { status: 503, headers: { "retry-after": "7" } }, ["a", "b", "c"], 7],
      ["no answer", "cut", ["a", "b", "c"], 5],
    ]);

    test("each answer: what leaves, what stays, and for how long it is quiet", async () => {
      for (const [name, answer, left, pause, more = []] of ANSWERS) {
        const one = fresh(place);
        await one.ready([report("a"), report("b"), report("c")]);
        one.script.POST.push(answer);
        const outcome = await one.act("flush");
        assert.deepEqual(one.asked(), ["POST a,b,c", ...more], name);
        assert.deepEqual(await one.waiting(), left, name);
        assert.equal(outcome.left, left.length, name);
        assert.equal(await one.pause(), pause, name);
        if (!pause) continue;
        await one.act("flush", [], { shift: (pause - 2) * SECOND });
        assert.deepEqual(one.asked(), [], `${name}: during the pause`);
        await one.act("flush", [], { shift: (pause + 2) * SECOND });
        // After a whole day the heartbeat is due as well.
        assert.deepEqual(one.asked().slice(-1), ["POST a,b,c"], `${name}: after the pause`);
        assert.deepEqual(await one.waiting(), [], name);
      }
    });

    test("Retry-After as a date counts from now", async () => {
      const one = fresh(place);
      await one.ready([report("a")]);
      one.script.POST.push({ status: 429, headers: { "retry-after": new Date(Date.now() + 600 * SECOND).toUTCString() } });
      await one.act("flush");
      assert.ok(Math.abs((await one.pause()) - 600) < 5, String(await one.pause()));
    });

    test("a dead server is asked ever more rarely, and as before once it answers", async () => {
      const one = fresh(place);
      await one.ready([report("a")]);
      const pauses = [];
      for (let shift = 0; pauses.length < 10; shift += Number(pauses.at(-1)) * SECOND + SECOND) {
        one.script.POST.push({ status: 500 });
        await one.act("flush", [], { shift });
        pauses.push(await one.pause());
      }
      assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
      await one.act("flush", [], { shift: DAY / 2 });
      assert.deepEqual([await one.waiting(), await one.pause()], [[], 0]);
      await one.act("add", [report("b")]);
      one.script.POST.push({ status: 500 });
      await one.act("flush", [], { shift: DAY / 2 });
      assert.equal(await one.pause(), 5);
    });

    test("back online: at once where no answer came, not where the server said something", async () => {
      for (const [answer, asked] of /** @type {[Answer, string[]][]} */ ([["cut", ["POST a"]], [{ status: 503 }, []], [{ status: 403 }, []]])) {
        const one = fresh(place);
        await one.ready([report("a")]);
        one.script.POST.push(answer);
        await one.act("flush");
        one.asked();
        await one.act("flush", [true]);
        assert.deepEqual(one.asked(), asked, JSON.stringify(answer));
      }
    });

    test("a new state of the device tries at once in a dead server's pause, not in one the server asked for", async () => {
      for (const [answer, asked] of /** @type {[Answer, string[]][]} */ ([["cut", ["PUT 2", "POST a"]], [{ status: 500 }, ["PUT 2", "POST a"]],
        [{ status: 429 }, []], [{ status: 403 }, []]])) {
        const one = fresh(place);
        await one.ready([report("a")]);
        one.script.POST.push(answer);
        await one.act("flush");
        one.asked();
        await one.act("patch", [{ permission: "default" }]);
        await one.act("flush");
        assert.deepEqual(one.asked(), [], "the same state again is no reason");
        await one.act("patch", [{ permission: "granted" }]);
        await one.act("flush");
        assert.deepEqual(one.asked(), asked, JSON.stringify(answer));
      }
    });

    test("a server that never ends its answer is given up before the lease ends", async () => {
      const one = fresh(place);
      await one.ready([report("a")]);
      one.script.POST.push("hang");
      const began = Date.now();
      await one.act("flush", [], { hurry: 20 }); // 20 s become 1 s
      assert.ok(Date.now() - began < 1450, `${Date.now() - began} ms`);
      assert.deepEqual([await one.waiting(), await one.pause()], [["a"], 5]);
    });

    test("a request: text/plain without the secret, the device's token where a report has none, at most 48 KB and 100", async () => {
      const one = fresh(place);
      const big = { name: "x", text: "ä".repeat(4000) };
      await one.ready([
        { ...report("own"), softbelltoken: "1.message" },
        ...Array.from({ length: 10 }, (_, at) => report(`big${at}`, "event.tracked", big)),
        ...Array.from({ length: 130 }, (_, at) => report(`small${at}`)),
      ]);
      await one.act("flush");
      const requests = one.script.asked;
      for (const { headers, body, path } of requests) {
        assert.equal(path, "/events");
        assert.match(String(headers["content-type"]), /^text\/plain/);
        assert.equal(headers.authorization, undefined);
        assert.equal(headers.cookie, undefined);
        assert.ok(Buffer.byteLength(JSON.stringify(body)) <= 49_152);
        assert.ok(body.length <= 100);
      }
      assert.equal(requests.flatMap(({ body }) => body).length, 141);
      assert.deepEqual(requests[0]?.body.slice(0, 2).map((/** @type {any} */ event) => event.softbelltoken), ["1.message", "1.token"]);
      assert.deepEqual({ ...requests[0]?.body[1], data: 0 }, { ...report("big0"), data: 0, specversion: "1.0", source: `softbell:${one.site}`, softbelltoken: "1.token" });
      assert.deepEqual(requests.map(({ body }) => body.length).slice(0, 1), [6], "six of 8 KB, no seventh");
    });

    test("no PUT, no report: the first report waits for the device's token", async () => {
      const one = fresh(place);
      await one.act("addAll", [[report("a")]]);
      assert.deepEqual(await one.act("flush"), { acked: false, live: false, deviceId: "", refused: "", left: 1 });
      await one.act("patch", [{ permission: "default" }]);
      one.script.PUT.push({ status: 503 });
      await one.act("flush");
      assert.deepEqual(one.asked(), ["PUT 1"]);
      const outcome = await one.act("flush", [], { shift: 10 * SECOND });
      assert.deepEqual(one.asked(), ["PUT 1", "POST a"]);
      const { id, secret } = await one.act("device");
      assert.deepEqual(outcome, { acked: true, live: false, deviceId: id, refused: "", left: 0 });
      assert.match(secret, /^[\w-]{43}$/);
    });
  });
});
