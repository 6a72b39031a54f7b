// One tab: the whole client, its shell from source and its logic as it is built, with globals of its own.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { build } from "esbuild";
import { listenersOf, pageOf } from "./page.mjs";

/**
 * @typedef {import("./browser.mjs").Browser} Browser
 * @typedef {import("../../../pkg/index.js").Softbell} Softbell
 * @typedef {import("../../../pkg/index.js").Config} Config
 */

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Compiled once: a module that takes its time would be time that no task stands for. */
const module = new WebAssembly.Module(readFileSync(`${ROOT}build/client/module.wasm`));
const webAssembly = { instantiate: async () => ({ instance: new WebAssembly.Instance(module) }) };

const { outputFiles } = await build({
  stdin: { contents: 'export { init } from "./src/shell/index.js";', resolveDir: ROOT },
  bundle: true, write: false, format: "iife", globalName: "kit", target: "es2022", loader: { ".css": "text" }, tsconfigRaw: "{}",
  external: ["*/widgets/index.js"],
  define: {
    __WASM__: '"client.wasm"', __TEXTS__: '"texts.json"', __WORKER__: '"worker"', "import.meta.url": '"https://shop.example/softbell/client.js"',
  },
});
const NAMES = /** @type {const} */ ([
  "globalThis", "window", "document", "navigator", "location", "history", "localStorage", "indexedDB", "fetch", "crypto", "console", "Notification",
  "addEventListener", "setTimeout", "clearTimeout", "isSecureContext", "matchMedia", "MessageChannel", "CSSStyleSheet", "HTMLElement", "WebAssembly",
]);
const load = compileFunction(`${outputFiles[0]?.text} return kit.init;`, [...NAMES]);

/**
 * @typedef {object} Tab
 * @property {Softbell} softbell @property {(more?: Partial<Config>) => Softbell} init as the page calls it
 * @property {string[]} errors what the developer is told @property {Set<object>} drawn what the page shows of ours
 * @property {any[]} connections to the database @property {boolean} isAwake neither frozen nor left
 * @property {(work: () => void) => void} task runs it as the page: when it is back, where it is frozen; never, where it was left
 * @property {<T>(work: () => Promise<T>) => Promise<T>} ask has the browser do it
 * @property {(name: string, members?: object) => void} fire an event of the window
 * @property {boolean} isPrerendering nobody has looked at it yet @property {() => void} activate somebody does
 * @property {ReturnType<typeof listenersOf>} seen what listens to the document @property {number} modules that were fetched
 * @property {() => void} freeze into the back-forward cache @property {() => void} thaw out of it @property {() => void} leave for another page
 */

/** @param {Browser} browser @param {Partial<Config>} [config] @param {boolean} [isPrerendering] @returns {Tab} */
export const openTab = (browser, config, isPrerendering = false) => {
  const events = listenersOf();
  /** What the page would do, while it is frozen. @type {(() => void)[]} */
  const frozen = [];
  /** @type {"awake" | "frozen" | "left"} */
  let life = "awake";

  /** @type {Tab} */
  const tab = {
    connections: [], errors: [], drawn: new Set(), isPrerendering, seen: listenersOf(), modules: 0,
    get isAwake() {
      return life === "awake";
    },
    task: (work) => browser.tasks.run(() => {
      if (life === "awake") work();
      else frozen.push(work);
    }),
    ask: (work) =>
      new Promise((resolve, reject) => {
        browser.tasks.turn().then(work).then((value) => tab.task(() => resolve(value)), (error) => tab.task(() => reject(error)));
      }),
    fire: events.fire,
    activate: () => {
      tab.isPrerendering = false;
      tab.seen.fire("prerenderingchange");
    },
    freeze: () => {
      tab.fire("pagehide", { persisted: true });
      life = "frozen";
    },
    thaw: () => {
      life = "awake";
      tab.fire("pageshow", { persisted: true });
      frozen.splice(0).forEach(tab.task);
    },
    leave: () => {
      tab.fire("pagehide", { persisted: false });
      life = "left";
    },
    softbell: /** @type {Softbell} */ ({}),
    init: (more) => (tab.softbell = init({ site: "shop", server: "https://push.example", ...config, ...more })),
  };

  /** @type {Record<string, unknown>} */
  const page = pageOf(browser, tab, events.add);
  Object.assign(page, { globalThis: page, window: page, top: page, WebAssembly: webAssembly });
  const init = load(...NAMES.map((name) => page[name]));
  tab.init();
  return tab;
};
