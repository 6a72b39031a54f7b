// Asks axe what it finds wrong on a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * All WCAG A and AA rules, target size included.
 * @param {import("./pages.mjs").WatchedPage} page
 * @returns {Promise<{ violations: string[], looked: string[] }>} `looked`: what it looked at and found right
 */
export async function axe(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    // Off by default in axe-core.
    const rules = { "target-size": { enabled: true } };
    // What is still coming into view has not its colours yet.
    for (const animation of document.getAnimations()) if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    const { violations, passes } = await /** @type {any} */ (window).axe.run(document, { runOnly: { type: "tag", values: tags }, rules });
    const targets = (/** @type {any} */ { nodes }) => nodes.map((/** @type {any} */ { target }) => String(target));
    return {
      violations: violations.map((/** @type {any} */ rule) => `${rule.id}: ${targets(rule)}`),
      looked: passes.flatMap(targets),
    };
  });
}
