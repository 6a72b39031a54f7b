// docs/complaints.md names tests; a name that no file has any more would say nothing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "./lib/packed.mjs";

/** @type {string[][]} */
const rows = readFileSync(`${ROOT}docs/complaints.md`, "utf8").split("\n").filter((line) => /^\| *\d/.test(line)).map((line) => line.split(" | "));

test("every complaint of the list is answered by tests that exist, or by a reason", () => {
  assert.deepEqual(rows.map(([number]) => Number(number?.slice(1))), Array.from(rows, (_, at) => at + 1));
  for (const [number, , issues = "", answer = ""] of rows) {
    assert.match(issues, /[\w.-]+\/[\w.-]+#\d|^No issue/, `complaint ${Number(number?.slice(1))}: which issue?`);
    const named = [...answer.matchAll(/`(tests\/[^`]+)`: "([^"]+)"/g)];
    assert.ok(named.length || answer.startsWith("Not ours: "), `complaint ${Number(number?.slice(1))}: neither a test nor a reason`);
    for (const [, file, name] of named) {
      const source = readFileSync(`${ROOT}${file}`, "utf8");
      const defined = [`test("${name}"`, `test(\`${name}\``, `test(\`\${name}: ${name}\``, `fn ${name}(`];
      assert.ok(defined.some((words) => source.includes(words)), `complaint ${Number(number?.slice(1))}: ${file} has no test "${name}"`);
    }
  }
});
