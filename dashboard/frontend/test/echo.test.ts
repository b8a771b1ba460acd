import assert from "node:assert/strict";
import { test } from "node:test";
import { Echo, same } from "../src/component/echo.ts";

const win = (from: string | null, to: string | null) => ({ from, to });
const A = win("2020-01-01", null);
const B = win("2021-01-01", null);
const C = win("2022-01-01", null);
const OPEN = win(null, null);
const base = { window: OPEN, selected: null, view: null, mask: null, theme: "light" };

function started(): Echo {
  const echo = new Echo();
  echo.fromPython(base);
  return echo;
}

test("the first call gives everything, the same call again nothing", () => {
  const echo = new Echo();
  assert.deepEqual(echo.fromPython(base), base);
  assert.deepEqual(echo.fromPython(structuredClone(base)), {});
});

test("what Python changes is forwarded, and only that", () => {
  const echo = started();
  assert.deepEqual(echo.fromPython({ ...base, mask: "AA==", window: A }), { mask: "AA==", window: A });
});

test("the person's own move does not come back", () => {
  const echo = started();
  assert.deepEqual(echo.fromFrame({ window: A, selected: null, view: null }), { window: A });
  assert.deepEqual(echo.fromPython({ ...base, window: A }), {});
});

test("a late answer to an older move does not move the clock back under the hand", () => {
  const echo = started();
  echo.fromFrame({ window: A });
  echo.fromFrame({ window: B });
  echo.fromFrame({ window: C });
  assert.deepEqual(echo.fromPython({ ...base, window: A }), {});
  assert.deepEqual(echo.fromPython({ ...base, window: B, mask: "AA==" }), { mask: "AA==" });
  assert.deepEqual(echo.fromPython({ ...base, window: C, mask: "AA==" }), {});
  assert.deepEqual(echo.whole()["window"], C);
});

test("a run in which Python has not heard of the move yet changes nothing", () => {
  const echo = started();
  echo.fromFrame({ window: A });
  assert.deepEqual(echo.fromPython({ ...base, theme: "dark" }), { theme: "dark" });
});

test("skipped runs: an answer settles all older reports, so Python may wish for one of them later", () => {
  const echo = started();
  echo.fromFrame({ window: A });
  echo.fromFrame({ window: B });
  assert.deepEqual(echo.fromPython({ ...base, window: B }), {});
  assert.deepEqual(echo.fromPython({ ...base, window: A }), { window: A });
});

test("after Python's own move a reported value is a new wish", () => {
  const echo = started();
  echo.fromFrame({ window: A });
  assert.deepEqual(echo.fromPython({ ...base, window: C }), { window: C });
  assert.deepEqual(echo.fromPython({ ...base, window: A }), { window: A });
});

test("a drawn area and the layers go to Python once and do not come back", () => {
  const echo = started();
  const report = { area: "circle:33.6,-7.1,50", layers: "heat,records", mode: "asof" };
  assert.deepEqual(echo.fromFrame(report), report);
  assert.deepEqual(echo.fromFrame(report), {});
  assert.deepEqual(echo.fromPython({ ...base, ...report, mask: "AA==" }), { mask: "AA==" });
  assert.deepEqual(echo.fromPython({ ...base, ...report, area: null }), { area: null, mask: null });
});

test("reports pass on only what changed", () => {
  const echo = started();
  const view = { lat: 33.5, lng: -7.5, zoom: 4 };
  assert.deepEqual(echo.fromFrame({ window: OPEN, selected: null, view: null, height: 9 }), {});
  assert.deepEqual(echo.fromFrame({ window: OPEN, selected: "st-a", view }), { selected: "st-a", view });
  assert.deepEqual(echo.fromFrame({ window: OPEN, selected: "st-a", view: { ...view, lat: 33.500001 } }), {});
});

test("Python's own move, reported by the frame, is no news", () => {
  const echo = started();
  echo.fromPython({ ...base, window: A });
  assert.deepEqual(echo.fromFrame({ window: A }), {});
});

test("picked, closed by Python, picked again: the second pick counts", () => {
  const echo = started();
  assert.deepEqual(echo.fromFrame({ selected: "st-a" }), { selected: "st-a" });
  assert.deepEqual(echo.fromPython({ ...base, selected: "st-a" }), {});
  assert.deepEqual(echo.fromPython({ ...base, selected: null }), { selected: null });
  // Streamlit still holds "st-a": setting it again would be no change there.
  assert.deepEqual(echo.fromFrame({ selected: "st-a" }), { selected: null });
  assert.equal(echo.hasLater, true);
  assert.deepEqual(echo.fromPython({ ...base, selected: null }), {});
  assert.deepEqual(echo.afterRun(), { selected: "st-a" });
  assert.equal(echo.hasLater, false);
  assert.deepEqual(echo.fromPython({ ...base, selected: "st-a" }), {});
});

test("a frame that starts anew gets Python's state with the person's moves over it", () => {
  const echo = started();
  echo.fromFrame({ window: B, selected: "ev-x" });
  assert.deepEqual(echo.whole(), { ...base, window: B, selected: "ev-x" });
});

test("null and a window open at both ends are one", () => {
  const echo = new Echo();
  echo.fromPython({ window: null });
  assert.deepEqual(echo.fromPython({ window: OPEN }), {});
  assert.deepEqual(echo.fromFrame({ window: OPEN }), {});
});

test("equality of JSON values", () => {
  assert.ok(same({ a: [1, null] }, { a: [1, null] }));
  assert.ok(!same({ a: 1 }, { a: 1, b: 2 }));
  assert.ok(!same({ a: 1, b: 2 }, { a: 1, c: 2 }));
  assert.ok(!same(null, {}));
  assert.ok(!same(4, 4.01));
});
