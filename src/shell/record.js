// The client's device record: what is in the outbox, and what came of sending it.

import { EVENT_DEVICE_ACKED, EVENT_DEVICE_REFUSED } from "./border.js";
import { openReports } from "./reports.js";

/** @typedef {import("./client.js").Client} Client */

/** The client's side of the outbox. @param {Client} client */
export const reportsOf = (client) =>
  openReports(client.config.site, client.config.server, client.scope, client.ending.signal, (outcome) => flushed(client, outcome));

/**
 * The mark in localStorage makes the next page view look after what waits, and beat the heart of a live device.
 * @param {Client} client @param {import("../../sw/sender.js").Outcome} outcome
 */
const flushed = (client, { acked, live, deviceId, left, refused }) => {
  client.keep(".outbox", left || live ? "1" : "");
  if (deviceId) client.status = { ...client.status, deviceId };
  if (refused) client.tell(EVENT_DEVICE_REFUSED, refused);
  if (acked) client.tell(EVENT_DEVICE_ACKED, live);
};

/** The status with what only the device record knows. @param {Client} client @returns {Promise<import("./client.js").StatusInfo>} */
export const wholeStatus = async (client) => {
  const device = await client.later().then(({ reports }) => reports.device()).catch(() => undefined);
  const topics = /** @type {string[] | undefined} */ (device?.state.topics) ?? [];
  client.status = { ...client.status, topics, ...(device && { deviceId: device.id }) };
  return client.status;
};
