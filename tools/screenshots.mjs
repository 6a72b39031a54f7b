// Makes pictures of every popup and every page of the shop, to be looked at: phone and desktop, light and dark; the popup
// also left-to-right and right-to-left, with long words. Writes them to build/screenshots/.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startDisplay } from "../tests/e2e/lib/display.mjs";
import { launchHeadless } from "../tests/e2e/lib/headless.mjs";
import { startLab } from "../tests/e2e/lib/lab.mjs";
import { startServer } from "../tests/e2e/lib/server.mjs";

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const OUT = folder("build/screenshots");

const PHONE = { width: 360, height: 740, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const DESKTOP = { width: 1280, height: 800 };
const LONG = { title: "Benachrichtigungseinstellungen", yes: "Lieferbenachrichtigungen einschalten", no: "Datenschutzgrundverordnungsgemäß ablehnen" };

/** Of the popup: name, viewport, colour scheme, language, own words. @type {[string, import("puppeteer-core").Viewport, "light" | "dark", string, object?][]} */
const POPUPS = [
  ["phone-light-en", PHONE, "light", "en"],
  ["phone-dark-en", PHONE, "dark", "en"],
  ["phone-light-ar", PHONE, "light", "ar"],
  ["phone-light-de-long", PHONE, "light", "de", LONG],
  ["desktop-light-en", DESKTOP, "light", "en"],
  ["desktop-dark-ar", DESKTOP, "dark", "ar"],
  ["desktop-light-de-long", DESKTOP, "light", "de", LONG],
];

/** Of the shop, each in every look. @type {Record<string, string>} */
const PAGES = {
  home: "", product: "letter-set.html", basket: "basket.html", "basket-full": "basket.html?product=letter-set", welcome: "welcome.html",
};

/** Turns the page into one of another language while it is read, as a site in that language would be. @param {import("puppeteer-core").Page} page @param {string} lang @param {object} [texts] */
const translate = (page, lang, texts) =>
  page.evaluateOnNewDocument((lang, config) => {
    new MutationObserver(() => {
      Object.assign(document.documentElement, { lang, dir: lang === "ar" ? "rtl" : "ltr" });
      document.querySelector("script[data-site]")?.setAttribute("data-config", config);
    }).observe(document, { childList: true, subtree: true });
  }, lang, JSON.stringify(texts ? { texts } : {}));

mkdirSync(OUT, { recursive: true });
const display = await startDisplay();
const lab = await startLab({ display });
const server = await startServer({ lab, display, kit: folder("pkg/dist/softbell"), shop: folder("www/shop") });
/**
 * A page in a fresh profile: who answered once is not asked again, and an incognito window is never asked.
 * @param {string} name @param {import("puppeteer-core").Viewport} viewport @param {"light" | "dark"} scheme
 * @param {(page: import("puppeteer-core").Page) => Promise<unknown>} show
 */
const picture = async (name, viewport, scheme, show) => {
  const browser = await launchHeadless();
  const page = await browser.newPage();
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await show(page);
  await page.screenshot({ path: `${OUT}/${name}.png` });
  await browser.close();
  console.log(`build/screenshots/${name}.png`);
};

for (const [name, viewport, scheme, lang, texts] of POPUPS)
  await picture(name, viewport, scheme, async (page) => {
    await translate(page, lang, texts);
    await page.goto(`${server.shop}/`);
    await page.waitForSelector("[data-softbell-popup][data-ready]");
  });

const placed = await fetch(`${server.shop}/orders`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"product":"letter-set"}' });
PAGES["order"] = `order.html?order=${(await placed.json()).id}`;
for (const [name, path] of Object.entries(PAGES))
  for (const [form, viewport] of /** @type {const} */ ([["phone", PHONE], ["desktop", DESKTOP]]))
    for (const scheme of /** @type {const} */ (["light", "dark"]))
      await picture(`shop-${name}-${form}-${scheme}`, viewport, scheme, (page) => page.goto(`${server.shop}/${path}`, { waitUntil: "networkidle0" }));
process.exit();
