// Performs effects, one function each. No policy: logic has decided already.

import {
  EFFECT_ASK_DONE, EFFECT_DRAW, EFFECT_EMIT, EFFECT_ENABLE, EFFECT_ERASE, EFFECT_EXPLAINED, EFFECT_FAIL,
  EFFECT_FETCH_CONFIG, EFFECT_FLUSH, EFFECT_PATCH, EFFECT_READY, EFFECT_REGISTER_WORKER, EFFECT_REPORT,
  EFFECT_REQUEST_PERMISSION, EFFECT_SAVE_HISTORY, EFFECT_SAVE_TICKET, EFFECT_START_TIMER, EFFECT_STATUS,
  EFFECT_SUBSCRIBE, EVENT_ANSWERED, EVENT_PRESSED, EVENT_SUBSCRIBED, EVENT_SUBSCRIBE_FAILED,
  EVENT_WORKER_ACTIVE, EVENT_WORKER_FAILED,
} from "./border.js";
import { draw, enable, erase } from "./draw.js";
import { SoftbellError } from "./errors.js";
import { permission } from "./facts.js";
import { members } from "./flat.js";

/** @typedef {import("./client.js").Client} Client */

/** @param {Client} client @param {import("./border.js").StatusFields} fields */
const status = (client, [status, code, reason, permission, subscription, reachable]) => {
  const was = client.status;
  const { deviceId } = was;
  client.status = /** @type {import("./client.js").StatusInfo} */ ({
    status, code: Number(code), permission, subscription, reachable: reachable === "1", topics: [],
    ...(reason && { reason }), ...(deviceId && { deviceId }),
  });
  if (was.status !== status || was.subscription !== subscription || was.reachable !== client.status.reachable)
    client.emit("status.changed", client.status);
};

/** @param {string} code @param {string} text @param {string} next */
const explanation = (code, text, next) => ({ code, text, ...(next !== "0" && { nextAskAt: new Date(Number(next)).toISOString() }) });

/** @param {Client} client @param {import("./border.js").AskDoneFields} fields */
const askDone = (client, [outcome, code, text, next]) => {
  const why = (client.explanation = explanation(code, text, next));
  for (const resolve of client.asks) resolve(/** @type {import("./client.js").AskResult} */ ({ outcome, why, status: client.status }));
  client.asks.clear();
};

/** @param {Client} client @param {import("./border.js").ExplainedFields} fields */
const explained = (client, [code, text, next]) => {
  for (const resolve of client.explains) resolve(explanation(code, text, next));
  client.explains.clear();
};

/** The native prompt: in the click's own turn, before anything is awaited. @param {Client} client */
const requestPermission = (client) => {
  const answered = () => client.tell(EVENT_ANSWERED, permission());
  Notification.requestPermission().then(answered, answered);
};

/** What the public event of this name carries. @param {Client} client @param {string} name */
const detail = (client, name) => {
  if (name === "prompt.declined" || name === "prompt.closed") return client.explanation;
  if (name === "prompt.accepted") return { topics: [] };
  return name === "prompt.shown" ? {} : client.status;
};

/** Storage that fails is no reason to disturb the page: the report is lost, the visitor's answer is not. */
const shrug = () => {};

/** @type {Record<number, (client: Client, fields: any) => void>} */
const performers = {
  [EFFECT_FETCH_CONFIG]: (client, [url]) => void client.fetchConfig(url),
  [EFFECT_STATUS]: status,
  [EFFECT_READY]: (client) => client.ready.resolve(client.status),
  [EFFECT_DRAW]: (client, nodes) => draw(nodes, (control, trusted) => client.tell(EVENT_PRESSED, control, trusted)),
  [EFFECT_ENABLE]: enable,
  [EFFECT_ERASE]: erase,
  [EFFECT_REQUEST_PERMISSION]: requestPermission,
  [EFFECT_REGISTER_WORKER]: (client, [url, scope, limit]) =>
    client.later().then((later) => later.registerWorker(url, scope, Number(limit))).then(
      () => client.tell(EVENT_WORKER_ACTIVE),
      (error) => client.tell(EVENT_WORKER_FAILED, error.name),
    ),
  [EFFECT_SUBSCRIBE]: (client, [vapid, limit]) =>
    client.later().then((later) => later.subscribe(vapid, Number(limit))).then(
      (fields) => client.tell(EVENT_SUBSCRIBED, ...fields),
      (error) => client.tell(EVENT_SUBSCRIBE_FAILED, error.name),
    ),
  [EFFECT_PATCH]: (client, state) => client.later().then(({ reports }) => reports.patch(members(state))).catch(shrug),
  [EFFECT_REPORT]: (client, [type, ...data]) => client.later().then(({ reports }) => reports.report(type, members(data))).catch(shrug),
  [EFFECT_FLUSH]: (client) => client.later().then(({ reports }) => reports.flush()).catch(shrug),
  [EFFECT_SAVE_HISTORY]: (client, [text]) => client.keep(".history", text),
  [EFFECT_SAVE_TICKET]: (client, [text]) => client.keep("", text),
  [EFFECT_START_TIMER]: (client, [timer, limit]) => client.startTimer(timer, Number(limit)),
  [EFFECT_ASK_DONE]: askDone,
  [EFFECT_EXPLAINED]: explained,
  [EFFECT_EMIT]: (client, [name]) => client.emit(name, detail(client, name)),
  [EFFECT_FAIL]: (client, [code, field, allowed]) =>
    client.fail(new SoftbellError(code, `softbell: "${field}" cannot be used; allowed: ${allowed}.`, field)),
};

/** @param {Client} client @param {number} code @param {string[]} fields */
export const perform = (client, code, fields) => performers[code]?.(client, fields);
