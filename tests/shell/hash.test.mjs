// The mark of a user on the sleep ticket: another user must have another one, or an account switch is slept through.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hash } from "../../src/shell/hash.js";

test("A13: every two user ids of two letters differ, and so do emoji", () => {
  const letters = [..."0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_@.|", "😀", "😁", "é"];
  const ids = letters.flatMap((first) => letters.map((second) => `shop|${first}${second}`));
  assert.equal(new Set(ids.map(hash)).size, ids.length);
});

test("J3: a hash fits into one field of the ticket", () => {
  for (const id of ["", "|", "u42", "x".repeat(100_000)]) assert.match(hash(`shop|${id}`), /^-?\d+$/);
});
