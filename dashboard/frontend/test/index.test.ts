import assert from "node:assert/strict";
import { test } from "node:test";
import { filterMarks, makeVisible, type Span } from "../src/filter.ts";
import { TimeIndex } from "../src/index.ts";
import { inTimeOrder, orderBy } from "../src/order.ts";
import { parsePayload, type Payload } from "../src/payload.ts";
import { bytesOf, FUTURE, PAST, type Row } from "./helpers.ts";

function stream(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 16807) % 2147483647) / 2147483647;
}

/** Sites with lives, events with one or several places, open ends; `several` marks a record. */
function made(seed: number, sites: number, events: number, several: boolean): Payload {
  const next = stream(seed);
  const rows: Row[] = [];
  const day = (): number => Math.floor(next() * 1000);
  let record = 0;
  const add = (isSite: boolean): void => {
    const a = next() < 0.05 ? PAST : day();
    const b = next() < 0.05 ? FUTURE : Math.max(a, 0) + Math.floor(next() ** 4 * 300);
    if (rows.length > 0 && (!several || next() < 0.7)) record++;
    rows.push({ first: a, last: b, record, certain: next() < 0.5 ? 1 : 0, kind: isSite ? 0 : 1 });
  };
  for (let k = 0; k < sites; k++) add(true);
  record++;
  for (let k = 0; k < events; k++) add(false);
  const payload = parsePayload(bytesOf({ siteMarks: sites, records: record + 1, rows }));
  inTimeOrder(payload);
  return payload;
}

const COUNTS = ["count", "sites", "events", "possibleSites", "possibleEvents"] as const;

for (const several of [false, true]) {
  test(`steps give what a plain pass gives, ${several ? "several marks" : "one mark"} a record`, () => {
    const payload = made(several ? 5 : 11, 200, 700, several);
    const next = stream(3);
    const index = new TimeIndex(payload, makeVisible(payload.marks, payload.records));
    const plain = makeVisible(payload.marks, payload.records);
    const masks = [null, Uint8Array.from({ length: (payload.records + 7) >> 3 }, () => next() * 256)];
    let span: Span = { from: 0, to: 100 };
    for (let step = 0; step < 600; step++) {
      const kind = next();
      const shift = Math.floor(next() * 40) - 10;
      if (kind < 0.6) span = { from: (span.from ?? 0) + shift, to: (span.to ?? 1000) + shift };
      else if (kind < 0.7) span = { from: null, to: Math.floor(next() * 1100) };
      else if (kind < 0.8) span = { from: Math.floor(next() * 1100), to: null };
      else if (kind < 0.85) span = { from: null, to: null };
      else span = { from: Math.floor(next() * 1200) - 100, to: Math.floor(next() * 1200) - 100 };
      const mask = masks[next() < 0.1 ? 1 : 0]!;
      const fast = index.move(mask, span);
      filterMarks(payload, mask, span, plain);
      assert.deepEqual(fast.grade, plain.grade, JSON.stringify(span));
      for (const name of COUNTS) assert.equal(fast[name], plain[name], `${name} ${JSON.stringify(span)}`);
    }
  });
}

test("a small step looks at few marks, and the sink hears of each change once", () => {
  const payload = made(17, 0, 5000, false);
  const out = makeVisible(payload.marks, payload.records);
  const index = new TimeIndex(payload, out);
  const mirror = new Uint8Array(payload.marks);
  index.sink = {
    change(mark, before, after) {
      assert.equal(mirror[mark], before);
      assert.notEqual(before, after);
      mirror[mark] = after;
    },
  };
  index.move(null, { from: 100, to: 200 });
  assert.equal(index.touched, 5000);
  index.move(null, { from: 101, to: 201 });
  assert.ok(index.touched < 200, String(index.touched));
  index.move(null, { from: 101, to: 201 });
  assert.equal(index.touched, 0);
  index.move(null, { from: null, to: null });
  assert.deepEqual(mirror, out.grade);
});

test("NaN as an end of the window is an open end, swapped ends are put right", () => {
  const payload = made(23, 50, 300, true);
  const index = new TimeIndex(payload, makeVisible(payload.marks, payload.records));
  const counts = (span: Span): number[] => {
    const out = index.move(null, span);
    return COUNTS.map((name) => out[name]);
  };
  assert.deepEqual(counts({ from: NaN, to: NaN }), counts({ from: null, to: null }));
  assert.deepEqual(counts({ from: 700, to: 300 }), counts({ from: 300, to: 700 }));
});

test("an empty payload has an index too", () => {
  const payload = parsePayload(bytesOf({ siteMarks: 0, records: 0, rows: [] }));
  const index = new TimeIndex(payload, makeVisible(0, 0));
  assert.equal(index.move(null, { from: 5, to: 9 }).count, 0);
  assert.equal(index.move(null, { from: null, to: null }).count, 0);
});

test("order: open ends outside, equal days as they came", () => {
  const days = Int32Array.of(5, FUTURE, 3, PAST, 5, 3, PAST);
  assert.deepEqual([...orderBy(days, 0, 7)], [3, 6, 2, 5, 0, 4, 1]);
  assert.deepEqual([...orderBy(Int32Array.of(FUTURE, PAST), 0, 2)], [1, 0]);
  assert.deepEqual([...orderBy(days, 2, 2)], []);
});
