// The client's device record: what is in the outbox, and what came of sending it.

import { EVENT_DEVICE_ACKED, EVENT_DEVICE_REFUSED } from "./border.js";
import { tellWithdrawal } from "./erasing.js";
import { answerClicks, stopAnswering } from "./navigate.js";
import { replace } from "./replace.js";
import { openReports } from "./reports.js";

/** @typedef {import("./client.js").Client} Client */

/**
 * The client's side of the outbox. Every page view of a live device comes here, and only a live device has notifications
 * to click: where no loader answers the clicks, this does.
 * @param {Client} client
 */
export const reportsOf = (client) => {
  const { signal } = client.ending;
  if (answerClicks()) signal.addEventListener("abort", stopAnswering);
  tellWithdrawal(client).catch(() => {}); // of a denial before this grant
  return openReports(recordOf(client.config), client.scope, signal, (outcome) => flushed(client, outcome));
};

/** What the worker must know, and the server need not. @param {import("./client.js").Config} config */
const recordOf = ({ site, server, allowedOrigins: allowed_origins = [], foreground = "system" }) => ({ site, server, allowed_origins, foreground });

/**
 * The mark in localStorage makes the next page view look after what waits, and beat the heart of a live device.
 * @param {Client} client @param {import("../../sw/sender.js").Outcome} outcome
 */
const flushed = (client, { acked, live, deviceId, left, refused }) => {
  client.keep(".outbox", left || live || (deviceId && !acked) ? "1" : "");
  if (deviceId) client.status = { ...client.status, deviceId };
  if (refused) client.tell(EVENT_DEVICE_REFUSED, refused);
  if (acked) client.tell(EVENT_DEVICE_ACKED, live);
  if (acked) void replace(client);
};

/** The status with what only the device record knows. @param {Client} client @returns {Promise<import("./client.js").StatusInfo>} */
export const wholeStatus = async (client) => {
  const device = await client.later().then(({ reports }) => reports.device()).catch(() => undefined);
  const topics = /** @type {string[] | undefined} */ (device?.state.topics) ?? [];
  client.status = { ...client.status, topics, ...(device && { deviceId: device.id }) };
  return client.status;
};
