// The console's frame: signs in, keeps the list of sites, and shows the view that the address names.

import * as api from "./api.js";
import { fill, h, icon } from "./dom.js";
import { frame } from "./frame.js";
import { live } from "./live.js";
import { messages } from "./messages.js";
import { overview } from "./overview.js";
import { send } from "./send.js";
import { signInForm } from "./sign_in.js";

/**
 * @typedef {object} Place where a view lives
 * @property {HTMLElement} main its room
 * @property {import("./api.js").Site} site
 * @property {string} rest what follows the view in the address
 * @property {(path: string) => string} link the address of another view of this site
 * @property {AbortSignal} gone raised when another view takes over
 * @typedef {{ id: string, name: string, path: string, show: (place: Place) => void | Promise<void> }} View
 */

/** @type {View[]} */
const VIEWS = [
  { id: "overview", name: "Overview", path: "M4 20V10m6 10V4m6 16v-7m4 7H2", show: overview },
  { id: "live", name: "Live", path: "M3 12h4l3-8 4 16 3-8h4", show: live },
  { id: "send", name: "Send", path: "M4 12 20 4l-5 16-4-7-7-1z", show: send },
  { id: "messages", name: "Messages", path: "M4 5h16v11H9l-5 4z", show: messages },
];

const root = /** @type {HTMLElement} */ (document.querySelector("#console"));
/** @type {import("./api.js").Site[]} */
let sites = [];
let leaving = new AbortController();

/** A part of an address that somebody typed may be no encoding at all. @param {string} part */
const decoded = (part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** The address names a site, a view and what the view makes of the rest: `#/shop/messages/ID`. */
const address = () => {
  const [, site = "", view = "", ...rest] = location.hash.split("/").map(decoded);
  return {
    site: sites.find(({ id }) => id === site) ?? sites[0],
    view: VIEWS.find(({ id }) => id === view) ?? VIEWS[0],
    rest: rest.join("/"),
  };
};

/** @param {string} [said] why the visitor has to sign in again */
const showSignIn = (said) => {
  leaving.abort();
  document.title = "Sign in · Softbell console";
  fill(root, signInForm(said, async (secret) => {
    sites = await api.signIn(secret);
    show();
  }));
};

/** Draws frame and view. @param {{ focus?: boolean }} [options] whether the view's heading takes the focus, as a new page's would */
const show = ({ focus = true } = {}) => {
  const { site, view, rest } = address();
  if (!view) return;
  leaving.abort();
  leaving = new AbortController();
  document.title = `${view.name} · Softbell console`;
  const main = h("main", { id: "main", tabindex: "-1" });
  const signOut = () => {
    api.signOut();
    showSignIn();
  };
  const choose = (/** @type {string} */ id) => (location.hash = `#/${encodeURIComponent(id)}/${view.id}`);
  fill(root, ...frame({ views: VIEWS, view, site, sites, main, signOut, choose }));
  if (!site) fill(main, noSite());
  else view.show({ main, site, rest, gone: leaving.signal, link: (path) => `#/${encodeURIComponent(site.id)}/${path}` });
  const heading = main.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  if (focus) heading?.focus({ preventScroll: true });
  scrollTo(0, 0);
};

const noSite = () =>
  h("section", { class: "empty" }, icon("M4 7h16v12H4zM4 11h16"), h("h1", {}, "No site yet"),
    h("p", {}, "Add a site with its origins to the server’s settings file, and start the server again."));

const start = async () => {
  if (!api.isSignedIn()) return showSignIn();
  try {
    sites = await api.sites();
  } catch (error) {
    return showSignIn(error instanceof api.ApiError && error.status !== 401 ? error.message : undefined);
  }
  show({ focus: false });
};

api.whenSignedOut(() => {
  api.signOut();
  showSignIn("The server no longer takes the token. Sign in again.");
});
addEventListener("hashchange", () => api.isSignedIn() && show());
start();
