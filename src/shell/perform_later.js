// Performs the effects that no popup waits for, one function each.

import {
  EFFECT_ASK_DONE, EFFECT_CONSENT, EFFECT_DETACH, EFFECT_EMIT, EFFECT_EXPLAINED, EFFECT_FAIL, EFFECT_FLUSH, EFFECT_FOLLOW, EFFECT_LAND, EFFECT_PATCH, EFFECT_PUT_USER,
  EFFECT_REGISTER_WORKER, EFFECT_REPORT,
  EFFECT_SETTLED, EFFECT_SUBSCRIBE, EFFECT_UNSUBSCRIBE, EVENT_STORAGE_FAILED, EVENT_SUBSCRIBED, EVENT_SUBSCRIBE_FAILED,
  EVENT_UNSUBSCRIBED, EVENT_WORKER_ACTIVE, EVENT_WORKER_FAILED,
} from "./border.js";
import { accepted } from "./choices.js";
import { dismissLate } from "./erasing.js";
import { putUser } from "./identity.js";
import { follow, land } from "./landing.js";
import { lineOf, noteReport } from "./ledger.js";
import { members } from "./members.js";
import { wholeStatus } from "./record.js";
import { registerWorker, subscribe, unsubscribe } from "./subscribe.js";
import { ALLOWED, WHY } from "./words.js";

/** @typedef {import("./client.js").Client} Client */

/** @param {string} code @param {string} next @returns {import("./client.js").Explanation} */
const explanation = (code, next) => ({
  code: /** @type {import("../../pkg/index.js").WhyCode} */ (code), text: WHY[code] ?? code, ...(next !== "0" && { nextAskAt: new Date(Number(next)).toISOString() }),
});

/** @param {Client} client @param {import("./border.js").AskDoneFields} fields */
const askDone = (client, [outcome, code, next]) => {
  const why = explanation(code, next);
  /** @param {string} outcome @param {string[]} calls */
  const done = (outcome, ...calls) => {
    for (const call of calls) client.answer(call, ({ resolve }) => resolve({ outcome, why, status: client.status }));
  };
  if (outcome === "refused") return done("not_shown", "request");
  client.explanation = why;
  client.topics = undefined;
  done(outcome, "ask", "request");
};

/** @param {Client} client @param {import("./border.js").ExplainedFields} fields */
const explained = (client, [code, next]) => client.answer("explain", ({ resolve }) => resolve(explanation(code, next)));

/** @param {Client} client @param {import("./border.js").SettledFields} fields */
const settled = (client, [call, code]) =>
  client.answer(call, ({ resolve, reject }) =>
    code ? reject(client.error(code, `refused, ${code}`)) : resolve(wholeStatus(client)),
  );

/** @param {Client} client @param {import("./border.js").FailFields} fields */
const fail = (client, [code, field]) => {
  const row = Object.keys(ALLOWED).find((path) => path === field || (path.endsWith(".") && field.startsWith(path))) ?? "";
  client.fail(client.error(code, `"${field}" cannot be used; allowed: ${ALLOWED[row]}`, field));
};

/** The first question about it costs 30 ms and more, so it is not asked before the popup (docs/bench.md). */
const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Worker and push service answer with an event, or with the name of their error. @param {Client} client @param {Promise<unknown[] | void>} work @param {number} done @param {number} failed */
const attempt = (client, work, done, failed) =>
  work.then((fields) => client.tell(done, ...(fields ?? [])), (error) => client.tell(failed, error.name)).then(() => dismissLate(client));

/** Writes to the outbox. Denied, full or hanging: the visitor's answer is kept in localStorage, the report is lost. @param {Client} client @param {(reports: import("./client.js").Later["reports"]) => Promise<unknown>} work */
const write = (client, work) =>
  client.later().then(({ reports }) => work(reports)).catch(() => client.tell(EVENT_STORAGE_FAILED));

/** Which popup a report is about: until campaigns come there is one. @param {string} type */
const variant = (type) => /^(prompt|permission)\.(?!changed)/.test(type) && { variant: "default" };

/** What the public event of this name carries. @param {Client} client @param {string} name */
const detail = ({ explanation, status }, name) => {
  if (name === "prompt.declined" || name === "prompt.closed") return explanation;
  return name === "prompt.shown" ? { variant: "default" } : status;
};

/** @type {Record<number, (client: Client, fields: any) => void>} */
const performers = {
  [EFFECT_EMIT]: (client, [name]) => (name === "prompt.accepted" ? void accepted(client) : client.emit(name, detail(client, name))),
  [EFFECT_ASK_DONE]: askDone,
  [EFFECT_EXPLAINED]: explained,
  [EFFECT_SETTLED]: settled,
  [EFFECT_FAIL]: fail,
  [EFFECT_REGISTER_WORKER]: (client, [url, scope, limit]) =>
    attempt(client, registerWorker(/** @type {any} */ (client.config.worker)?.registration, url, scope, Number(limit)), EVENT_WORKER_ACTIVE, EVENT_WORKER_FAILED),
  [EFFECT_SUBSCRIBE]: (client, [vapid, limit]) =>
    attempt(client, subscribe(vapid, Number(limit)), EVENT_SUBSCRIBED, EVENT_SUBSCRIBE_FAILED),
  [EFFECT_UNSUBSCRIBE]: (client) => attempt(client, unsubscribe(client.scope), EVENT_UNSUBSCRIBED, EVENT_UNSUBSCRIBED),
  [EFFECT_PATCH]: (client, state) => void write(client, (reports) => reports.patch({ ...members(state), time_zone: timeZone() })),
  [EFFECT_CONSENT]: (client, fields) => {
    const line = lineOf(client, fields);
    void write(client, (reports) => reports.consent(line));
  },
  [EFFECT_REPORT]: (client, [type, ...data]) => {
    const more = noteReport(client, type);
    void write(client, (reports) => reports.report(type, { ...members(data), ...more, ...variant(type) }));
  },
  [EFFECT_FLUSH]: (client) => void write(client, (reports) => reports.flush()),
  [EFFECT_PUT_USER]: putUser,
  [EFFECT_LAND]: (client, fields) => void land(client, fields).catch(() => client.tell(EVENT_STORAGE_FAILED)),
  // What cannot be read leads nowhere: the visitor stays where the browser brought him.
  [EFFECT_FOLLOW]: (client) => void follow(client).catch(() => {}),
  [EFFECT_DETACH]: (client) => void write(client, (reports) => reports.detach().then(() => reports.flush())),
};

/** @param {Client} client @param {number} code @param {string[]} fields */
export const perform = (client, code, fields) => {
  // What was under way when consent was denied must not register or store anything after that.
  if (client.ended?.code !== "consent_denied") performers[code]?.(client, fields);
};
