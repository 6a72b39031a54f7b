// Any payload, any press, any word of a page, in any weather: what the worker owes the browser and the visitor
// (fuzz_rules.mjs). fuzz.mjs does the work; a failure says there how to play it again.

import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { LIMITED } from "../e2e/lib/processes.mjs";

const PROGRAM = fileURLToPath(new URL("fuzz.mjs", import.meta.url));

/** @param {string} which worker @param {number} cases */
const fuzz = (which, cases) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, which], { ...LIMITED, encoding: "utf8", env: { ...process.env, FUZZ_CASES: String(cases) } });
  console.log(stdout.split("\n")[0]);
  assert.equal(status, 0, stdout + stderr);
};

test("C6: 20 000 cases of pushes, presses and messages against the real handlers", () => fuzz("source", 20_000));
test("C6: 3 000 cases against the worker as it is built", () => fuzz("built", 3_000));
test("C6, J9: 3 000 cases against a build that reads no other senders", () => fuzz("bare", 3_000));
