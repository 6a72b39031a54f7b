// The demo in a local browser wired to the lab: real push on one machine, without internet.

import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launch } from "../tests/e2e/lib/browser.mjs";
import { startDisplay } from "../tests/e2e/lib/display.mjs";
import { startLab } from "../tests/e2e/lib/lab.mjs";
import { cleanEnvironment, temporaryFolder } from "../tests/e2e/lib/processes.mjs";
import { startServer } from "../tests/e2e/lib/server.mjs";

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The screen in front of the user; without one, a hidden screen, so that the demo can at least be tried by a script. */
const screen = async () => {
  const { DISPLAY, XAUTHORITY } = process.env;
  if (!DISPLAY) {
    console.log("There is no screen (DISPLAY is not set): the browser opens on a hidden one.");
    return startDisplay();
  }
  const home = temporaryFolder("demo").path;
  const { HOME = "" } = process.env;
  return { home, close: async () => {}, env: cleanEnvironment(home, { DISPLAY, XAUTHORITY: XAUTHORITY ?? `${HOME}/.Xauthority`, XDG_RUNTIME_DIR: home }) };
};

const name = process.argv[2] === "firefox" ? "firefox" : "chromium";
const display = await screen();
const lab = await startLab({ display });
const server = await startServer({ lab, display, kit: folder("pkg/dist/softbell"), shop: folder("www/shop") });
const { newPage } = await launch(name, { lab, display });
await (await newPage()).goto(`${server.shop}/`);

console.log(`The shop is open in ${name}: ${server.shop}/\nNotifications appear here. Enter clicks the newest one, a number presses one of its buttons; Ctrl+C ends.
The other side is at ${server.server}/console/; its token is admin_secret in ${dirname(server.database)}/secrets.toml`);

/** @type {import("../tests/e2e/lib/lab.mjs").DesktopNotification | undefined} */
let newest;
/** Its buttons. A click on the notification itself, and what the browser adds of its own, are none. */
const buttons = () => (newest?.actions ?? []).filter(({ key }) => !["default", "settings", "close"].includes(key)).map(({ label }) => label);
createInterface({ input: process.stdin }).on("line", (line) => {
  const label = buttons()[Number(line) - 1];
  if (newest) (label ? lab.action(newest.id, label) : lab.click(newest.id)).catch((error) => console.log(error.message));
});
for (let after = 0; ; ) {
  const { seq, notifications } = await lab.ask(`/notifications?after=${after}&wait_ms=30000`);
  for (const notification of notifications) {
    newest = notification;
    console.log(`\n  [notification] ${notification.summary}\n                 ${notification.text}`);
    for (const [at, label] of buttons().entries()) console.log(`                 [${at + 1}] ${label}`);
  }
  after = seq;
}
