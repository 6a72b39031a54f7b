// Messages as the site's back end sends them, and what came of them: through the server, with the admin token.

import { adminToken } from "./console.mjs";
import { query } from "./server.mjs";

/**
 * To the one subscribed device. @param {import("./server.mjs").DemoServer} server @param {Record<string, unknown>} message
 * @returns {Promise<string>} its id
 */
export async function sendMessage({ server, database }, message) {
  const [device] = await query(database, "select id from devices where endpoint is not null");
  const response = await fetch(`${server}/v1/sites/shop/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${adminToken(database)}` },
    body: JSON.stringify({ audience: { device: device.id }, ...message }),
  });
  const answer = await response.json();
  if (response.status !== 202) throw new Error(`the server answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer.id;
}

/** Purchases and the like, each with the message that led to it. @param {import("./server.mjs").DemoServer} server @returns {Promise<any[]>} */
export async function conversions({ server, database }) {
  const response = await fetch(`${server}/v1/sites/shop/conversions`, { headers: { authorization: `Bearer ${adminToken(database)}` } });
  return (await response.json()).conversions;
}
