// Makes elements. Text is always text: nothing here, or above it, reads HTML.

/** @typedef {Node | string | number | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes, listeners (`onclick: fn`), and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, unknown>} [attributes] `false`, null and undefined leave the attribute out
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export const h = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  set(element, attributes);
  element.append(...nodes(children));
  return element;
};

/** A drawing of one path. @param {string} path @param {string} [name] its class */
export const icon = (path, name = "icon") => {
  const svg = document.createElementNS(SVG, "svg");
  set(svg, { viewBox: "0 0 24 24", class: name, "aria-hidden": "true", focusable: "false" });
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

/** @param {Element} element @param {Record<string, unknown>} attributes */
export const set = (element, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on") && typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
};

/** Replaces what is in an element. @param {Element} element @param {...(Child | Child[])} children */
export const fill = (element, ...children) => element.replaceChildren(...nodes(children));

/** @param {(Child | Child[])[]} children */
const nodes = (children) =>
  children.flat().filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child)));

/** A length as a part of its container, which a style attribute may not say under our policy. @param {HTMLElement} element @param {string} name @param {number} part 0 to 1 */
export const share = (element, name, part) => {
  element.style.setProperty(name, `${(Math.min(Math.max(part, 0), 1) * 100).toFixed(2)}%`);
  return element;
};
