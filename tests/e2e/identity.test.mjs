// Who is who on a browser that several people use: account switch, both orders of login and logout, and tokens that prove nothing.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BROWSERS } from "./lib/browser.mjs";
import { MINUTE, moveClock } from "./lib/clock.mjs";
import { query } from "./lib/server.mjs";
import { call, fetched, press, visit } from "./lib/shop.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";
import { identify, tokenFor, writeTo } from "./lib/visitor.mjs";

/** Ids that would be found if they were kept anywhere in clear. */
const [ANNA, BELA] = ["anna-7f3e", "béla 🎈"];

/** Whose device it is, on the server. @param {import("./lib/server.mjs").DemoServer} server */
const row = async ({ database }) => (await query(database, "select id, endpoint, user_id, personal_from, revision from devices"))[0];

/** Everything that this origin has stored, as text, and the mark in the device record. @param {import("./lib/pages.mjs").WatchedPage} page */
const stored = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const open = indexedDB.open("softbell:/softbell/");
        open.onsuccess = () => {
          const transaction = open.result.transaction(["state", "reports"]);
          const [state, reports] = ["state", "reports"].map((name) => transaction.objectStore(name).getAll());
          const device = transaction.objectStore("state").get("device");
          transaction.oncomplete = () => {
            open.result.close();
            resolve({ mark: device.result.user, text: JSON.stringify([state?.result, reports?.result, { ...localStorage }]) });
          };
        };
      }),
  );

/** The mark that the worker compares with a personal message's. @param {string} device @param {string} user */
const markOf = (device, user) => createHash("sha256").update(`${device}.${user}`).digest().subarray(0, 16).toString("base64url");

for (const name of BROWSERS) {
  test(`${name}: A13 A15 A16: subscribed, signed in, another one signs in, the first comes back, signs out`, async (t) => {
    const { lab, server, page } = await subscriber(t, name);
    const anonymous = await row(server);
    assert.equal(anonymous.user_id, null);

    const first = await identify(page, ANNA, tokenFor(server, ANNA));
    assert.deepEqual([first.userId, first.status, first.reachable, first.deviceId], [ANNA, "allowed", true, anonymous.id]);
    const attached = await row(server);
    assert.deepEqual([attached.id, attached.endpoint, attached.user_id], [anonymous.id, anonymous.endpoint, ANNA]);
    await writeTo(server, ANNA, "For Anna");
    await lab.notification((n) => n.summary === "For Anna");

    const second = await identify(page, BELA, tokenFor(server, BELA));
    assert.deepEqual([second.userId, second.status, second.reachable], [BELA, "allowed", true]);
    await writeTo(server, ANNA, "Not for Béla");
    await writeTo(server, BELA, "For Béla");
    await lab.notification((n) => n.summary === "For Béla");
    assert.deepEqual((await lab.notifications()).filter(({ summary }) => summary === "Not for Béla"), []);

    const { mark, text } = /** @type {{ mark: string, text: string }} */ (await stored(page));
    assert.equal(mark, markOf(anonymous.id, BELA));
    for (const id of [ANNA, BELA]) assert.ok(!text.includes(id), `${id} is stored in clear`);

    const back = await identify(page, ANNA, "");
    assert.deepEqual([back.userId, back.status, back.code, back.reachable], [ANNA, "suspended", 3, false]);
    assert.equal((await row(server)).user_id, BELA);
    const returned = await identify(page, ANNA, tokenFor(server, ANNA));
    assert.deepEqual([returned.status, returned.reachable, (await row(server)).user_id], ["allowed", true, ANNA]);

    const out = await (await call(page, "logout")).outcome();
    assert.deepEqual([out.userId, out.status, out.reachable], [undefined, "allowed", true], "the subscription stays");
    await until("the server to detach the device", async () => (await row(server)).user_id === null);
    assert.equal((await row(server)).endpoint, anonymous.endpoint);
    assert.equal(/** @type {any} */ (await stored(page)).mark, undefined);
    // A token that was not given is asked about all the same, and the browser writes the server's No into the console.
    assert.deepEqual(page.consoleLines.filter((line) => !line.includes("422")), []);
  });

  test(`${name}: A15 A16: signed in before the Yes, proven for the endpoint that came after, signed out while the server is away`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name, { clock: true });
    assert.equal((await identify(page, ANNA, tokenFor(server, ANNA))).userId, ANNA);
    const before = await row(server);
    assert.deepEqual([before.user_id, before.endpoint], [ANNA, null], "a user is known before there is a subscription");
    await press(page, "yes");
    await browser.answerPrompt("allow");
    await until("the new endpoint to be proven", async () => {
      const { endpoint, personal_from: proven } = await row(server);
      return endpoint && proven;
    });
    await writeTo(server, ANNA, "Personal");
    await lab.notification((n) => n.summary === "Personal");

    // Asleep: the loader has the user on its ticket.
    await until("a ticket with the user", () => page.evaluate(() => /\|granted\|1\|[^|]*\|-?\d+\|/.test(localStorage["softbell.shop"] ?? "")));
    await page.reload();
    await page.evaluate((user) => {
      const page = /** @type {any} */ (window);
      page.softbell.push(["identify", user, () => (page.asked = true)]);
    }, ANNA);
    assert.deepEqual(await fetched(page), ["/softbell/loader.js"]);

    await server.kill();
    assert.equal((await (await call(page, "logout")).outcome()).userId, undefined);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).asked), undefined, "no token was needed");
    await server.restart();
    await until("the server to hear of it", async () => {
      await moveClock(page, 16 * MINUTE);
      await page.reload();
      // Leaving the page breaks off what it is about to say.
      return until("it", async () => (await row(server)).user_id === null, { within: 5_000 }).catch(() => false);
    });
    assert.ok((await row(server)).endpoint, "the subscription stays");
  });

  test(`${name}: J3: a token that proves nothing is refused with its code, and changes nothing`, async (t) => {
    const { server, page } = await visit(t, name, { config: { prompt: false } });
    await identify(page, BELA, tokenFor(server, BELA));
    const before = await row(server);
    const past = Math.floor(Date.now() / 1000) - 7200;
    const table = /** @type {[string, string][]} */ ([
      ["token_expired", tokenFor(server, ANNA, { iat: past, exp: past + 600 })],
      ["token_audience_wrong", tokenFor(server, ANNA, { aud: "another-shop" })],
      ["token_subject_wrong", tokenFor(server, BELA)],
      ["token_device_wrong", tokenFor(server, ANNA, { did: "AAAAAAAAAAAAAAAAAAAAAA" })],
      ["token_signature_wrong", tokenFor(server, ANNA, {}, "somebody else's key, thirty-two bytes long")],
      ["token_malformed", "x".repeat(1_000_000)],
      ["token_missing", ""],
    ]);
    for (const [code, token] of table) assert.deepEqual(await identify(page, ANNA, token), { error: code });
    for (const id of ["", "🎈".repeat(33)]) assert.deepEqual(await identify(page, id, "t"), { error: "user_invalid" });
    assert.deepEqual(await row(server), before);
    assert.equal((await identify(page, "🎈".repeat(32), tokenFor(server, "🎈".repeat(32)))).userId, "🎈".repeat(32));
    /** @type {string[]} */
    const lines = page.consoleLines.filter((line) => !line.includes("422"));
    assert.deepEqual(lines, []);
  });
}
