// Who the page says its visitor is. Id and token live here, in memory, and nowhere else in the browser.

import { USER } from "../../sw/contract.js";
import { limited } from "../../sw/database.js";
import { EVENT_IDENTIFY, EVENT_LOGOUT, EVENT_USER_ANSWERED } from "./border.js";
import { hash } from "./hash.js";
import { wholeStatus } from "./record.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {string | (() => Promise<string>)} Token
 * @typedef {{id: string, token: Token, line: Promise<unknown>, asked: number}} Named
 */

/** How long the site's back end may take to make a token, ms. */
const TOKEN_LIMIT = 10_000;

/** Whom each client's page has named. @type {WeakMap<Client, Named>} */
const people = new WeakMap();

/**
 * The last question to the server, whoever it is about: two on their way at once may arrive in the other order, and the
 * server would agree on the one before. @type {WeakMap<Client, Promise<string>>}
 */
const questions = new WeakMap();

/** What to do about the codes that no token of the back end is at fault for. @type {Record<string, string>} */
const HELP = {
  token_missing: "the server wants a token of the site's back end for this user; give identify() one",
  token_unavailable: "the function that identify() was given made no token within ten seconds; see that it resolves with a text",
  token_malformed: "a token is a signed JWT of at most 4096 bytes",
  server_unavailable: "the server gave no answer; the next page view's identify() tries again",
};

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text).length;

/** @param {Client} client */
const supersede = (client) =>
  client.answer("identify", ({ reject }) => reject(client.error("superseded", "identify() or logout() was called again, so this one was given up")));

/** @param {Client} client @param {string} id @param {Token} token @returns {Promise<import("./client.js").StatusInfo>} */
export const identify = async (client, id, token) => {
  const length = typeof id === "string" ? bytes(id) : 0;
  if (!length || length > USER.idBytes) throw client.error("user_invalid", `a user id is a text of 1 to ${USER.idBytes} bytes`);
  const waiting = (client.calls.identify ??= new Set());
  // Frameworks call twice what they draw twice: the same user is one question.
  if (waiting.size && people.get(client)?.id === id) return new Promise((resolve, reject) => waiting.add({ resolve, reject }));
  supersede(client);
  people.set(client, { id, token, line: Promise.resolve(), asked: 0 });
  agree(client);
  return client.callNow("identify", EVENT_IDENTIFY, Number(hash(`${client.config.site}|${id}`)) >>> 0);
};

/** Says to the site who is agreed on. @param {Client} client @param {string} [userId] */
const agree = (client, userId) => {
  client.status = { ...client.status, userId };
};

/** @param {Client} client */
export const logout = async (client) => {
  supersede(client);
  people.delete(client);
  agree(client);
  client.tell(EVENT_LOGOUT);
  return wholeStatus(client);
};

/** Performs `PutUser`, one after the other: a new endpoint may ask while the last question is on its way. @param {Client} client @param {import("./border.js").PutUserFields} fields */
export const putUser = async (client, [ask, token]) => {
  const named = people.get(client);
  if (!named) return;
  const asked = ++named.asked;
  named.line = named.line.then(async () => {
    const isWanted = () => people.get(client) === named && !client.ended;
    const { known, suspended = false, news = false, code = "" } = ask ? await talk(client, named, !!token, isWanted) : { known: true };
    if (!isWanted()) return;
    if (known) agree(client, named.id);
    // A question that came meanwhile is about another endpoint: its answer counts.
    if (news && asked === named.asked) client.tell(EVENT_USER_ANSWERED, suspended);
    client.answer("identify", ({ resolve, reject }) =>
      code ? reject(client.error(code, HELP[code] ?? `the server refused the token, ${code}; docs/users.md says what one must be`)) : resolve(wholeStatus(client)),
    );
  });
};

/**
 * Asks the server, without a token where the user is known. Where no token is any good, whoever used this device before
 * learns that he is suspended; a site that gives no token then wants nothing else.
 * @param {Client} client @param {Named} named @param {boolean} prove with a token at once @param {() => boolean} isWanted
 * @returns {Promise<{known: boolean, news?: boolean, suspended?: boolean, code?: string}>} `news`: the server has answered that
 */
const talk = async (client, { id, token }, prove, isWanted) => {
  const { reports } = await client.later();
  /** @param {string} [given] */
  const ask = (given) => {
    const before = questions.get(client) ?? Promise.resolve();
    const answer = before.then(() => reports.putUser(id, given, isWanted)).catch(() => "storage_denied");
    questions.set(client, answer);
    return answer;
  };
  if (!prove) {
    const answer = await ask();
    // No answer, or none about the user: who was agreed on stays it.
    if (answer !== "suspended" && answer !== "token_missing") return { known: true, news: !answer };
  }
  const made = await make(token);
  const fault = made.code ?? (await ask(made.token));
  if (!fault) return { known: true, news: true };
  if (!fault.startsWith("token_")) return { known: false, code: fault };
  const answer = await ask();
  const suspended = answer === "suspended";
  return { known: suspended || !answer, news: suspended, suspended, code: suspended && fault === "token_missing" ? "" : fault };
};

/** The site's token, or the code of why there is none. @param {Token} token @returns {Promise<{token?: string, code?: string}>} */
const make = async (token) => {
  try {
    const made = typeof token === "function" ? await limited(Promise.resolve(token()), TOKEN_LIMIT) : token;
    if (!made) return { code: "token_missing" };
    if (typeof made !== "string") return { code: "token_unavailable" };
    return made.length > USER.tokenBytes ? { code: "token_malformed" } : { token: made };
  } catch {
    return { code: "token_unavailable" };
  }
};
