// Bundles one file of JavaScript and all that it imports; and the worker, with the senders it can read.

import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {string} entry @param {"esm" | "iife"} format @param {Record<string, string>} names what the build knows
 * @param {Record<string, string>} [chunks] what the entry imports when it needs it: the end of its path, its file
 * @param {string[]} [formats] whose messages a worker can read
 */
export const bundle = async (entry, format, names, chunks = {}, formats = FORMATS) => {
  const define = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, JSON.stringify(value)]));
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}${entry}`], bundle: true, minify: true, write: false, format, define,
    // Safari 16.4 is the first with push on iOS; nothing older can use the kit.
    target: ["es2022", "safari16.4"], loader: { ".css": "text" }, plugins: [minifiedCss, chunk(chunks), only(formats)], legalComments: "none",
    // `strict` in our tsconfig.json is about types, but makes esbuild write "use strict" into classic scripts: 11 bytes of the loader.
    tsconfigRaw: "{}",
  });
  return smaller(String(outputFiles[0]?.text), format === "esm", entry === WORKER && { properties: { regex: PRIVATE, builtins: true } });
};

const WORKER = "sw/index.js";

/**
 * Names of members that the worker keeps to itself: never stored, sent, or read by a page. Worth 70 bytes of it.
 */
const PRIVATE = /^(batchBytes|batchReports|maxReports|maxBytes|goesFirst|neverGoes|changeDevice|settle|take|look|run|drops|reports|understood|ours|heed|acknowledged|renew|entered|device|batch|left|wait|answer|flush|entries|pending)$/;

/**
 * What esbuild leaves: functions used once are put where they are used, names are dealt out by how often they occur
 * (docs/size.md). No option here assumes more than the language promises.
 * @param {string} code @param {boolean} module @param {false | import("terser").MangleOptions} mangle beyond variables
 */
const smaller = async (code, module, mangle) => {
  const result = await minify(code, { ecma: 2020, module, toplevel: true, mangle: mangle || {}, compress: { passes: 3, inline: 1, lhs_constants: false }, format: { comments: false } });
  return `${result.code}\n`;
};

/** CSS as text, minified by the same tool. @type {import("esbuild").Plugin} */
const minifiedCss = {
  name: "minified-css",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], minify: true, write: false, target: ["safari16.4"] });
      return { contents: outputFiles[0]?.text.trim(), loader: "text" };
    });
  },
};

/** Leaves the imports of other chunks in place, under their hashed names. @param {Record<string, string>} chunks @returns {import("esbuild").Plugin} */
const chunk = (chunks) => ({
  name: "chunk",
  setup(plugin) {
    for (const [ending, file] of Object.entries(chunks))
      plugin.onResolve({ filter: RegExp(`/${ending.replaceAll(".", "\\.")}$`) }, () => ({ path: `./${file}`, external: true }));
  },
});

/** Senders that the worker can read, one file each. */
export const FORMATS = readdirSync(`${ROOT}sw/formats`).sort().map((file) => file.replace(".js", "")).filter((name) => !["index", "list"].includes(name));

/** Formats that are left out know nothing, and then cost nothing. @param {string[]} formats @returns {import("esbuild").Plugin} */
const only = (formats) => ({
  name: "formats",
  setup(plugin) {
    plugin.onLoad({ filter: RegExp(`/sw/formats/(${FORMATS.join("|")})\\.js$`) }, ({ path }) => {
      const name = basename(path, ".js");
      return formats.includes(name) ? undefined : { contents: `export const ${name} = () => {};` };
    });
  },
});

/** @param {string} build the mark it answers with @param {string[]} formats */
export const bundleWorker = (build, formats) => {
  const unknown = formats.filter((name) => !FORMATS.includes(name));
  if (unknown.length) throw new Error(`SOFTBELL_FORMATS names "${unknown}", which is none; there are: ${FORMATS}`);
  return bundle(WORKER, "iife", { __BUILD__: build }, {}, formats);
};
