// Asks once more, in a dialog of the browser's own kind.

import { h } from "./dom.js";

/** @param {string} question @param {string} note @param {string} yes @returns {Promise<boolean>} */
export const confirmed = (question, note, yes) =>
  new Promise((resolve) => {
    const dialog = h("dialog", { class: "card", "aria-labelledby": "question", "aria-describedby": "question-note" },
      h("h2", { id: "question" }, question), h("p", { id: "question-note", class: "hint" }, note),
      h("div", { class: "choices" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
        h("button", { type: "button", class: "button", onclick: () => dialog.close("yes") }, yes)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
