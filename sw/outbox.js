// The outbox: device record and reports in IndexedDB, and their way to the server. Used by worker and page alike.
//
// It imports nothing: constants are arguments. The database's version is never raised, because page and worker of
// different builds share it: formats change inside values. Connections close on `versionchange`, and every call has a
// time limit, because an iOS Home Screen app can hang a readwrite request for half an hour (WebKit bug 315804).

/**
 * @typedef {{site: string, server: string}} Site Whose outbox this is: site id and server's origin.
 * @typedef {Record<string, unknown>} State The device's state as the server gets it.
 * @typedef {object} Device The device record.
 * @property {string} site @property {string} server
 * @property {string} id 128 random bits, base64url @property {string} secret 256 random bits, base64url
 * @property {number} revision raised with each change @property {number} acked the revision the server has
 * @property {number} sentAt when the server answered last, ms
 * @property {number} pausedUntil nothing is sent before, ms
 * @property {string} [token] the device's report token @property {State} state
 * @typedef {{id: string, type: string, time: string, softbelltoken?: string, data?: object}} Report
 * @typedef {{event: Report, lease: number}} Entry A report in the outbox; taken until `lease`, ms.
 * @typedef {{acked: boolean, live: boolean, deviceId: string, refused: string}} Outcome What a flush achieved;
 *   `refused` is the server's code.
 * @typedef {{name: string, batchBytes: number, batchReports: number}} Options
 * @typedef {ReturnType<typeof openOutbox>} Outbox
 */

const CALL_LIMIT = 1500; // ms; OneSignal found the same number good enough on iOS
const LEASE = 30_000; // ms a batch is ours; a lease ends by itself, a lock of a frozen tab does not
const DAY = 86_400_000; // ms between heartbeats
const PAUSE = 3_600_000; // ms after an answer that says "not you" or "not here"
const SEND_LIMIT = 20_000; // ms for one request

/** @param {number} bytes */
export const random = (bytes) =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** @template T @param {Promise<T>} promise @param {number} ms @returns {Promise<T>} */
export const limited = (promise, ms) => {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("took too long", "TimeoutError")), ms);
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, late])).finally(() => clearTimeout(timer));
};

/** @param {Site} site @returns {Device} */
const newDevice = ({ site, server }) => ({
  site,
  server,
  id: random(16),
  secret: random(32),
  revision: 0,
  acked: 0,
  sentAt: 0,
  pausedUntil: 0,
  state: { subscription: null, topics: [], tags: {}, capabilities: {}, consent_entries: [] },
});

/** @param {Options} options */
export function openOutbox({ name, batchBytes, batchReports }) {
  /** @type {Promise<IDBDatabase> | undefined} */
  let database;
  /** @type {Promise<Outcome> | undefined} */
  let flight;
  let again = false;

  const open = () =>
    (database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("state");
        request.result.createObjectStore("reports", { autoIncrement: true }).createIndex("id", "event.id", { unique: true });
      };
      request.onsuccess = () => {
        request.result.onversionchange = close;
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    }));

  const close = () => {
    database?.then((db) => db.close()).catch(() => {});
    database = undefined;
  };

  /**
   * Runs one transaction; `work` hands its result to `give`, because a transaction does not outlive an `await`.
   * @template T @param {IDBTransactionMode} mode
   * @param {(state: IDBObjectStore, reports: IDBObjectStore, give: (result: T) => void) => void} work
   * @returns {Promise<T | undefined>}
   */
  const run = (mode, work) =>
    limited(
      open().then(
        (db) =>
          new Promise((resolve, reject) => {
            /** @type {T | undefined} */
            let result;
            const transaction = db.transaction(["state", "reports"], mode);
            transaction.oncomplete = () => resolve(result);
            transaction.onabort = () => reject(transaction.error);
            work(transaction.objectStore("state"), transaction.objectStore("reports"), (value) => {
              result = value;
            });
          }),
      ),
      CALL_LIMIT,
    ).catch((error) => {
      close();
      throw error;
    });

  /** Changes the device record in one transaction. @param {(device: Device | undefined) => Device | undefined} change */
  const changeDevice = (change) =>
    run("readwrite", (state, _, /** @type {(device: Device | undefined) => void} */ give) => {
      const get = state.get("device");
      get.onsuccess = () => {
        const device = change(get.result);
        if (device) state.put(device, "device");
        give(device);
      };
    });

  /** Merges into the device's state and raises its revision if that changed anything. @param {Site} site @param {State} changes */
  const patch = (site, changes) =>
    changeDevice((found) => {
      const device = found?.site === site.site ? found : newDevice(site);
      const state = { ...device.state, ...changes };
      const changed = JSON.stringify(state) !== JSON.stringify(device.state);
      return { ...device, server: site.server, state, revision: device.revision + (changed ? 1 : 0) };
    });

  /** Adds a report; one whose id is waiting already is the same report. @param {Report} event */
  const add = (event) =>
    run("readwrite", (_, reports) => {
      reports.add({ event, lease: 0 }).onerror = (failure) => {
        failure.preventDefault();
        failure.stopPropagation();
      };
    });

  const device = () =>
    run("readonly", (state, _, /** @type {(device: Device | undefined) => void} */ give) => {
      const get = state.get("device");
      get.onsuccess = () => give(get.result);
    });

  /** Leases the oldest reports that fit into one batch. @returns {Promise<Map<IDBValidKey, Report> | undefined>} */
  const take = () =>
    run("readwrite", (_, reports, give) => {
      /** @type {Map<IDBValidKey, Report>} */
      const batch = new Map();
      let bytes = 0;
      const now = Date.now();
      const walk = reports.openCursor();
      walk.onsuccess = () => {
        const cursor = walk.result;
        if (!cursor || batch.size === batchReports) return give(batch);
        /** @type {Entry} */
        const entry = cursor.value;
        // A lease from the future is from a clock that went back.
        if (entry.lease < now || entry.lease > now + LEASE) {
          // 200 bytes: what the batch adds to a report (source, token, version).
          bytes += 200 + new TextEncoder().encode(JSON.stringify(entry.event)).length;
          if (batch.size && bytes > batchBytes) return give(batch);
          cursor.update({ ...entry, lease: now + LEASE });
          batch.set(cursor.primaryKey, entry.event);
        }
        cursor.continue();
      };
    });

  /** Removes reports, or gives their lease back. @param {IDBValidKey[]} gone @param {Map<IDBValidKey, Report>} [back] */
  const settle = (gone, back) =>
    run("readwrite", (_, reports) => {
      for (const key of gone) reports.delete(key);
      for (const [key, event] of back ?? []) if (!gone.includes(key)) reports.put({ event, lease: 0 }, key);
    });

  /**
   * @param {string} url @param {string} method @param {Record<string, string>} headers @param {string} body
   * @returns {Promise<{status: number, wait: number, answer: Record<string, any>}>} Status 0: no answer came.
   */
  const send = async (url, method, headers, body) => {
    try {
      const request = fetch(url, { method, headers, body, credentials: "omit", keepalive: true });
      const response = await limited(request, SEND_LIMIT);
      const answer = await limited(response.json(), SEND_LIMIT).catch(() => ({}));
      return { status: response.status, wait: Number(response.headers.get("retry-after")) * 1000 || 0, answer };
    } catch {
      return { status: 0, wait: 0, answer: {} };
    }
  };

  /** @param {number} ms */
  const pause = (ms) => changeDevice((found) => found && { ...found, pausedUntil: Date.now() + ms });

  /** What an answer other than 2xx means for the next request. @param {number} status @param {number} wait */
  const heed = async (status, wait) => {
    if ([401, 403, 404].includes(status)) await pause(PAUSE);
    else if (wait) await pause(wait);
  };

  /** @param {Device} record @param {string} code the server's code for the conflict, or empty @returns {Outcome} */
  const outcome = (record, code = "") => ({
    acked: record.acked === record.revision,
    live: record.state.subscription !== null,
    deviceId: record.id,
    refused: code,
  });

  /** PUTs the whole device when it changed, and once a day. @param {Device} record @returns {Promise<[Device, string]>} */
  const put = async (record) => {
    const now = Date.now();
    const fresh = record.acked === record.revision && now - record.sentAt < DAY && now >= record.sentAt;
    if (fresh) return [record, ""];
    const url = `${record.server}/v1/sites/${record.site}/devices/${record.id}`;
    const headers = { "content-type": "application/json", authorization: `Bearer ${record.secret}` };
    const body = JSON.stringify({ revision: record.revision, ...record.state });
    const { status, wait, answer } = await send(url, "PUT", headers, body);
    if (status < 200 || status > 299) {
      await heed(status, wait);
      return [record, String(answer.code ?? "")];
    }
    const ahead = answer.revision > record.revision;
    const next = await changeDevice(
      (found) =>
        found && {
          ...found,
          token: answer.report_token,
          sentAt: now,
          acked: record.revision,
          // The server knows a later state than ours (a restored profile): ours must be later still.
          revision: ahead ? answer.revision + 1 : found.revision,
        },
    );
    return [next ?? record, ""];
  };

  /** Sends one batch; true when there may be more to send. @param {Device} record */
  const post = async (record) => {
    const batch = (await take()) ?? new Map();
    if (!batch.size) return false;
    const keys = [...batch.keys()];
    const source = `softbell:${record.site}`;
    const events = [...batch.values()].map((event) => ({
      specversion: "1.0",
      source,
      softbelltoken: record.token,
      ...event,
    }));
    const url = `${record.server}/v1/sites/${record.site}/events`;
    // text/plain: a cross-origin report needs no preflight (Fetch, CORS-safelisted request headers).
    const { status, wait, answer } = await send(url, "POST", { "content-type": "text/plain" }, JSON.stringify(events));
    const done = status >= 200 && status < 300;
    const dropped = status === 400 || status === 422;
    if (done) await settle(keys);
    else if (dropped) await settle((answer.drop ?? []).map((/** @type {{index: number}} */ { index }) => keys[index]), batch);
    else {
      await settle([], batch);
      await heed(status, wait);
    }
    return done || (dropped && answer.drop?.length > 0);
  };

  const deliver = async () => {
    let record = await device();
    if (!record || Date.now() < record.pausedUntil) return { acked: false, live: false, deviceId: "", refused: "" };
    const [next, code] = await put(record);
    record = next;
    // A device's first report is preceded by its first PUT: that is where its report token comes from.
    while (record.token && (await post(record)));
    return outcome(record, code);
  };

  /** Sends what waits. Calls that overlap share one flight, and what came meanwhile goes with the next. @returns {Promise<Outcome>} */
  const flush = () => {
    if (flight) again = true;
    flight ??= (async () => {
      try {
        let result;
        do {
          again = false;
          result = await deliver();
        } while (again);
        return result;
      } finally {
        flight = undefined;
      }
    })();
    return flight;
  };

  return { patch, add, device, flush, close };
}
