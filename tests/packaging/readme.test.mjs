// The README word for word: its commands run and its snippets work as they stand. Only addresses and folders are others.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { binary } from "../e2e/lib/binary.mjs";
import { LIMITED, cleanEnvironment, start, temporaryFolder } from "../e2e/lib/processes.mjs";
import { serveFolder } from "../e2e/lib/site.mjs";
import { openChromium } from "./lib/chromium.mjs";
import { ROOT } from "./lib/packed.mjs";
import { serve } from "./lib/server.mjs";

const README = readFileSync(`${ROOT}README.md`, "utf8");
/** What is built before the tests run, and what only a person can look at. */
const BEFORE = /^(\.\/build\.sh|cargo build) .*$/gm;

/** The fenced blocks of a section. @param {string} heading @param {string} language @returns {string[]} */
const blocks = (heading, language) => {
  const [, section = ""] = README.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return [...own.matchAll(RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, block]) => String(block));
};

/** The package needs no other, so its installation needs no internet: npm would ask the registry for advice all the same. */
const OFFLINE = { npm_config_offline: "true", npm_config_audit: "false", npm_config_update_notifier: "false" };

/** @param {string} script @param {string} cwd */
const shell = (script, cwd) =>
  execFileSync("bash", ["-euo", "pipefail", "-c", script.replaceAll(BEFORE, "")], {
    ...LIMITED, cwd, env: { ...process.env, ...OFFLINE }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"],
  });

/** Opens a site in Chromium and waits for its popup. @param {import("node:test").TestContext} t @param {string} url */
const reachesThePopup = async (t, url) => {
  const page = await (await openChromium(t)).newPage();
  await page.goto(url);
  await page.waitForSelector("[data-softbell-popup][data-ready]");
  assert.deepEqual(page.consoleLines.filter((line) => !/favicon/.test(line)), []);
};

test("On a website, by script tag", async (t) => {
  const site = temporaryFolder("www");
  const [copy = ""] = blocks("On a website, by script tag", "sh");
  const [snippet = ""] = blocks("On a website, by script tag", "html");
  shell(copy.replace("/srv/www", site.path), ROOT);
  const { origin, close } = await serveFolder(site.path);
  t.after(close);
  const server = await serve(t, origin);
  writeFileSync(join(site.path, "index.html"), `<!doctype html><link rel="icon" href="data:,">${snippet.replace("https://push.example.com", server)}`);
  await reachesThePopup(t, `${origin}/`);
});

test("From npm", async (t) => {
  const site = temporaryFolder("app");
  cpSync(fileURLToPath(new URL("fixtures/vite/index.html", import.meta.url)), join(site.path, "index.html"));
  const [install = ""] = blocks("From npm", "sh");
  const [module = ""] = blocks("From npm", "js");
  shell(install.replaceAll("/srv/app", site.path), ROOT);
  const { origin, close } = await serveFolder(join(site.path, "dist"));
  t.after(close);
  writeFileSync(join(site.path, "main.js"), module.replace("https://push.example.com", await serve(t, origin)));
  execFileSync(process.execPath, [`${ROOT}node_modules/vite/bin/vite.js`, "build", "--logLevel", "error"], { ...LIMITED, cwd: site.path });
  await reachesThePopup(t, `${origin}/`);
});

test("Your own server", async (t) => {
  const folder = temporaryFolder("own");
  const [settings = ""] = blocks("Your own server", "toml");
  const [build = "", run = "", ask = ""] = blocks("Your own server", "sh");
  assert.match(build, /^cargo build --release --package softbell-server$/m);
  writeFileSync(join(folder.path, "softbell.toml"), settings);
  const [program, ...args] = run.trim().split(" ");
  assert.equal(program, "target/release/softbell-server");
  const server = start("env", ["-C", folder.path, binary("softbell-server", "SOFTBELL_SERVER"), ...args], {
    env: { ...cleanEnvironment(folder.path), SOFTBELL_LISTEN: "127.0.0.1:0" },
  });
  t.after(server.stop);
  const [line] = await server.line(/^\{.*"server".*\}$/);
  const { server: origin, listen } = JSON.parse(line);
  assert.equal(origin, "https://push.example.com");
  const answer = JSON.parse(shell(ask.replace("127.0.0.1:8480", listen), folder.path));
  assert.equal(answer.reach, 0, JSON.stringify(answer));
});
