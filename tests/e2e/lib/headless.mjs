// A Chromium without a screen and without the lab, for pages that need no answer from a person.

import { launch } from "puppeteer-core";

export const launchHeadless = () => {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : []; // Chromium refuses to run as root without it
  return launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
};
