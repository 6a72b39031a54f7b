// Builds the kit: two wasm modules, the client, the loader and the worker, into pkg/dist/softbell/. And the console.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import binaryen from "binaryen";
import { bundle, bundleWorker, FORMATS } from "./bundle.mjs";
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

/**
 * What the shell calls (src/shell/module.js). The client's border is numbers, so nothing of wasm-bindgen's table of
 * objects is needed, nor what fills it.
 */
const CLIENT_EXPORTS = ["memory", "input", "dispatch", "output_length"];

/**
 * 4 kB of stack instead of 1 MB; the client uses a third of it (tests/shell/module.test.mjs). What comes after it in the
 * memory has shorter addresses, and the memory is one page. A stack that overflows is a trap all the same: it lies first.
 */
const CLIENT_STACK = ["-C", "link-arg=-zstack-size=4096"];

/**
 * @param {Uint8Array} wasm with its name section @param {RegExp} unseen names of the functions that become a trap
 * @param {string[]} [exports] the only ones to keep, where the glue is not used
 */
const snip = (wasm, unseen, exports) => {
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
  if (exports) {
    const names = Array.from(Array(module.getNumExports()), (_, at) => binaryen.getExportInfo(module.getExportByIndex(at)).name);
    names.filter((name) => !exports.includes(name)).forEach((name) => module.removeExport(name));
  }
  // The names stay until wasm-opt is through: they are how it orders functions of one size, the same in every build.
  binaryen.setDebugInfo(true);
  return module.emitBinary();
};

/**
 * Compiles one crate to `build/{name}/softbell.js` and an optimised module.
 * @param {string} crate @param {string} name @param {RegExp} unseen what `snip` takes out @param {string[]} [exports] @param {string[]} [link] for rustc
 */
const module = (crate, name, unseen, exports, link = []) => {
  const dir = `${ROOT}build/${name}`;
  const file = crate.replaceAll("-", "_");
  // Named here, `cdylib` is the only kind: where the `rlib` of the tests is made in the same run, functions that only the
  // library exports stay in, which costs 1 kB.
  run("cargo", [
    "rustc", "--quiet", "--package", crate, "--lib", "--crate-type", "cdylib", "--profile", "web", "--target", "wasm32-unknown-unknown",
    "--", ...link,
  ]);
  const target = process.env.CARGO_TARGET_DIR ?? `${ROOT}target`;
  run("wasm-bindgen", [
    `${target}/wasm32-unknown-unknown/web/${file}.wasm`, "--target", "web", "--omit-default-module-path",
    "--out-dir", dir, "--out-name", "softbell",
  ]);
  writeFileSync(`${dir}/snipped.wasm`, snip(readFileSync(`${dir}/softbell_bg.wasm`), unseen, exports));
  const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
  run(`${ROOT}node_modules/.bin/wasm-opt`, [
    // The first bytes of the memory are the far end of the stack (wasm-ld, `--stack-first`), and no value of ours is there.
    "-Oz", "--converge", "--low-memory-unused", "--reorder-functions", "--strip-debug", "--strip-producers", "--strip-target-features", ...features,
    `${dir}/snipped.wasm`, "-o", `${dir}/module.wasm`,
  ]);
  return readFileSync(`${dir}/module.wasm`);
};

/** Stands for the mark of this build until everything is built: it is in names and in texts alike. */
const MARK = "@mark@";
/** @type {Map<string, string | Buffer>} */
const files = new Map();

/** @param {string} stem @param {string} ending @param {string | Buffer} content */
const put = (stem, ending, content) => files.set(`${stem}-${MARK}.${ending}`, content);

/** Other senders' messages that the worker can read: all, or those that are named. */
const formats = process.env.SOFTBELL_FORMATS?.split(",").filter(Boolean) ?? FORMATS;
/** Its own mark, so that a new page with an old worker in it does not ask for a new one. */
const worker = createHash("sha256").update(await bundleWorker("", formats)).digest("hex").slice(0, 10);
const names = { __WORKER__: worker, __WASM__: `client-${MARK}.wasm`, __TEXTS__: `texts-${MARK}.json`, __BUILD__: MARK };
const chunks = { "later.js": `later-${MARK}.js`, "widgets/index.js": `widgets-${MARK}.js` };

put("client", "wasm", module("softbell", "client", PANICS_AND_TEXTS, CLIENT_EXPORTS, CLIENT_STACK));
put("widgets", "wasm", module("softbell-widgets", "widgets", PANICS));
put("widgets", "js", await bundle("widgets/index.js", "esm", { __WASM__: `widgets-${MARK}.wasm` }));
put("texts", "json", JSON.stringify(JSON.parse(readFileSync(`${ROOT}src/view/texts.json`, "utf8"))));
put("later", "js", await bundle("src/shell/later.js", "esm", names));
put("client", "js", await bundle("src/shell/index.js", "esm", names, chunks));
// Fixed names: what the npm entry imports (one line), what a website pastes, and the worker.
files.set("client.js", `export { init } from "./client-${MARK}.js";\n`);
files.set("loader.js", await bundle("www/loader.js", "iife", names));
files.set("sw.js", await bundleWorker(worker, formats));

/**
 * The build's mark, from everything in it. The loader names it three times, and some letters pack better beside its own
 * than others, by up to 15 of its 1 200 bytes: of 32 marks it gets the one that suits it best.
 */
const markOf = () => {
  const sum = createHash("sha256");
  for (const [name, content] of files) sum.update(name).update(content);
  const marks = Array.from({ length: 32 }, (_, at) => sum.copy().update(String(at)).digest("hex").slice(0, 10));
  const loader = String(files.get("loader.js"));
  const [best] = marks.map((mark) => ({ mark, bytes: brotliCompressSync(loader.replaceAll(MARK, mark)).length })).sort((one, other) => one.bytes - other.bytes);
  return String(best?.mark);
};
const mark = markOf();

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [name, content] of files)
  writeFileSync(`${OUT}/${name.replace(MARK, mark)}`, typeof content === "string" ? content.replaceAll(MARK, mark) : content);
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(`${ROOT}${licence}`, `${ROOT}pkg/${licence}`);
console.log(`  pkg/dist/softbell: build ${mark}, ${files.size} files`);
await buildConsole();
