// Runs the server's own encryption on the command line, for others to judge.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../target/debug/examples/encrypt", import.meta.url));

/** @param {string[]} args @param {string | Buffer} plaintext */
const run = (args, plaintext) => {
  const { status, stdout, stderr } = spawnSync(PROGRAM, args, { input: plaintext });
  if (status !== 0) throw new Error(`encrypt ended with ${status}: ${stderr}`);
  return stdout;
};

/** The aes128gcm body. @param {string} p256dh @param {string} auth @param {string | Buffer} plaintext */
export const encrypt = (p256dh, auth, plaintext) => run([p256dh, auth], plaintext);

/**
 * Body and headers, signed for a push service.
 * @param {string} p256dh @param {string} auth @param {string} plaintext @param {string} audience
 * @param {{privateKey: string, publicKey: string}} keys
 * @returns {{body: Buffer, headers: Record<string, string>}}
 */
export const encryptAndSign = (p256dh, auth, plaintext, audience, { privateKey, publicKey }) => {
  const out = run([p256dh, auth, "--audience", audience, "--key", privateKey, publicKey], plaintext);
  const { body, headers } = JSON.parse(String(out));
  return { body: Buffer.from(body, "base64url"), headers };
};
