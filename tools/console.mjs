// Builds the console: its modules become one file, its styles another, both named by their content, in build/console/.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FROM = `${ROOT}www/console`;
const OUT = `${ROOT}build/console`;

/** @param {string} entry */
const bundle = async (entry) => {
  const { outputFiles } = await build({
    entryPoints: [`${FROM}/${entry}`], bundle: true, minify: true, write: false, format: "esm", legalComments: "inline",
    // Operators' own browsers; the first with light-dark().
    target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  });
  return String(outputFiles[0]?.text);
};

/** @param {string} stem @param {string} ending @param {string} content @returns {string} its name */
const put = (stem, ending, content) => {
  const name = `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}.${ending}`;
  writeFileSync(`${OUT}/${name}`, content);
  return name;
};

export const buildConsole = async () => {
  const [script, style] = await Promise.all([bundle("main.js"), bundle("console.css")]);
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const page = readFileSync(`${FROM}/index.html`, "utf8")
    .replace("main.js", put("console", "js", script)).replace("console.css", put("console", "css", style));
  writeFileSync(`${OUT}/index.html`, page);
  cpSync(`${FROM}/icon.svg`, `${OUT}/icon.svg`);
  console.log(`  build/console: ${Math.round((script.length + style.length) / 1000)} kB`);
};
