// The fuzzer: node tests/sw/fuzz.mjs [source | built | bare]. Tries the worker's own source files, the worker as it is built
// (its names are mangled), or one that reads no other senders' formats. FUZZ_CASES says how many cases; FUZZ_SEED and
// FUZZ_PATH play one again.
//
// A program, not a test: node's test runner follows every promise, which makes these runs four times as long.

import { inspect } from "node:util";
import vm from "node:vm";
import fc from "fast-check";
import { bundleWorker, FORMATS } from "../../tools/bundle.mjs";
import { cases } from "./fuzz_cases.mjs";
import { openRun } from "./fuzz_run.mjs";
import { openWorld } from "./fuzz_world.mjs";

const { FUZZ_CASES = 20_000, FUZZ_SEED = Date.now() % 2 ** 31, FUZZ_PATH } = process.env;
const seed = Number(FUZZ_SEED);
const which = process.argv[2] ?? "source";

/** A world with the worker in it. */
const inhabited = async () => {
  if (which === "source") {
    const world = openWorld(globalThis);
    // A variable, because the worker's types are those of another global.
    const source = "../../sw/index.js";
    await import(source);
    return world;
  }
  const code = await bundleWorker("build", which === "bare" ? [] : FORMATS);
  // A global of its own, with what node's and a worker's global share.
  const scope = vm.createContext({ URL, TextEncoder, DOMException, btoa });
  const world = openWorld(scope);
  vm.runInContext(code, scope, { filename: "sw.js" });
  return world;
};

/** What went wrong, and where: the search itself makes no stacks, which would take a third of its time. @param {any} one */
const replayed = (one) => {
  Error.stackTraceLimit = 30;
  return run(one).then(() => "not again, when it was played alone", (error) => error.stack);
};

const world = await inhabited();
process.on("unhandledRejection", (error) => void world.seen.faults.push(error));
const run = openRun(world);
const began = performance.now();
let count = 0;
const property = fc.asyncProperty(cases, (one) => {
  count += 1;
  return run(one);
});
Error.stackTraceLimit = 0;
const { failed, counterexample, counterexamplePath, numRuns } = await fc.check(property, { numRuns: Number(FUZZ_CASES), seed, ...(FUZZ_PATH && { path: FUZZ_PATH }) });
const seconds = (performance.now() - began) / 1000;
console.log(`fuzz: ${count} cases against ${which}, seed ${seed}, ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second`);
if (failed) {
  const [one] = counterexample ?? [];
  console.log(`case ${numRuns}: ${await replayed(one)}\n\n${inspect(one, { depth: 12, breakLength: 160, maxStringLength: 300 })}`);
  console.log(`\nagain: FUZZ_SEED=${seed} FUZZ_PATH=${counterexamplePath} node tests/sw/fuzz.mjs ${which}`);
  process.exitCode = 1;
}
