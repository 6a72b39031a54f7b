// Speaks to the admin API. The token lives in this tab's sessionStorage and goes out in a header, never in an address.

/**
 * @typedef {{ id: string, name: string }} Topic
 * @typedef {{ id: string, origins: string[], topics: Topic[], reachable: number, devices: number }} Site
 * @typedef {"shown" | "accepted" | "granted" | "subscribed" | "sent" | "displayed" | "followed"} Step
 * @typedef {Record<Step, number>} Counts
 * @typedef {{ variant: string, shown: number, accepted: number, granted: number, subscribed: number }} Variant
 * @typedef {{ from: string, to: string, bucket: "hour" | "day", totals: Counts, unverified: number, series: (Counts & { time: string })[], variants: Variant[] }} Funnel
 * @typedef {{ id: string, user: string | null, permission: string, status: string, reason: string | null, reachable: boolean,
 *   service: string | null, locale: string | null, time_zone: string | null, topics: string[], created_at: string, seen_at: string }} Device
 * @typedef {{ seq: number, type: string, time: string, received_at: string, device: string | null, message: string | null,
 *   campaign: string | null, variant: string | null, verified: boolean, data: Record<string, unknown> | null }} Report
 * @typedef {{ queued: number, sent: number, gone: number, failed: number, displayed: number, followed: number }} MessageCounts
 * @typedef {{ id: string, kind: string, title: string, body: string, url: string, icon: string | null, campaign: string | null,
 *   variant: string | null, created_at: string, counts: MessageCounts, failures?: Record<string, number> }} Message
 * @typedef {{ currency: string | null, count: number, value: number }} Value
 * @typedef {{ count: number, values: Value[] }} Money
 * @typedef {Record<"sent" | "undelivered" | "received" | "displayed" | "followed" | "clicked" | "pressed" | "dismissed" | "failed" | "suppressed", number>} ResultCounts
 * @typedef {Record<"display" | "open" | "click_through" | "dismiss" | "conversion", number | null>} Rates
 * @typedef {{ message?: string, kind?: string, title?: string, created_at?: string, campaign: string | null, variant: string | null,
 *   counts: ResultCounts, rates: Rates, actions: Record<string, number>, failures: Record<string, number>,
 *   suppressions: Record<string, number>, conversions: { direct: Money, influenced: Money } }} Result
 * @typedef {{ by: "message" | "campaign", windows: { click_hours: number, display_hours: number }, rows: Result[], complete: boolean,
 *   unattributed: Money, unverified: Money }} Results
 * @typedef {{ id?: string, reach: number, excluded: Record<string, number>, payload_bytes: number,
 *   warnings: { code: string, member: string }[] }} Reach
 */

const KEY = "softbell.console";
/** Below the console's own folder, so that a proxy may serve us under a path. */
const ROOT = new URL("../v1/sites", document.baseURI);

/** A refusal of the server, or no answer: `code` is stable, the message says what to do. */
export class ApiError extends Error {
  /** @param {string} code @param {string} detail @param {{ status?: number, field?: string, problem?: Record<string, unknown> }} [more] */
  constructor(code, detail, { status = 0, field, problem = {} } = {}) {
    super(detail);
    Object.assign(this, { name: "ApiError" });
    this.code = code;
    this.status = status;
    this.field = field;
    this.problem = problem;
  }
}

/** Called when the server no longer takes the token. */
let onSignedOut = () => {};
/** @param {() => void} listener */
export const whenSignedOut = (listener) => {
  onSignedOut = listener;
};

/** Where sessionStorage is denied, the token lives as long as the page. */
let kept = "";
const token = () => {
  try {
    return sessionStorage.getItem(KEY) ?? kept;
  } catch {
    return kept;
  }
};

/** @param {string} value */
const keep = (value) => {
  kept = value;
  try {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Denied: see above.
  }
};

export const isSignedIn = () => token() !== "";
export const signOut = () => keep("");

/** @param {Response} response @returns {Promise<ApiError>} */
const refusal = async (response) => {
  const problem = /** @type {any} */ (await response.json().catch(() => ({})));
  const detail = typeof problem.detail === "string" ? problem.detail : `The server answered ${response.status}.`;
  return new ApiError(problem.code ?? `http_${response.status}`, detail, { status: response.status, field: problem.field, problem });
};

/** @param {string} path @param {RequestInit & { secret?: string }} [options] @returns {Promise<Response>} */
const request = async (path, { secret = token(), headers, ...options } = {}) => {
  let response;
  try {
    response = await fetch(ROOT + path, {
      ...options, headers: { ...headers, authorization: `Bearer ${secret}` }, credentials: "omit", cache: "no-store",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError("unreachable", "The server does not answer. Check that it runs and that you are online.");
  }
  if (response.ok) return response;
  const error = await refusal(response);
  if (error.status === 401 && secret === token()) onSignedOut();
  throw error;
};

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
const json = async (path, options) => (await request(path, options)).json();

/** @param {string} site @param {string} rest */
const at = (site, rest) => `/${encodeURIComponent(site)}/${rest}`;

/** Tries a token and keeps it when it is right. @param {string} secret @returns {Promise<Site[]>} */
export const signIn = async (secret) => {
  // A header takes visible letters only; anything else cannot be the token.
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new ApiError("admin_token_wrong", "", { status: 401 });
  const { sites } = await (await request("", { secret })).json();
  keep(secret);
  return sites;
};

/** @returns {Promise<Site[]>} */
export const sites = async () => (await json("")).sites;
/** @param {string} site @param {{ from: Date, to: Date, bucket: string }} range @returns {Promise<Funnel>} */
export const funnel = (site, { from, to, bucket }) =>
  json(at(site, `funnel?${new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), bucket })}`));
/** @param {string} site @param {number} limit @returns {Promise<Device[]>} */
export const devices = async (site, limit) => (await json(at(site, `devices?limit=${limit}`))).devices;
/** @param {string} site @param {number} limit @returns {Promise<Report[]>} */
export const reports = async (site, limit) => (await json(at(site, `reports?limit=${limit}`))).reports;
/** @param {string} site @param {number} limit @returns {Promise<Message[]>} */
export const messages = async (site, limit) => (await json(at(site, `messages?limit=${limit}`))).messages;
/** @param {string} site @param {Record<string, string | number>} asked @returns {Promise<Results>} */
export const results = (site, asked) => json(at(site, `results?${new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))}`));
/** @param {string} site @param {string} id @returns {Promise<Message>} */
export const message = (site, id) => json(at(site, `messages/${encodeURIComponent(id)}`));

/**
 * Sends a message, or with `dry_run` asks how far it would reach.
 * @param {string} site @param {object} body @param {{ key?: string, signal?: AbortSignal }} [options] `key`: the same one never sends twice
 * @returns {Promise<Reach>}
 */
export const post = (site, body, { key, signal } = {}) =>
  json(at(site, "messages"), {
    method: "POST", signal, body: JSON.stringify(body), headers: { "content-type": "application/json", ...(key && { "idempotency-key": key }) },
  });

/**
 * The live stream, until it breaks off or is stopped.
 * @param {string} site @param {AbortSignal} signal @param {(event: string, data: any) => void} hear
 */
export const live = async (site, signal, hear) => {
  const { body } = await request(at(site, "live"), { signal, headers: { accept: "text/event-stream" } });
  if (!body) return;
  hear("open", null);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text = (text + value).replaceAll("\r\n", "\n");
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) read(block, hear);
  }
};

/** One event of a stream (HTML, 9.2.6). @param {string} block @param {(event: string, data: any) => void} hear */
const read = (block, hear) => {
  let event = "message", data = "";
  for (const line of block.split("\n")) {
    const [, name, value = ""] = line.match(/^(\w+): ?(.*)$/) ?? [];
    if (name === "event") event = value;
    else if (name === "data") data += value;
  }
  if (event === "ping" || !data) return hear(event, null);
  hear(event, JSON.parse(data));
};
