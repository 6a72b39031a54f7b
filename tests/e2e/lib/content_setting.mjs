// Chromium's own settings page: what a visitor allows a site, changed there as he would.

/** Opens it in a tab of its own. @param {import("./browser.mjs").TestBrowser} browser */
export async function openSettings(browser) {
  const page = await browser.newPage();
  await page.goto("chrome://settings/content/notifications");
  return {
    /** Asks for it; when it holds is seen elsewhere. @param {string} origin @param {"allow" | "block"} setting */
    notifications: (origin, setting) => page.evaluate((origin, setting) =>
      /** @type {any} */ (window).chrome.send("setOriginPermissions", [origin, "notifications", setting]), origin, setting),
    close: () => page.close(),
  };
}
