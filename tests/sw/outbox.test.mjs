// The outbox in real browsers, in a page and in a real service worker: what stays, what leaves, what is sent when.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openStage, startBrowser, startServer } from "./lib/stage.mjs";

/**
 * @typedef {import("./lib/stage.mjs").Place} Place @typedef {import("./lib/stage.mjs").Answer} Answer
 * @typedef {Partial<import("./lib/driver.js").Call>} Extra
 */

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
before(async () => (server = await startServer()));
after(() => server.close());

let serial = 0;

/** @param {string} id @param {string} [type] @param {object} [data] */
const report = (id, type = "event.tracked", data = { name: "x" }) => ({ id, type, time: "2026-11-20T12:00:00Z", data });

/** @param {any[]} events */
const ids = (events) => events.map((event) => event.id ?? event.event.id);

for (const engine of /** @type {const} */ (["chrome", "firefox"]))
  describe(engine, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    /** @type {Awaited<ReturnType<typeof openStage>>} */
    let stage;
    before(async () => {
      browser = await startBrowser(engine);
      stage = await openStage(browser, server.origin);
    });
    after(() => browser?.close());

    /** An outbox of its own on a site of its own. @param {Place} [place] */
    const fresh = (place = "page") => {
      const site = `s${++serial}`;
      const box = `softbell:/${site}/`;
      /** @param {string} method @param {any[]} args @param {Extra} [extra] */
      const attempt = (method, args = [], extra = {}) => stage.call(place, { box, site, method, args, ...extra });
      /** @param {string} method @param {any[]} [args] @param {Extra} [extra] */
      const act = async (method, args, extra) => {
        const { value, error } = await attempt(method, args, extra);
        assert.equal(error, undefined, `${method} was rejected`);
        return value;
      };
      const script = server.script(site);
      return {
        site, box, attempt, act, script,
        /** Puts device and reports there and lets the server know the device. @param {any[]} [events] */
        ready: async (events = []) => {
          await act("patch", [{ permission: "default" }]);
          await act("flush");
          await act("addAll", [events]);
          script.asked.length = 0;
        },
        /** What was asked since the last look. @returns {string[]} */
        asked: () => script.asked.splice(0).map(({ method, body }) => (method === "PUT" ? `PUT ${body.revision}` : `POST ${ids(body)}`)),
        waiting: async () => ids(await act("entries")),
        pause: async () => {
          const { pause } = await act("device");
          return pause ? Math.round((pause.until - pause.from) / SECOND) : 0;
        },
      };
    };

    for (const place of /** @type {const} */ (["page", "worker"]))
      describe(place, () => {
        after(async () => {
          const { value } = await stage.call(place, { box: "", site: "", method: "uncaught", args: [] });
          assert.deepEqual(value, [], "nothing was thrown into the host");
        });

        /** What the server answers to a, b, c; what stays; how long the pause is, s; what else was asked in the same flush. */
        const ANSWERS = /** @type {[string, Answer, string[], number, string[]?][]} */ ([
          ["200", {}, [], 0],
          ["200 that names one", { body: { stored: 2, drop: [{ index: 1, code: "x" }] } }, [], 0],
          ["204", { status: 204 }, [], 0],
          ["200 with a body that is no JSON", { raw: "<html>" }, [], 0],
          ["200 null", { raw: "null" }, [], 0],
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
          await one.act("flush", [], { pace: 20 }); // 20 s become 1 s
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

        test("PUT when it changed and once a day; a clock that went back a year blocks nothing", async () => {
          const one = fresh(place);
          await one.ready();
          await one.act("flush");
          await one.act("flush", [], { shift: DAY - 60 * SECOND });
          assert.deepEqual(one.asked(), []);
          await one.act("flush", [], { shift: DAY + 60 * SECOND });
          assert.deepEqual(one.asked(), ["PUT 1"], "a day later");
          await one.act("flush");
          assert.deepEqual(one.asked(), ["PUT 1"], "the stamp is from the future now");
          await one.act("patch", [{ permission: "granted" }]);
          await one.act("flush");
          assert.deepEqual(one.asked(), ["PUT 2"], "it changed");
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
          for (const answer of [{ raw: "<html>" }, { raw: "null" }, { raw: "[]" }, { body: { revision: 1e300, report_token: 7 } }]) {
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

        test("half a surrogate pair does not cost the batch", async () => {
          const one = fresh(place);
          await one.ready([report("a", "event.tracked", { name: "cut \ud83d", kept: "\ud83d\ude00 \\ud83d \"\n" })]);
          await one.act("flush");
          assert.deepEqual(one.script.asked[0]?.body[0].data, { name: "cut \ufffd", kept: "\ud83d\ude00 \\ud83d \"\n" });
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

        test("leases: taken for 30 s, then free again; one from the future is free", async () => {
          const one = fresh(place);
          await one.ready([report("a")]);
          for (const [lease, sent] of /** @type {[number, boolean][]} */ ([[29_000, false], [1, false], [-1, true], [60_000, true], [YEAR, true]])) {
            await one.act("addAll", [[report("a")]]);
            await one.act("lease", [lease > 1 || lease < 0 ? lease : 5000]);
            await one.act("flush");
            assert.deepEqual(one.asked(), sent ? ["POST a"] : [], `lease ${lease}`);
          }
        });

        test("an answer that comes after the lease frees nothing that another has taken", async () => {
          const one = fresh(place);
          await one.ready([report("a")]);
          one.script.POST.push("hang");
          const slow = one.act("flush", [], { pace: 20 });
          while (!one.script.asked.length) await new Promise((resolve) => setTimeout(resolve, 10));
          await one.act("lease", [20_000], { pace: 20 }); // another's
          await slow;
          await one.act("flush", [], { shift: 6 * SECOND });
          assert.deepEqual(one.asked(), ["POST a"]);
        });

        test("two outboxes on one database at once: every report goes once", async () => {
          const one = fresh(place);
          const events = Array.from({ length: 300 }, (_, at) => report(`r${at}`));
          await one.ready(events);
          await Promise.all(["#1", "#2", "#3"].map((other) => one.act("flush", [], { box: one.box + other })));
          const sent = one.script.asked.flatMap(({ body }) => ids(body));
          assert.equal(sent.length, 300);
          assert.equal(new Set(sent).size, 300);
          assert.deepEqual(await one.waiting(), []);
        });

        test("flushes that overlap share a flight, and what came meanwhile goes too", async () => {
          const one = fresh(place);
          await one.ready([report("a")]);
          /** @type {Promise<any> | undefined} */
          let joined;
          one.script.POST.push(async () => {
            await one.act("patch", [{ permission: "granted" }]);
            joined = one.act("flush");
            await one.act("device"); // the flush before it has begun
            return {};
          });
          await one.act("flush");
          assert.equal((await joined).acked, true);
          assert.deepEqual(one.asked(), ["POST a", "PUT 2"]);
        });

        /** What is broken, and the name of the error that the caller gets. @type {[string, string][]} */
        const BROKEN = [["open hangs", "TimeoutError"], ["open is denied", "SecurityError"], ["open fails", "UnknownError"], ["no IndexedDB", "NotSupportedError"]];

        test("storage that hangs, is denied or missing: every call is rejected by name, in time, and works again after", async () => {
          for (const [trick, name] of BROKEN) {
            const one = fresh(place);
            for (const [method, ...args] of [["patch", {}], ["add", report("a")], ["device"], ["flush"], ["beacon"]]) {
              const began = Date.now();
              const { error } = await one.attempt(String(method), args, { trick, pace: 10 });
              assert.equal(error, name, `${trick}: ${method}`);
              assert.ok(Date.now() - began < 1000, `${trick}: ${method} took ${Date.now() - began} ms`);
            }
            await one.ready([report("a")]);
            await one.act("flush");
            assert.deepEqual(one.asked(), ["POST a"], `after ${trick}`);
          }
        });

        test("a transaction that hangs is given up after the limit", async () => {
          const one = fresh(place);
          await one.ready();
          const began = Date.now();
          assert.equal(await one.act("held"), "TimeoutError");
          assert.ok(Date.now() - began >= 1400, "1 500 ms");
          assert.equal((await one.act("device")).revision, 1);
        });

        test("erasing the database is not held up, and the next call opens anew", async () => {
          const one = fresh(place);
          await one.ready([report("a")]);
          await one.act("erase");
          await one.act("flush");
          assert.equal(await one.act("device"), undefined);
          await one.ready([report("b")]);
          await one.act("flush");
          assert.deepEqual(one.asked(), ["POST b"]);
        });

        test("a beacon: what nobody has taken, and nothing is removed or taken by it", async () => {
          const unknown = fresh(place);
          await unknown.act("patch", [{ permission: "default" }]);
          await unknown.act("add", [report("a")]);
          assert.equal((await unknown.act("beacon")).went, false, "no token, no beacon");
          const one = fresh(place);
          await one.ready([report("a"), report("b")]);
          const { went, url, type, text } = await one.act("beacon");
          assert.deepEqual([went, new URL(url).pathname, type], [true, `/v1/sites/${one.site}/events`, "text/plain"]);
          assert.deepEqual(ids(JSON.parse(text)), ["a", "b"]);
          assert.equal(JSON.parse(text)[0].softbelltoken, "1.token");
          await one.act("flush");
          assert.deepEqual(one.asked(), ["POST a,b"]);

          const many = Array.from({ length: 60 }, (_, at) => report(`r${at}`, "event.tracked", { name: "x".repeat(1000) }));
          await one.act("addAll", [many]);
          assert.ok(Buffer.byteLength((await one.act("beacon")).text) <= 49_152);
          await one.act("lease", [10_000]);
          assert.equal((await one.act("beacon")).went, false, "all are taken");
          await one.act("lease", [-1]);
          one.script.POST.push({ status: 403 });
          await one.act("flush");
          assert.equal((await one.act("beacon")).went, false, "in a pause");
        });
      });

    test("page and worker flush at once: every report goes once", async () => {
      const one = fresh();
      await one.ready(Array.from({ length: 250 }, (_, at) => report(`r${at}`)));
      const { box, site } = one;
      await Promise.all(/** @type {Place[]} */ (["page", "worker"]).map((place) => stage.call(place, { box, site, method: "flush", args: [] })));
      const sent = one.script.asked.flatMap(({ body }) => ids(body));
      assert.deepEqual([sent.length, new Set(sent).size], [250, 250]);
    });

    test("the occasions of a page: online, shown again, out of the cache; a beacon when hidden or left", async () => {
      const one = fresh();
      await one.ready([report("a")]);
      const page = await browser.newPage();
      await page.goto(`${server.origin}/`);
      /** @param {string} method @param {any[]} args */
      const act = (method, ...args) => page.evaluate((call) => /** @type {any} */ (globalThis).perform(call), { box: one.box, site: one.site, method, args });
      /** @param {string} expected */
      const comes = async (expected) => {
        for (const end = Date.now() + 3000; !one.script.asked.length && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.deepEqual(one.asked(), [expected]);
      };
      await act("shell");
      for (const occasion of ["online", "pageshow", "visibilitychange"]) {
        await act("addAll", [report("b")]);
        await page.evaluate((name) => void dispatchEvent(new Event(name)), occasion);
        await comes(occasion === "online" ? "POST a,b" : "POST b");
        while ((await one.waiting()).length) await new Promise((resolve) => setTimeout(resolve, 10));
      }
      one.script.POST.push("cut");
      await act("addAll", [report("c")]);
      await act("shellDo", "flush");
      one.asked();
      await page.evaluate(() => void dispatchEvent(new Event("online")));
      await comes("POST c");

      await act("shellDo", "flush"); // its flight has landed
      await act("shellDo", "report", "event.tracked", { name: "d" });
      const [id] = await one.waiting();
      await page.evaluate(() => {
        const { sendBeacon } = navigator;
        Object.defineProperty(document, "hidden", { value: true, configurable: true });
        navigator.sendBeacon = () => {
          throw new Error("somebody wrapped it, badly");
        };
        dispatchEvent(new Event("visibilitychange"));
        Object.assign(globalThis, { mend: () => (navigator.sendBeacon = sendBeacon) });
      });
      assert.deepEqual(await act("uncaught"), { value: [] });
      await page.evaluate(() => void /** @type {any} */ (globalThis).mend());
      await page.goto("about:blank");
      await comes(`POST ${id}`);
      assert.deepEqual(await one.waiting(), [id], "a beacon removes nothing");
      await page.close();
    });

    test("the kit's own worker: sends on `flush`, and on Background Sync where it exists", async (t) => {
      const site = `s${++serial}`;
      const { asked, POST } = server.script(site);
      const page = await browser.newPage();
      t.after(() => page.close());
      await page.goto(`${server.origin}/`);
      /** @param {string} method @param {any[]} args */
      const act = (method, ...args) => page.evaluate((call) => /** @type {any} */ (globalThis).perform(call), { box: "softbell:/softbell/", site, method, args });
      const posts = async (/** @type {number} */ count) => {
        const found = () => asked.filter(({ method }) => method === "POST").length;
        for (const end = Date.now() + 5000; found() < count && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.equal(found(), count);
      };
      await page.evaluate(async () => {
        const { active, installing } = await navigator.serviceWorker.register("/softbell/sw.js", { scope: "/softbell/" });
        const worker = /** @type {ServiceWorker} */ (active ?? installing);
        while (worker.state !== "activated") await new Promise((resolve) => setTimeout(resolve, 10));
        Object.assign(globalThis, { worker });
      });
      await act("shell");
      await act("shellDo", "patch", { permission: "default" });
      await act("shellDo", "flush");
      await act("shellDo", "report", "event.tracked", { name: "a" });
      await page.evaluate(() => /** @type {any} */ (globalThis).worker.postMessage({ softbell: "flush" }));
      await posts(1);
      if (engine !== "chrome") return;
      await act("shellDo", "flush");
      await act("shellDo", "report", "event.tracked", { name: "b" });
      POST.push("cut");
      await act("shellDo", "flush"); // asks for a sync, which comes at once: the browser is online
      await posts(3);
    });

    test("a sandboxed frame, where the browser itself denies storage", async () => {
      const name = await stage.page.evaluate(() => new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", "allow-scripts");
        addEventListener("message", ({ data }) => resolve(data), { once: true });
        const call = { box: "x", site: "x", method: "device", args: [] };
        frame.srcdoc = `<script src="${location.origin}/driver.js"><` + `/script><script>
          perform(${JSON.stringify(call)}).then(async ({ error }) => parent.postMessage([error, await perform({ method: "uncaught", args: [] })], "*"))
          <` + "/script>";
        document.body.append(frame);
      }));
      assert.deepEqual(name, ["SecurityError", { value: [] }]);
    });

    if (engine === "chrome")
      test("a quota that the browser enforces: nothing that waits is lost, and all of it can be sent", async (t) => {
        // A browser of its own: Chromium remembers for a while how much room there was.
        const used = stage;
        const another = await startBrowser(engine);
        t.after(() => ((stage = used), another.close()));
        stage = await openStage(another, server.origin);
        const session = await stage.page.createCDPSession();
        const { origin } = server;
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
