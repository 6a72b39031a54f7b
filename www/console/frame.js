// What stands around every view: brand, navigation, the choice of the site, sign out.

import { h, icon } from "./dom.js";

/**
 * @param {object} options
 * @param {import("./main.js").View[]} options.views
 * @param {import("./main.js").View} options.view
 * @param {import("./api.js").Site | undefined} options.site
 * @param {import("./api.js").Site[]} options.sites
 * @param {HTMLElement} options.main
 * @param {() => void} options.signOut
 * @param {(id: string) => void} options.choose
 */
export const frame = ({ views, view, site, sites, main, signOut, choose }) => {
  const links = views.map(({ id, name, path }) =>
    h("a", { href: `#/${encodeURIComponent(site?.id ?? "")}/${id}`, "aria-current": id === view.id && "page" }, icon(path), h("span", {}, name)));
  return [
    h("a", { class: "skip", href: "#main", onclick: skip(main) }, "Skip to the content"),
    h("header", { class: "top" },
      h("div", { class: "brand" }, icon("M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6zM9.5 20a2.5 2.5 0 0 0 5 0", "logo"), h("span", {}, "Softbell")),
      sitePicker(site, sites, choose),
      h("nav", { "aria-label": "Console" }, links),
      h("button", { type: "button", class: "quiet sign-out", onclick: signOut }, icon("M10 4H5v16h5M9 12h11m-4-4 4 4-4 4"), h("span", {}, "Sign out"))),
    main,
  ];
};

/** The address is the router's, so the link moves the focus itself. @param {HTMLElement} main */
const skip = (main) => (/** @type {Event} */ event) => {
  event.preventDefault();
  main.focus();
};

/** @param {import("./api.js").Site | undefined} site @param {import("./api.js").Site[]} sites @param {(id: string) => void} choose */
const sitePicker = (site, sites, choose) => {
  if (!site) return null;
  if (sites.length === 1) return h("p", { class: "site" }, h("span", { class: "site-name" }, site.id), h("span", { class: "site-host" }, host(site)));
  const select = h("select", { id: "site", onchange: () => choose(select.value) }, sites.map(({ id }) => h("option", { value: id, selected: id === site.id }, id)));
  return h("div", { class: "site" }, h("label", { for: "site", class: "unseen" }, "Site"), select, h("span", { class: "site-host" }, host(site)));
};

/** @param {import("./api.js").Site} site */
const host = ({ origins }) => (origins[0] ? new URL(origins[0]).host : "");
