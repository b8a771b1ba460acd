import assert from "node:assert/strict";
import test from "node:test";

import { Leaving } from "../src/component/leaving.ts";

const HERE = "http://127.0.0.1:8600/?view=1,2,3";

test("a link to another page silences for a while", () => {
  let now = 0;
  const leaving = new Leaving(() => now);
  assert.equal(leaving.rest, 0);
  leaving.clicked("/sources", HERE);
  assert.equal(leaving.rest, 3000);
  now = 2999;
  assert.equal(leaving.rest, 1);
  now = 3001;
  assert.equal(leaving.rest, 0);
});

test("links of the same page and of other sites do not", () => {
  const leaving = new Leaving(() => 0);
  for (const to of ["#table", "/?q=x", "https://example.org/sources", "http://["]) leaving.clicked(to, HERE);
  assert.equal(leaving.rest, 0);
});
