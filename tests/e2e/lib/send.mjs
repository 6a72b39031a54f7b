// Sends any payload to the one subscribed device, with the server's own keys and through an independent library.

import { createHmac, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import webpush from "web-push";
import { secret } from "./secrets.mjs";
import { query } from "./server.mjs";

/** A little longer than PAUSE in sw/burst.js: what a site sends one by one is no burst, however quick the machine. */
const BETWEEN_MS = 120;

/** The demo's only site. */
const SITE = "shop";

/**
 * A message token, as server/src/wire/token.rs makes them.
 * @param {Buffer} key @param {Buffer} message 16 bytes @param {Buffer} device 16 bytes @param {number} expires seconds since 1970
 */
function messageToken(key, message, device, expires) {
  const time = Buffer.alloc(4);
  time.writeUInt32BE(expires);
  const signed = Buffer.concat([message, device, time]);
  const mac = createHmac("sha256", key).update(`1${SITE}\0`).update(signed).digest().subarray(0, 16);
  return `1.${Buffer.concat([signed, mac]).toString("base64url")}`;
}

/** What any sender needs to know of the one subscribed device. @param {import("./server.mjs").DemoServer} server */
export async function address({ database }) {
  const token = Buffer.from(secret(database, "token_key"), "base64url");
  const [device] = await query(database, "select id, endpoint, p256dh, auth from devices where endpoint is not null");
  const vapidDetails = {
    subject: "mailto:tests@example.com", publicKey: secret(database, "vapid_public"), privateKey: secret(database, "vapid_private"),
  };
  const subscription = { endpoint: String(device.endpoint), keys: { p256dh: String(device.p256dh), auth: String(device.auth) } };
  return { device, token, vapidDetails, subscription };
}

/**
 * @param {{ lab: import("./lab.mjs").Lab, server: import("./server.mjs").DemoServer }} around
 */
export async function sender({ lab, server }) {
  const { device, token, vapidDetails, subscription } = await address(server);

  /** Any bytes, or none at all. @param {string | Buffer} [payload] */
  const raw = async (payload) => {
    const { headers, body } = webpush.generateRequestDetails(subscription, payload, { vapidDetails, TTL: 60 });
    const answer = await fetch(lab.pushUrl(device.endpoint), { method: "POST", headers, body: body && new Uint8Array(body) });
    if (answer.status !== 201) throw new Error(`the push service answered ${answer.status}: ${await answer.text()}`);
  };

  /** Softbell's own fields for a new message. */
  const softbell = () => {
    const message = randomBytes(16);
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const t = messageToken(token, message, Buffer.from(device.id, "base64url"), expires);
    return { m: message.toString("base64url"), t, x: expires };
  };

  return {
    raw,
    softbell,
    /** A message as our server sends it. @param {Record<string, unknown>} notification @param {object} [mark] */
    message: async (notification, mark = softbell()) => {
      await pause(BETWEEN_MS);
      return raw(JSON.stringify({ notification: { ...notification, data: { softbell: mark } } }));
    },
  };
}
