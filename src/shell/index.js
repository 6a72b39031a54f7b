// The public API: what a site holds in its hands. Importing this file does nothing.

import {
  EVENT_ASK, EVENT_CONVERSION, EVENT_EXPLAIN, EVENT_OPT_IN, EVENT_OPT_OUT, EVENT_PAGE, EVENT_REQUEST, EVENT_SET_TOPICS,
  EVENT_TRACK,
} from "./border.js";
import { Client } from "./client.js";
import { flatten } from "./flat.js";

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
export const init = (config, boot = { json: "{}", fingerprint: "" }) => {
  const key = JSON.stringify([config, boot.json]);
  const softbell = clients.get(key) ?? surface(new Client(config, boot), () => clients.delete(key));
  clients.set(key, softbell);
  return softbell;
};

/** @param {Client} client @param {() => void} forget @returns {Softbell} */
const surface = (client, forget) => {
  /** @type {Softbell} */
  const softbell = {
    ready: client.ready.promise,
    getStatus: () => client.whenReady(() => client.later().then(({ wholeStatus }) => wholeStatus(client), () => client.status)),
    explain: () => client.call("explain", EVENT_EXPLAIN),
    ask: (options) => client.call("ask", EVENT_ASK, options?.force === true),
    // Before the module is there the press is lost: by the time it came, the browser would not count it any more.
    requestPermission: () =>
      client.loaded ? client.callNow("ask", EVENT_REQUEST, navigator.userActivation?.isActive !== false) : client.call("ask", EVENT_REQUEST, false),
    optIn: () => client.call("opt_in", EVENT_OPT_IN),
    optOut: () => client.call("opt_out", EVENT_OPT_OUT),
    setTopics: (topics) => client.call("set_topics", EVENT_SET_TOPICS, JSON.stringify(topics), ...flatten({ ...topics })),
    track: (name, properties) => client.whenReady(() => client.tell(EVENT_TRACK, name, properties ? JSON.stringify(properties) : "")),
    conversion: (name, details) => client.whenReady(() => client.tell(EVENT_CONVERSION, JSON.stringify({ ...details, name }))),
    openPreferences: async () => (await import("../../widgets/index.js")).openPreferences(softbell, client.config),
    page: () => void client.whenReady(() => client.tell(EVENT_PAGE)).catch(() => {}),
    on: (event, listener) => {
      const listeners = client.listeners.get(event) ?? new Set();
      client.listeners.set(event, listeners.add(listener));
      return () => void listeners.delete(listener);
    },
    destroy: async () => {
      forget();
      client.destroy();
    },
  };
  return softbell;
};
