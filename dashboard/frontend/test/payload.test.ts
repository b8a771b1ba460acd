import assert from "node:assert/strict";
import { test } from "node:test";
import { inMask, parseMask, parsePayload, PayloadError, rowOfId, textOf } from "../src/payload.ts";
import { blockEnds, readHeader } from "../src/blocks.ts";
import { bytesOf, dealt, FUTURE, narrow, PAST, type Row } from "./helpers.ts";

const good = (): ArrayBuffer =>
  bytesOf({
    siteMarks: 1,
    records: 2,
    rows: [
      { lon: -7.5, lat: 33.5, first: PAST, last: FUTURE, record: 0, radius: 250 },
      { lon: 180, lat: -90, first: 5, last: 9, record: 1, kind: 1, country: 1 },
    ],
    names: ["st-é", "ev-b"],
  });

test("a good payload is read whole", () => {
  const p = parsePayload(good());
  assert.equal(p.marks, 2);
  assert.equal(p.siteMarks, 1);
  assert.deepEqual([...p.lon], [-7.5, 180]);
  assert.deepEqual([...p.first], [PAST, 5]);
  assert.deepEqual([...p.last], [FUTURE, 9]);
  assert.deepEqual([...p.radius], [250, 0]);
  assert.deepEqual([...p.kind], [0, 1]);
  assert.equal(p.kinds[1]!.colour, "#445566");
  assert.deepEqual([...p.country], [0, 1]);
  assert.deepEqual(p.countries[1], { code: "MA", label: "Morocco", shapes: ["MAR"] });
  assert.equal(textOf(p.names, 0), "st-é");
  assert.equal(textOf(p.names, 1), "ev-b");
  assert.equal(textOf(p.details, 1), "");
  assert.equal(rowOfId(p.ids, "ev-b"), 1);
  assert.equal(rowOfId(p.ids, "ev-c"), -1);
});

test("a payload cut short anywhere is refused, never half read", () => {
  const whole = good();
  // The last columns end in padding, which may be missing without harm.
  for (let length = 0; length < whole.byteLength - 8; length += 3) {
    assert.throws(() => parsePayload(whole.slice(0, length)), PayloadError, `length ${length}`);
  }
});

test("bad magic is named", () => {
  const buffer = good();
  new Uint8Array(buffer)[3] = 0x32;
  assert.throws(() => parsePayload(buffer), /AAM1/);
});

const one = (row: object, extra: object = {}): ArrayBuffer =>
  bytesOf({
    siteMarks: 0,
    records: 1,
    rows: [{ first: 0, last: 0, record: 0, ...row }],
    header: { ...extra },
  });

test("values outside their range are refused", () => {
  parsePayload(one({}));
  for (const row of [
    { lon: 181 },
    { lat: -91 },
    { lon: NaN },
    { record: 1 },
    { kind: 2 },
    { status: 1 },
    { precision: 9 },
  ]) {
    assert.throws(() => parsePayload(one(row)), PayloadError, JSON.stringify(row));
  }
});

test("headers that contradict the columns are refused", () => {
  for (const extra of [
    { marks: 2 },
    { marks: -1 },
    { siteMarks: 2 },
    { records: "1" },
    { columns: {} },
    { columns: null },
    { kinds: "x" },
    { span: { first: 9, last: 1 } },
  ]) {
    assert.throws(() => parsePayload(one({}, extra)), PayloadError, JSON.stringify(extra));
  }
  assert.equal(parsePayload(one({}, { span: null })).span, null);
});

test("column offsets and lengths are checked", () => {
  const columns = (change: object) => {
    const p = JSON.parse(
      new TextDecoder().decode(new Uint8Array(one({}), 8, new DataView(one({})).getUint32(4, true))),
    );
    return { columns: { ...p.columns, lat: { ...p.columns.lat, ...change } } };
  };
  parsePayload(one({}, columns({})));
  for (const change of [
    { offset: 4 },
    { offset: -8 },
    { offset: 80000 },
    { length: 2 },
    { type: "f64" },
    { type: "i32" },
  ]) {
    assert.throws(() => parsePayload(one({}, columns(change))), PayloadError, JSON.stringify(change));
  }
});

test("a colour that is not #rrggbb is replaced", () => {
  const p = parsePayload(one({}, { kinds: [{ code: "x", colour: "url(javascript:1)" }] }));
  assert.match(p.kinds[0]!.colour, /^#[0-9a-f]{6}$/);
});

test("mask bits: bit r & 7 of byte r >> 3", () => {
  const mask = parseMask(btoa(String.fromCharCode(0b00000101, 0b10000000)), 16);
  const shown = [...Array(16).keys()].filter((r) => inMask(mask, r));
  assert.deepEqual(shown, [0, 2, 15]);
  assert.equal(parseMask(null, 16), null);
  assert.equal(inMask(null, 3), true);
  assert.throws(() => parseMask(btoa("x"), 16), PayloadError);
  assert.throws(() => parseMask("%%%", 16), PayloadError);
});

/** Few rows many times over: enough for the order of time. */
const big = (row: (k: number) => object, extra: object = {}): ArrayBuffer =>
  bytesOf({
    siteMarks: 0,
    records: 7000,
    rows: Array.from({ length: 7000 }, (_, k) => ({ first: 7000 - k, last: 7000, record: k, ...row(k) })),
    header: { ...extra },
  });

test("many marks are put in the order of time, every column with them", () => {
  const p = parsePayload(big((k) => ({ lon: k / 100, radius: k })));
  for (const k of [0, 1, 3500, 6999]) {
    assert.equal(p.first[k], k + 1);
    assert.equal(p.record[k], 6999 - k);
    assert.equal(p.radius[k], 6999 - k);
    assert.ok(Math.abs(p.lon[k]! - (6999 - k) / 100) < 1e-5);
  }
});

test("days outside the calendar are held at its ends, open ends stay open", () => {
  for (const days of [parsePayload(big((k) => (k ? {} : { first: -2000000000, last: 2000000000 }))), null]) {
    const p = days ?? parsePayload(one({ first: -2000000000, last: 2000000000 }));
    assert.equal(p.first[0], -719162);
    assert.equal(Math.max(...p.last), 2932896);
  }
  assert.deepEqual([...parsePayload(one({ first: PAST, last: FUTURE })).last], [FUTURE]);
});

test("narrow columns: days from day0, radii from the list, certain for sites only", () => {
  const p = parsePayload(narrow({}));
  assert.deepEqual([...p.first], [PAST, 18000]);
  assert.deepEqual([...p.last], [18001, FUTURE]);
  assert.deepEqual([...p.radius], [700, 50]);
  assert.deepEqual([...p.certain], [0, 1]);
  for (const extra of [
    { day0: undefined },
    { day0: 1.5 },
    { day0: 9e9 },
    { radii: [1] },
    { radii: ["x", 1] },
  ]) {
    assert.throws(() => parsePayload(narrow(extra)), PayloadError, JSON.stringify(extra));
  }
});

const rows = (sites: number, events: number): Row[] =>
  Array.from({ length: sites + events }, (_, k) => ({
    first: k < sites ? k : k - sites,
    last: 50 + k,
    lon: k / 2,
    record: k,
    radius: k,
    kind: k < sites ? 0 : 1,
    certain: k % 2,
  }));
const named = (sites: number, events: number): ArrayBuffer =>
  bytesOf({
    siteMarks: sites,
    records: sites + events,
    rows: rows(sites, events),
    names: rows(sites, events).map((row) => `r${row.record}`),
  });
const COLUMNS = ["lon", "lat", "first", "last", "record", "radius", "kind", "certain", "country"] as const;

test("marks in blocks are read in the order in which they were dealt", () => {
  const plain = parsePayload(named(5, 18));
  for (const blocks of [1, 2, 3, 8, 23]) {
    const p = parsePayload(dealt(named(5, 18), blocks));
    for (const name of COLUMNS) assert.deepEqual([...p[name]], [...plain[name]], `${name}, ${blocks}`);
    assert.equal(textOf(p.names, 7), "r7");
  }
});

test("the first blocks alone: every k-th mark, in order, without texts", () => {
  const whole = dealt(named(5, 18), 4);
  const { ends, total } = blockEnds(readHeader(new Uint8Array(whole)));
  assert.equal(ends.length, 4);
  assert.ok(total <= whole.byteLength && whole.byteLength - total < 8);
  for (const [held, marks, sites] of [
    [1, 6, 2],
    [2, 12, 3],
    [3, 18, 4],
    [4, 23, 5],
  ] as const) {
    for (const more of [0, 3]) {
      const p = parsePayload(whole.slice(0, ends[held - 1]! + more), true);
      assert.deepEqual([p.marks, p.siteMarks, p.records, p.ids], [marks, sites, 23, null]);
      assert.deepEqual(
        [...p.record],
        [...Array(23).keys()].filter((row) => row % 4 < held),
      );
      assert.deepEqual(
        [...p.certain],
        [...p.record].map((row) => row % 2),
      );
    }
  }
});

test("blocks that are missing for good are refused", () => {
  const whole = dealt(named(5, 18), 4);
  for (let length = 0; length < whole.byteLength - 8; length += 5) {
    assert.throws(() => parsePayload(whole.slice(0, length)), PayloadError, `length ${length}`);
  }
  const { start } = readHeader(new Uint8Array(whole));
  assert.throws(() => parsePayload(whole.slice(0, start - 1), true), PayloadError);
  assert.equal(parsePayload(whole.slice(0, start), true).marks, 0);
  // Nothing in blocks, nothing to show early: a part is refused like any payload that is cut short.
  assert.throws(() => parsePayload(good().slice(0, 900), true), PayloadError);
});
