// What every part of the worker needs: the worker's own global, typed, and its outbox.

import { OUTBOX } from "./contract.js";
import { limited, openDatabase } from "./database.js";
import { changed, openOutbox } from "./outbox.js";
import { openSender } from "./sender.js";

/** The worker's global; `lib.dom` and `lib.webworker` cannot be loaded together. */
export const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

export const { clients, registration } = worker;

/** The worker's scope, an absolute URL. */
export const base = registration.scope;

/** One scope serves one site: the database is named after it. Nothing is opened before it is needed. */
export const outbox = openSender(openOutbox(openDatabase(`softbell:${new URL(base).pathname}`), OUTBOX));

/** How long the device record may keep a notification or a click waiting, ms: IndexedDB can hang on iOS. */
const READ_LIMIT = 100;

/** The device record, where it can be had at once. */
export const record = () => limited(outbox.device(), READ_LIMIT).catch(() => undefined);

/** Changes the device's state, where there is a device. @param {(state: Record<string, any>) => Record<string, unknown>} news */
export const alter = (news) => outbox.changeDevice((device) => device && changed(device, news(device.state)));

/** The pages of this site: they are outside our scope, so none of them is controlled by us. */
export const pages = () => clients.matchAll({ type: "window", includeUncontrolled: true });

/** How long a page may take to answer, ms. Firefox refuses window calls about a second after the click. */
const ANSWER_LIMIT = 400;

/**
 * Asks a page something that it answers with yes or no, and gives the way to tell it more. A page that answers too late
 * hears "no".
 * @param {WindowClient} page @param {object} question @returns {Promise<MessagePort | undefined>}
 */
export const ask = (page, question) => {
  const { port1, port2 } = new MessageChannel();
  /** @type {Promise<MessagePort | undefined>} */
  const answer = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data && port1);
  });
  page.postMessage(question, [port2]);
  return limited(answer, ANSWER_LIMIT).catch(() => void port1.postMessage(false));
};

/** Sends what waits; where some of it stays, the browser may wake us when it is online (Background Sync, Chromium only). */
export const flush = async () => {
  const { left } = await outbox.flush();
  if (left) await /** @type {any} */ (registration).sync?.register("softbell");
  return !left;
};

/**
 * How long a push or a click waits for the server, ms: Safari ends subscriptions whose pushes take long. What is still
 * on its way then goes again later, and counts once.
 */
const REPORT_LIMIT = 5000;

/** The longest that reports may be held back so that not all devices send at once, s: browsers let a push last half a minute at least. */
const MOST_JITTER = 25;

/**
 * Puts reports into the outbox and sends what waits. A lost report never costs a notification or a click.
 * @param {Partial<import("./message.js").Ours>} ours empty for what is about no message
 * @param {([type: string, data?: object] | false | "" | undefined)[]} happened
 * @param {number} [jitter] s: they are sent some time within it, or with what another event sends before that
 * @returns {Promise<boolean>} whether the server has them
 */
export const report = async ({ m, t }, happened, jitter = 0) => {
  try {
    const time = new Date().toISOString();
    const events = /** @type {[string, object?][]} */ (happened.filter(Boolean)).map(([type, data]) => ({
      // The server builds its own id from the token; ours keeps a push that came twice from waiting here twice.
      id: t && !data ? `${m}.${type}` : crypto.randomUUID(), type, time, data,
      softbelltoken: t, // where there is none the device's own is added
    }));
    await Promise.all(events.map((event) => outbox.add(event)));
    if (jitter > 0) await new Promise((done) => setTimeout(done, Math.random() * Math.min(jitter, MOST_JITTER) * 1000));
    return await limited(flush(), REPORT_LIMIT);
  } catch {
    // IndexedDB is full, denied or hanging; there is nothing the visitor or the site could do about it here.
    return false;
  }
};
