// JSON from the border: path, kind and text of every member.

/** Puts a JSON object together from path, kind, text. @param {string[]} fields @returns {Record<string, any>} */
export const members = (fields) => {
  /** @type {Record<string, any>} */
  const object = {};
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", kind = "", text = ""] = fields.slice(at, at + 3);
    // A whole object that only passed through.
    if (!path) Object.assign(object, value(kind, text));
    const keys = path ? path.split(".") : [];
    const last = keys.pop();
    if (last) keys.reduce((inner, key) => (inner[key] ??= {}), object)[last] = value(kind, text);
  }
  return object;
};

/** @param {string} kind @param {string} text */
const value = (kind, text) => {
  if (kind === "s") return text;
  return kind === "j" ? JSON.parse(text) : null;
};
