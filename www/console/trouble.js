// What a view shows when the server refuses or does not answer.

import { ApiError } from "./api.js";
import { h, icon } from "./dom.js";

/** @param {unknown} error @param {() => void} again */
export const trouble = (error, again) =>
  h("section", { class: "empty", role: "alert" }, icon("M12 8v5m0 3v.5M12 3 2 20h20z"),
    h("h2", {}, "This could not be loaded"),
    h("p", {}, error instanceof ApiError ? error.message : "Something failed here. Reload the page and try again."),
    h("button", { type: "button", class: "button", onclick: again }, "Try again"));

/**
 * Repeats something while the page is visible and the view is shown; at once when the page comes back.
 * @param {number} every ms @param {AbortSignal} gone @param {() => void} act
 */
export const repeat = (every, gone, act) => {
  const timer = setInterval(() => document.hidden || act(), every);
  gone.addEventListener("abort", () => clearInterval(timer));
  document.addEventListener("visibilitychange", () => document.hidden || act(), { signal: gone });
};
