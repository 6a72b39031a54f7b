// What a press on a notification left for the page that it led to: the click to report, the message to tell the site of,
// and on an iPhone the address that got lost on the way.

import { NOTIFICATION_CLICKED } from "../../sw/contract.js";
import { limited } from "../../sw/database.js";
import { address, passes, within } from "../../sw/sender.js";
import { withoutLanding } from "./address.js";

/** @typedef {import("./client.js").Client} Client */

/** How long the server may take to give a message, ms, and how long to wait before asking again: a private one has no other way here. */
const LIMIT = 10_000;
const AGAIN = [1000, 5000];

/** An app comes up within this time of a press, ms; who opens it later wants to see where he left it. */
export const LOST_FOR = 10_000;

/** Clicks whose message no listener has heard of yet. @type {WeakMap<Client, Set<string>>} */
const unheard = new WeakMap();

/** Clicks that were told on this page: a router may write the address as it was again. */
const landed = new Set();

/** @param {Client} client @param {string[]} fields */
export const land = async (client, [id = ""]) => {
  if (landed.has(id)) return;
  landed.add(id);
  unheard.set(client, (unheard.get(client) ?? new Set()).add(id));
  tellLanding(client).catch(() => {});
  const { reports } = await client.later();
  await reports.report(NOTIFICATION_CLICKED, undefined, { softbelltoken: `2.${id}` });
  await reports.flush();
};

/** The message is asked for where the site wants to hear of it, and not before. @param {Client} client */
export const tellLanding = async (client) => {
  if (!client.listeners[NOTIFICATION_CLICKED]?.size) return;
  const ids = [...(unheard.get(client) ?? [])];
  unheard.delete(client);
  await Promise.all(ids.map(async (id) => {
    const message = await messageOf(client, id);
    if (message && !client.ended) client.emit(NOTIFICATION_CLICKED, { ...message, preventDefault: () => {} });
  }));
};

/** What the server says that was clicked: nothing, where it was not sent to this device's user. @param {Client} client @param {string} id */
const messageOf = async (client, id) => {
  const { reports } = await client.later();
  const device = await reports.device();
  if (!device) return;
  const ask = () => limited(get(`${address(device)}/devices/${device.id}/clicks/${id}`, device.secret, client.ending.signal), LIMIT).catch(() => ({ status: 0, message: undefined }));
  for (let attempt = 0; ; attempt++) {
    const { status, message } = await ask();
    const pause = AGAIN[attempt];
    if (!pause || client.ended || !passes(status)) return message;
    await new Promise((resolve) => client.after(`landing.${id}`, pause, () => resolve(undefined)));
  }
};

/** @param {string} url @param {string} secret @param {AbortSignal} signal */
const get = async (url, secret, signal) => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${secret}` }, credentials: "omit", signal });
  return { status: response.status, message: response.ok ? await response.json() : undefined };
};

/**
 * Where a press leads that this page should follow, if any: iOS may open an app at its front page whatever the worker asked
 * for. Only on this site; a stamp from the future is from a clock that went back.
 * @param {{url?: unknown, at?: unknown} | undefined} pending what the worker wrote down @param {number} now @param {string} here
 */
export const lost = (pending, now, here) => {
  const { url, at } = pending ?? {};
  if (typeof url !== "string" || typeof at !== "number" || !within(at, LOST_FOR, now)) return;
  // Whoever has arrived has cleaned his address.
  return withoutLanding(url) !== withoutLanding(here) && url.startsWith(`${new URL(here).origin}/`) ? url : undefined;
};

/** @param {Client} client */
export const follow = async (client) => {
  if (document.hidden) return;
  const { reports } = await client.later();
  const url = lost(await reports.takePending(), Date.now(), location.href);
  if (url) location.href = url;
};
