// The packages of other kits, fetched into build/bench/peers for the bench alone: each of one version, checked against its
// digest, and none of them ships or runs a script of its own.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../build/bench/peers", import.meta.url));

/** Name, version and sha512 of the package's archive; the licence is that of each package's package.json, 2026-11-21. */
const PACKAGES = /** @type {const} */ ([
  // Apache-2.0
  ["@adobe/alloy", "2.33.1", "yg+HD3Oslhrmt3stSwtKc22qbwjR4ehFzXfc8RCEwultr41y85S2dSsojvPt2Mife0IZ4Wp/1EexGp1f6TbWDg=="],
  ["@firebase/app", "0.16.2", "fyCLPahl3r0Zb7Wzm+JLWcOOH3SaDgAyJzJ8EWIDiv51aNiv+2Pjbpa6myEuP7iXxjmJqrcbVm0GUF7h229T1Q=="],
  ["@firebase/component", "0.7.5", "vuFDcL91Q+2ZuBJkyOh86T4q0B4ffNTDjc/A38tybO56odQABxRTFLTIowCWqAKeIcgo37GowWMVgFF73gD8Qw=="],
  ["@firebase/installations", "0.6.24", "Ui52ey8wHoWqkBbXRKJEKYWylI0JZogZmoLS+o8Anh1bxWtK27ZYjLla1UJAAdC5DCKLJ2qAp0VpJOjg8VOX1g=="],
  ["@firebase/logger", "0.5.2", "J2VO4NFTc0xQFrxV1B/lm5balicm9cwuX2acR9Yn41fN8KgUeQFo+VJV222IqW2FPSXKDu9uo5WdQFWf9TPbYg=="],
  ["@firebase/messaging", "0.13.3", "nRXPAp+z0kA3KziJtRY9kktHECvRwaaONzHvislFgllhCwJMscW7icWNQA5IjyP8Uc2+GS/4px8Uz6rx6ftTag=="],
  ["@firebase/util", "1.15.3", "c/z/gaIlaaLZEuGbE6sLUuJ61tskg1JghvhcNQzW948ASBinbVBBRnZTC4b4yt4LaEtJQkYlyzqLHcutFwEIvA=="],
  // MIT
  ["@pusher/push-notifications-web", "2.1.0", "ky2HHwPG6drQyMXYeNEScsrk1GI3AyE4sjv2dwbVHI/aAUgsGzAuo4MVfbAXQ5Nx7tj7MFbZ1+PPh61x4EuOSA=="],
  ["push.js", "1.0.12", "Mo/zkrPD58hcbMvC/9WveUPGz0PJ4T5UwQJP6DnMYbyxe7b1xM/9qqmJTMmDcprbZjCtLzf9wWtek7gA8O9QBw=="],
  // ISC and 0BSD; Firebase needs them
  ["idb", "7.1.1", "gchesWBzyvGHRO9W8tzUWFDycow5gwjvFKfyV9FF32Y7F50yZMp7mP+T2mJIWFx49zicqyC4uefHM17o6xKIVQ=="],
  ["tslib", "2.9.1", "a4Ux9VKuIMHsOS7ENbEq6hK2ZGYIT27Rtl0E4eD9KqwxhKiQeMZE/9xb3IdYwWaSOyIBQLExhQgXDTYoiCxnWA=="],
]);

/** @typedef {typeof PACKAGES[number][0]} Name */

/** What a program said. @param {string} program @param {string[]} args */
const said = (program, args) => execFileSync(program, args, { cwd: FOLDER, stdio: ["ignore", "pipe", "ignore"], encoding: "utf8", maxBuffer: 1e8 });

/** Fetches and unpacks one package, once. @param {typeof PACKAGES[number]} wanted */
const fetchPackage = ([name, version, sha512]) => {
  const place = `${FOLDER}/node_modules/${name}`;
  if (existsSync(place) && JSON.parse(readFileSync(`${place}/package.json`, "utf8")).version === version) return;
  const [{ filename }] = JSON.parse(said("npm", ["pack", "--json", "--ignore-scripts", `${name}@${version}`]));
  const archive = `${FOLDER}/${filename}`;
  const found = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (found !== sha512) throw new Error(`${name}@${version} is not what it was: its sha512 is ${found}; do not measure it`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(`${place}/..`, { recursive: true });
  // npm's archives hold one folder; some old ones name it otherwise.
  const [folder] = said("tar", ["--list", "--gzip", "--file", filename]).split("/", 1);
  said("tar", ["--extract", "--gzip", "--file", filename]);
  renameSync(`${FOLDER}/${folder}`, place);
  rmSync(archive);
};

/** Where the packages are, once all of them are there: a folder from which they can be imported. */
export const peerPackages = () => {
  mkdirSync(FOLDER, { recursive: true });
  PACKAGES.forEach(fetchPackage);
  return FOLDER;
};

/** @param {Name} wanted */
export const versionOf = (wanted) => PACKAGES.find(([name]) => name === wanted)?.[1];
