// Compiles snippets of TypeScript as a site's developer would.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LIMITED, temporaryFolder } from "../../e2e/lib/processes.mjs";
import { ROOT } from "./packed.mjs";

/** @param {string} code a module; imports "softbell" @returns {string} what the compiler says, or nothing */
export const compile = (code) => {
  const folder = temporaryFolder("compile");
  const file = join(folder.path, "site.ts");
  writeFileSync(file, code.replaceAll('"softbell"', JSON.stringify(`${ROOT}pkg/index.js`)));
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2023,dom", "--types", ""];
  const { stdout, error } = spawnSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, ...flags, file], { ...LIMITED, cwd: folder.path, encoding: "utf8" });
  if (error) throw error; // it was killed: silence would say that all is well
  folder.remove();
  return stdout.replaceAll(folder.path, "");
};
