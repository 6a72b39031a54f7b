// A private X screen for headed browsers: a free display number and an own runtime folder.

import { chmodSync } from "node:fs";
import { cleanEnvironment, start, temporaryFolder } from "./processes.mjs";

/**
 * @typedef {object} Display
 * @property {Record<string, string>} env the whole environment for a process on this screen
 * @property {string} home a folder of this screen alone
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Display>} */
export async function startDisplay() {
  const folder = temporaryFolder("display");
  chmodSync(folder.path, 0o700); // the rule for XDG_RUNTIME_DIR
  const env = cleanEnvironment(folder.path, { XDG_RUNTIME_DIR: folder.path });
  const args = ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"];
  const xvfb = start("Xvfb", args, { env, extraPipe: true });
  const [number] = await xvfb.line(/^\d+$/);
  return {
    env: { ...env, DISPLAY: `:${number}` },
    home: folder.path,
    close: async () => {
      await xvfb.stop();
      folder.remove();
    },
  };
}
