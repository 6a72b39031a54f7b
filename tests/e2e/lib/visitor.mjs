// A site that knows its visitors: signs in and out, writes to them, and makes tokens of any kind as its back end would.

import { createHmac } from "node:crypto";
import { secret } from "./secrets.mjs";
import { call } from "./shop.mjs";

/** The shop's own key, as server/src/http/sign_in.rs makes it. @param {string} database */
const key = (database) => mac(secret(database, "admin_secret"), "the demo shop's user key");

/** @param {string} with_ @param {string} text */
const mac = (with_, text) => createHmac("sha256", with_).update(text).digest("base64url");

/**
 * A token of the shop's back end, with whatever is given instead of what would be right.
 * @param {import("./server.mjs").DemoServer} server @param {string} user @param {Record<string, unknown>} [claims] @param {string} [signedWith]
 */
export function tokenFor({ database }, user, claims, signedWith = key(database)) {
  const now = Math.floor(Date.now() / 1000);
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", kid: "demo" })}.${part({ aud: "shop", sub: user, iat: now, exp: now + 600, ...claims })}`;
  return `${signed}.${mac(signedWith, signed)}`;
}

/**
 * `identify()` with this token; what came of it: a status, or `{ error }`.
 * @param {import("./pages.mjs").WatchedPage} page @param {string} user @param {string} token @returns {Promise<any>}
 */
export const identify = async (page, user, token) => (await call(page, "identify", user, token)).outcome();

/**
 * The site writes to a user; personal, so that only he may read it.
 * @param {import("./server.mjs").DemoServer} server @param {string} user @param {string} title
 */
export async function writeTo({ server, database }, user, title) {
  const response = await fetch(`${server}/v1/sites/shop/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret(database, "admin_secret")}` },
    body: JSON.stringify({ title, personal: true, audience: { user } }),
  });
  if (response.status !== 202) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
}
