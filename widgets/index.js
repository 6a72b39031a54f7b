// The widgets: fetches the second wasm module once, at first use, and hands it the public API.

import initWasm, { openPreferences as open } from "../build/widgets/softbell.js";

/** @type {Promise<unknown> | undefined} */
let loaded;

/**
 * Opens the manage panel.
 * @param {import("../pkg/index.js").Softbell} softbell
 * @param {import("../pkg/index.js").Config} config the panel follows its language and theme
 */
export const openPreferences = async (softbell, config) => {
  loaded ??= initWasm({ module_or_path: new URL(__WASM__, import.meta.url) });
  loaded.catch(() => (loaded = undefined)); // the network may be back at the next try
  await loaded;
  await open(softbell, config);
};
