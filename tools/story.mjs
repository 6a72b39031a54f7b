// Makes the picture of the README from the real thing: walks the demo's story in Chromium wired to the lab, takes its
// pages as they are, and draws the notification plainly from what the browser handed to the desktop. Writes docs/story.webp.

import { fileURLToPath } from "node:url";
import { scene } from "../tests/e2e/lib/scene.mjs";
import { KIT, press, told } from "../tests/e2e/lib/shop.mjs";
import { until } from "../tests/e2e/lib/until.mjs";

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const OUT = folder("docs/story.webp");

const PAGE = { width: 1000, height: 700, deviceScaleFactor: 1.5 };
const SHEET = { width: 1520, height: 490, deviceScaleFactor: 1.5 };

const CSS = `
  * { box-sizing: border-box; margin: 0 }
  body { width: ${SHEET.width}px; padding: 40px 44px 36px; background: #eef1f0; color: #1d2523; font: 19px/1.45 system-ui, sans-serif }
  ol { display: grid; grid-template-columns: 1fr 400px 1fr; gap: 36px; padding: 0; list-style: none }
  li { display: flex; flex-direction: column; gap: 18px }
  h2 { font-size: 19px; font-weight: 600 }
  h2 b { display: inline-block; width: 30px; height: 30px; margin-right: 10px; border-radius: 50%; background: #2f5d50; color: #fff; font-size: 16px; line-height: 30px; text-align: center }
  .frame { flex: 1; display: flex; flex-direction: column; justify-content: center }
  img { display: block; width: 100%; border-radius: 12px; box-shadow: 0 1px 3px #0003, 0 10px 30px #0002 }
  .note { padding: 20px 22px; border-radius: 14px; background: #fff; box-shadow: 0 1px 3px #0003, 0 10px 30px #0002 }
  .note small { display: block; margin-bottom: 6px; color: #5c6663; font-size: 15px }
  .note strong { display: block; margin-bottom: 4px; font-size: 20px }
  .note div { display: flex; gap: 10px; margin-top: 16px }
  .note span { flex: 1; padding: 8px 4px; border-radius: 8px; background: #e6ebe9; font-size: 16px; font-weight: 600; text-align: center }
  .how { margin-top: 14px; color: #5c6663; font-size: 15px; text-align: center }
`;

/** The three panels, with text as text. @param {{ asked: string, arrived: string, shown: import("../tests/e2e/lib/lab.mjs").DesktopNotification }} seen */
const draw = ({ asked, arrived, shown }) => {
  /** @param {string} tag @param {Record<string, string>} properties @param {...HTMLElement} children */
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const panel = (/** @type {string} */ number, /** @type {string} */ title, /** @type {HTMLElement[]} */ ...content) =>
    make("li", {}, make("h2", {}, make("b", { textContent: number }), make("span", { textContent: title })), make("div", { className: "frame" }, ...content));
  const buttons = shown.actions.filter(({ key }) => key !== "default" && key !== "settings").map(({ label }) => make("span", { textContent: label }));
  const note = make("div", { className: "note" },
    make("small", { textContent: shown.app }), make("strong", { textContent: shown.summary }), make("p", { textContent: shown.text }), make("div", {}, ...buttons));
  document.body.append(make("ol", {},
    panel("1", "The third page: a polite question", make("img", { src: asked })),
    panel("2", "After the order", note, make("p", { className: "how", textContent: "What Chromium handed to the desktop, drawn plainly." })),
    panel("3", "A click, and there", make("img", { src: arrived }))));
};

const { browser, lab, server, close } = await scene("chromium", { demo: { kit: KIT, shop: folder("www/shop") } });
if (!server) throw new Error("the scene has no server");
const page = await browser.newPage();
await page.setViewport(PAGE);
const shot = async () => {
  await page.addStyleTag({ content: "html { scrollbar-width: none }" });
  return `data:image/png;base64,${await page.screenshot({ encoding: "base64" })}`;
};

for (const path of ["", "garden-notebook.html", "letter-set.html"]) await page.goto(`${server.shop}/${path}`, { waitUntil: "networkidle0" });
await page.waitForSelector("[data-softbell-popup][data-ready]");
await until("the popup to stand still", () => page.evaluate(() => !document.querySelector("[data-softbell-popup]")?.shadowRoot?.getAnimations().length));
const asked = await shot();
await press(page, "yes");
await browser.answerPrompt("allow");
await until("the server to know the device", async () => (await told(page)).status.reachable);

await page.click("form button");
await page.waitForSelector("[data-basket]:not([hidden]) button");
await Promise.all([page.waitForNavigation(), page.click("[data-basket] button")]);
const shown = await lab.notification((n) => n.summary === "Your letter set is on its way");
await lab.click(shown.id);
await page.waitForFunction(() => document.querySelector("h1")?.textContent === "On its way to you");
const arrived = await shot();

const sheet = await browser.newPage();
await sheet.setViewport(SHEET);
await sheet.setContent("<!doctype html><html lang=en><meta charset=utf-8><title>Story</title>");
await sheet.addStyleTag({ content: CSS });
await sheet.evaluate(draw, { asked, arrived, shown });
await sheet.bringToFront();
await sheet.screenshot({ path: /** @type {`${string}.webp`} */ (OUT), type: "webp", quality: 86, fullPage: true });
await close();
console.log("docs/story.webp");
process.exit();
