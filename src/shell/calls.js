// Calls of the public surface that no popup waits for.

import { EVENT_CONVERSION, EVENT_EXPLAIN, EVENT_OPT_IN } from "./border.js";

/** @typedef {import("./client.js").Client} Client */

/** @param {Client} client */
export const explain = (client) => client.callNow("explain", EVENT_EXPLAIN);

/** @param {Client} client */
export const optIn = (client) => client.callNow("opt_in", EVENT_OPT_IN);

/** @param {Client} client @param {string} name @param {object} [details] */
export const conversion = (client, name, details) => client.tell(EVENT_CONVERSION, JSON.stringify({ ...details, name }));
