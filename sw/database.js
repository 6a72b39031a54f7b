// The one door to IndexedDB.
//
// The database's version is never raised, because page and worker of different builds share it. Connections close on
// `versionchange`, and every call has a time limit, because an iOS Home Screen app can hang a readwrite request for half
// an hour (WebKit bug 315804). Whatever fails is a rejected promise whose error has a name: TimeoutError,
// QuotaExceededError, SecurityError, TypeError (no IndexedDB here) or the browser's own; nothing is thrown into the page.

/**
 * @typedef {object} Stored What work inside a transaction gets: the stores, and all that is in them.
 * @property {IDBObjectStore} state @property {IDBObjectStore} reports
 * @property {import("./outbox.js").Device | undefined} device @property {number} drops reports lost that nobody was told of
 * @property {[IDBValidKey, import("./outbox.js").Entry][]} entries oldest first
 * @typedef {ReturnType<typeof openDatabase>} Database
 */

const CALL_LIMIT = 1500; // ms; OneSignal found the same number good enough on iOS

/** @template T @param {Promise<T>} promise @param {number} ms @returns {Promise<T>} */
export const limited = (promise, ms) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException("", "TimeoutError")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });

/**
 * @param {string} name
 * @param {(request: IDBOpenDBRequest) => void} [make] makes the stores, where there is no database yet. Only a page does: a
 *   push that comes after everything was erased must not bring it back, not even empty.
 * @param {(transaction: IDBTransaction) => void} [begun] is told of each
 */
export const openDatabase = (name, make, begun) => {
  /** @type {Promise<IDBDatabase> | undefined} */
  let database;

  const open = () =>
    (database ??= new Promise((resolve, reject) => {
      const request = globalThis.indexedDB.open(name, 1);
      request.onupgradeneeded = () => (make ? make(request) : request.transaction?.abort());
      request.onsuccess = () => {
        request.result.onversionchange = request.result.onclose = close;
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    }));

  /** The next call opens anew; a connection that comes late is closed too. */
  const close = () => {
    database?.then((db) => db.close(), () => {});
    database = undefined;
  };

  /**
   * Runs one transaction, on a new connection after one that failed.
   * @template T @param {IDBTransactionMode} mode @param {(stored: Stored) => T} work @returns {Promise<T>}
   */
  const run = (mode, work) => limited(open().then((db) => transact(db, mode, work, begun)), CALL_LIMIT).catch((error) => {
    close();
    throw error;
  });

  return { run, close };
};

/**
 * Reads all that is stored, and lets `work` change it; it may not wait, and what it gives is given on.
 * @template T @param {IDBDatabase} db @param {IDBTransactionMode} mode @param {(stored: Stored) => T} work
 * @param {(transaction: IDBTransaction) => void} [begun]
 * @returns {Promise<T>}
 */
const transact = (db, mode, work, begun) =>
  new Promise((resolve, reject) => {
    const transaction = db.transaction(["state", "reports"], mode);
    begun?.(transaction);
    transaction.onabort = () => reject(transaction.error);
    const state = transaction.objectStore("state");
    const reports = transaction.objectStore("reports");
    const device = state.get("device");
    const drops = state.get("dropped");
    const keys = reports.getAllKeys();
    const values = reports.getAll();
    // Requests are answered in their order (Indexed DB, 2.8.1): with the last one all are.
    values.onsuccess = () => {
      // What a handler throws would reach the page's `window.onerror`.
      try {
        const result = work({
          state, reports, device: device.result, drops: drops.result ?? 0,
          entries: keys.result.map((key, at) => [key, values.result[at]]),
        });
        transaction.oncomplete = () => resolve(result);
      } catch (error) {
        reject(error);
        transaction.abort();
      }
    };
  });
