// Connects to a browser that was started, with limits where puppeteer has none.

import { connect as open } from "puppeteer-core";
import { within } from "./until.mjs";

/** How long a browser may take for one command, ms. Puppeteer's own 180 s are half of what a whole test has. */
const COMMAND_MS = 90_000;

/**
 * @param {import("puppeteer-core").ConnectOptions} options
 * @param {import("./processes.mjs").Helper} program the browser; it is killed if it takes no connection
 */
export const connect = (options, program) =>
  within("the browser to take the connection", open({ defaultViewport: null, protocolTimeout: COMMAND_MS, ...options })).catch(async (error) => {
    await program.stop();
    throw error;
  });

/**
 * Once in a thousand starts puppeteer waits for ever while it connects (puppeteer#12855, puppeteer-sharp#2202), and a machine
 * may stand still for a minute. Nothing has been tried yet then: a browser that was waited for in vain is started once more.
 * @template T
 * @param {() => Promise<T>} start
 */
export const twice = (start) =>
  start().catch((error) => {
    if (!/^waited/.test(error.message)) throw error;
    console.log(`started once more: ${error.message}`);
    return start();
  });
