// The public API: what a site holds in its hands. Importing this file does nothing.

import { EVENT_ASK, EVENT_EXPLAIN, EVENT_PAGE, EVENT_TRACK } from "./border.js";
import { Client } from "./client.js";

/**
 * @typedef {import("../../pkg/index.js").Softbell} Softbell
 * @typedef {import("./client.js").Config} Config
 * @typedef {import("./client.js").Boot} Boot
 */

/** One client a configuration. @type {Map<string, Softbell>} */
const clients = new Map();

/**
 * Starts Softbell; the same configuration twice gives the same client.
 * @param {Config} config @param {Boot} [boot] what the loader fetched already
 * @returns {Softbell}
 */
export const init = (config, boot = {}) => {
  const key = JSON.stringify(config);
  const softbell = clients.get(key) ?? surface(new Client(config, boot));
  clients.set(key, softbell);
  return softbell;
};

/** @param {Client} client @returns {Softbell} */
const surface = (client) => {
  /** @type {Softbell} */
  const softbell = {
    ready: client.ready.promise,
    getStatus: async () => {
      await client.ready.promise;
      return client.status;
    },
    explain: async () => {
      await client.ready.promise;
      return new Promise((resolve) => {
        client.explains.add(resolve);
        client.tell(EVENT_EXPLAIN);
      });
    },
    ask: async (options) => {
      await client.ready.promise;
      return new Promise((resolve) => {
        client.asks.add(resolve);
        client.tell(EVENT_ASK, options?.force === true);
      });
    },
    track: async (name, properties) => {
      await client.ready.promise;
      client.tell(EVENT_TRACK, name, properties ? JSON.stringify(properties) : "");
    },
    openPreferences: async () => (await import("../../widgets/index.js")).openPreferences(softbell, client.config),
    page: () => void client.ready.promise.then(() => client.tell(EVENT_PAGE)).catch(() => {}),
    on: (event, listener) => {
      const listeners = client.listeners.get(event) ?? new Set();
      client.listeners.set(event, listeners.add(listener));
      return () => void listeners.delete(listener);
    },
  };
  return softbell;
};
