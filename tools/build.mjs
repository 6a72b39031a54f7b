// Builds the kit: two wasm modules, the client, the loader and the worker, into pkg/dist/softbell/. And the console.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";
import { build } from "esbuild";
import { buildConsole } from "./console.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = `${ROOT}pkg/dist/softbell`;

/** What Rust's wasm32-unknown-unknown target uses, here and in `snip`; all features make wasm that browsers refuse. */
const WASM_FEATURES = [
  "bulk-memory", "bulk-memory-opt", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext",
];

/** @param {string} program @param {string[]} args */
const run = (program, args) => {
  console.log(`  ${program} ${args.join(" ").replaceAll(ROOT, "")}`);
  execFileSync(program, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
};

/**
 * A panic is a trap, so its text is never seen; but the compiler cannot know, and keeps the whole of `core::fmt` for it.
 * Functions that only lead to a panic become the trap itself: 0.5 kB less (docs/size.md).
 */
const PANICS = /\bcore(\[\w+\])?::panicking::|(unwrap|expect)_failed|slice_error_fail|handle_alloc_error|raw_vec::handle_error/;
/** The client formats nothing at all, and so counts no letters for padding either: only panics lead here. */
const PANICS_AND_TEXTS = RegExp(`${PANICS.source}|::fmt::|::fmt$|count::do_count`);
/** serde's errors can quote a number with decimals, which nobody reads and which takes 6 kB: it is quoted as nothing. */
const FLOATS_TO_TEXT = /^<f(32|64) as [^>]*::fmt::\w+>::fmt/;

/** @param {Uint8Array} wasm with its name section @param {RegExp} unseen names of the functions that become a trap */
const snip = (wasm, unseen) => {
  const module = binaryen.readBinary(wasm);
  const { BulkMemory, BulkMemoryOpt, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features;
  module.setFeatures(BulkMemory | BulkMemoryOpt | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt);
  /** Missing in its types. @type {(found: number, body: number) => void} */
  const setBody = /** @type {any} */ (binaryen).Function.setBody;
  for (let at = 0; at < module.getNumFunctions(); at++) {
    const found = module.getFunctionByIndex(at);
    const { name } = binaryen.getFunctionInfo(found);
    if (unseen.test(name)) setBody(found, module.unreachable());
    else if (FLOATS_TO_TEXT.test(name)) setBody(found, module.i32.const(0)); // Ok(())
  }
  return module.emitBinary();
};

/**
 * Compiles one crate to `build/{name}/softbell.js` and an optimised module.
 * @param {string} crate @param {string} name @param {RegExp} unseen what `snip` takes out
 */
const module = (crate, name, unseen) => {
  const dir = `${ROOT}build/${name}`;
  const file = crate.replaceAll("-", "_");
  run("cargo", ["build", "--quiet", "--package", crate, "--lib", "--profile", "web", "--target", "wasm32-unknown-unknown"]);
  const target = process.env.CARGO_TARGET_DIR ?? `${ROOT}target`;
  run("wasm-bindgen", [
    `${target}/wasm32-unknown-unknown/web/${file}.wasm`, "--target", "web", "--omit-default-module-path",
    "--out-dir", dir, "--out-name", "softbell",
  ]);
  writeFileSync(`${dir}/snipped.wasm`, snip(readFileSync(`${dir}/softbell_bg.wasm`), unseen));
  const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
  run(`${ROOT}node_modules/.bin/wasm-opt`, [
    "-Oz", "--converge", "--strip-debug", "--strip-producers", "--strip-target-features", ...features,
    `${dir}/snipped.wasm`, "-o", `${dir}/module.wasm`,
  ]);
  return readFileSync(`${dir}/module.wasm`);
};

/**
 * @param {string} entry @param {"esm" | "iife"} format @param {Record<string, string>} names what the build knows
 * @param {Record<string, string>} [chunks] what the entry imports when it needs it: the end of its path, its file
 */
const bundle = async (entry, format, names, chunks = {}) => {
  const define = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, JSON.stringify(value)]));
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}${entry}`], bundle: true, minify: true, write: false, format, define,
    // Safari 16.4 is the first with push on iOS; nothing older can use the kit.
    target: ["es2022", "safari16.4"], loader: { ".css": "text" }, plugins: [minifiedCss, chunk(chunks)], legalComments: "none",
  });
  return String(outputFiles[0]?.text);
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

/** Stands for the mark of this build until everything is built: it is in names and in texts alike. */
const MARK = "@mark@";
/** @type {Map<string, string | Buffer>} */
const files = new Map();

/** @param {string} stem @param {string} ending @param {string | Buffer} content */
const put = (stem, ending, content) => files.set(`${stem}-${MARK}.${ending}`, content);

/** Its own mark, so that a new page with an old worker in it does not ask for a new one. */
const worker = createHash("sha256").update(await bundle("sw/index.js", "iife", { __BUILD__: "" })).digest("hex").slice(0, 10);
const names = { __WORKER__: worker, __WASM__: `client-${MARK}.wasm`, __TEXTS__: `texts-${MARK}.json`, __BUILD__: MARK };
const chunks = { "later.js": `later-${MARK}.js`, "widgets/index.js": `widgets-${MARK}.js` };

put("client", "wasm", module("softbell", "client", PANICS_AND_TEXTS));
put("widgets", "wasm", module("softbell-widgets", "widgets", PANICS));
put("widgets", "js", await bundle("widgets/index.js", "esm", { __WASM__: `widgets-${MARK}.wasm` }));
put("texts", "json", JSON.stringify(JSON.parse(readFileSync(`${ROOT}src/view/texts.json`, "utf8"))));
put("later", "js", await bundle("src/shell/later.js", "esm", names));
put("client", "js", await bundle("src/shell/index.js", "esm", names, chunks));
// Fixed names: what the npm entry imports (one line), what a website pastes, and the worker.
files.set("client.js", `export { init } from "./client-${MARK}.js";\n`);
files.set("loader.js", await bundle("www/loader.js", "iife", names));
files.set("sw.js", await bundle("sw/index.js", "iife", { __BUILD__: worker }));

const sum = createHash("sha256");
for (const [name, content] of files) sum.update(name).update(content);
const mark = sum.digest("hex").slice(0, 10);

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [name, content] of files)
  writeFileSync(`${OUT}/${name.replace(MARK, mark)}`, typeof content === "string" ? content.replaceAll(MARK, mark) : content);
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(`${ROOT}${licence}`, `${ROOT}pkg/${licence}`);
console.log(`  pkg/dist/softbell: build ${mark}, ${files.size} files`);
await buildConsole();
