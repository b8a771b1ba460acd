import assert from "node:assert/strict";
import test from "node:test";

import { isOf, stemOf } from "../src/component/stems.ts";

test("what decides about the next thing is of the kind of what decided about the last", () => {
  const stem = stemOf("st-key-review_accept_0a1b2c3d");
  assert.equal(stem, "st-key-review_accept_");
  assert.ok(isOf("st-key-review_accept_ffffffff", stem));
  assert.ok(!isOf("st-key-review_reject_ffffffff", stem));
  assert.equal(stemOf("st-key-review_why_dr-0123456789abcdef0123456789abcdef"), "st-key-review_why_");
});

test("what has no mark has no kind", () => {
  for (const key of ["st-key-review_draft_card", "st-key-decade", "st-key-x_12345"])
    assert.equal(stemOf(key), "");
});
