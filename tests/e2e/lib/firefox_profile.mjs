// Firefox profiles for tests: quiet, and copied from one that was started before, because an empty one takes twice the
// work to start with. `tools/test.sh` empties its folder, so each run makes its own.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Automation changes these by itself; an own value keeps what visitors have. */
const STOCK = {
  "focusmanager.testmode": false, // true: client.focus() resolves but never selects the tab
  "security.notification_enable_delay": 500, // the guard against clicks on a prompt that has just appeared
};

/** What no page sees, and what takes longer than many a test: first-run pages, spare processes, media. */
const QUIET = {
  "browser.aboutwelcome.enabled": false,
  "browser.newtab.preload": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "dom.ipc.processPrelaunch.enabled": false,
  "media.rdd-process.enabled": false,
  "media.utility-process.enabled": false,
};

/** In the run that makes the template: it must not become a browser that the lab's push service knows. */
const NOWHERE = { "dom.push.serverURL": "wss://127.0.0.1:9/" };

/** Firefox keeps what it has once preferred, so other preferences need another one. */
const MARK = createHash("sha256").update(JSON.stringify([STOCK, QUIET])).digest("hex").slice(0, 8);
const TEMPLATE = fileURLToPath(new URL(`../../../build/test/firefox-profile-${MARK}`, import.meta.url));

/** These belong to the process that has the profile open. */
const LOCKS = ["lock", ".parentlock"];

/** @param {string} folder @param {Record<string, unknown>} preferences */
export const prefer = (folder, preferences) =>
  writeFile(join(folder, "user.js"), Object.entries({ ...STOCK, ...QUIET, ...preferences })
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));

/**
 * Fills an empty folder with a profile that was started before.
 * @param {string} folder @param {Record<string, unknown>} preferences the lab's: without them Firefox would call its maker
 * @param {(folder: string) => Promise<void>} startOnce starts Firefox with the profile in this folder and quits it
 */
export async function fill(folder, preferences, startOnce) {
  if (!existsSync(TEMPLATE)) await makeTemplate(preferences, startOnce);
  await cp(TEMPLATE, folder, { recursive: true, filter: (path) => !LOCKS.includes(basename(path)) });
}

/** @param {Record<string, unknown>} preferences @param {(folder: string) => Promise<void>} startOnce */
async function makeTemplate(preferences, startOnce) {
  await mkdir(dirname(TEMPLATE), { recursive: true });
  const made = await mkdtemp(`${TEMPLATE}-`);
  await prefer(made, { ...preferences, ...NOWHERE });
  await startOnce(made);
  // Two files of tests at once: the first one's is taken.
  await rename(made, TEMPLATE).catch(() => rm(made, { recursive: true }));
}
