// Sets a whole scene for one test: screen, lab, demo server if wanted, browser; and takes it down again.

import { launch } from "./browser.mjs";
import { startDisplay } from "./display.mjs";
import { startLab } from "./lab.mjs";
import { startServer } from "./server.mjs";

/**
 * @typedef {object} Scene
 * @property {import("./display.mjs").Display} display
 * @property {import("./lab.mjs").Lab} lab
 * @property {import("./server.mjs").DemoServer | undefined} server
 * @property {import("./browser.mjs").TestBrowser} browser
 * @property {() => Promise<import("./browser.mjs").TestBrowser>} relaunch the browser anew, after `quit()`, with the same `profile`
 * @property {() => Promise<void>} close
 */

/**
 * @param {import("./browser.mjs").BrowserName} browserName
 * @param {{ demo?: import("./server.mjs").DemoFolders, profile?: string }} [options] `demo` starts the demo server too;
 *   `profile` is a folder that outlives the browser
 * @returns {Promise<Scene>}
 */
export async function scene(browserName, { demo, profile } = {}) {
  /** @type {{ close: () => Promise<void> }[]} */
  const standing = [];
  const close = async () => {
    const closing = [];
    // One after the other, the last first; what does not close keeps nothing else from closing.
    for (let part = standing.pop(); part; part = standing.pop()) closing.push(...await Promise.allSettled([part.close()]));
    for (const part of closing) if (part.status === "rejected") throw part.reason;
  };
  /** @template {{ close: () => Promise<void> }} T @param {Promise<T>} starting */
  const set = async (starting) => {
    const part = await starting;
    standing.push(part);
    return part;
  };
  try {
    const display = await set(startDisplay());
    const lab = await set(startLab({ display }));
    const relaunch = () => set(launch(browserName, { lab, display, profile }));
    const starting = /** @type {const} */ ([demo && set(startServer({ lab, display, ...demo })), relaunch()]);
    await Promise.allSettled(starting); // else what comes up after the other's failure would stay
    const [server, browser] = await Promise.all(starting);
    return { display, lab, server, browser, relaunch, close };
  } catch (error) {
    await close();
    throw error;
  }
}
