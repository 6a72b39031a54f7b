// JSON to the border: path, kind and text of every leaf.

export const RECORD = "\u001e";
export const UNIT = "\u001f";

/** Strips the border's own separators. @param {unknown} value */
const clean = (value) => String(value ?? "").replaceAll(RECORD, "").replaceAll(UNIT, "");

/** Joins the fields of an event. @param {unknown[]} fields */
export const join = (fields) => fields.map((field) => (field === true ? "1" : field === false ? "" : clean(field))).join(UNIT);

/** Kinds: s string, n number, b boolean, z null, o empty object, x anything that JSON does not know. */
const KINDS = /** @type {Record<string, string>} */ ({ string: "s", number: "n", boolean: "b" });

/**
 * Takes a JSON value apart. `undefined` says nothing and is left out; logic refuses what it does not know.
 * @param {unknown} value @param {string} [path] @returns {unknown[]} path, kind, text of each leaf
 */
export const flatten = (value, path = "") => {
  if (value === undefined) return [];
  if (value === null) return [path, "z", ""];
  if (typeof value !== "object") return [path, KINDS[typeof value] ?? "x", value];
  const entries = Object.entries(value);
  if (!entries.length) return [path, "o", ""];
  return entries.flatMap(([key, inner]) => flatten(inner, path ? `${path}.${key}` : key));
};
