// Encrypting and signing one push on one core: ours, npm web-push's, and the web-push-native crate's, taking turns.

import { spawn } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { performance } from "node:perf_hooks";
import webPush from "web-push";

const PROGRAM = "encrypt";
const BYTES = 400; // a title, a text, a link, two buttons and a token
const ROUNDS = 15;
const KINDS = { ours_kept: 2000, ours_signed: 1000, native_signed: 200, native_unsigned: 400 };

/** A subscription as a browser gives it. */
const subscription = () => {
  const browser = createECDH("prime256v1");
  return {
    endpoint: "https://push.example.net/send/one-device",
    keys: { p256dh: browser.generateKeys("base64url"), auth: randomBytes(16).toString("base64url") },
  };
};

/** @param {string[]} words @returns what asks for a round, and what ends the program */
const start = (words) => {
  const child = spawn(`${process.env.BENCH_TARGET_DIR}/release/${PROGRAM}`, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  child.stdin.write(`${words.join(" ")}\n`);
  return {
    /** @param {string} kind @param {number} count @returns {Promise<number>} microseconds for each push */
    round: async (kind, count) => {
      child.stdin.write(`${kind} ${count}\n`);
      const [line] = await once(lines, "line");
      return Number(line) / 1000;
    },
    end: () => child.stdin.end(),
  };
};

/** @returns {Promise<import("./figures.mjs").Row[]>} */
export const encryptRows = async () => {
  const { endpoint, keys } = subscription();
  const vapid = webPush.generateVAPIDKeys();
  const program = start([keys.p256dh, keys.auth, vapid.privateKey, vapid.publicKey, String(BYTES)]);
  const vapidDetails = { subject: "mailto:bench@example.com", ...vapid };
  const text = "x".repeat(BYTES);
  /** @param {number} count */
  const npm = (count) => {
    const began = performance.now();
    for (let done = 0; done < count; done++) webPush.generateRequestDetails({ endpoint, keys }, text, { vapidDetails, contentEncoding: "aes128gcm" });
    return (performance.now() - began) * 1000 / count;
  };
  /** @type {Record<string, number[]>} */
  const samples = { npm: [] };
  npm(300); // let the engine compile it
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kind, count] of Object.entries(KINDS)) (samples[kind] ??= []).push(await program.round(kind, count));
    samples.npm?.push(npm(300));
  }
  program.end();
  /** @param {string} slow @param {string} quick */
  const ratios = (slow, quick) => (samples[slow] ?? []).map((us, at) => us / (samples[quick]?.[at] ?? NaN));
  /** @param {string} what @param {string} kind */
  const time = (what, kind) => ({ what, samples: samples[kind] ?? [], unit: "us" });
  /** @param {string} what @param {string} slow @param {string} quick @param {{ floor?: number, goal?: string }} [limit] */
  const ratio = (what, slow, quick, limit = {}) => ({ what, samples: ratios(slow, quick), unit: "x", ...limit });
  return [
    time(`encrypt + sign ${BYTES} bytes, ours, token kept`, "ours_kept"),
    time("  ours, token signed each time", "ours_signed"),
    time("  npm web-push", "npm"),
    time("  web-push-native, token signed each time", "native_signed"),
    time("  web-push-native, without a token", "native_unsigned"),
    ratio("npm web-push / ours, token kept", "npm", "ours_kept", { floor: 8, goal: "12" }),
    ratio("npm web-push / ours, token signed each time", "npm", "ours_signed"),
    ratio("web-push-native signed / ours, token kept", "native_signed", "ours_kept", { goal: "4" }),
    ratio("web-push-native signed / ours, signed each time", "native_signed", "ours_signed"),
    ratio("web-push-native unsigned / ours, token kept", "native_unsigned", "ours_kept"),
  ];
};
