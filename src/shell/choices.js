// What the visitor chooses beside push itself: topics, tags, and when not to be disturbed. It is kept in the device
// record, which goes to the server whole.

import { LIMITS } from "../../sw/contract.js";
import { EVENT_CHOSEN, EVENT_STORAGE_FAILED } from "./border.js";
import { wholeStatus } from "./record.js";

/** @typedef {import("./client.js").Client} Client */

/** What is refused here, and why. */
const REFUSALS = /** @type {const} */ ({
  second_copy: "another copy runs on this page already, so this one does nothing; load the kit once",
  properties_too_many: "an event has at most 32 properties",
  topics_too_many: "a device has at most 100 topics",
  topic_invalid: "topics are a list of ids, texts of 1 to 128 bytes each",
  tags_too_many: "a device has at most 50 tags; null removes one",
  tag_invalid: "a tag has a name of 1 to 128 bytes, and for a value a number, a flag or a text of at most 128 bytes",
  snooze_invalid: "snooze() takes a Date before the year 10000, or null",
  storage_denied: "this browser keeps nothing: IndexedDB is denied, full or hanging",
});

/** @param {Client} client @param {keyof typeof REFUSALS} code */
const refused = (client, code) => client.error(code, REFUSALS[code]);

/** @param {Client} client @param {keyof typeof REFUSALS} code */
export const refuse = (client, code) => {
  throw refused(client, code);
};

/** The last moment that RFC 3339 can write. */
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** @param {unknown} value @param {number} least bytes */
const isText = (value, least) => {
  if (typeof value !== "string") return false;
  const bytes = new TextEncoder().encode(value).length;
  return bytes >= least && bytes <= LIMITS.idBytes;
};

/** What a JSON text of a number cannot say would come back as null. @param {unknown} value */
const isValue = (value) => typeof value === "boolean" || Number.isFinite(value) || isText(value, 0);

/** A list that the server would refuse is refused here. @param {Client} client @param {unknown} topics */
const checkTopics = (client, topics) => {
  if (!Array.isArray(topics) || !topics.every((topic) => isText(topic, 1))) throw refused(client, "topic_invalid");
  if (topics.length > LIMITS.topics) throw refused(client, "topics_too_many");
};

/**
 * Changes the device's state, and lets the server know.
 * @param {Client} client @param {(state: Record<string, any>) => Record<string, any>} change may refuse; runs in the record's own transaction
 * @param {number} [snoozedUntil] ms, where that changed
 */
const choose = async (client, change, snoozedUntil) => {
  const { reports } = await client.later();
  await reports.patch(change).catch((error) => {
    if (error.code === "tags_too_many") throw error;
    client.tell(EVENT_STORAGE_FAILED);
    throw refused(client, "storage_denied");
  });
  client.tell(EVENT_CHOSEN, snoozedUntil);
};

/** @param {Client} client @param {string[]} topics */
export const setTopics = async (client, topics) => {
  checkTopics(client, topics);
  await choose(client, () => ({ topics }));
  return wholeStatus(client);
};

/** `ask({ topics })`, before it asks: they hold until it is answered. @param {Client} client @param {string[]} topics */
export const askAbout = (client, topics) => {
  checkTopics(client, topics);
  client.topics = topics;
};

/** @param {Client} client @param {Record<string, import("../../pkg/index.js").Value | null>} tags @param {"merge" | "replace"} [mode] */
export const setTags = async (client, tags, mode) => {
  const given = Object.entries(tags ?? []);
  if (!given.every(([name, value]) => isText(name, 1) && (value === null || isValue(value)))) throw refused(client, "tag_invalid");
  await choose(client, (state) => {
    const map = new Map(mode === "replace" ? [] : Object.entries(state.tags ?? {}));
    for (const [name, value] of given) value === null ? map.delete(name) : map.set(name, value);
    if (map.size > LIMITS.tags) throw refused(client, "tags_too_many");
    return { tags: Object.fromEntries(map) };
  });
};

/** @param {Client} client @param {Date | null} until */
export const snooze = async (client, until) => {
  const time = until === null ? 0 : Number(until);
  if (!(time >= 0 && time <= LAST)) throw refused(client, "snooze_invalid");
  await choose(client, () => ({ snoozed_until: time > Date.now() ? new Date(time).toISOString() : null }), time);
  return wholeStatus(client);
};

/**
 * Yes in the popup: what it was about is added to what the visitor chose before.
 * @param {Client} client
 */
export const accepted = async (client) => {
  const topics = client.topics ?? (client.config.prompt || {}).topics ?? [];
  client.emit("prompt.accepted", { topics });
  if (topics.length)
    await choose(client, (state) => ({ topics: [...new Set([...(state.topics ?? []), ...topics])].slice(0, LIMITS.topics) })).catch(() => {});
};
