// The outbox in real browsers: page and worker share it, on every occasion, also where storage hangs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ids, inBothEngines, report, SECOND, TAKEN, YEAR } from "./lib/outbox.mjs";

/** @typedef {import("./lib/stage.mjs").Place} Place */

inBothEngines((world) => {
  const { engine, fresh, places } = world;

  places((place) => {
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
      const slow = one.act("flush", [], { hurry: 20 });
      while (!one.script.asked.length) await new Promise((resolve) => setTimeout(resolve, 10));
      await one.act("lease", [20_000]); // another's
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
        return TAKEN;
      });
      await one.act("flush");
      assert.equal((await joined).acked, true);
      assert.deepEqual(one.asked(), ["POST a", "PUT 2"]);
    });

    /** What is broken, and the name of the error that the caller gets. @type {[string, string][]} */
    const BROKEN = [["open hangs", "TimeoutError"], ["open is denied", "SecurityError"], ["open fails", "UnknownError"], ["no IndexedDB", "TypeError"]];

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

  test("C7: where a press led is written by the worker and taken by one page, once; nothing is made for it where nothing is", async () => {
    const one = fresh();
    await one.ready();
    const { box, site, act } = one;
    const worker = (/** @type {any[]} */ ...args) => world.stage.call("worker", { box: `${box}#worker`, site, method: "keep", args });
    const pending = { url: "https://shop.example/order", at: 1 };
    assert.equal((await worker(pending)).error, undefined);
    const taken = await Promise.all([act("takePending"), act("takePending")]);
    assert.deepEqual(taken.filter(Boolean), [pending]);
    await worker(pending);
    await worker(undefined);
    assert.equal(await act("takePending"), undefined);
    await act("shell");
    await act("erase");
    assert.equal((await worker(pending)).error, "AbortError");
  });

  test("page and worker flush at once: every report goes once", async () => {
    const one = fresh();
    await one.ready(Array.from({ length: 250 }, (_, at) => report(`r${at}`)));
    const { box, site } = one;
    await Promise.all(/** @type {Place[]} */ (["page", "worker"]).map((place) => world.stage.call(place, { box, site, method: "flush", args: [] })));
    const sent = one.script.asked.flatMap(({ body }) => ids(body));
    assert.deepEqual([sent.length, new Set(sent).size], [250, 250]);
  });

  test("the occasions of a page: online, shown again, out of the cache; a beacon when hidden or left", async () => {
    const one = fresh();
    await one.ready([report("a")]);
    const page = await world.browser.newPage();
    await page.goto(`${world.server.origin}/`);
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
    const site = world.newSite();
    const { asked, POST } = world.server.script(site);
    const page = await world.browser.newPage();
    t.after(() => page.close());
    await page.goto(`${world.server.origin}/`);
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
    const name = await world.stage.page.evaluate(() => new Promise((resolve) => {
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
});
