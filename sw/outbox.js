// The outbox: device record and reports in IndexedDB, used by worker and page alike. `sender.js` brings them to the server.
//
// It imports nothing: the database and the constants are arguments. Page and worker of different builds share what is
// stored, so formats change inside values, and what is not understood is left alone.

/**
 * @typedef {{site: string, server: string, allowed_origins?: string[], foreground?: string}} Site Whose outbox this is: site id
 *   and server's origin; and what the worker must know of the configuration.
 * @typedef {Record<string, unknown> & {consent_entries: {id: string}[]}} State The device's state as the server gets it.
 * @typedef {object} Device The device record.
 * @property {string} site @property {string} server
 * @property {string[]} [allowed_origins] where clicks may lead beside our own origin @property {string} [foreground] `system`, `page` or `both`
 * @property {string} id 128 random bits, base64url @property {string} secret 256 random bits, base64url
 * @property {number} revision raised with each change @property {number} acked the revision the server has
 * @property {number} sentAt when the server acknowledged last, ms; 0: it must hear from us
 * @property {number} [renewedAt] when the server made us take a new id and secret, ms
 * @property {{from: number, until: number, why: number}} [pause] nothing is sent; `why` is the status, 0: no answer
 * @property {number} [failures] in a row, of the kind that time may heal
 * @property {{revision: number, code: string, at: number}} [refused] the server does not want this revision
 * @property {string} [token] the device's report token @property {State} state
 * @property {string} [user] the mark of the user whom the server acknowledged (src/shell/put_user.js)
 * @typedef {{id: string, type: string, time: string, softbelltoken?: string, data?: object}} Report
 * @typedef {{event: Report, lease: number, bytes: number}} Entry A report in the outbox; taken until `lease`, ms.
 * @typedef {Map<IDBValidKey, Entry>} Batch
 * @typedef {{url: string, at: number}} Pending Where a press on a notification led, and when, ms.
 * @typedef {object} Options What the outbox must know: OUTBOX of contract.js.
 * @property {number} batchBytes @property {number} batchReports
 * @property {number} maxReports @property {number} maxBytes
 * @property {string[]} goesFirst @property {string[]} neverGoes
 * @typedef {Omit<import("./database.js").Stored, "entries"> & {entries: Batch}} Box What is stored, oldest report first.
 * @typedef {ReturnType<typeof openOutbox>} Outbox
 */

const LEASE = 30_000; // ms a batch is ours; a lease ends by itself, a lock of a frozen tab does not
const DROPS = 0; // the key of the one report that tells of drops: generated keys begin at 1

/** As in RFC 4648, section 5, without padding. @param {Uint8Array} bytes */
export const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** So many random bytes, base64url. @param {number} bytes */
export const random = (bytes) => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

/** @param {unknown} value */
export const size = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

/** A lease from the future is from a clock that went back. @param {Entry} entry @param {number} now */
const isFree = ({ lease }, now) => lease <= now || lease > now + LEASE;

/** A device whose state has `changes` in it; one that this changes has a revision of its own. @param {Device} device @param {Partial<State>} changes @returns {Device} */
export const changed = (device, changes) => {
  const state = { ...device.state, ...changes };
  const same = JSON.stringify(state) === JSON.stringify(device.state);
  return same ? device : { ...device, state, revision: device.revision + 1 };
};

/**
 * @param {import("./database.js").Database} database @param {Options} limits
 * @param {(drops: number) => Entry} [tell] makes the report of drops: the page's affair, a worker only counts them
 */
export const openOutbox = (database, limits, tell) => {
  const { run, close } = database;
  /** Reports that a full disk cost, until that can be written down. */
  let lost = 0;

  /**
   * Writes; where the disk is full, once more, giving up what matters least in the same transaction: if that does not
   * help either (Chromium frees the place of what was removed when it likes), nothing has been given up.
   * @template T @param {(full: boolean) => Promise<T>} write
   */
  const squeeze = (write) =>
    write(false).catch((error) => {
      if (error.name !== "QuotaExceededError") throw error;
      return write(true);
    });

  /** 0 goes first, then 1; 2 never. @param {Report} event */
  const rankOf = ({ type }) => {
    const begins = (/** @type {string} */ word) => type.startsWith(word);
    return limits.goesFirst.some(begins) ? 0 : limits.neverGoes.some(begins) ? 2 : 1;
  };

  /**
   * What has to go, so that the outbox keeps its bounds: by rank, then by age.
   * @param {[IDBValidKey, Entry][]} entries @param {number} need bytes that must come free anyhow
   */
  const tooMuch = (entries, need) => {
    const now = Date.now();
    let count = entries.length - limits.maxReports;
    let over = Math.max(need, entries.reduce((sum, [, { bytes }]) => sum + bytes, -limits.maxBytes));
    return [0, 1].flatMap((rank) =>
      entries.filter(([, entry]) => {
        const goes = (count > 0 || over > 0) && rankOf(entry.event) === rank && isFree(entry, now);
        if (goes) (count -= 1), (over -= entry.bytes);
        return goes;
      }),
    );
  };

  /**
   * Works on what is stored; what a later build may have put there in another form is left alone.
   * @template T @param {IDBTransactionMode} mode @param {(box: Box) => T} work
   */
  const transact = (mode, work) =>
    run(mode, (stored) => work({ ...stored, entries: new Map(stored.entries.filter(([, entry]) => entry?.event?.id)) }));

  /** Removes reports for good, and counts them. @param {Box} box @param {[IDBValidKey, Entry][]} gone @param {number} more to be counted */
  const remove = ({ state, reports, drops }, gone, more) => {
    for (const [key] of gone) reports.delete(key);
    if (gone.length + more) state.put(drops + gone.length + more, "dropped");
  };

  /** Changes the device record. @param {(device: Device | undefined) => Device | undefined} change @returns {Promise<Device | undefined>} */
  const changeDevice = (change) =>
    squeeze((full) =>
      transact("readwrite", (box) => {
        const device = change(box.device);
        if (full) remove(box, tooMuch([...box.entries], size(device)), 0);
        if (device) box.state.put(device, "device");
        return device;
      }),
    );

  /**
   * Adds a report; one whose id is waiting already is the same report. In a full outbox the least important goes, which
   * may be this one. One that no batch could carry goes too.
   * @param {Report} event
   */
  const add = async (event) => {
    // A copy as it will travel: what cannot be written as JSON is refused here, not when it is sent.
    const copy = /** @type {Report} */ (JSON.parse(JSON.stringify(event)));
    const entry = { event: copy, lease: 0, bytes: size(copy) };
    /** @type {[IDBValidKey, Entry]} */
    const fresh = [-1, entry];
    const more = lost;
    await squeeze((full) =>
      transact("readwrite", (box) => {
        const entries = [...box.entries];
        if (entries.some(([, known]) => known.event.id === copy.id)) return remove(box, [], more);
        const gone = entry.bytes > limits.batchBytes / 2 ? [fresh] : tooMuch([...entries, fresh], full ? entry.bytes : 0);
        if (!gone.includes(fresh)) box.reports.add(entry);
        remove(box, gone, more);
      }),
    ).catch((error) => {
      if (error.name === "QuotaExceededError") lost += 1;
      throw error;
    });
    lost -= more;
  };

  /**
   * The device, and the oldest free reports that fit into one batch; without a report token there is no batch.
   * @param {(device: Device) => object} frame what is added to each report @param {boolean} lease whether they are ours now
   */
  const pick = (frame, lease) =>
    transact(lease ? "readwrite" : "readonly", ({ state, reports, device, drops, entries }) => {
      /** @type {Batch} */
      const batch = new Map();
      if (!device?.token) return { device, batch };
      const now = Date.now();
      const all = [...entries];
      if (tell && lease && drops && !entries.has(DROPS)) all.unshift([DROPS, tell(drops)]), state.delete("dropped");
      const more = size(frame(device)) + 1;
      let bytes = 2;
      for (const [key, found] of all) {
        if (!isFree(found, now)) continue;
        bytes += size(found.event) + more;
        if (batch.size === limits.batchReports || (batch.size && bytes > limits.batchBytes)) break;
        const entry = { ...found, lease: now + LEASE };
        if (lease) reports.put(entry, key);
        batch.set(key, entry);
      }
      return { device, batch };
    });

  /**
   * Picks a batch; on a full disk, where a lease cannot be written, without one: the server tells twice from once.
   * @param {Parameters<typeof pick>[0]} frame @param {boolean} lease
   * @returns {Promise<{device: Device | undefined, batch: Batch}>}
   */
  const take = (frame, lease) => squeeze((full) => pick(frame, lease && !full));

  /** Removes what is `gone`; the rest is free again, unless it has been taken anew. @param {Batch} batch @param {Set<IDBValidKey>} gone */
  const settle = (batch, gone) =>
    transact("readwrite", ({ reports, entries }) => {
      for (const [key, taken] of batch) {
        const found = entries.get(key);
        if (found?.event.id !== taken.event.id) continue;
        if (gone.has(key)) reports.delete(key);
        else if (found.lease === taken.lease) reports.put({ ...found, lease: 0 }, key);
      }
    });

  /** The device record, and how many reports wait. @returns {Promise<{device?: Device, left: number}>} */
  const look = () => transact("readonly", ({ device, entries }) => ({ device, left: entries.size }));

  const device = async () => (await look()).device;

  /**
   * Keeps where a press on a notification leads, in place of what was kept before, for `takePending` of a page.
   * @param {Pending} [next] nothing: it leads nowhere any more
   */
  const pending = (next) =>
    transact("readwrite", ({ state }) => {
      const kept = state.get("pending");
      state.put(next, "pending");
      return kept;
    });

  return { add, device, changeDevice, take, settle, look, pending, close };
};
