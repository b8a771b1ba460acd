import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePayload } from "../src/payload.ts";
import { covers, estimate, held, MOST, widened, wishFor, type Box } from "../src/window.ts";
import { bytesOf, FUTURE, PAST, type Row } from "./helpers.ts";

const ALWAYS = { from: null, to: null };
const WORLD: Box = { west: -180, south: -90, east: 180, north: 90 };
const SMALL: Box = { west: 0, south: 0, east: 10, north: 10 };

function counts(rows: Row[]) {
  return parsePayload(bytesOf({ siteMarks: 0, records: rows.length, rows }));
}

const made = counts([
  { lon: 5, lat: 5, first: 0, last: 29, record: 0, weight: 100 },
  { lon: 5, lat: 6, first: 30, last: 59, record: 1, weight: MOST },
  { lon: -60, lat: -20, first: 0, last: 29, record: 2, weight: 3 * MOST },
  { lon: 6, lat: 5, first: PAST, last: FUTURE, record: 3, weight: 7 },
]);

test("an estimate adds up what a box and a span touch", () => {
  assert.equal(estimate(made, { box: WORLD, span: ALWAYS }), 107 + 4 * MOST);
  assert.equal(estimate(made, { box: SMALL, span: { from: 0, to: 10 } }), 107);
  assert.equal(estimate(made, { box: SMALL, span: { from: 29, to: 30 } }), 107 + MOST);
  assert.equal(estimate(made, { box: SMALL, span: { from: 10, to: 0 } }), 107);
  assert.equal(estimate(made, { box: { ...SMALL, north: 5.5 }, span: ALWAYS }), 107);
});

test("all time is asked for where that is few enough, else the window, else nothing", () => {
  const few = { ...SMALL, north: 5.5 };
  assert.deepEqual(wishFor(made, { west: 4, south: 4, east: 7, north: 5 }, { from: 3, to: 4 })?.span, ALWAYS);
  assert.deepEqual(wishFor(made, SMALL, { from: 0, to: 10 }), {
    box: widened(SMALL),
    span: { from: 0, to: 10 },
  });
  assert.equal(wishFor(made, WORLD, { from: 0, to: 10 }), null);
  assert.deepEqual(wishFor(made, few, ALWAYS)?.box, few);
});

test("an answer serves as long as view and window lie inside it", () => {
  const wish = { box: SMALL, span: { from: 0, to: 50 } };
  const inner: Box = { west: 2, south: 2, east: 8, north: 8 };
  assert.ok(covers(wish, inner, { from: 0, to: 50 }));
  assert.ok(covers(wish, SMALL, { from: 20, to: 10 }));
  assert.ok(!covers(wish, inner, { from: null, to: 50 }));
  assert.ok(!covers(wish, inner, { from: 0, to: 51 }));
  assert.ok(!covers(wish, { ...inner, east: 11 }, { from: 0, to: 50 }));
  assert.ok(covers({ box: SMALL, span: ALWAYS }, inner, ALWAYS));
});

test("only the world that is drawn is asked for", () => {
  assert.deepEqual(held({ west: -220, south: -89, east: 200, north: 95 }), {
    west: -180,
    south: -89,
    east: 180,
    north: 90,
  });
  assert.equal(held({ west: 185, south: 0, east: 200, north: 10 }), null);
  assert.deepEqual(widened(WORLD), WORLD);
});
