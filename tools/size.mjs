// What the kit weighs, brotli 11, each file alone, against the bars that must hold; exits non-zero above a bar.

import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { bundleWorker, FORMATS } from "./bundle.mjs";

const DIST = new URL("../pkg/dist/softbell/", import.meta.url);
const names = readdirSync(DIST);

/** @param {RegExp} pattern */
const weigh = (pattern) => {
  const found = names.filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`${pattern} is ${found.length} files, not one: ${found}`);
  return brotli(readFileSync(new URL(String(found[0]), DIST)));
};

/** @param {Buffer} content */
const brotli = (content) =>
  brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }).length;

/** The worker with the messages of these senders; its mark is of no other length in the kit. @param {string[]} formats */
const worker = async (...formats) => brotli(Buffer.from(await bundleWorker("0123456789", formats)));

const loader = weigh(/^loader\.js$/);
const glue = weigh(/^client-.*\.js$/);
const wasm = weigh(/^client-.*\.wasm$/);
const later = weigh(/^later-.*\.js$/);

const core = await worker();
const added = await Promise.all(FORMATS.map(async (name) => /** @type {const} */ ([name, (await worker(name)) - core])));
const dearest = Math.max(...added.map(([, bytes]) => bytes));

/** What, bytes, bar (docs/size.md says where the bars come from), what it is made of. @type {[string, number, number, string][]} */
const rows = [
  ["a page view on which nothing can happen", loader, 1_200, "loader"],
  ["all bytes before the popup can show", loader + glue + wasm, 18_000, `loader ${loader}, glue, shell and CSS ${glue}, wasm ${wasm}`],
  ["service worker, without other senders' formats", core, 5_000, `sw; ${weigh(/^sw\.js$/)} as built`],
  ["the dearest format of another sender, on top", dearest, 300, added.map(([name, bytes]) => `${name} ${bytes}`).join(", ")],
  ["widgets module", weigh(/^widgets-.*\.js$/) + weigh(/^widgets-.*\.wasm$/), 36_000, "glue and wasm"],
];

// The README's first sentence must not promise another size.
const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").replace(/\s+/g, " ");
const promise = `${kB(loader)} on a page view on which nothing can happen, ${kB(loader + glue + wasm)} before the popup`;
const kept = readme.includes(promise);
if (!kept) console.log(`README.md does not say "${promise}"`);

for (const [what, bytes, bar, parts] of rows)
  console.log(`${bytes <= bar ? "ok  " : "OVER"} ${String(bytes).padStart(6)} of ${String(bar).padStart(6)} bytes  ${what} (${parts})`);
console.log(`     ${String(later).padStart(6)} bytes more, once the popup shows (outbox, worker, push service)`);
process.exitCode = kept && rows.every(([, bytes, bar]) => bytes <= bar) ? 0 : 1;
