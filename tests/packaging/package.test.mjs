// The npm package as others meet it: importing does nothing, and the folder for the script tag is whole.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { serveFolder } from "../e2e/lib/site.mjs";
import { openChromium } from "./lib/chromium.mjs";
import { ROOT, pack } from "./lib/packed.mjs";
import { temporaryFolder } from "../e2e/lib/processes.mjs";

const PKG = new URL("../../pkg/", import.meta.url);
const DIST = new URL("dist/softbell/", PKG);
const ENTRY = new URL("index.js", PKG);
const names = readdirSync(DIST);
/** The mark of the build, which stands for itself in no list. */
const marked = (/** @type {string[]} */ names) => names.map((name) => name.replace(/-[0-9a-f]{10}\./, "-MARK.")).sort();

const KIT = ["client-MARK.js", "client-MARK.wasm", "client.js", "later-MARK.js", "loader.js", "sw.js", "texts-MARK.json", "widgets-MARK.js", "widgets-MARK.wasm"];

test("J1: importing the package in Node does nothing", () => {
  const script = `
    const before = Object.keys(globalThis).join();
    const { init } = await import(${JSON.stringify(ENTRY.href)});
    if (typeof init !== "function") throw new Error("no init");
    if (Object.keys(globalThis).join() !== before) throw new Error("the import left something behind");`;
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  assert.equal(out, "");
});

test("J1: requiring the package works in Node where ES modules can be required, and else says so", () => {
  const script = `
    const before = Object.keys(globalThis).join();
    const { init } = require(${JSON.stringify(ENTRY.pathname)});
    process.stdout.write(typeof init + (Object.keys(globalThis).join() === before));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=commonjs", "--eval", script], { encoding: "utf8" });
  if (process.features.require_module) assert.equal(stdout, "functiontrue");
  else assert.match(stderr, /ERR_REQUIRE_ESM/);
});

test("J1: importing the package in a browser does nothing until init()", async (t) => {
  const { origin, close } = await serveFolder(`${ROOT}pkg`);
  t.after(close);
  const page = await (await openChromium(t)).newPage();
  await page.goto(`${origin}/package.json`); // any page of this origin
  /** @type {string[]} */
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname.replace(/-[0-9a-f]{10}\./, "-MARK.")));
  const changes = await page.evaluate(async (url) => {
    const look = async () => JSON.stringify([
      Object.keys(window), { ...localStorage }, await indexedDB.databases(), (await navigator.serviceWorker.getRegistrations()).length,
      document.documentElement.outerHTML, Notification.permission,
    ]);
    const before = await look();
    const { init } = await import(url);
    return [typeof init, (await look()) === before];
  }, `${origin}/index.js`);
  assert.deepEqual(changes, ["function", true]);
  assert.deepEqual(requests.filter((path) => path !== "/favicon.ico"), ["/index.js", "/dist/softbell/client.js", "/dist/softbell/client-MARK.js"]);
});

test("every file that the loader and the client name is there", () => {
  for (const entry of names.filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(new URL(entry, DIST), "utf8");
    for (const [named] of text.matchAll(/(client|later|texts|widgets)-[0-9a-f]{10}\.(json|js|wasm)/g)) assert.ok(names.includes(named), `${entry} names ${named}`);
  }
});

test("J7: nothing evaluates text as code", () => {
  for (const entry of names.filter((name) => name.endsWith(".js")))
    assert.doesNotMatch(readFileSync(new URL(entry, DIST), "utf8"), /\beval\(|new Function\(|innerHTML/, entry);
});

test("the tarball holds exactly what the README names", () => {
  const folder = temporaryFolder("pack");
  const { files } = pack(folder.path);
  folder.remove();
  const around = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "index.d.ts", "index.js", "package.json"];
  assert.deepEqual(marked(files), [...around, ...KIT.map((name) => `dist/softbell/${name}`)].sort());
});

test("package.json says what the package is", () => {
  const { name, version, license, type, sideEffects, types, exports, dependencies, scripts } = JSON.parse(readFileSync(new URL("package.json", PKG), "utf8"));
  const [, cargo] = readFileSync(`${ROOT}Cargo.toml`, "utf8").match(/^\[workspace\.package\][^[]*?^version = "(.*)"$/m) ?? [];
  assert.deepEqual({ name, version, license, type, sideEffects, types }, {
    name: "softbell", version: cargo, license: "MIT OR Apache-2.0", type: "module", sideEffects: false, types: "./index.d.ts",
  });
  assert.deepEqual(exports["."], { types: "./index.d.ts", default: "./index.js" });
  // Nothing else comes along, and nothing runs at the installation.
  assert.deepEqual([dependencies, scripts], [undefined, undefined]);
});

test("types, module and files are found under the names that a site imports", () => {
  const folder = temporaryFolder("resolve");
  const { path } = pack(folder.path);
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "--prefix", folder.path, path], { stdio: "ignore" });
  const script = 'for (const name of ["softbell", "softbell/softbell/sw.js", "softbell/package.json"]) console.log(import.meta.resolve(name).split("node_modules/")[1])';
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: folder.path, encoding: "utf8" });
  folder.remove();
  assert.equal(out, "softbell/index.js\nsoftbell/dist/softbell/sw.js\nsoftbell/package.json\n");
});
