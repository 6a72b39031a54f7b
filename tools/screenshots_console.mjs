// Makes pictures of the console with three months of a small shop in it, to be looked at: phone and desktop, light and
// dark. Writes them to build/screenshots/console/, and the one of README to docs/.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { adminToken } from "../tests/e2e/lib/console.mjs";
import { startDisplay } from "../tests/e2e/lib/display.mjs";
import { launchHeadless } from "../tests/e2e/lib/headless.mjs";
import { startLab } from "../tests/e2e/lib/lab.mjs";
import { startServer } from "../tests/e2e/lib/server.mjs";
import { fillConsole } from "./console_data.mjs";

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const OUT = folder("build/screenshots/console");
/** The one picture that is kept. @type {`${string}.webp`} */
const README = `${folder("docs")}/console.webp`;

/** @type {Record<string, import("puppeteer-core").Viewport>} */
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true } };

/** A message that every platform makes something else of. @type {[string, string][]} */
const DRAFT = [
  ["title", "Your parcel from Juniper & Finch is on its way to you"],
  ["body", "The autumn letter set left our workshop this morning. It should be with you on Thursday, between nine and noon."],
  ["icon", "ICON"], ["image", "IMAGE"], ["actions[0].title", "Track parcel"], ["actions[1].title", "Change the day"],
];

/** @param {import("puppeteer-core").Page} page @param {string} shop */
const write = async (page, shop) => {
  for (const [name, text] of DRAFT) {
    const value = text === "ICON" ? `${shop}/pictures/finch.svg` : text === "IMAGE" ? `${shop}/pictures/letter-set.svg` : text;
    await page.$eval(`[name="${name}"]`, (input, value) => {
      const field = /** @type {HTMLInputElement} */ (input);
      field.closest("details")?.setAttribute("open", "");
      field.value = value;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }, value);
  }
  await page.waitForSelector(".reach-number", { timeout: 10_000 }).catch(() => console.log("  no reach was shown"));
};

mkdirSync(OUT, { recursive: true });
const display = await startDisplay();
const lab = await startLab({ display });
const server = await startServer({ lab, display, kit: folder("pkg/dist/softbell"), shop: folder("www/shop"), args: ["--console", folder("build/console")] });
fillConsole(server.database);
const browser = await launchHeadless();
const only = process.argv[2] ?? "";
for (const [size, viewport] of Object.entries(SIZES)) for (const scheme of ["light", "dark"]) {
  const page = await (await browser.createBrowserContext()).newPage();
  page.on("console", (line) => console.log(`  ${line.text()}`));
  page.on("pageerror", (error) => console.log(`  ${error}`));
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const take = async (/** @type {string} */ name, whole = true) => {
    const path = `${OUT}/${size}-${scheme}-${name}.png`;
    if (!path.includes(only)) return;
    await page.screenshot({ path, fullPage: whole });
    console.log(path.replace(folder(""), ""));
  };
  await page.goto(`${server.server}/console/`);
  await page.waitForSelector("#token");
  await take("sign-in", false);
  await page.type("#token", adminToken(server.database));
  await page.click("[type=submit]");
  await page.waitForSelector(".figures");
  await take("overview");
  if (size === "desktop" && scheme === "light") await page.screenshot({ path: README, type: "webp", quality: 82 });
  await page.goto(`${server.server}/console/#/shop/live`);
  await page.waitForSelector(".row");
  await page.waitForSelector(".state[data-state=live]");
  await take("live");
  await page.goto(`${server.server}/console/#/shop/send`);
  await page.waitForSelector("#message");
  await write(page, server.shop);
  await take("send");
  await page.goto(`${server.server}/console/#/shop/messages`);
  await page.waitForSelector(".messages, .empty");
  await take("messages");
}
process.exit();
