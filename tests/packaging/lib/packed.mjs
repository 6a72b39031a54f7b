// The package as npm makes it, and websites that install it.

import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LIMITED, temporaryFolder } from "../../e2e/lib/processes.mjs";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** @param {string} cwd @param {string[]} args @param {Record<string, string>} [env] */
export const npm = (cwd, args, env) =>
  execFileSync("npm", args, { ...LIMITED, cwd, env: { ...process.env, ...env }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Packs the package into a folder. @param {string} folder @returns {{ path: string, files: string[] }} the tarball and what is in it */
export const pack = (folder) => {
  const [{ filename, files }] = JSON.parse(npm(`${ROOT}pkg`, ["pack", "--json", "--pack-destination", folder]));
  return { path: join(folder, filename), files: files.map((/** @type {{ path: string }} */ { path }) => path) };
};

/**
 * A copy of a fixture in which the packed package is installed; nothing of this repository is above it.
 * @param {string} name
 */
export const install = (name) => {
  const folder = temporaryFolder(name);
  cpSync(join(FIXTURES, name), folder.path, { recursive: true });
  const { path } = pack(folder.path);
  npm(folder.path, ["install", "--offline", "--no-audit", "--no-fund", path]);
  return folder;
};

/** Writes the server's address where a site's own deployment would. @param {string} folder @param {string} server */
export const fillIn = (folder, server) => {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".html"))) {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("__SOFTBELL_SERVER__", server));
  }
};
