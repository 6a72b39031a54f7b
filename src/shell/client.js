// One client: carries events into the wasm module and performs the effects that come out.

import {
  EVENT_CONFIGURE, EVENT_LOOKED, EVENT_REMOTE, EVENT_REMOTE_FAILED, EVENT_START, EVENT_TIMER,
} from "./border.js";
import { loadModule } from "./module.js";
import { answerClicks } from "./navigate.js";
import { SoftbellError } from "./errors.js";
import { facts, keep, pageLanguage, permission, recall } from "./facts.js";
import { RECORD, UNIT, flatten, join } from "./flat.js";
import { erase } from "./draw.js";
import { perform } from "./perform.js";

/**
 * @typedef {import("../../pkg/index.js").Config} Config
 * @typedef {import("../../pkg/index.js").StatusInfo} StatusInfo
 * @typedef {import("../../pkg/index.js").Explanation} Explanation
 * @typedef {typeof import("./later.js") & {reports: ReturnType<typeof import("./later.js").reportsOf>}} Later
 * @typedef {{resolve: (value: any) => void, reject: (error: unknown) => void}} Call
 * @typedef {object} Boot What the loader fetched already, side by side with this file.
 * @property {string} json the attribute `data-config`
 * @property {string} fingerprint its mark of build and configuration
 * @property {Promise<Response>} [wasm] the module
 * @property {Promise<Response>} [remote] the server's configuration
 * @property {Promise<Response> | true} [texts] the words of other languages, where the loader guessed that they are needed
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

/** A server that hangs must not hold up every answer. @template T @param {Promise<T>} promise @returns {Promise<T>} */
const soon = (promise) => Promise.race([promise, new Promise((_, reject) => setTimeout(reject, 10_000))]);

/** @param {string} json @returns {Record<string, any>} What is no JSON becomes a field that logic refuses by its name. */
const readJson = (json) => {
  try {
    return { ...JSON.parse(json) };
  } catch {
    return { "data-config": json };
  }
};

export class Client {
  /** @param {Config} config @param {Boot} boot */
  constructor(config, boot) {
    this.config = { ...config, ...readJson(boot.json) };
    this.boot = boot;
    this.key = `softbell.${this.config.site}`;
    this.scope = this.config.worker?.scope ?? "/softbell/";
    /** @type {ReturnType<typeof deferred<StatusInfo>>} */
    this.ready = deferred();
    /** @type {StatusInfo} */
    this.status = { status: "unsupported", code: 4, permission: "unavailable", subscription: "none", reachable: false, topics: [] };
    /** The explanation given last. @type {Explanation | undefined} */
    this.explanation = undefined;
    /** Calls of the public surface that wait for an answer, by its name. @type {Record<string, Set<Call>>} */
    this.calls = { ask: new Set(), explain: new Set(), opt_in: new Set(), opt_out: new Set(), set_topics: new Set() };
    /** @type {Map<string, Set<(detail: any) => void>>} */
    this.listeners = new Map();
    /** @type {Promise<Later> | undefined} */
    this.fetched = undefined;
    /** Why nothing is told any more. @type {SoftbellError | undefined} */
    this.ended = undefined;
    /** Takes our listeners off the page. */
    this.ending = new AbortController();
    /** @type {[code: number, fields: unknown[]][]} */
    this.events = [];
    this.busy = false;
    this.loaded = false;
    /** One event in, the effects out; until the module is there, nothing. @type {(code: number, fields: string) => string} */
    this.decide = () => "";
    this.load().catch((error) => this.fail(error));
  }

  async load() {
    const { wasm, fingerprint } = this.boot;
    const [words, dispatch] = await Promise.all([this.words(), loadModule(wasm)]);
    this.decide = dispatch;
    this.loaded = true;
    answerClicks();
    this.tell(EVENT_CONFIGURE, ...flatten({ ...words, ...this.config }));
    this.tell(EVENT_START, ...facts(recall(`${this.key}.history`), recall(this.key), fingerprint));
    // `PermissionStatus.change` never fires in Safari (WebKit bug 259432).
    const look = () => this.tell(EVENT_LOOKED, permission());
    for (const occasion of ["focus", "visibilitychange"]) addEventListener(occasion, look, { signal: this.ending.signal });
    // What an earlier page view could not send.
    if (recall(`${this.key}.outbox`) || recall(`${this.key}.journal`)) this.later().then(({ reports }) => reports.flush()).catch(() => {});
  }

  /** The popup's words in the page's language, where they are built in; without them it speaks English. */
  async words() {
    try {
      const [language = ""] = (this.config.locale ?? pageLanguage()).split("-");
      if (language === "en") return {};
      const { texts } = this.boot;
      const response = await soon(texts instanceof Promise ? texts : fetch(new URL(__TEXTS__, import.meta.url)));
      const words = (await response.json())[language];
      return words && { language, words };
    } catch {
      return {};
    }
  }

  /** Outbox, worker and push service are fetched when they are first needed: the popup does not wait for them. @returns {Promise<Later>} */
  later() {
    this.fetched ??= import("./later.js").then((later) => ({ ...later, reports: later.reportsOf(this) }));
    this.fetched.catch(() => (this.fetched = undefined)); // the network may be back at the next try
    return this.fetched;
  }

  /** @template T @param {() => T | Promise<T>} work @returns {Promise<T>} */
  async whenReady(work) {
    await this.ready.promise;
    if (this.ended) throw this.ended;
    return work();
  }

  /** Tells an event and waits for the answer of this name. @param {string} name @param {number} code @param {...unknown} fields @returns {Promise<any>} */
  call(name, code, ...fields) {
    return this.whenReady(() => this.callNow(name, code, ...fields));
  }

  /** The same in this very turn, while the visitor's press still counts. @param {string} name @param {number} code @param {...unknown} fields @returns {Promise<any>} */
  callNow(name, code, ...fields) {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.calls[name]?.add({ resolve, reject });
      this.tell(code, ...fields);
    });
  }

  /** Settles the calls that wait for the answer of this name. @param {string} name @param {(call: Call) => void} settle */
  answer(name, settle) {
    const waiting = [...(this.calls[name] ?? [])];
    this.calls[name]?.clear();
    waiting.forEach(settle);
  }

  /** Tells logic what happened and does what it says. @param {number} code @param {...unknown} fields */
  tell(code, ...fields) {
    this.events.push([code, fields]);
    if (this.busy) return;
    this.busy = true;
    try {
      for (let event; !this.ended && (event = this.events.shift()); ) this.dispatch(...event);
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy = false;
    }
  }

  /** @param {number} code @param {unknown[]} fields */
  dispatch(code, fields) {
    for (const effect of this.decide(code, join(fields)).split(RECORD)) {
      const [kind, ...rest] = effect.split(UNIT);
      if (kind) perform(this, Number(kind), rest);
    }
  }

  /** After a trap nothing of the module can be trusted: detach, and say so. @param {unknown} cause */
  fail(cause) {
    const error =
      cause instanceof SoftbellError ? cause : this.error("client_failed", `stopped on this page: ${cause}; please report this`);
    this.end(error);
    this.emit("error", error);
    console.error(error.message);
  }

  destroy() {
    this.end(this.error("destroyed", "destroyed; init() starts a new one"));
    this.listeners.clear();
  }

  /** @param {SoftbellError} error what everyone who waits, or asks later, gets */
  end(error) {
    this.ended ??= error;
    this.ending.abort();
    erase();
    this.ready.reject(error);
    for (const name of Object.keys(this.calls)) this.answer(name, ({ reject }) => reject(error));
  }

  /** @param {string} code @param {string} sentence @param {string} [field] */
  error(code, sentence, field) {
    return new SoftbellError(code, `softbell: ${sentence}.`, field);
  }

  /** @param {string} url */
  async fetchConfig(url) {
    try {
      const response = await soon(this.boot.remote ?? fetch(url, { credentials: "omit" }));
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
