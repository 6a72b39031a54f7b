// Runs inside page and worker: the outbox under test, its clock, and ways to break what it stands on.

import { OUTBOX } from "../../../sw/contract.js";
import { openDatabase } from "../../../sw/database.js";
import { openOutbox } from "../../../sw/outbox.js";
import { makeStores, pageSide, patch, takePending, tellDrops } from "../../../sw/patch.js";
import { beacon, openSender, outcome, peek } from "../../../sw/sender.js";
import { openReports } from "../../../src/shell/reports.js";

/**
 * @typedef {object} Call
 * @property {string} box name of the database, with `#2` for a second outbox on it, `#worker` for one that makes none @property {string} site
 * @property {string} method @property {any[]} args
 * @property {number} [shift] ms that the clock is off @property {number} [pace] how much faster timers run
 * @property {number} [hurry] how much sooner a request is given up, and nothing else: the limits of the database are short enough for a busy machine to break
 * @property {string} [trick] what is broken during the call @property {Partial<typeof OUTBOX>} [limits]
 */

const realNow = Date.now.bind(Date);
const realTimeout = setTimeout.bind(globalThis);
let shift = 0;
let pace = 1;
let hurry = 1;
Date.now = () => realNow() + shift;
/** @type {any} */ (globalThis).setTimeout = (/** @type {any} */ work, /** @type {number} */ ms) => realTimeout(work, ms / pace);

AbortSignal.timeout = (ms) => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), ms / hurry);
  return abort.signal;
};

/** @type {string[]} */
const uncaught = [];
addEventListener("error", (event) => uncaught.push(`error: ${/** @type {ErrorEvent} */ (event).message}`));
addEventListener("unhandledrejection", (event) => uncaught.push(`unhandled: ${event.reason}`));

/** @type {Map<string, import("../../../sw/sender.js").Sender>} */
const boxes = new Map();

/** @param {Call} call */
const open = ({ box, limits }) => {
  const [name = "", side] = box.split("#");
  const database = () => openDatabase(name, side === "worker" ? undefined : makeStores);
  const found = boxes.get(box) ?? openSender(openOutbox(database(), { ...OUTBOX, ...limits }, tellDrops), pageSide);
  boxes.set(box, found);
  return found;
};

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Reads or writes past the outbox, on a connection of its own. @template T @param {string} box @param {(state: IDBObjectStore, reports: IDBObjectStore) => Promise<T>} work */
const raw = async (box, work) => {
  const db = await done(indexedDB.open(String(box.split("#")[0]), 1));
  try {
    const transaction = db.transaction(["state", "reports"], "readwrite");
    return await work(transaction.objectStore("state"), transaction.objectStore("reports"));
  } finally {
    db.close();
  }
};

/** Replaces a member until the call is over. @param {any} object @param {string} name @param {any} value */
const replace = (object, name, value) => {
  const had = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  return () => (had ? Object.defineProperty(object, name, had) : delete object[name]);
};

const refuse = (/** @type {string} */ name) => () => {
  throw new DOMException("made up by the test", name);
};

/** @type {Record<string, () => () => unknown>} each breaks something and gives the way to mend it */
const tricks = {
  "open hangs": () => replace(IDBFactory.prototype, "open", () => ({})),
  "open is denied": () => replace(IDBFactory.prototype, "open", refuse("SecurityError")),
  "open fails": () =>
    replace(IDBFactory.prototype, "open", () => {
      const request = /** @type {any} */ ({ error: new DOMException("made up by the test", "UnknownError") });
      realTimeout(() => request.onerror(), 0);
      return request;
    }),
  "no IndexedDB": () => replace(globalThis, "indexedDB", undefined),
  "disk full once": () => {
    const { add } = IDBObjectStore.prototype;
    let refused = false;
    return replace(IDBObjectStore.prototype, "add", function (/** @type {any} */ value) {
      if (!refused) ((refused = true), refuse("QuotaExceededError")());
      // @ts-expect-error a method's own `this`
      return add.call(this, value);
    });
  },
  "disk full": () => replace(IDBObjectStore.prototype, "add", refuse("QuotaExceededError")),
};

/** @type {Record<string, (call: Call, ...args: any[]) => any>} what is no method of the outbox */
const methods = {
  uncaught: () => uncaught.splice(0),
  addAll: async (call, events) => {
    for (const event of events) await open(call).add(event);
  },
  addCircle: (call) => {
    const data = /** @type {any} */ ({});
    data.data = data;
    return open(call).add({ id: "circle", type: "event.tracked", time: "", data });
  },
  addFunction: (call) => open(call).add({ id: "function", type: "event.tracked", time: "", data: { name: "x", work: () => {} } }),
  patch: (call, changes) => patch(open(call), { site: call.site, server: location.origin }, changes),
  patchFunction: (call) => methods.patch?.(call, { topics: () => {} }),
  flush: async (call, ...args) => outcome(await open(call).flush(...args)),
  keep: async (call, next) => void (await open(call).pending(next ?? undefined)),
  takePending: (call) => takePending(open(call)),
  entries: ({ box }) => raw(box, (_, reports) => done(reports.getAll())),
  dropped: ({ box }) => raw(box, (state) => done(state.get("dropped"))),
  write: ({ box }, entry) => raw(box, (_, reports) => done(reports.add(entry))),
  edit: ({ box }, changes) => raw(box, async (state) => done(state.put({ ...(await done(state.get("device"))), ...changes }, "device"))),
  lease: ({ box }, ms) =>
    raw(box, async (_, reports) => {
      const keys = await done(reports.getAllKeys());
      for (const [at, entry] of (await done(reports.getAll())).entries()) await done(reports.put({ ...entry, lease: Date.now() + ms }, keys[at]));
    }),
  erase: ({ box }) => done(indexedDB.deleteDatabase(box)),
  beacon: async (call) => {
    /** @type {string[]} */
    const sent = [];
    const went = beacon(await peek(open(call)), { sendBeacon: (url, body) => !!sent.push(url, /** @type {any} */ (body)) });
    return { went, url: sent[0], type: /** @type {any} */ (sent[1])?.type, text: await /** @type {any} */ (sent[1])?.text() };
  },
  /** Another transaction holds the stores, as an iOS app that hangs does. */
  held: async (call) => {
    const db = await done(indexedDB.open(call.box, 1));
    let held = true;
    const hold = () => held && (db.transaction(["state", "reports"], "readwrite").objectStore("state").get("x").onsuccess = spin);
    const spin = (/** @type {any} */ event) => held && (event.target.source.get("x").onsuccess = spin);
    hold();
    const answer = await open(call).device().then(() => "answered", (error) => error.name);
    held = false;
    db.close();
    return answer;
  },
  /** The shell's own side of it, with its listeners. */
  shell: async ({ box, site }) => {
    const { protocol } = location;
    const reports = openReports({ site, server: `${protocol}//${location.host}` }, box.replace("softbell:", ""), new AbortController().signal, () => {});
    Object.assign(globalThis, { reports });
  },
  shellDo: (_, method, ...args) => /** @type {any} */ (globalThis).reports[method](...args),
};

/** @param {Call} call */
const perform = async (call) => {
  ({ shift = 0, pace = 1, hurry = 1 } = call);
  const { method, args, trick } = call;
  if (trick && method !== "uncaught") open(call);
  const mend = trick ? tricks[trick]?.() : undefined;
  try {
    const own = methods[method];
    if (own) return { value: await own(call, ...args) };
    return { value: await /** @type {any} */ (open(call))[method](...args) };
  } catch (error) {
    return { error: /** @type {Error} */ (error)?.name ?? String(error) };
  } finally {
    mend?.();
  }
};

Object.assign(globalThis, { perform });

if (!globalThis.document) {
  const worker = /** @type {any} */ (globalThis);
  addEventListener("install", () => worker.skipWaiting());
  addEventListener("message", (/** @type {any} */ { data, ports }) => void perform(data).then((answer) => ports[0].postMessage(answer)));
}
