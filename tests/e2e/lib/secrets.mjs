// Reads the secrets of a server under test, as its operator can.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** @param {string} database path of the server's SQLite file; its secrets lie beside it @param {string} name */
export function secret(database, name) {
  const text = readFileSync(join(dirname(database), "secrets.toml"), "utf8");
  const [, value] = text.match(RegExp(`^${name} = "(.*)"$`, "m")) ?? [];
  if (!value) throw new Error(`secrets.toml has no ${name}`);
  return value;
}
