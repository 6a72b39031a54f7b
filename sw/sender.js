// The way from the outbox to the server: when to send, what stays and what leaves on which answer. Used by worker and
// page alike; what they do at the same time is kept apart by the leases of the outbox.

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
export const DAY = 24 * HOUR; // between heartbeats; between new ids; the longest that a server may make us wait
const FIRST_PAUSE = 5 * SECOND; // after the first failure in a row, doubled with each
const LONGEST_PAUSE = 900 * SECOND;
const SEND_LIMIT = 20 * SECOND; // for one request with its answer: shorter than a lease
const KEEPALIVE_LETTERS = 20_000; // at most 3 bytes each: browsers refuse more than 64 KiB at once (Fetch, 4.5)
const ATTEMPTS = 3; // PUTs in one flush: a new id, a raised revision, and the state itself

/** What an answer that is good ends. */
const WELL = { failures: 0, pause: undefined };

/** Whether `stamp` is less than `ms` ago. A stamp from the future is past: the clock went back. @param {number} stamp @param {number} ms */
export const within = (stamp, ms, now = Date.now()) => now >= stamp && now - stamp < ms;

/** What time may heal: no answer (0), too slow, too much, a broken server. @param {number} status */
export const passes = (status) => !status || status >= 500 || [408, 429].includes(status);

/**
 * As JSON that every reader takes: half of a surrogate pair, as it is left by cutting an emoji in two, is an error to
 * strict ones, and so is a NUL to PostgreSQL. It would cost the whole batch, or the device's whole state.
 * @param {unknown} value
 */
export const wire = (value) =>
  JSON.stringify(value).replace(/\\(ud[89a-f]..|u0000|.)/g, (escape, { 4: bad }) => (bad ? "\ufffd" : escape));

/** Retry-After in ms: seconds or a date; 0 where there is none that makes sense. @param {string | null} value */
const retryAfter = (value) => {
  const ms = Number(value) * SECOND || Date.parse(value + "") - Date.now();
  return ms > 0 ? Math.min(ms, DAY) : 0;
};

/**
 * @param {string} url @param {string} method @param {Record<string, string>} headers @param {string} body
 * @returns {Promise<{ok?: boolean, status: number, wait: number, answer: Record<string, any>}>} Status 0: no answer came.
 */
export const send = async (url, method, headers, body) => {
  try {
    // A page that is left may finish small requests.
    const keepalive = body.length < KEEPALIVE_LETTERS;
    const signal = AbortSignal.timeout(SEND_LIMIT);
    const response = await fetch(url, { method, headers, body, credentials: "omit", keepalive, signal });
    const answer = (await response.json().catch(() => {})) ?? {};
    const { ok, status, headers: answered } = response;
    return { ok, status, wait: retryAfter(answered.get("retry-after")), answer };
  } catch {
    return { status: 0, wait: 0, answer: {} };
  }
};

/** @param {Device} device */
export const address = ({ server, site }) => `${server}/v1/sites/${site}`;

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
export const isPaused = ({ pause }, online) => !!pause && within(pause.from, pause.until - pause.from) && !(online && pause.why === 0);

/**
 * A worker gives no `page`: its build sees that, as long as this is a plain parameter, and leaves out what hangs on it (docs/size.md).
 * @param {import("./outbox.js").Outbox} outbox
 * @param {import("./patch.js").PageSide} [page] what is the page's affair alone
 */
export const openSender = (outbox, page) => {
  /** One flight after the other: what came meanwhile goes with the next. @type {Promise<unknown>} */
  let last = Promise.resolve();

  /** Takes an answer to this device into its record; one to an earlier id of it changes nothing. @param {Device} device @param {(found: Device) => Partial<Device>} news */
  const learn = (device, news) =>
    outbox.changeDevice((found) => (found?.id === device.id ? { ...found, ...news(found), ...(page && page.held(found)) } : found));

  /** Pauses after an answer that was none or no good: ever longer where time may heal it, else an hour. @param {Device} device @param {number} status @param {number} wait */
  const heed = (device, status, wait) =>
    learn(device, (found) => {
      const from = Date.now();
      const failures = passes(status) ? (found.failures ?? 0) + 1 : 0;
      const growing = wait || Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
      return { failures, pause: { from, until: from + (failures ? growing : HOUR), why: status } };
    });

  /** @param {Device} device @param {string} token @param {any} answered the revision that the server has */
  const acknowledged = (device, token, answered) =>
    learn(device, ({ acked, revision, state }) => {
      // The server knows a later state than ours (a restored profile): ours must be later still, and it took nothing of this.
      const behind = Number.isSafeInteger(answered) && answered > device.revision;
      return {
        ...WELL,
        token,
        sentAt: Date.now(),
        acked: Math.max(acked, device.revision),
        revision: behind ? Math.max(revision, answered) + 1 : revision,
        ...(!behind && page && { state: page.entered(device, state) }),
      };
    });

  /** PUTs the whole device. @param {Device} device @returns {Promise<Device | undefined>} its record after that */
  const put = async (device) => {
    const { id, secret, revision, state } = device;
    const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
    const { ok, status, wait, answer } = await send(`${address(device)}/devices/${id}`, "PUT", headers, wire({ revision, ...state }));
    if (ok) {
      // Not every 200 is from Softbell: a hotel's login page is one, too.
      return typeof answer.report_token === "string" ? acknowledged(device, answer.report_token, answer.revision) : heed(device, 0, 0);
    }
    if (page && status === 401 && page.renews(device)) return learn(device, (found) => page.renew(found, device, answer.code));
    if (passes(status) || [401, 403, 404].includes(status)) return heed(device, status, wait);
    // It is this state that the server refuses; reports may still go.
    return learn(device, () => ({ refused: { revision, code: String(answer.code ?? status), at: Date.now() } }));
  };

  /** Sends one batch; true when there may be more to send. */
  const post = async () => {
    const { device, batch } = await outbox.take(frame, true);
    if (!device || !batch.size) return false;
    // text/plain: a cross-origin report needs no preflight (Fetch, CORS-safelisted request headers).
    const headers = { "content-type": "text/plain" };
    const { ok, status, wait, answer } = await send(`${address(device)}/events`, "POST", headers, body(device, batch));
    const refused = (/** @type {number} */ at) => [400, 422].includes(status) && answer.drop?.some?.((/** @type {any} */ drop) => drop?.index === at);
    // Whoever redirects a POST has the browser ask for a page instead (Fetch, HTTP-redirect fetch): that is no receipt.
    const gone = new Set([...batch.keys()].filter((_, at) => (ok ? answer.drop : refused(at))));
    await outbox.settle(batch, gone);
    if (!gone.size) await heed(device, ok ? 0 : status, wait);
    else if (device.failures || device.pause) await learn(device, () => WELL);
    return gone.size > 0;
  };

  /** @param {boolean} online What there is after it. */
  const deliver = async (online) => {
    let device = await outbox.device();
    let open = !!device && !isPaused(device, online);
    for (let attempt = 0; open && device && isDue(device) && attempt < ATTEMPTS; attempt++) {
      device = await put(device);
      open = !!device && !isPaused(device, false);
    }
    // A device's first report is preceded by its first PUT: that is where its report token comes from.
    while (open && device?.token) open = await post();
    return outbox.look();
  };

  /**
   * Sends what waits.
   * @param {boolean} [online] the browser says that the network is back
   * @returns {ReturnType<typeof outbox.look>} the device record after it, and how many reports still wait
   */
  const flush = (online = false) => {
    const flight = last.then(() => deliver(online));
    last = flight.catch(() => {});
    return flight;
  };

  return { ...outbox, flush, heed, acknowledged };
};

/** What a flush achieved, for the page. @param {{device?: Device, left: number}} after @returns {Outcome} */
export const outcome = ({ device, left }) => ({
  acked: !!device && isAcked(device),
  live: !!device?.state.subscription,
  deviceId: device?.id ?? "",
  refused: (device && refusal(device)?.code) ?? "",
  left,
});

/**
 * What a beacon would send now: what nobody has taken. Nothing is taken by it.
 * @param {import("./outbox.js").Outbox} outbox @returns {Promise<{device: Device | undefined, batch: import("./outbox.js").Batch}>}
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
