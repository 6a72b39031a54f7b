// Draws a view: elements from a list of nodes, in a shadow root, so that the site's CSS and ours never meet.

import css from "./popup.css";

/** @type {HTMLElement | undefined} */
let host;
/** @type {Element | null} */
let cameFrom = null;

/** Fields of one node, in the order of `view::Node`. */
const FIELDS = 6;

/** @param {string[]} fields @param {(control: string, event: Event) => void} press */
const element = ([, tag = "", attributes = "", label = "", control = "", text = ""], press) => {
  const made = document.createElement(tag);
  for (const pair of attributes.split(" ")) {
    const [name = "", value = ""] = pair.split("=");
    if (name) made.setAttribute(name, value);
  }
  if (label) made.setAttribute("aria-label", label);
  if (control) made.addEventListener("click", (event) => press(control, event));
  // Text is text: nothing from a configuration or a server ever becomes HTML.
  if (text) made.textContent = text;
  return made;
};

/** @param {string[]} fields @param {(control: string, event: Event) => void} press @returns {DocumentFragment} */
const tree = (fields, press) => {
  const fragment = document.createDocumentFragment();
  /** @type {ParentNode[]} */
  const open = [fragment];
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const node = fields.slice(at, at + FIELDS);
    const depth = Number(node[0]);
    const made = element(node, press);
    open[depth]?.append(made);
    open[depth + 1] = made;
  }
  return fragment;
};

/** @param {string[]} nodes @param {(control: string, trusted: boolean) => void} press */
export const draw = (nodes, press) => {
  erase();
  host = document.createElement("div");
  host.dataset.softbellPopup = "";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(tree(nodes, (control, event) => press(control, event.isTrusted)));
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape") press("close", event.isTrusted);
  });
  host.addEventListener("focusin", (event) => {
    if (event.relatedTarget !== host) cameFrom ??= /** @type {Element | null} */ (event.relatedTarget);
  });
  // A page that comes slowly may have no body yet.
  (document.body ?? document.documentElement).append(host);
  return host;
};

/** Takes presses from now on, and says the title to those who listen. */
export const enable = () => {
  host?.setAttribute("data-ready", "");
  const root = host?.shadowRoot;
  const spoken = root?.querySelector("[role=status]");
  if (spoken) spoken.textContent = root?.querySelector("#title")?.textContent ?? "";
};

/** Takes the popup away; the focus goes back to where it came from. */
export const erase = () => {
  const inside = host?.shadowRoot?.activeElement;
  host?.remove();
  host = undefined;
  if (inside && cameFrom instanceof HTMLElement) cameFrom.focus();
  cameFrom = null;
};
