// The journal: reports and lines of the consent ledger on their way into the outbox, kept in localStorage, which is written at once.
//
// Between a press on No and a click on a link there may be a blink, and IndexedDB finishes nothing for a page that has
// left. What the next page view finds here goes into the outbox then; ids make sure that it counts once.

import { keep, recall } from "./facts.js";

/** More than a page can have on their way; a page that cannot write at all must not fill the visitor's storage. */
const MOST = 50;

/** @template {{id: string}} [Entry=any] @param {string} key */
export const openJournal = (key) => {
  /** @returns {Entry[]} */
  const entries = () => {
    try {
      return JSON.parse(recall(key) || "[]");
    } catch {
      return [];
    }
  };
  /** @param {Entry[]} events */
  const write = (events) => keep(key, events.length ? JSON.stringify(events.slice(-MOST)) : "");
  return {
    entries,
    /** @param {Entry} event */
    add: (event) => write([...entries(), event]),
    /** @param {Entry} event */
    remove: ({ id }) => write(entries().filter((entry) => entry.id !== id)),
  };
};
