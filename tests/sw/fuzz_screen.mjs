// What an engine does with the arguments of `showNotification`: Web IDL's conversions, and the rules of the
// Notifications API, "create a notification".

/** A copy as storage and messages make it, of what JSON can say: `structuredClone` takes ten times as long. @template T @param {T} value @returns {T} */
export const copy = (value) => {
  if (typeof value === "function") throw new DOMException("", "DataCloneError");
  if (typeof value !== "object" || !value) return value;
  if (Array.isArray(value)) return /** @type {any} */ (value.map(copy));
  const proto = Object.getPrototypeOf(value);
  // Of another kind (Map, Date…), or of another realm: the real thing knows.
  if (proto && proto.constructor?.name !== "Object") return structuredClone(value);
  /** @type {any} */
  const made = {};
  for (const key of Object.keys(value)) {
    // An assignment to this name would set the prototype.
    if (key === "__proto__") Object.defineProperty(made, key, { value: copy(/** @type {any} */ (value)[key]), enumerable: true, configurable: true, writable: true });
    else made[key] = copy(/** @type {any} */ (value)[key]);
  }
  return made;
};

/** Members that are texts, and those that are addresses. */
const TEXTS = ["body", "lang", "tag", "icon", "image", "badge"];

/** @param {unknown} value */
const isSaid = (value) => value !== undefined;

/** @param {any} pattern `vibrate` @returns {number[]} */
const vibration = (pattern) => (typeof pattern === "object" && pattern ? Array.from(pattern, Number) : [Number(pattern)]);

/** @param {any} actions */
const buttons = (actions) =>
  Array.from(actions, (/** @type {any} */ { action, title, icon, navigate }) => {
    if (!isSaid(action) || !isSaid(title)) throw new TypeError("a button without action or title");
    return { action: `${action}`, title: `${title}`, ...(isSaid(icon) && { icon: `${icon}` }), ...(isSaid(navigate) && { navigate: `${navigate}` }) };
  });

/**
 * What is on the screen then; throws as the engine does.
 * @param {unknown} title @param {any} options @param {string} way how strict this engine is
 */
export const accepted = (title, options, way) => {
  if (way === "never") throw new TypeError("no permission");
  /** @type {any} */
  const shown = { title: `${title}`, data: copy(options.data) };
  for (const name of TEXTS) if (isSaid(options[name])) shown[name] = `${options[name]}`;
  if (isSaid(options.dir) && !["auto", "ltr", "rtl"].includes(`${options.dir}`)) throw new TypeError("dir");
  if (isSaid(options.timestamp)) Number(options.timestamp);
  if (isSaid(options.vibrate)) vibration(options.vibrate);
  if (isSaid(options.actions)) shown.actions = buttons(options.actions);
  if (options.silent && isSaid(options.vibrate)) throw new TypeError("silent, and vibrates");
  if (options.renotify && !options.tag) throw new TypeError("renotify without a tag");
  if (way === "fewer" && Object.keys(options).some((name) => !["body", "tag", "navigate", "data"].includes(name))) throw new TypeError("an option that it does not know");
  return shown;
};
