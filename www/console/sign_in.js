// The sign-in page: the admin token is typed once per tab.

import { ApiError } from "./api.js";
import { fill, h, icon, set } from "./dom.js";

/** @param {string | undefined} said @param {(secret: string) => Promise<void>} enter rejects with an ApiError */
export const signInForm = (said, enter) => {
  const error = h("p", { id: "sign-in-error", class: "field-error", role: "alert" }, said);
  const input = h("input", {
    id: "token", type: "password", name: "token", autocomplete: "current-password", required: true, spellcheck: "false",
    autocapitalize: "off", "aria-describedby": "token-hint sign-in-error",
  });
  const button = h("button", { type: "submit", class: "button" }, "Sign in");
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    set(button, { disabled: true });
    fill(error);
    try {
      await enter(input.value.trim());
    } catch (problem) {
      fill(error, sentence(problem));
      set(input, { "aria-invalid": "true" });
      set(button, { disabled: false });
      input.select();
      input.focus();
    }
  };
  return h("main", { class: "sign-in" },
    h("form", { class: "card", onsubmit: submit },
      h("div", { class: "brand" }, icon("M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6zM9.5 20a2.5 2.5 0 0 0 5 0", "logo"), "Softbell"),
      h("h1", {}, "Sign in to the console"),
      // Password managers file a password under a name.
      h("input", { type: "text", name: "username", autocomplete: "username", value: "admin", hidden: true }),
      h("div", { class: "field" },
        h("label", { for: "token" }, "Admin token"), input, error,
        h("p", { id: "token-hint", class: "hint" }, "It is ", h("code", {}, "admin_secret"), " in ", h("code", {}, "secrets.toml"),
          ", in the server’s data folder. This tab forgets it when you sign out or close it.")),
      button));
};

/** @param {unknown} problem */
const sentence = (problem) => {
  if (!(problem instanceof ApiError)) return "Something failed here. Reload the page and try again.";
  return problem.status === 401 ? "This is not the admin token of this server. Copy admin_secret from secrets.toml." : problem.message;
};
