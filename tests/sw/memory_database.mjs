// As much of IndexedDB as the worker uses, in memory: node has none, and a fuzzer has no time for a real one.

/** A store's content, by key. @typedef {Record<"state" | "reports", Map<any, any>>} Stores */

/** @type {Stores} */
export const stored = { state: new Map(), reports: new Map() };

/** Node's `queueMicrotask` makes ten times as much of it. */
export const settled = Promise.resolve();

let serial = 0;

/** A store as a transaction sees it. */
class Store {
  /** @param {Map<any, any>} map @param {any} transaction @param {<T>(value: T) => T} copy */
  constructor(map, transaction, copy) {
    this.map = map;
    this.transaction = transaction;
    this.copy = copy;
  }

  get(/** @type {any} */ key) {
    return this.transaction.request(() => this.copy(this.map.get(key)));
  }

  getAll() {
    return this.transaction.request(() => this.copy([...this.map.values()]));
  }

  getAllKeys() {
    return this.transaction.request(() => [...this.map.keys()]);
  }

  put(/** @type {any} */ value, /** @type {any} */ key) {
    const made = this.copy(value);
    return this.transaction.request(() => this.write(key, made));
  }

  add(/** @type {any} */ value) {
    return this.put(value, ++serial);
  }

  delete(/** @type {any} */ key) {
    return this.transaction.request(() => this.write(key, undefined));
  }

  /** @param {any} key @param {any} value `undefined` takes it away */
  write(key, value) {
    const { map, transaction } = this;
    transaction.before.push([map, new Map(map)]);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
}

/**
 * What may go wrong, and where things are.
 * @typedef {object} Ways
 * @property {Stores} stored @property {<T>(value: T) => T} copy
 * @property {(run: () => void) => void} when does the requests' work, now, later or never
 * @property {(mode: string) => unknown} ends the error that a transaction ends with, if any
 * @property {(open: () => void) => void} opening does the work of opening
 * @property {(made: any) => boolean} opens whether there is a database to be opened; is given the connection
 * @property {() => void} made there was none, and whoever opened it has made it
 */

/** @type {Ways} */
const AS_USUAL = {
  stored, copy: structuredClone, when: (run) => void settled.then(run), ends: () => undefined,
  opening: (open) => void settled.then(open), opens: () => true, made: () => {},
};

/** Requests are answered in their order, and the transaction ends when there are no more. @param {Ways} ways @param {string} mode */
const transaction = ({ stored, copy, when, ends }, mode) => {
  /** @type {[any, () => unknown][]} */
  const pending = [];
  let aborted = false;
  const own = /** @type {any} */ ({
    error: null,
    /** What the stores held before each change of it. @type {[Map<any, any>, Map<any, any>][]} */
    before: [],
    request: (/** @type {() => unknown} */ work) => {
      const made = {};
      pending.push([made, work]);
      return made;
    },
    objectStore: (/** @type {"state" | "reports"} */ name) => new Store(stored[name], own, copy),
    abort: () => void (aborted = true),
  });
  when(() => {
    for (let next = pending.shift(); next && !aborted; next = pending.shift()) {
      next[0].result = next[1]();
      next[0].onsuccess?.({ target: next[0] });
    }
    own.error = ends(mode) ?? null;
    if (!aborted && !own.error) return own.oncomplete?.();
    for (const [map, held] of own.before.reverse()) {
      map.clear();
      for (const [key, value] of held) map.set(key, value);
    }
    own.onabort?.();
  });
  return own;
};

/** @param {() => void} allowed throws where the storage is denied @param {Partial<Ways>} [changes] */
export const memoryDatabase = (allowed, changes) => {
  const ways = { ...AS_USUAL, ...changes };
  return {
    open: () => {
      allowed();
      const begin = (/** @type {unknown} */ _, /** @type {string} */ mode) => {
        allowed();
        return transaction(ways, mode);
      };
      const result = { transaction: begin, createObjectStore: () => ({ createIndex: () => {} }), close: () => {} };
      const request = /** @type {any} */ ({ result, error: new DOMException("", "AbortError") });
      ways.opening(() => {
        if (ways.opens(result)) return request.onsuccess();
        let aborted = false;
        request.transaction = { abort: () => void (aborted = true) };
        request.onupgradeneeded();
        request.transaction = null;
        if (aborted) return request.onerror();
        ways.made();
        request.onsuccess();
      });
      return request;
    },
  };
};
