// The outbox: device record and reports in IndexedDB, used by worker and page alike. `sender.js` brings them to the server.
//
// It imports nothing: the database and the constants are arguments. Page and worker of different builds share what is
// stored, so formats change inside values, and what is not understood is left alone.

/**
 * @typedef {{site: string, server: string}} Site Whose outbox this is: site id and server's origin.
 * @typedef {Record<string, unknown>} State The device's state as the server gets it.
 * @typedef {object} Device The device record.
 * @property {string} site @property {string} server
 * @property {string} id 128 random bits, base64url @property {string} secret 256 random bits, base64url
 * @property {number} revision raised with each change @property {number} acked the revision the server has
 * @property {number} sentAt when the server acknowledged last, ms; 0: it must hear from us
 * @property {number} [renewedAt] when the server made us take a new id and secret, ms
 * @property {{from: number, until: number, why: number}} [pause] nothing is sent; `why` is the status, 0: no answer
 * @property {number} [failures] in a row, of the kind that time may heal
 * @property {{revision: number, code: string, at: number}} [refused] the server does not want this revision
 * @property {string} [token] the device's report token @property {State} state
 * @typedef {{id: string, type: string, time: string, softbelltoken?: string, data?: object}} Report
 * @typedef {{event: Report, lease: number, bytes: number}} Entry A report in the outbox; taken until `lease`, ms.
 * @typedef {Map<IDBValidKey, Entry>} Batch
 * @typedef {object} Options What the outbox must know: OUTBOX of contract.js.
 * @property {number} batchBytes @property {number} batchReports
 * @property {number} maxReports @property {number} maxBytes
 * @property {string[]} goesFirst @property {string[]} neverGoes @property {string} dropped type of the report of drops
 * @typedef {import("./database.js").Access} Access
 * @typedef {ReturnType<typeof openOutbox>} Outbox
 */

const LEASE = 30_000; // ms a batch is ours; a lease ends by itself, a lock of a frozen tab does not
const DROPS = 0; // the key of the one report that tells of drops: generated keys begin at 1
const NEVER = 2; // the rank of what never goes

/** As in RFC 4648, section 5, without padding. @param {Uint8Array} bytes */
export const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** So many random bytes, base64url. @param {number} bytes */
export const random = (bytes) => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

/** @param {unknown} value */
const size = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

/** A lease from the future is from a clock that went back. @param {Entry} entry @param {number} now */
const isFree = ({ lease }, now) => lease <= now || lease > now + LEASE;

/** @param {Site} site @returns {Device} */
const newDevice = ({ site, server }) => ({
  site,
  server,
  id: random(16),
  secret: random(32),
  revision: 0,
  acked: 0,
  sentAt: 0,
  state: { subscription: null, topics: [], tags: {}, capabilities: {}, consent_entries: [] },
});

/** @param {import("./database.js").Database} database @param {Options} options */
export function openOutbox({ run, close }, { batchBytes, batchReports, maxReports, maxBytes, goesFirst, neverGoes, dropped }) {
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

  /** 0 goes first, 2 never. @param {Report} event */
  const rankOf = ({ type }) => {
    const begins = (/** @type {string} */ word) => type.startsWith(word);
    return goesFirst.some(begins) ? 0 : type === dropped || neverGoes.some(begins) ? NEVER : 1;
  };

  /**
   * What has to go, so that the outbox keeps its bounds: by rank, then by age.
   * @param {[IDBValidKey, Entry][]} entries @param {number} need bytes that must come free anyhow
   */
  const tooMuch = (entries, need) => {
    let count = entries.length;
    let bytes = entries.reduce((sum, [, entry]) => sum + entry.bytes, 0);
    const most = Math.min(maxBytes, bytes - need);
    const now = Date.now();
    return entries
      .filter(([, entry]) => isFree(entry, now) && rankOf(entry.event) < NEVER)
      .sort(([, one], [, other]) => rankOf(one.event) - rankOf(other.event))
      .filter(([, entry]) => {
        const over = count > maxReports || bytes > most;
        if (over) (count -= 1), (bytes -= entry.bytes);
        return over;
      });
  };

  /** Removes reports for good, and counts them. @param {Access} access @param {[IDBValidKey, Entry][]} gone @param {number} more to be counted */
  const remove = ({ state, reports, on }, gone, more) => {
    for (const [key] of gone) reports.delete(key);
    if (gone.length + more) on(state.get("dropped"), (count = 0) => state.put(count + gone.length + more, "dropped"));
  };

  /** Turns the count of drops into a report, unless one waits already. @param {Access} access @param {() => void} then */
  const tellDrops = ({ state, reports, on }, then) =>
    on(state.get("dropped"), (count) =>
      on(reports.get(DROPS), (waiting) => {
        if (count && !waiting) {
          const event = { id: random(16), type: dropped, time: new Date(Date.now()).toISOString(), data: { count } };
          reports.put({ event, lease: 0, bytes: size(event) }, DROPS);
          state.delete("dropped");
        }
        then();
      }),
    );

  /** Changes the device record in one transaction. @param {(device: Device | undefined) => Device | undefined} change @returns {Promise<Device | undefined>} */
  const changeDevice = (change) =>
    squeeze((full) =>
      run("readwrite", (access) =>
        access.on(access.state.get("device"), (found) => {
          const device = change(found);
          if (full) waiting(access, (entries) => remove(access, tooMuch(entries, size(device)), 0));
          if (device) access.state.put(device, "device");
          access.give(device);
        }),
      ),
    );

  /**
   * Merges into the device's state and raises its revision if that changed anything. A visitor has done something then:
   * that is worth one attempt at once, even where the last one found no server or a broken one.
   * @param {Site} site @param {State} changes
   */
  const patch = (site, changes) =>
    changeDevice((found) => {
      const device = found?.site === site.site ? found : newDevice(site);
      const state = { ...device.state, ...changes };
      const changed = JSON.stringify(state) !== JSON.stringify(device.state);
      const moved = device.server !== site.server && { server: site.server, sentAt: 0 };
      const { why = 1 } = device.pause ?? {};
      const retry = changed && (why === 0 || why >= 500) && { pause: undefined };
      return { ...device, ...moved, ...retry, state, revision: device.revision + (changed ? 1 : 0) };
    });

  /**
   * Adds a report; one whose id is waiting already is the same report. In a full outbox the least important goes, which
   * may be this one. One that no batch could carry goes too.
   * @param {Report} event
   */
  const add = async (event) => {
    // A copy as it will travel: what cannot be written as JSON is refused here, not when it is sent.
    const copy = /** @type {Report} */ (JSON.parse(JSON.stringify(event)));
    /** @type {Entry} */
    const entry = { event: copy, lease: 0, bytes: size(copy) };
    const more = lost;
    await squeeze((full) => run("readwrite", (access) => insert(access, entry, more, full))).catch((error) => {
      if (error.name === "QuotaExceededError") lost += 1;
      throw error;
    });
    lost -= more;
  };

  /** @param {Access} access @param {Entry} fresh @param {number} more drops to be counted with it @param {boolean} full */
  const insert = (access, fresh, more, full) => {
    const { reports, on } = access;
    on(reports.index("id").getKey(fresh.event.id), (known) => {
      if (known !== undefined) return remove(access, [], more);
      waiting(access, (entries) => {
        /** @type {[IDBValidKey, Entry]} */
        const last = [-1, fresh];
        const gone = fresh.bytes > batchBytes / 2 ? [last] : tooMuch([...entries, last], full ? fresh.bytes : 0);
        if (!gone.includes(last)) reports.add(fresh);
        remove(access, gone, more);
      });
    });
  };

  /**
   * The device, and the oldest free reports that fit into one batch; without a report token there is no batch.
   * @param {(device: Device) => object} frame what is added to each report @param {boolean} lease whether they are ours now
   * @returns {Promise<{device: Device | undefined, batch: Batch} | undefined>}
   */
  const take = (frame, lease) =>
    run(lease ? "readwrite" : "readonly", (access) =>
      access.on(access.state.get("device"), (device) => {
        /** @type {Batch} */
        const batch = new Map();
        access.give({ device, batch });
        if (!device?.token) return;
        const collect = () => walk(access, batch, size(frame(device)), lease);
        if (lease) tellDrops(access, collect);
        else collect();
      }),
    );

  /** @param {Access} access @param {Batch} batch @param {number} frame bytes @param {boolean} lease */
  const walk = ({ reports, on }, batch, frame, lease) => {
    const now = Date.now();
    let bytes = 2;
    on(reports.openCursor(), (cursor) => {
      if (!cursor || batch.size === batchReports) return;
      /** @type {Entry} */
      const entry = { ...cursor.value, lease: now + LEASE };
      if (entry.event?.id && isFree(cursor.value, now)) {
        bytes += size(entry.event) + frame + 1;
        if (batch.size && bytes > batchBytes) return;
        if (lease) cursor.update(entry);
        batch.set(cursor.primaryKey, entry);
      }
      cursor.continue();
    });
  };

  /** Removes what is `gone`; the rest is free again, unless it has been taken anew. @param {Batch} batch @param {Set<IDBValidKey>} gone */
  const settle = (batch, gone) =>
    run("readwrite", ({ reports, on }) => {
      for (const [key, taken] of batch)
        on(reports.get(key), (found) => {
          if (found?.event?.id !== taken.event.id) return;
          if (gone.has(key)) reports.delete(key);
          else if (found.lease === taken.lease) reports.put({ ...found, lease: 0 }, key);
        });
    });

  /** The device record, and how many reports wait. @returns {Promise<{device?: Device, left: number} | undefined>} */
  const look = () =>
    run("readonly", ({ state, reports, on, give }) =>
      on(state.get("device"), (device) => on(reports.count(), (left) => give({ device, left }))),
    );

  const device = async () => (await look())?.device;

  return { patch, add, device, changeDevice, take, settle, look, close };
}

/** All that waits, oldest first; what a later build may have put there in another form is left alone. @param {Access} access @param {(entries: [IDBValidKey, Entry][]) => void} then */
const waiting = ({ reports, on }, then) =>
  on(reports.getAllKeys(), (keys) =>
    on(reports.getAll(), (entries) =>
      then(keys.map((key, at) => /** @type {[IDBValidKey, Entry]} */ ([key, entries[at]])).filter(([, entry]) => entry?.event?.id)),
    ),
  );

