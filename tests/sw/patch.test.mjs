// The device record under any sequence of changes: its revision never goes back, and rises exactly when the state changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { patch } from "../../sw/patch.js";

/** An outbox that holds the record in memory. */
const memory = () => {
  /** @type {any} */
  let device;
  return {
    get device() {
      return device;
    },
    /** @param {(found: any) => any} change */
    changeDevice: async (change) => (device = change(device)),
  };
};

const site = { site: "shop", server: "https://push.example", allowed_origins: ["https://pay.example"], foreground: "page" };

test("a revision never goes back, and rises exactly when the state changed", async () => {
  const state = fc.dictionary(fc.constantFrom("permission", "status", "topics", "tags", "snoozed_until"), fc.constantFrom(null, "a", "b", 1), { maxKeys: 3 });
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(state, fc.boolean(), fc.constantFrom("https://push.example", "https://other.example")), { maxLength: 30 }), async (changes) => {
    const outbox = memory();
    for (const [change, late, server] of changes) {
      const before = outbox.device;
      await patch(outbox, { ...site, server }, late ? () => /** @type {any} */ (change) : /** @type {any} */ (change));
      const { revision, state: now, id } = outbox.device;
      const changed = before && JSON.stringify(before.state) !== JSON.stringify(now);
      if (before) assert.deepEqual([revision, id], [before.revision + (changed ? 1 : 0), before.id]);
    }
  }), { numRuns: 5000 });
});

test("what the worker must know of the configuration is in the record, and not in the state", async () => {
  const outbox = memory();
  await patch(outbox, site, { topics: [] });
  const { allowed_origins, foreground, state } = outbox.device;
  assert.deepEqual([allowed_origins, foreground], [["https://pay.example"], "page"]);
  assert.deepEqual(Object.keys(state).filter((member) => /origins|foreground/.test(member)), []);
});
