// The npm package as others meet it: importing does nothing, and the folder for the script tag is whole.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PKG = new URL("../../pkg/", import.meta.url);
const DIST = new URL("dist/softbell/", PKG);
const names = readdirSync(DIST);

test("j1 importing the package in Node does nothing", () => {
  const script = `
    const before = Object.keys(globalThis).join();
    const { init } = await import(${JSON.stringify(new URL("index.js", PKG).href)});
    if (typeof init !== "function") throw new Error("no init");
    if (Object.keys(globalThis).join() !== before) throw new Error("the import left something behind");`;
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  assert.equal(out, "");
});

test("every file that the loader and the client name is there", () => {
  for (const entry of names.filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(new URL(entry, DIST), "utf8");
    for (const [named] of text.matchAll(/(client|later|texts|widgets)-[0-9a-f]{10}\.(json|js|wasm)/g)) assert.ok(names.includes(named), `${entry} names ${named}`);
  }
});

test("one client module, one loader, one worker with a fixed name", () => {
  const count = (/** @type {RegExp} */ pattern) => names.filter((name) => pattern.test(name)).length;
  assert.deepEqual([count(/^client-.*\.wasm$/), count(/^loader\.js$/), count(/^sw\.js$/)], [1, 1, 1]);
});

test("j7 nothing evaluates text as code", () => {
  for (const entry of names.filter((name) => name.endsWith(".js")))
    assert.doesNotMatch(readFileSync(new URL(entry, DIST), "utf8"), /\beval\(|new Function\(|innerHTML/, entry);
});

test("the tarball holds what the exports promise and nothing else", () => {
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: fileURLToPath(PKG), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  const packed = files.map((/** @type {{path: string}} */ { path }) => path);
  const expected = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "index.d.ts", "index.js", "package.json", ...names.map((name) => `dist/softbell/${name}`)];
  assert.deepEqual(packed.sort(), expected.sort());
});
