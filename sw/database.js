// The one door to IndexedDB.
//
// The database's version is never raised, because page and worker of different builds share it. Connections close on
// `versionchange`, and every call has a time limit, because an iOS Home Screen app can hang a readwrite request for half
// an hour (WebKit bug 315804). Whatever fails is a rejected promise whose error has a name: TimeoutError,
// QuotaExceededError, SecurityError, NotSupportedError or the browser's own; nothing is thrown into the page.

/**
 * @typedef {object} Access What work inside a transaction gets.
 * @property {IDBObjectStore} state @property {IDBObjectStore} reports
 * @property {<R>(request: IDBRequest<R>, then: (result: R) => void) => void} on
 * @property {(result: any) => void} give hands the result on: a transaction does not outlive an `await`
 * @typedef {ReturnType<typeof openDatabase>} Database
 */

const CALL_LIMIT = 1500; // ms; OneSignal found the same number good enough on iOS

/** @template T @param {Promise<T>} promise @param {number} ms @returns {Promise<T>} */
export const limited = (promise, ms) => {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("took too long", "TimeoutError")), ms);
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, late])).finally(() => clearTimeout(timer));
};

/** @param {string} name */
export function openDatabase(name) {
  /** @type {Promise<IDBDatabase> | undefined} */
  let database;

  const open = () =>
    (database ??= new Promise((resolve, reject) => {
      if (!globalThis.indexedDB) throw new DOMException("no IndexedDB here", "NotSupportedError");
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("state");
        request.result.createObjectStore("reports", { autoIncrement: true }).createIndex("id", "event.id", { unique: true });
      };
      request.onsuccess = () => {
        request.result.onversionchange = request.result.onclose = close;
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    }));

  /** The next call opens anew; a connection that comes late is closed too. */
  const close = () => {
    database?.then((db) => db.close()).catch(() => {});
    database = undefined;
  };

  /**
   * Runs one transaction, on a new connection after one that failed.
   * @template T @param {IDBTransactionMode} mode @param {(access: Access) => void} work @returns {Promise<T | undefined>}
   */
  const run = (mode, work) => limited(open().then((db) => transact(db, mode, work)), CALL_LIMIT).catch((error) => {
    close();
    throw error;
  });

  return { run, close };
}

/**
 * @template T @param {IDBDatabase} db @param {IDBTransactionMode} mode @param {(access: Access) => void} work
 * @returns {Promise<T | undefined>}
 */
const transact = (db, mode, work) =>
  new Promise((resolve, reject) => {
    /** @type {T | undefined} */
    let result;
    /** @type {unknown} */
    let fault;
    const transaction = db.transaction(["state", "reports"], mode);
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(fault ?? transaction.error ?? new DOMException("aborted", "AbortError"));
    // What a handler throws would reach the page's `window.onerror`.
    const guard = (/** @type {() => void} */ step) => {
      try {
        step();
      } catch (error) {
        fault = error;
        transaction.abort();
      }
    };
    const state = transaction.objectStore("state");
    const reports = transaction.objectStore("reports");
    /** @type {Access["on"]} */
    const on = (request, then) => {
      request.onsuccess = () => guard(() => then(request.result));
    };
    guard(() => work({ state, reports, on, give: (value) => (result = value) }));
  });
