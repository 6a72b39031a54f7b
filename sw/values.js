// What payloads and addresses may hold: an object or a text in place of what was wanted, whatever came, and a landing id.

/** @param {unknown} value @returns {Record<string, any>} */
export const object = (value) => (typeof value === "object" && value && !Array.isArray(value) ? value : {});

/**
 * The landing id in an address, with which the page there can ask for the message (docs/worker.md): what is before it, the
 * id, what is after it.
 */
export const LANDING = /([?&])softbell=([\w-]{22})(&|(?=#|$))/;

/** @param {unknown} value */
export const text = (value) => (typeof value === "string" && value.trim() ? value : undefined);
