// The public API: what a site holds in its hands. Importing this file does nothing.

import { EVENT_ASK, EVENT_PAGE, EVENT_REQUEST, EVENT_TRACK } from "./border.js";
import { Client } from "./client.js";
import { ERASING, recall } from "./facts.js";

/**
 * @typedef {import("../../pkg/index.js").Softbell} Softbell
 * @typedef {import("./client.js").Config} Config
 * @typedef {import("./client.js").Boot} Boot
 */

/** The page's one client. @type {{key: string, softbell: Softbell} | undefined} */
let running;

/**
 * Starts Softbell; the same configuration twice gives the same client, and another one takes its place.
 * @param {Config} given @param {Partial<Boot>} [early] what the loader fetched already @param {DOMStringMap} [dataset] its attributes
 * @param {string} [fingerprint] its mark of build and configuration
 * @returns {Softbell}
 */
export const init = (given, early, { config: json = "{}", locale, theme } = {}, fingerprint = "") => {
  const config = /** @type {Config} */ ({ locale, theme, ...given });
  const key = JSON.stringify([config, json]);
  if (running?.key !== key) {
    running?.softbell.destroy();
    running = { key, softbell: surface(config, { ...early, fingerprint, json }) };
  }
  return running.softbell;
};

/** @param {Config} config @param {Boot} boot @returns {Softbell} */
const surface = (config, boot) => {
  let client = new Client(config, boot);
  /** The last word on consent. */
  let said = "";
  /** Starts anew, as on a new visitor's first page view; the site's listeners stay. */
  const renew = () => {
    const { listeners, boot: { json, fingerprint } } = client;
    client = new Client(config, { json, fingerprint }, "granted");
    client.listeners = listeners;
    Object.keys(listeners).forEach(hear);
  };
  /** Global Privacy Control says No to profiles. @param {() => void | Promise<void>} work @returns {Promise<void>} */
  const unlessPrivate = (work) => client.whenReady(() => /** @type {any} */ (navigator).globalPrivacyControl ? undefined : work());
  /** A function of the second chunk, where everything is that no popup needs. @param {string} name @returns {(...given: any[]) => Promise<any>} */
  const late = (name) => (...given) => client.whenReady(async () => /** @type {any} */ (await client.later())[name](client, ...given));
  /** What the worker tells is heard where a listener wants it. @param {string} event */
  const hear = (event) => void (/^not/.test(event) && late("hearWorker")().catch(() => {}));
  /** For calls that answer nothing. @param {() => void} work */
  const quietly = (work) => void client.whenReady(work).catch(() => {});
  /** @type {Softbell} */
  const softbell = {
    get ready() {
      return client.ready.promise;
    },
    getStatus: () => client.whenReady(() => client.later().then(({ wholeStatus }) => wholeStatus(client), () => client.status)),
    explain: late("explain"),
    ask: async ({ force, topics } = {}) => {
      if (topics) await late("askAbout")(topics);
      return client.call("ask", EVENT_ASK, force === true);
    },
    // Before the module is there the press is lost: by the time it came, the browser would not count it any more.
    requestPermission: () =>
      client.loaded ? client.callNow("request", EVENT_REQUEST, navigator.userActivation?.isActive !== false) : client.call("request", EVENT_REQUEST, false),
    optIn: late("optIn"),
    optOut: late("optOut"),
    setTopics: late("setTopics"),
    setTags: late("setTags"),
    snooze: late("snooze"),
    identify: late("identify"),
    logout: late("logout"),
    track: (name, properties) =>
      unlessPrivate(() => {
        if (Object.keys(properties ?? {}).length > 32) return late("refuse")("properties_too_many");
        client.tell(EVENT_TRACK, name, properties ? JSON.stringify(properties) : "");
      }),
    conversion: (name, details) => unlessPrivate(() => late("conversion")(name, details)),
    setConsent: async (consent) => {
      if (!["granted", "pending", "denied"].includes(consent)) throw client.error("consent_invalid", "consent is granted, pending or denied");
      said = consent;
      const { ended, leaving } = client;
      if (consent !== "granted" || !ended) return client.consent(consent);
      if (ended.code !== "consent_denied") throw ended;
      await leaving;
      // What was said meanwhile counts.
      if (client.ended === ended && said === consent) renew();
    },
    exportData: late("exportData"),
    eraseData: async () => {
      const erased = client;
      if ((await late("eraseData")()) && client === erased) renew();
    },
    openPreferences: () => client.whenReady(async () => (await import("../../widgets/index.js")).openPreferences(softbell, client.config)),
    page: (url = "") => quietly(() => {
      client.land();
      client.tell(EVENT_PAGE, new URL(url, location.href).pathname);
    }),
    pausePrompts: () => quietly(() => client.pause(true)),
    resumePrompts: () => quietly(() => client.pause(false)),
    on: (event, listener) => {
      const listeners = (client.listeners[event] ??= new Set());
      /** @type {[typeof listener]} */
      const entry = [listener];
      listeners.add(entry);
      hear(event);
      return () => void listeners.delete(entry);
    },
    destroy: async () => {
      if (running?.softbell === softbell) running = undefined;
      client.destroy();
    },
  };
  // A page view was left in the middle of it.
  client.ready.promise.then(() => (recall(client.key + ERASING) ? softbell.eraseData() : undefined)).catch(() => {});
  return softbell;
};
