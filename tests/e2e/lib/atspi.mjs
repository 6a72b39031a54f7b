// Speaks to atspi.py: the list of a browser's own windows and the press of a button in one of them.

import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { start } from "./processes.mjs";
import { within } from "./until.mjs";

const PYTHON = "/usr/bin/python3"; // Debian's own: the Atspi bindings are a system package
const SCRIPT = fileURLToPath(new URL("./atspi.py", import.meta.url));

/**
 * @typedef {object} NativeWindow
 * @property {string} role
 * @property {string} name
 */

/** @param {Record<string, string>} env with DISPLAY and the private session bus */
export function startAtspi(env) {
  const python = start(PYTHON, ["-W", "ignore", SCRIPT], { env });
  const ask = dialogue(python);
  return {
    /** @returns {Promise<NativeWindow[]>} */
    windows: async () => (await ask({ do: "windows" })).windows,
    /**
     * @param {string} window a part of the window's name
     * @param {string} button its accessible name
     * @returns {Promise<boolean>} false when there is no such button
     */
    press: async (window, button) => (await ask({ do: "press", window, button })).pressed,
    close: python.stop,
  };
}

/** @param {import("./processes.mjs").Helper} python */
function dialogue({ child: { stdin, stdout }, output }) {
  if (!stdin || !stdout) throw new Error("the accessibility helper has no pipes");
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  /** @type {Promise<unknown>} one command at a time: answers carry no number */
  let queue = Promise.resolve();
  return (/** @type {object} */ command) => {
    const answer = queue.then(async () => {
      stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await within("the accessibility helper", answers.next());
      if (done) throw new Error(`the accessibility helper ended: ${output.join("\n")}`);
      const facts = JSON.parse(value);
      if (facts.error) throw new Error(facts.error);
      return facts;
    });
    queue = answer.catch(() => {});
    return answer;
  };
}
