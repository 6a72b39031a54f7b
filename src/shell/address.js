// The landing id in the page's address: taken off at once, so that no reload, link or history counts a click again.

import { LANDING } from "../../sw/values.js";

/**
 * In the page rather than in this file, and until a client can use it: a page may start and destroy one before it loads,
 * or hold two copies of the kit, and the address names the click once.
 */
const FOUND = Symbol.for("softbell.landing");
const page = /** @type {Record<symbol, string | undefined>} */ (/** @type {unknown} */ (globalThis));

/** The address without its landing id; every other letter stays. @param {string} url */
export const withoutLanding = (url) => url.replace(LANDING, (_, before, id, after) => after && before);

/** Cleans the page's address; what the site keeps with it stays. */
export const cleanAddress = () => {
  const { href } = location;
  const [found, , id] = LANDING.exec(href) ?? [];
  if (!found) return;
  page[FOUND] = id;
  try {
    history.replaceState(history.state, "", withoutLanding(href));
  } catch {
    // A document without an origin of its own (a sandbox) keeps its address.
  }
};

/** The landing id that waits, once. */
export const takeLanding = () => {
  const id = page[FOUND];
  delete page[FOUND];
  return id;
};
