// Starts helper processes and temporary folders that never outlive the test runner.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { tellStuck } from "./test.mjs";
import { WITHIN, until, within } from "./until.mjs";

/** @type {Set<() => void>} what is still to be undone when the runner ends, in the order it was done */
const leftovers = new Set();

process.on("exit", () => [...leftovers].reverse().forEach((undo) => undo()));
for (const [signal, code] of /** @type {const} */ ([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]])) {
  // Without a handler these signals end node before "exit" is emitted.
  process.once(signal, () => {
    if (signal === "SIGTERM" && process.env.NODE_TEST_CONTEXT) tellStuck(basename(String(process.argv[1]))); // the runner's time limit for a whole file
    process.exit(code);
  });
}

/** How long a file of tests may go on after its last one before somebody wonders, ms. */
const LINGERS_MS = 10_000;

if (process.env.NODE_TEST_CONTEXT) {
  // What a test left behind would keep the runner waiting for ever. A file that ends by itself never comes to this; one that
  // does has passed all the same, if its tests did.
  after(() => void setTimeout(() => {
    tellStuck(`${basename(String(process.argv[1]))}, after its last test,`);
    process.exit();
  }, LINGERS_MS).unref());
  // `node --test` runs this file in a child, which would go on to its end when the runner itself is killed.
  const runner = process.ppid;
  setInterval(() => process.ppid === runner || process.exit(137), 500).unref();
}

/** For a program that is waited for with everything standing still: no signal reaches this process until it has ended. */
export const LIMITED = /** @type {const} */ ({ timeout: 300_000, killSignal: "SIGKILL" });

/**
 * A folder that is removed by `remove()`, or at the latest when the runner ends.
 * @param {string} name
 */
export function temporaryFolder(name) {
  const path = mkdtempSync(join(tmpdir(), `softbell-${name}-`));
  const remove = () => {
    // A dying browser may still write for a moment: retry.
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    leftovers.delete(remove);
  };
  leftovers.add(remove);
  return { path, remove };
}

/**
 * The environment of every helper: nothing of the developer's desktop, one language, own home and temporary folder.
 * @param {string} home
 * @param {Record<string, string>} [extra]
 * @returns {Record<string, string>}
 */
export function cleanEnvironment(home, extra = {}) {
  const { PATH = "/usr/local/bin:/usr/bin:/bin" } = process.env;
  return { PATH, HOME: home, TMPDIR: home, LANG: "C.UTF-8", LANGUAGE: "en_US", ...extra };
}

/**
 * @typedef {object} Helper a running helper process
 * @property {import("node:child_process").ChildProcess} child
 * @property {string[]} output its last lines on stdout and stderr
 * @property {() => boolean} running
 * @property {(pattern: RegExp, within?: number) => Promise<RegExpMatchArray>} line the first line that matches; without one it is killed
 * @property {() => Promise<void>} ended waits until it has ended by itself
 * @property {() => Promise<void>} stop kills it with all its children
 */

/**
 * Starts a process in its own group; it dies with the runner, even when the runner is killed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env: Record<string, string>, extraPipe?: boolean }} options `extraPipe` adds file descriptor 3
 * @returns {Helper}
 */
export function start(command, args, { env, extraPipe = false }) {
  // setpriv asks the kernel for SIGKILL on the death of the parent: no handler of ours runs when node itself is killed.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], {
    env, detached: true, stdio: ["pipe", "pipe", "pipe", extraPipe ? "pipe" : "ignore"],
  });
  const helper = { child, output: listen(child), running: () => child.exitCode === null && child.signalCode === null };
  const kill = () => {
    try { process.kill(-Number(child.pid), "SIGKILL"); } catch { /* the group is gone already */ }
  };
  leftovers.add(kill);
  child.on("error", (error) => helper.output.push(String(error)));
  child.stdin?.on("error", () => {}); // EPIPE after the process ended; `running` tells
  return {
    ...helper,
    // What does not come up is killed: it would keep the runner from ending.
    line: (pattern, within) => line(command, helper, pattern, within).catch((error) => stop(helper, kill).then(() => { throw error; })),
    ended: async () => void await until(`${command} to end`, () => !helper.running()),
    stop: () => stop(helper, kill),
  };
}

/** @param {import("node:child_process").ChildProcess} child */
function listen(child) {
  /** @type {string[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr, child.stdio[3]]) {
    if (!stream || !("read" in stream)) continue;
    createInterface({ input: stream }).on("line", (text) => {
      output.push(text);
      if (output.length > 500) output.shift();
    });
  }
  return output;
}

/**
 * @param {string} command
 * @param {Pick<Helper, "output" | "running">} helper
 * @param {RegExp} pattern
 * @param {number} [within]
 */
async function line(command, { output, running }, pattern, within = WITHIN) {
  const find = () => output.map((text) => text.match(pattern)).find(Boolean);
  const found = await until(`${pattern} from ${command}`, () => find() || (running() ? null : "ended"),
    { within, hint: () => output.slice(-20) });
  if (found === "ended") throw new Error(`${command} ended before ${pattern}: ${output.slice(-20).join("\n")}`);
  return found;
}

/**
 * @param {Pick<Helper, "child" | "running">} helper
 * @param {() => void} kill
 */
async function stop({ child, running }, kill) {
  const ended = running() ? new Promise((resolve) => child.once("exit", resolve)) : null;
  kill();
  await within(`${child.spawnfile} to die`, Promise.resolve(ended));
  leftovers.delete(kill);
}
