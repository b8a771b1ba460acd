import assert from "node:assert/strict";
import { test } from "node:test";
import { CERTAIN, filterMarks, HIDDEN, makeVisible, POSSIBLE, type Span } from "../src/filter.ts";
import { parsePayload } from "../src/payload.ts";
import { bytesOf, FUTURE, PAST, type Row } from "./helpers.ts";

function show(siteMarks: number, rows: Row[], span: Span, mask: Uint8Array | null = null) {
  const records = Math.max(...rows.map((row) => row.record)) + 1;
  const payload = parsePayload(bytesOf({ siteMarks, records, rows }));
  return filterMarks(payload, mask, span, makeVisible(payload.marks, records));
}
const grades = (siteMarks: number, rows: Row[], from: number | null, to: number | null): number[] => [
  ...show(siteMarks, rows, { from, to }).grade,
];

test("an event is certain inside the window, possible when it only overlaps, else hidden", () => {
  const at = (first: number, last: number): number => grades(0, [{ first, last, record: 0 }], 10, 20)[0]!;
  assert.equal(at(10, 20), CERTAIN);
  assert.equal(at(15, 15), CERTAIN);
  assert.equal(at(9, 15), POSSIBLE);
  assert.equal(at(15, 21), POSSIBLE);
  assert.equal(at(0, 90), POSSIBLE);
  assert.equal(at(0, 10), POSSIBLE);
  assert.equal(at(20, 30), POSSIBLE);
  assert.equal(at(0, 9), HIDDEN);
  assert.equal(at(21, 30), HIDDEN);
  assert.equal(at(PAST, 15), POSSIBLE);
  assert.equal(at(15, FUTURE), POSSIBLE);
  assert.equal(at(PAST, FUTURE), POSSIBLE);
});

test("open ends of the window hold every event for certain, undated ones too", () => {
  const rows = [
    { first: PAST, last: FUTURE, record: 0 },
    { first: -900000, last: 3000000, record: 1 },
  ];
  assert.deepEqual(grades(0, rows, null, null), [CERTAIN, CERTAIN]);
  assert.deepEqual(grades(0, rows, null, 100), [POSSIBLE, POSSIBLE]);
  assert.deepEqual(grades(0, rows, 100, null), [POSSIBLE, POSSIBLE]);
});

test("a site shows the status of the window's end, whatever its start", () => {
  const rows = [
    { first: PAST, last: 9, record: 0, certain: 0 },
    { first: 10, last: 20, record: 0, certain: 1 },
    { first: 21, last: FUTURE, record: 0, certain: 1 },
  ];
  assert.deepEqual(grades(3, rows, null, 9), [POSSIBLE, HIDDEN, HIDDEN]);
  assert.deepEqual(grades(3, rows, 15, 20), [HIDDEN, CERTAIN, HIDDEN]);
  assert.deepEqual(grades(3, rows, -500, 10), [HIDDEN, CERTAIN, HIDDEN]);
  assert.deepEqual(grades(3, rows, 0, 21), [HIDDEN, HIDDEN, CERTAIN]);
  assert.deepEqual(grades(3, rows, null, null), [HIDDEN, HIDDEN, CERTAIN]);
});

test("ends in the wrong order are read in the right one", () => {
  const rows = [
    { first: 0, last: 12, record: 0 },
    { first: 10, last: 20, record: 1 },
    { first: 21, last: 22, record: 2 },
  ];
  assert.deepEqual(grades(1, rows, 20, 10), grades(1, rows, 10, 20));
  assert.deepEqual(grades(1, rows, 20, 10), [HIDDEN, CERTAIN, HIDDEN]);
});

test("the mask hides by record; sites come before events", () => {
  const rows = [
    { first: 0, last: 50, record: 0 },
    { first: 0, last: 50, record: 1 },
    { first: 5, last: 5, record: 8 },
    { first: 5, last: 5, record: 9 },
  ];
  const shown = show(2, rows, { from: 0, to: 10 }, Uint8Array.of(0b10, 0b1));
  assert.deepEqual([...shown.index.subarray(0, shown.count)], [1, 2]);
  assert.deepEqual([shown.sites, shown.events], [1, 1]);
});

test("counts are of records: two places of one event are one event; one sure mark makes it sure", () => {
  const rows = [
    { first: 0, last: 50, record: 0, certain: 0 },
    { first: 0, last: 50, record: 0, certain: 1 },
    { first: 5, last: 5, record: 1 },
    { first: 5, last: 5, record: 1 },
    { first: 5, last: 99, record: 2 },
  ];
  const shown = show(2, rows, { from: 0, to: 10 });
  assert.deepEqual([shown.sites, shown.possibleSites, shown.events, shown.possibleEvents], [1, 0, 2, 1]);
  assert.equal(shown.count, 5);
});

test("used again, the result forgets the window before", () => {
  const payload = parsePayload(
    bytesOf({ siteMarks: 0, records: 1, rows: [{ first: 5, last: 5, record: 0 }] }),
  );
  const out = makeVisible(1, 1);
  for (const [from, to, events] of [
    [0, 10, 1],
    [6, 10, 0],
    [0, 10, 1],
    [5, 5, 1],
  ] as const) {
    filterMarks(payload, null, { from, to }, out);
    assert.deepEqual([out.events, out.count, out.grade[0]! > 0], [events, events, events === 1]);
  }
});
