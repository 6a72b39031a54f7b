// Reads the consent ledger as the site's owner does.

import { adminToken } from "./console.mjs";
import { until } from "./until.mjs";

/** @param {import("./server.mjs").DemoServer} server @param {(lines: any[]) => boolean} [enough] @returns {Promise<any[]>} oldest first */
export const ledger = (server, enough = () => true) => {
  const headers = { authorization: `Bearer ${adminToken(server.database)}` };
  return until("the consent ledger", async () => {
    const response = await fetch(`${server.server}/v1/sites/shop/consents`, { headers });
    const { consents } = await response.json();
    return enough(consents) && consents;
  });
};
