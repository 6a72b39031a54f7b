// Websites that install the packed tarball as the README says, and reach the open popup in Chromium.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LIMITED } from "../e2e/lib/processes.mjs";
import { serveFolder } from "../e2e/lib/site.mjs";
import { openChromium } from "./lib/chromium.mjs";
import { ROOT, fillIn, install, npm } from "./lib/packed.mjs";
import { serve } from "./lib/server.mjs";

/** The page's popup takes presses, and its worker can start from where the kit looks for it. @param {import("../e2e/lib/pages.mjs").WatchedPage} page @param {string} url */
const reachesThePopup = async (page, url) => {
  await page.goto(url);
  await page.waitForSelector("[data-softbell-popup][data-ready]");
  const state = await page.evaluate(async () => {
    const { installing, active } = await navigator.serviceWorker.register("/softbell/sw.js", { scope: "/softbell/" });
    const worker = installing ?? active;
    await new Promise((resolve) => {
      if (worker?.state === "activated") resolve(undefined);
      else worker?.addEventListener("statechange", () => /activated|redundant/.test(worker.state) && resolve(undefined));
    });
    return worker?.state;
  });
  assert.equal(state, "activated");
  assert.deepEqual(page.consoleLines, []);
};

test("plain HTML: the copied folder serves the script tag, and the ES module without a bundler", async (t) => {
  const site = install("plain");
  npm(site.path, ["run", "build"]);
  const { origin, close } = await serveFolder(site.path);
  t.after(close);
  fillIn(site.path, await serve(t, origin));
  for (const path of ["/", "/module.html"]) {
    const { newPage } = await openChromium(t); // each its own visitor: nobody is asked twice
    await reachesThePopup(await newPage(), origin + path);
  }
});

test("Vite: the build finds module, wasm and words by itself, and only the worker is copied", async (t) => {
  const site = install("vite");
  const out = join(site.path, "dist");
  const { origin, close } = await serveFolder(out);
  t.after(close);
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  npm(site.path, ["run", "worker"]);
  const VITE_SOFTBELL_SERVER = await serve(t, origin);
  execFileSync(process.execPath, [vite, "build", "--logLevel", "error"], { ...LIMITED, cwd: site.path, env: { ...process.env, VITE_SOFTBELL_SERVER } });
  assert.ok(existsSync(join(out, "softbell/sw.js")));
  assert.ok(!existsSync(join(out, "softbell/client.js")), "all but the worker comes with the bundle");
  const { newPage } = await openChromium(t);
  const page = await newPage();
  await reachesThePopup(page, `${origin}/`);
  // What is fetched later was found by the bundler too: the words of the page's language, and the panel with its own wasm.
  const title = await page.$eval("[data-softbell-popup] >>> #title", ({ textContent }) => textContent);
  assert.equal(title, "Sollen wir Bescheid geben?");
  await page.click("button");
  await page.waitForSelector("[data-softbell-panel]");
  assert.deepEqual(page.consoleLines, []);
});
