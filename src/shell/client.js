// One client: carries events into the wasm module and performs the effects that come out.

import initWasm, { dispatch } from "../../build/client/softbell.js";
import {
  EVENT_CONFIGURE, EVENT_DEVICE_ACKED, EVENT_LOOKED, EVENT_REMOTE, EVENT_REMOTE_FAILED, EVENT_START, EVENT_TIMER,
} from "./border.js";
import { answerClicks } from "./navigate.js";
import { SoftbellError } from "./errors.js";
import { facts, keep, permission, recall } from "./facts.js";
import { RECORD, UNIT, flatten, join } from "./flat.js";
import { erase } from "./draw.js";
import { perform } from "./perform.js";

/**
 * @typedef {import("../../pkg/index.js").Config} Config
 * @typedef {import("../../pkg/index.js").StatusInfo} StatusInfo
 * @typedef {import("../../pkg/index.js").Explanation} Explanation
 * @typedef {import("../../pkg/index.js").AskResult} AskResult
 * @typedef {typeof import("./later.js") & {reports: ReturnType<typeof import("./reports.js").openReports>}} Later
 * @typedef {object} Boot What the loader fetched already, side by side with this file.
 * @property {Promise<Response>} [wasm] the module
 * @property {Promise<Response>} [remote] the server's configuration
 * @property {string} [fingerprint] the loader's mark of build and configuration
 */

/** @template T @returns {{promise: Promise<T>, resolve: (value: T) => void, reject: (reason: unknown) => void}} */
const deferred = () => {
  /** @type {any} */
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  // A site that never looks at the promise must not see an unhandled rejection.
  made.promise.catch(() => {});
  return made;
};

export class Client {
  /** @param {Config} config @param {Boot} boot */
  constructor(config, boot) {
    this.boot = boot;
    this.key = `softbell.${config.site}`;
    /** @type {ReturnType<typeof deferred<StatusInfo>>} */
    this.ready = deferred();
    /** @type {StatusInfo} */
    this.status = { status: "unsupported", code: 4, permission: "unavailable", subscription: "none", reachable: false, topics: [] };
    /** @type {Explanation} */
    this.explanation = { code: "starting", text: "Softbell is still starting on this page." };
    /** @type {Set<(result: AskResult) => void>} */
    this.asks = new Set();
    /** @type {Set<(why: Explanation) => void>} */
    this.explains = new Set();
    /** @type {Map<string, Set<(detail: any) => void>>} */
    this.listeners = new Map();
    const worker = /** @type {{scope?: string} | undefined} */ (config.worker);
    this.scope = worker?.scope ?? "/softbell/";
    this.config = config;
    /** @type {Promise<Later> | undefined} */
    this.fetched = undefined;
    /** @type {[code: number, fields: unknown[]][]} */
    this.events = [];
    this.busy = false;
    this.loaded = this.load(config);
    this.loaded.catch((error) => this.fail(error));
  }

  /** @param {Config} config */
  async load(config) {
    await initWasm({ module_or_path: this.boot.wasm ?? new URL(__WASM__, import.meta.url) });
    answerClicks();
    this.tell(EVENT_CONFIGURE, ...flatten(config));
    this.tell(EVENT_START, ...facts(recall(`${this.key}.history`), this.boot.fingerprint ?? ""));
    // `PermissionStatus.change` never fires in Safari (WebKit bug 259432).
    addEventListener("focus", () => this.tell(EVENT_LOOKED, permission()));
    // What an earlier page view could not send.
    if (recall(`${this.key}.outbox`)) this.later().then(({ reports }) => reports.flush()).catch(() => {});
  }

  /** Outbox, worker and push service are fetched when they are first needed: the popup does not wait for them. @returns {Promise<Later>} */
  later() {
    const { site, server } = this.config;
    this.fetched ??= import("./later.js").then((later) => ({ ...later, reports: later.openReports(site, server, this.scope, (outcome) => this.flushed(outcome)) }));
    this.fetched.catch(() => (this.fetched = undefined)); // the network may be back at the next try
    return this.fetched;
  }

  /** What came of sending. The mark makes the next page view look after what waits, and beat the heart of a live device. @param {import("../../sw/sender.js").Outcome} outcome */
  flushed({ acked, live, deviceId, left }) {
    this.keep(".outbox", left || live ? "1" : "");
    if (!acked) return;
    this.status = { ...this.status, deviceId };
    this.tell(EVENT_DEVICE_ACKED, live);
  }

  /** Tells logic what happened and does what it says. @param {number} code @param {...unknown} fields */
  tell(code, ...fields) {
    this.events.push([code, fields]);
    if (this.busy) return;
    this.busy = true;
    try {
      for (let event; (event = this.events.shift()); ) this.dispatch(...event);
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy = false;
    }
  }

  /** @param {number} code @param {unknown[]} fields */
  dispatch(code, fields) {
    for (const effect of dispatch(code, Date.now(), join(fields)).split(RECORD)) {
      const [kind, ...rest] = effect.split(UNIT);
      if (kind) perform(this, Number(kind), rest);
    }
  }

  /** After a trap nothing of the module can be trusted: detach, and say so. @param {unknown} cause */
  fail(cause) {
    erase();
    this.tell = () => {};
    const error =
      cause instanceof SoftbellError
        ? cause
        : new SoftbellError("client_failed", `Softbell stopped on this page: ${cause}. Please report this.`);
    this.ready.reject(error);
    this.emit("error", error);
    console.error(error);
  }

  /** @param {string} url */
  async fetchConfig(url) {
    try {
      const response = await (this.boot.remote ?? fetch(url, { credentials: "omit" }));
      if (!response.ok) throw response.status;
      this.tell(EVENT_REMOTE, ...flatten(await response.json()));
    } catch {
      this.tell(EVENT_REMOTE_FAILED);
    }
  }

  /** @param {string} timer @param {number} ms */
  startTimer(timer, ms) {
    setTimeout(() => this.tell(EVENT_TIMER, timer), ms);
  }

  /** @param {string} suffix @param {string} text */
  keep(suffix, text) {
    keep(this.key + suffix, text);
  }

  /** Calls the site's listeners; one that throws does not stop the others. @param {string} name @param {unknown} detail */
  emit(name, detail) {
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
