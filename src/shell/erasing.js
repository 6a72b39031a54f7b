// Erasing and exporting: what this browser and the server hold about this device.
//
// Where consent is denied everything goes at once, whether the server can be reached or not. What the server must still
// hear, that it was taken back, waits in localStorage until it has heard it: without that the visitor's wish would have no
// proof. It is the only thing that stays, and nothing else is done with it.

import { limited, openDatabase } from "../../sw/database.js";
import { address as siteAddress, passes, wire } from "../../sw/sender.js";
import { withoutLanding } from "./address.js";
import { EVENT_ERASED } from "./border.js";
import { ERASING, kept, permission, recall } from "./facts.js";
import { openJournal } from "./journal.js";
import { makeLine } from "./ledger.js";
import { removeWorker } from "./subscribe.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("../../sw/outbox.js").Device} Device
 * @typedef {ReturnType<typeof withdrawal>} Withdrawal
 */

const SERVER_LIMIT = 20_000; // ms for one request with its answer
const DATABASE_LIMIT = 3_000; // ms for deleting; a tab that is frozen closes its connection when it thaws
/** Stands for a history while there is something to tell or to take away: the loader wakes a page view with consent denied for nothing else. */
const UNTOLD = "0";
const OTHER_LINES = 49; // of the 50 that one PUT may carry, beside the withdrawal

/** What the database holds of this site. @param {Client} client @returns {Promise<{device?: Device, reports: object[], pressed?: import("../../sw/outbox.js").Pending}>} */
const look = async ({ scope, config }) => {
  const database = openDatabase(`softbell:${scope}`);
  try {
    const { device, reports, pending } = await database.run("readonly", ({ state, device, entries }) =>
      ({ device, reports: entries.map(([, { event }]) => withoutToken(event)), pending: state.get("pending") }));
    // Where the last press on a notification led (docs/worker.md). The transaction is over, so the request has its result.
    return device?.site === config.site ? { device, reports, pressed: pending.result } : { reports: [] };
  } catch {
    return { reports: [] }; // nothing can be stored here, so nothing is
  } finally {
    database.close();
  }
};

/** Whoever has a report's token can report in its name. @param {import("../../sw/outbox.js").Report} report */
const withoutToken = ({ softbelltoken: _, ...report }) => report;

/** Status 0: no answer came. @param {string} url @param {string} secret @param {RequestInit} init */
const ask = async (url, secret, init = {}) => {
  const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
  const talk = async () => {
    const response = await fetch(url, { ...init, headers, credentials: "omit" });
    return { status: response.status, answer: await response.json().catch(() => null) };
  };
  return limited(talk(), SERVER_LIMIT).catch(() => ({ status: 0, answer: null }));
};

/** @param {Device} device */
const address = (device) => `${siteAddress(device)}/devices/${device.id}`;

/** The server does not know this device, or does not any more. @param {number} status */
const isGone = (status) => [401, 404, 410].includes(status);

/** @param {Client} client */
const unavailable = (client) => client.error("server_unavailable", "the server cannot be reached; try again later");

/** @param {IDBOpenDBRequest} request */
const done = (request) => new Promise((resolve) => (request.onsuccess = request.onerror = resolve));

/** Nothing is written any more. @param {Client} client */
const stop = async (client) => (await client.fetched?.catch(() => undefined))?.reports.end();

/** What localStorage holds of ours. @param {Client} client */
const forget = (client) => {
  for (const name of kept(client.key)) client.keep(name.slice(client.key.length), "");
};

/** @param {Client} client */
const dismiss = (client) => removeWorker(client.scope, !!(/** @type {any} */ (client.config.worker)?.registration)).catch(() => {});

/**
 * What was under way to the worker or the push service has ended. Where another tab has denied consent meanwhile, it was
 * not there yet to be taken away.
 * @param {Client} client
 */
export const dismissLate = async (client) => {
  const denied = client.ended?.code === "consent_denied" && recall(`${client.key}.history`) <= UNTOLD; // not granted anew
  if (denied) await dismiss(client);
};

/** Everything of ours in this browser but that. @param {Client} client */
const wipe = async (client) => {
  await dismiss(client);
  const { indexedDB } = globalThis;
  if (indexedDB) await limited(done(indexedDB.deleteDatabase(`softbell:${client.scope}`)), DATABASE_LIMIT).catch(() => {});
};

/** One after the other: a banner may say it twice. @type {Promise<void>} */
let line = Promise.resolve();

/**
 * Consent was denied: takes it back, here and on the server. Where everything is gone by then, not even the database is
 * looked at, because looking would make it. @param {Client} client
 */
export const withdraw = (client) => (line = line.catch(() => {}).then(() => (kept(client.key)[0] ? takeBack(client) : undefined)));

/** Resolves when everything here is gone; the server is told meanwhile. @param {Client} client */
const takeBack = async (client) => {
  const { device } = await look(client);
  await stop(client);
  const before = untold(client);
  // A server that has never heard of this device has nothing to hear, and one line is enough.
  const more = device?.token && !before.some(({ url }) => url === address(device)) ? [withdrawal(client, device)] : [];
  forget(client);
  // Before what takes a while: consent banners reload the page, and the next one goes on from here.
  client.keep(".history", UNTOLD);
  keepUntold(client, [...before, ...more]);
  await wipe(client);
  if (!untold(client)[0]) client.keep(".history", "");
  tellWithdrawal(client).catch(() => {});
};

/** The last PUT: no subscription, no choices, and the line. @param {Client} client @param {Device} device */
const withdrawal = (client, device) => {
  const { revision, secret, state } = device;
  const waiting = [...openJournal(`${client.key}.consents`).entries(), ...state.consent_entries].slice(-OTHER_LINES);
  const granted = permission() === "granted";
  const body = {
    // Another page, or the worker, may use the next ones in this very moment.
    revision: revision + 10, permission: permission() || "unavailable", status: granted ? "opted_out" : state.status, reason: null,
    subscription: null, topics: [], tags: {}, capabilities: {},
    ...("user" in state && { user: state.user }), // a logout that the server has not heard of
    consent_entries: [...waiting, makeLine({ config: client.config, reason: "" }, "n", "api", true)],
  };
  return { url: address(device), secret, body };
};

/**
 * What the server has not heard yet: more than one, where it could not be reached for a while and the visitor changed his mind.
 * @param {Client} client @returns {Withdrawal[]}
 */
const untold = (client) => [JSON.parse(recall(`${client.key}.withdrawal`) || "[]")].flat();

/** @param {Client} client @param {Withdrawal[]} list */
const keepUntold = (client, list) => client.keep(".withdrawal", list.length ? JSON.stringify(list) : "");

/** The network is waited for, once for all of them. */
let waiting = false;

/** Tells the server what it has not heard yet; when it cannot be reached, on the next occasion. @param {Client} client */
export const tellWithdrawal = async (client) => {
  const list = untold(client);
  await Promise.all(list.map(async ({ url, secret, body }) => {
    const { status } = await ask(url, secret, { method: "PUT", body: wire(body), keepalive: true });
    if (!passes(status)) keepUntold(client, untold(client).filter((other) => other.url !== url));
  }));
  if (untold(client)[0] && !waiting) {
    waiting = true;
    addEventListener("online", () => (waiting = false, void tellWithdrawal(client).catch(() => {})), { once: true });
  }
  if (list[0] && !untold(client)[0] && recall(`${client.key}.history`) === UNTOLD) client.keep(".history", "");
};

/** @param {Client} client */
export const exportData = async (client) => {
  const { device, reports, pressed = null } = await look(client);
  const { status, answer } = device ? await ask(address(device), device.secret) : { status: 404, answer: null };
  if (status !== 200 && !isGone(status)) throw unavailable(client);
  const names = kept(client.key).filter((name) => name !== `${client.key}.withdrawal`); // it holds a secret
  return {
    browser: { storage: Object.fromEntries(names.map((name) => [name, recall(name)])), device: device ? withoutSecrets(device) : null, reports, pressed: pressed && { ...pressed, url: withoutLanding(pressed.url) } },
    server: status === 200 ? answer : null,
  };
};

/** Keys and secrets are no data about a person, and whoever has them can act as this device. @param {Device} device */
const withoutSecrets = ({ secret: _, token: __, ...device }) => {
  const { endpoint } = /** @type {any} */ (device.state.subscription) ?? {};
  return { ...device, state: { ...device.state, subscription: endpoint ? { endpoint } : null } };
};

/** Resolves to whether to begin anew. Whoever presses twice means it once. @param {Client} client */
export const eraseData = (client) => (client.erasing ??= erase(client).finally(() => void (client.erasing = undefined)));

/** The server first: what it cannot erase now must be found again when it can. @param {Client} client */
const erase = async (client) => {
  const { reports } = await client.later();
  // Should the page be left before the answer comes, the next one goes on, and does not sleep.
  const again = recall(client.key + ERASING);
  client.keep("", "");
  client.keep(ERASING, "1");
  const erased = await reports.erase(async () => {
    const { device } = await look(client);
    const { status } = device ? await ask(address(device), device.secret, { method: "DELETE" }) : { status: 404 };
    return status === 204 || isGone(status);
  });
  if (!erased) {
    // Nobody hears of it where an earlier page began; the next page view tries again.
    if (!again) client.keep(ERASING, "");
    throw unavailable(client);
  }
  // Denied meanwhile, or erased by another page: that takes away what there was, and what there is now was begun anew.
  const isSuperseded = () => client.ended?.code === "consent_denied";
  if (!isSuperseded()) await wipe(client);
  if (isSuperseded()) return false;
  forget(client); // last: until everything is gone this page goes on, and may remember something
  const anew = !client.ended;
  client.dispatch(EVENT_ERASED, []); // after destroy(), too
  client.end(client.error("destroyed", "begun anew, because everything was erased"));
  return anew;
};
