// The way from the outbox to the server: when to send, what stays and what leaves on which answer. Used by worker and
// page alike; what they do at the same time is kept apart by the leases of the outbox.

import { limited } from "./database.js";
import { random } from "./outbox.js";

/**
 * @typedef {import("./outbox.js").Device} Device
 * @typedef {object} Outcome What a flush achieved.
 * @property {boolean} acked the server has this state of the device @property {boolean} live it has a subscription
 * @property {string} deviceId @property {number} left reports that still wait
 * @property {string} refused the server's code for not wanting this state, e.g. `endpoint_gone`, `vapid_changed`:
 *   unsubscribe and subscribe anew; it stays until the state changes, so act on it once
 * @typedef {ReturnType<typeof openSender>} Sender
 */

const SECOND = 1000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR; // between heartbeats; between new ids; the longest that a server may make us wait
const FIRST_PAUSE = 5 * SECOND; // after the first failure in a row, doubled with each
const LONGEST_PAUSE = 900 * SECOND;
const SEND_LIMIT = 20 * SECOND; // for one request with its answer: shorter than a lease
const KEEPALIVE_LETTERS = 20_000; // at most 3 bytes each: browsers refuse more than 64 KiB at once (Fetch, 4.5)
const ATTEMPTS = 3; // PUTs in one flush: a new id, a raised revision, and the state itself

/** What an answer that is good ends. */
const WELL = { failures: 0, pause: undefined };

/** Whether `stamp` is less than `ms` ago. A stamp from the future is past: the clock went back. @param {number} stamp @param {number} ms */
const within = (stamp, ms, now = Date.now()) => now >= stamp && now - stamp < ms;

/** @param {number} status */
const isDone = (status) => status >= 200 && status < 300;

/** What time may heal: no answer (0), too slow, too much, a broken server. @param {number} status */
const passes = (status) => status === 0 || status === 408 || status === 429 || status >= 500;

/**
 * As JSON that every reader takes: half of a surrogate pair, as it is left by cutting an emoji in two, is an error to
 * strict ones, and would cost the whole batch.
 * @param {unknown} value
 */
const wire = (value) =>
  JSON.stringify(value).replace(/\\(u[\da-f]{4}|.)/g, (escape, rest) => (/^ud[89a-f]../.test(rest) ? "\ufffd" : escape));

/** Retry-After in ms: seconds or a date; 0 where there is none that makes sense. @param {string | null} value */
const retryAfter = (value) => {
  const ms = /^\d+$/.test(value ?? "") ? Number(value) * SECOND : Date.parse(value ?? "") - Date.now();
  return ms > 0 ? Math.min(ms, DAY) : 0;
};

/**
 * @param {string} url @param {string} method @param {Record<string, string>} headers @param {string} body
 * @returns {Promise<{status: number, wait: number, answer: Record<string, any>}>} Status 0: no answer came.
 */
const send = async (url, method, headers, body) => {
  const abort = new AbortController();
  const talk = async () => {
    // A page that is left may finish small requests.
    const keepalive = body.length < KEEPALIVE_LETTERS;
    const response = await fetch(url, { method, headers, body, credentials: "omit", keepalive, signal: abort.signal });
    const answer = (await response.json().catch(() => {})) ?? {};
    return { status: response.status, wait: retryAfter(response.headers.get("retry-after")), answer };
  };
  return limited(talk(), SEND_LIMIT)
    .catch(() => ({ status: 0, wait: 0, answer: {} }))
    .finally(() => abort.abort());
};

/** @param {Device} device */
const address = ({ server, site }) => `${server}/v1/sites/${site}`;

/** @param {Device} device What each report of a batch begins with. */
const frame = ({ site, token }) => ({ specversion: "1.0", source: `softbell:${site}`, softbelltoken: token });

/** @param {Device} device @param {import("./outbox.js").Batch} batch */
const body = (device, batch) => wire([...batch.values()].map(({ event }) => ({ ...frame(device), ...event })));

/** @param {Device} device Whether the server has this state. */
const isAcked = ({ acked, revision, token }) => acked === revision && !!token;

/** How the server refused this very state, if it did. @param {Device} device */
const refusal = ({ refused, revision }) => (refused?.revision === revision ? refused : undefined);

/** Whether the server must hear of the device: it changed, or a day has passed. @param {Device} device */
const isDue = (device) => !within(refusal(device)?.at ?? 0, HOUR) && (!isAcked(device) || !within(device.sentAt, DAY));

/**
 * Whether nothing may be sent now. That the browser is back online ends the pauses that no answer began, and no others:
 * it says nothing about a server that is broken or does not want us.
 * @param {Device} device @param {boolean} online
 */
const isPaused = ({ pause }, online) => !!pause && within(pause.from, pause.until - pause.from) && !(online && pause.why === 0);

/** @param {import("./outbox.js").Outbox} outbox */
export function openSender(outbox) {
  /** @type {Promise<Outcome> | undefined} */
  let flight;
  /** The occasions since the last round began: whether each was that the browser is back online. @type {boolean[]} */
  let occasions = [];

  /** Pauses after an answer that was none or no good: ever longer where time may heal it, else an hour. @param {number} status @param {number} wait */
  const heed = (status, wait) =>
    outbox.changeDevice((found) => {
      if (!found) return found;
      const from = Date.now();
      const failures = passes(status) ? (found.failures ?? 0) + 1 : 0;
      const growing = wait || Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
      return { ...found, failures, pause: { from, until: from + (failures ? growing : HOUR), why: status } };
    });

  /** Takes an answer to this device into its record; one to an earlier id of it changes nothing. @param {Device} device @param {(found: Device) => Partial<Device>} news */
  const learn = (device, news) =>
    outbox.changeDevice((found) => (found?.id === device.id ? { ...found, ...news(found) } : found));

  /** @param {Device} device @param {string} token @param {any} answered the revision that the server has */
  const acknowledged = (device, token, answered) =>
    learn(device, ({ acked, revision }) => ({
      ...WELL,
      token,
      sentAt: Date.now(),
      acked: Math.max(acked, device.revision),
      // The server knows a later state than ours (a restored profile): ours must be later still.
      revision: Number.isSafeInteger(answered) && answered > device.revision ? Math.max(revision, answered) + 1 : revision,
    }));

  /** PUTs the whole device. @param {Device} device @returns {Promise<Device | undefined>} its record after that */
  const put = async (device) => {
    const { id, secret, revision, state } = device;
    const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
    const { status, wait, answer } = await send(`${address(device)}/devices/${id}`, "PUT", headers, wire({ revision, ...state }));
    if (isDone(status)) {
      // Not every 200 is from Softbell: a hotel's login page is one, too.
      return typeof answer.report_token === "string" ? acknowledged(device, answer.report_token, answer.revision) : heed(0, 0);
    }
    const at = Date.now();
    if (status === 401 && !within(device.renewedAt ?? 0, DAY))
      return learn(device, () => ({ id: random(16), secret: random(32), acked: 0, sentAt: 0, token: undefined, renewedAt: at }));
    if (passes(status) || [401, 403, 404].includes(status)) return heed(status, wait);
    // It is this state that the server refuses; reports may still go.
    return learn(device, () => ({ refused: { revision, code: String(answer.code ?? status), at } }));
  };

  /** Takes a batch; on a full disk, where a lease cannot be written, without one: the server tells twice from once. */
  const take = () =>
    outbox.take(frame, true).catch((error) => {
      if (error.name !== "QuotaExceededError") throw error;
      return outbox.take(frame, false);
    });

  /** Sends one batch; true when there may be more to send. */
  const post = async () => {
    const { device, batch } = (await take()) ?? {};
    if (!device || !batch?.size) return false;
    // text/plain: a cross-origin report needs no preflight (Fetch, CORS-safelisted request headers).
    const headers = { "content-type": "text/plain" };
    const { status, wait, answer } = await send(`${address(device)}/events`, "POST", headers, body(device, batch));
    const keys = [...batch.keys()];
    const named = [400, 422].includes(status) && Array.isArray(answer.drop) ? answer.drop.map((drop) => keys[drop?.index]) : [];
    const gone = new Set(isDone(status) ? keys : named.filter((key) => key !== undefined));
    await outbox.settle(batch, gone);
    if (!gone.size) await heed(status, wait);
    else if (device.failures || device.pause) await learn(device, () => WELL);
    return gone.size > 0;
  };

  /** @param {boolean} online @returns {Promise<Outcome>} */
  const deliver = async (online) => {
    let device = await outbox.device();
    let open = !!device && !isPaused(device, online);
    for (let attempt = 0; open && device && isDue(device) && attempt < ATTEMPTS; attempt++) {
      device = await put(device);
      open = !!device && !isPaused(device, false);
    }
    // A device's first report is preceded by its first PUT: that is where its report token comes from.
    while (open && device?.token) open = await post();
    const { device: now, left = 0 } = (await outbox.look()) ?? {};
    return { acked: !!now && isAcked(now), live: !!now?.state.subscription, deviceId: now?.id ?? "", refused: (now && refusal(now)?.code) ?? "", left };
  };

  /**
   * Sends what waits. Calls that overlap share one flight, and what came meanwhile goes with its next round.
   * @param {boolean} [online] the browser says that the network is back
   * @returns {Promise<Outcome>}
   */
  const flush = (online = false) => {
    occasions.push(online);
    flight ??= (async () => {
      try {
        let result;
        do result = await deliver(occasions.splice(0).includes(true));
        while (occasions.length);
        return result;
      } finally {
        flight = undefined;
        occasions = [];
      }
    })();
    return flight;
  };

  return { ...outbox, flush };
}

/**
 * What a beacon would send now: what nobody has taken. Nothing is taken by it.
 * @param {import("./outbox.js").Outbox} outbox
 */
export const peek = (outbox) => outbox.take(frame, false);

/**
 * The page is being left. All in one turn: a page that is on its way out hears from IndexedDB no more, hence the peek
 * before. Nothing is removed: the server tells twice from once by the id.
 * @param {{device: Device | undefined, batch: import("./outbox.js").Batch} | undefined} seen
 * @param {{sendBeacon: (url: string, body: Blob) => boolean}} sender `navigator` @returns {boolean} whether it went
 */
export const beacon = (seen, sender) => {
  const { device, batch } = seen ?? {};
  if (!device || !batch?.size || isPaused(device, false)) return false;
  return sender.sendBeacon(`${address(device)}/events`, new Blob([body(device, batch)], { type: "text/plain" }));
};
