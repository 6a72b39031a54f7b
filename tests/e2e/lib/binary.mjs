// Finds a program that this repository builds.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The path in the environment variable if it is set, else the debug build, else the release build.
 * @param {string} name e.g. "softbell-lab"
 * @param {string} variable e.g. "SOFTBELL_LAB"
 */
export function binary(name, variable) {
  const given = process.env[variable];
  if (given) return given;
  const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../../target", import.meta.url));
  const built = ["debug", "release"].map((profile) => `${target}/${profile}/${name}`);
  const found = built.find((path) => existsSync(path));
  if (!found) throw new Error(`no ${name}: run cargo build -p ${name}, or set ${variable}`);
  return found;
}
