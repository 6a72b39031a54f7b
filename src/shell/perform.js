// Performs the effects that a page view needs before the popup, one function each; the others are performed by the
// second chunk. No policy: logic has decided already.

import {
  EFFECT_DRAW, EFFECT_ENABLE, EFFECT_ERASE, EFFECT_FETCH_CONFIG, EFFECT_READY, EFFECT_REQUEST_PERMISSION,
  EFFECT_SAVE_HISTORY, EFFECT_SAVE_TICKET, EFFECT_START_TIMER, EFFECT_STATUS, EVENT_ANSWERED, EVENT_PRESSED,
} from "./border.js";
import { draw, enable, erase } from "./draw.js";
import { permission } from "./facts.js";

/** @typedef {import("./client.js").Client} Client */

/** @param {Client} client @param {import("./border.js").StatusFields} fields */
const status = (client, [status, code, reason, permission, subscription, reachable]) => {
  const was = client.status;
  client.status = /** @type {import("./client.js").StatusInfo} */ ({
    ...was, status, code: +code, permission, subscription, reachable: !!reachable, reason: reason || undefined,
  });
  if (was.status !== status || was.subscription !== subscription || was.reachable !== !!reachable)
    client.emit("status.changed", client.status);
};

/** The native prompt: in the press's own turn, before anything is awaited. @param {Client} client */
const requestPermission = (client) => {
  const answered = () => client.tell(EVENT_ANSWERED, permission());
  Notification.requestPermission().then(answered, answered);
};

/** @type {Record<number, (client: Client, fields: any) => void>} */
const performers = {
  [EFFECT_FETCH_CONFIG]: (client, [url, fresh]) => void client.fetchConfig(url, fresh),
  [EFFECT_STATUS]: status,
  [EFFECT_READY]: (client) => client.ready.resolve(client.status),
  [EFFECT_DRAW]: (client, nodes) => void (client.drawn = draw(nodes, (control, trusted) => client.tell(EVENT_PRESSED, control, trusted))),
  [EFFECT_ENABLE]: enable,
  [EFFECT_ERASE]: erase,
  [EFFECT_REQUEST_PERMISSION]: requestPermission,
  [EFFECT_SAVE_HISTORY]: (client, [text]) => client.keep(".history", text),
  // A page view that sleeps would not go on with what was being erased when this one was left.
  [EFFECT_SAVE_TICKET]: (client, [text]) => client.keep("", client.erasing ? "" : text),
  [EFFECT_START_TIMER]: (client, [timer, limit]) => client.startTimer(timer, +limit),
};

/** @param {Client} client @param {number} code @param {string[]} fields */
export const perform = (client, code, fields) => {
  const performer = performers[code];
  if (performer) performer(client, fields);
  // Promises answer in order, so effects of the second chunk keep theirs.
  else client.later().then((later) => later.perform(client, code, fields)).catch(() => {});
};
