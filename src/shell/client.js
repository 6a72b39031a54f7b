// One client: carries events into the wasm module and performs the effects that come out.

import { cleanAddress, takeLanding } from "./address.js";
import {
  EVENT_CONFIGURE, EVENT_LANDED, EVENT_LOOKED, EVENT_PAUSE, EVENT_REMOTE, EVENT_REMOTE_FAILED, EVENT_RESTORED, EVENT_START, EVENT_TIMER,
} from "./border.js";
import { loadModule } from "./module.js";
import { SoftbellError } from "./errors.js";
import { facts, keep, kept, pageLanguage, permission, recall } from "./facts.js";
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

/** @param {string} json @returns {Record<string, any>} What is no JSON becomes a field that logic refuses by its name. */
const readJson = (json) => {
  try {
    return { ...JSON.parse(json) };
  } catch {
    return { "data-config": json };
  }
};

/** Whose page this is: a second copy of the kit, of whatever build, finds the mark of the first. */
const page = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis));
const OWNER = Symbol.for("softbell");
const us = {};

export class Client {
  /** @param {Config} config @param {Boot} boot @param {string} [consent] newer than the configuration's */
  constructor(config, boot, consent) {
    this.config = { ...config, ...readJson(boot.json) };
    this.boot = boot;
    this.key = `softbell.${this.config.site}`;
    const { registration, scope } = /** @type {{registration?: ServiceWorkerRegistration, scope?: string}} */ (this.config.worker ?? {});
    this.scope = registration?.scope ? new URL(registration.scope).pathname : (scope ?? "/softbell/");
    /** @type {ReturnType<typeof deferred<StatusInfo>>} */
    this.ready = deferred();
    /** @type {StatusInfo} */
    this.status = { status: "unsupported", code: 4, permission: "unavailable", subscription: "none", reachable: false, topics: [] };
    /** The explanation given last. @type {Explanation | undefined} */
    this.explanation = undefined;
    /** Calls of the public surface that wait for an answer, by its name. @type {Record<string, Set<Call>>} */
    this.calls = {};
    /** Each in a list of its own: one function may listen twice. @type {Record<string, Set<[listener: (detail: any) => void]>>} */
    this.listeners = {};
    /** What the `ask()` that waits is about. @type {string[] | undefined} */
    this.topics = undefined;
    /** Running, by name. @type {Record<string, ReturnType<typeof setTimeout>>} */
    this.timers = {};
    /** The popup drawn last. @type {HTMLElement | undefined} */
    this.drawn = undefined;
    /** Why the visitor opted out, as the site said. */
    this.reason = "";
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
    /** The site has called `pausePrompts()`. */
    this.paused = false;
    /** One event in, the effects out; until the module is there, nothing. @type {(code: number, fields: string) => string} */
    this.decide = () => "";
    /** Begun at most once. @type {Promise<void> | undefined} */
    this.begun = undefined;
    /** What was stored is being taken away, because consent was denied. @type {Promise<void> | undefined} */
    this.leaving = undefined;
    /** It is being erased, because the visitor wants so. @type {Promise<boolean> | undefined} */
    this.erasing = undefined;
    /** What is remembered is found by other pages. */
    this.shares = false;
    cleanAddress();
    this.consent(consent ?? this.config.consent ?? "granted");
  }

  /** Whatever is not granted waits, and nothing is read, stored or fetched meanwhile (rule 7). @param {string} consent */
  async consent(consent) {
    if (consent === "denied") {
      this.deny();
      // Also where the client failed or was destroyed: what it stored goes. One at a time: the command that woke the loader says it again.
      if (kept(this.key)[0]) {
        this.leaving ??= import("./later.js").then(({ withdraw }) => withdraw(this)).catch(() => {}).then(() => void (this.leaving = undefined));
        await this.leaving;
      }
    } else if (consent === "granted" && !this.ended) this.begun ??= this.load().catch((error) => this.fail(error));
  }

  async load() {
    if ((page[OWNER] ??= us) !== us) return (await this.later()).refuse(this, "second_copy");
    const { signal } = this.ending;
    // Whatever the visitor has answered, a page that nobody has looked at yet reads `default` (nav-speculation, prerendering.html#patch-notifications).
    if (/** @type {any} */ (document).prerendering) await new Promise((begin) => document.addEventListener("prerenderingchange", begin, { signal }));
    const { wasm, fingerprint } = this.boot;
    const [words, dispatch] = await Promise.all([this.words(), loadModule(wasm)]);
    if (this.ended) return;
    this.decide = dispatch;
    this.loaded = true;
    this.tell(EVENT_CONFIGURE, ...flatten({ ...words, ...this.config }));
    this.pause();
    this.tell(EVENT_START, ...facts(recall(`${this.key}.history`), recall(this.key), fingerprint));
    this.land();
    // `PermissionStatus.change` never fires in Safari (WebKit bug 259432).
    const look = () => {
      this.tell(EVENT_LOOKED, permission());
      this.pause();
    };
    for (const occasion of ["focus", "visibilitychange"]) addEventListener(occasion, look, { signal });
    this.shares = !!recall(`${this.key}.history`);
    addEventListener("pageshow", ({ persisted }) => persisted && this.catchUp(), { signal });
    addEventListener("storage", ({ key, newValue }) => key === `${this.key}.history` && this.catchUp(newValue), { signal });
    // What an earlier page view could not send.
    if (recall(`${this.key}.outbox`) || recall(`${this.key}.journal`)) this.later().then(({ reports }) => reports.flush()).catch(() => {});
  }

  /**
   * Another page of this site has gone on, beside this one or while this one was in the browser's memory. Where nothing is
   * left of what this one remembered, everything was erased there, and must not be written anew here.
   * @param {string | null} [written] there
   */
  catchUp(written) {
    // Not what was written, but what is there now: this page may have written later.
    const history = recall(`${this.key}.history`);
    if (written === null || (history.length < 2 && this.shares)) {
      this.deny();
      this.fetched?.then(({ reports }) => reports.end(), () => {});
    } else if (history) this.tell(EVENT_RESTORED, history); // where nothing can be stored, nothing says nothing
  }

  /** The address may name the click that led here, on this view or on one of a single-page app. */
  land() {
    cleanAddress();
    const id = takeLanding();
    if (id) this.tell(EVENT_LANDED, id);
  }

  /** No popup comes by itself while the site holds it back, nor in a tab that nobody looks at. @param {boolean} [paused] what the site says now */
  pause(paused = this.paused) {
    this.paused = paused;
    this.tell(EVENT_PAUSE, paused || document.hidden);
  }

  /** The popup's words in the page's language, where they are built in; without them it speaks English. */
  async words() {
    try {
      const [language = ""] = (this.config.locale ?? pageLanguage()).split("-");
      if (language === "en") return {};
      const { texts } = this.boot;
      const response = await this.soon("texts", texts instanceof Promise ? texts : fetch(new URL(__TEXTS__, import.meta.url), { signal: this.ending.signal }));
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
      (this.calls[name] ??= new Set()).add({ resolve, reject });
      this.tell(code, ...fields);
    });
  }

  /** Settles the calls that wait for the answer of this name. @param {string} name @param {(call: Call) => void} settle */
  answer(name, settle) {
    const waiting = this.calls[name] ?? [];
    delete this.calls[name];
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
    this.listeners = {};
  }

  /** @param {SoftbellError} error what everyone who waits, or asks later, gets */
  end(error) {
    this.ended ??= error;
    this.ending.abort(error);
    Object.values(this.timers).forEach(clearTimeout);
    if (page[OWNER] === us) delete page[OWNER];
    erase();
    this.ready.reject(error);
    for (const name of Object.keys(this.calls)) this.answer(name, ({ reject }) => reject(error));
  }

  deny() {
    this.end(this.error("consent_denied", 'off; setConsent("granted") starts anew'));
  }

  /** @param {string} code @param {string} sentence @param {string} [field] */
  error(code, sentence, field) {
    return new SoftbellError(code, `softbell: ${sentence}.`, field);
  }

  /** @param {string} url @param {string} fresh what the browser and the loader have is out of date */
  async fetchConfig(url, fresh) {
    try {
      const cache = fresh ? "reload" : "default";
      const response = await this.soon("config", (!fresh && this.boot.remote) || fetch(url, { credentials: "omit", cache, signal: this.ending.signal }));
      if (!response.ok) throw response.status;
      this.tell(EVENT_REMOTE, ...flatten(await response.json()));
    } catch {
      this.tell(EVENT_REMOTE_FAILED);
    }
  }

  /** @param {string} timer @param {number} ms */
  startTimer(timer, ms) {
    this.after(timer, ms, () => this.tell(EVENT_TIMER, timer));
  }

  /** One timer a name: a popup that comes back is not ready when the one before it would have been. @param {string} name @param {number} ms @param {() => void} run */
  after(name, ms, run) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(run, ms);
  }

  /** A server that hangs must not hold up every answer. @template T @param {string} name @param {Promise<T>} promise @returns {Promise<T>} */
  soon(name, promise) {
    return Promise.race([promise, new Promise((_, reject) => this.after(name, 10_000, () => reject()))]);
  }

  /** @param {string} suffix @param {string} text */
  keep(suffix, text) {
    keep(this.key + suffix, text);
  }

  /** Calls the site's listeners; one that throws does not stop the others. @param {string} name @param {unknown} detail */
  emit(name, detail) {
    for (const [listener] of [...(this.listeners[name] ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
