// Lines of the consent ledger on their way to the server, in real browsers: each arrives, and leaves when it has arrived.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openStage, startBrowser, startServer } from "./lib/stage.mjs";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
before(async () => (server = await startServer()));
after(() => server.close());

let serial = 0;

/** @param {string} id @param {object} [more] */
const line = (id, more) => ({ id, channel: "push", val: "n", source: "soft_popup", permission: "default", ...more });

/** @param {{ id: string }[]} lines */
const ids = (lines) => lines.map(({ id }) => id).join();

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

    /** A device on a site of its own, with the shell's side of its outbox. */
    const fresh = async () => {
      const site = `l${++serial}`;
      const box = `softbell:/${site}/`;
      /** @param {import("./lib/stage.mjs").Place} place @param {string} method @param {any[]} args */
      const at = async (place, method, ...args) => {
        const { value, error } = await stage.call(place, { box, site, method, args });
        assert.equal(error, undefined, `${method} was rejected`);
        return value;
      };
      /** @param {string} method @param {any[]} args */
      const act = (method, ...args) => at("page", method, ...args);
      await act("shell");
      await act("shellDo", "patch", { permission: "default" });
      const script = server.script(site);
      return {
        box, site, at, act, script,
        consent: (/** @type {object} */ entry) => act("shellDo", "consent", entry),
        kept: async () => ids((await act("device")).state.consent_entries),
        /** What localStorage still holds. */
        journal: () => stage.page.evaluate((key) => localStorage.getItem(key), `softbell.${site}.consents`),
        /** The lines of each PUT since the last look. */
        sent: () => script.asked.splice(0).map(({ body }) => ids(body.consent_entries)),
      };
    };

    test("F1: a line goes with the next PUT, and leaves when that is acknowledged, by page or worker", async () => {
      for (const place of /** @type {const} */ (["page", "worker"])) {
        const one = await fresh();
        await one.consent(line("a"));
        assert.equal(await one.journal(), null, "it is in the database");
        one.script.PUT.push({ status: 503 });
        await one.at(place, "flush");
        assert.deepEqual([one.sent(), await one.kept()], [["a"], "a"], "not acknowledged");
        await one.consent(line("b"));
        await one.at(place, "edit", { pause: undefined });
        await one.at(place, "flush");
        await one.at(place, "flush");
        assert.deepEqual([one.sent(), await one.kept()], [["a,b"], ""], place);
      }
    });

    test("F1: a server that knows a later state took no line: it goes again", async () => {
      const one = await fresh();
      await one.consent(line("a"));
      one.script.PUT.push({ body: { revision: 41, report_token: "1.t" } });
      await one.act("flush");
      assert.deepEqual([one.sent(), await one.kept()], [["a", "a"], ""]);
    });

    test("F1: a line that comes while a PUT is on its way stays", async () => {
      const one = await fresh();
      await one.consent(line("a"));
      one.script.PUT.push(async () => {
        await one.consent(line("b"));
        return { body: { revision: 2, report_token: "1.t" } };
      });
      await one.act("flush");
      assert.deepEqual([one.sent(), await one.kept()], [["a", "b"], ""]);
    });

    test("F1: fifty lines in one PUT; the rest waits in localStorage and goes with a later page view", async () => {
      const one = await fresh();
      for (let at = 0; at < 52; at++) await one.consent(line(`n${at}`));
      assert.equal((await one.kept()).split(",").length, 50);
      assert.equal(ids(JSON.parse(String(await one.journal()))), "n50,n51");
      await one.act("flush");
      await one.act("shell"); // the next page view
      await one.act("shellDo", "patch", {});
      await one.act("shellDo", "flush");
      const [first = "", second] = one.sent();
      assert.deepEqual([first.split(",").length, first.split(",")[0], second], [50, "n0", "n50,n51"]);
      assert.deepEqual([await one.kept(), await one.journal()], ["", null]);
    });

    test("F1: two pages that see one change of the permission write one line", async () => {
      const one = await fresh();
      const change = { source: "browser", val: "n", permission: "denied" };
      await one.consent(line("a", change));
      await one.act("shellDo", "patch", { permission: "denied" });
      await one.consent(line("b", change));
      await one.consent(line("c"));
      assert.equal(await one.kept(), "a,c");
      assert.equal(await one.journal(), null);
    });

    test("F1: a line that the database cannot take stays in localStorage", async () => {
      const one = await fresh();
      await one.act("shell"); // without a connection
      await stage.page.evaluate(async () => {
        const { open } = IDBFactory.prototype;
        IDBFactory.prototype.open = () => {
          throw new DOMException("made up by the test", "UnknownError");
        };
        const { reports } = /** @type {any} */ (globalThis);
        await reports.consent({ id: "a", source: "soft_popup" }).catch(() => {});
        IDBFactory.prototype.open = open;
      });
      assert.equal(ids(JSON.parse(String(await one.journal()))), "a");
      await one.act("shell"); // the next page view
      await one.act("shellDo", "patch", {});
      assert.equal(await one.kept(), "a");
    });

    test("F7: after the end nothing makes the database anew, neither page nor worker, nor what is still under way", async () => {
      const one = await fresh();
      const databases = () => stage.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
      assert.ok((await databases()).includes(one.box));
      /** @param {import("./lib/stage.mjs").Place} place @param {string} box @param {string} method @param {...any} args */
      const fails = async (place, box, method, ...args) => (await stage.call(place, { box, site: one.site, method, args })).error;
      /** @type {(answer: { status: number }) => void} */
      let answer = () => {};
      const asked = new Promise((resolve) => {
        one.script.PUT.push(() => new Promise((later) => ((answer = later), resolve(undefined))));
      });
      const flight = fails("page", one.box, "shellDo", "flush");
      await asked;
      await one.act("shellDo", "end");
      await one.act("erase");
      answer({ status: 503 });
      assert.equal(await flight, "AbortError");
      assert.equal(await fails("page", one.box, "shellDo", "consent", line("late")), "AbortError");
      assert.equal(await fails("worker", `${one.box}#worker`, "add", { id: "late", type: "notification.received", time: "" }), "AbortError");
      assert.equal(await one.journal(), null);
      assert.ok(!(await databases()).includes(one.box));
    });

    test("F7: what ended before consent was granted anew changes nothing of the new device", async () => {
      const one = await fresh();
      await one.act("shellDo", "end");
      await one.act("erase");
      await one.act("patch", { permission: "granted" });
      const { error } = await stage.call("page", { box: one.box, site: one.site, method: "shellDo", args: ["patch", { permission: "denied" }] });
      assert.deepEqual([error, (await one.act("device")).state.permission], ["AbortError", "granted"]);
    });
  });
