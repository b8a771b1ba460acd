// Layers that count are told of changes only: stepping must give what counting anew gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "../src/canvas-pane.ts";
import { CountryCounts } from "../src/country-counts.ts";
import { CERTAIN, filterMarks, HIDDEN, makeVisible, POSSIBLE, type Span } from "../src/filter.ts";
import { HeatGrid, SIDE } from "../src/heat-grid.ts";
import { TimeIndex } from "../src/index.ts";
import { inTimeOrder } from "../src/order.ts";
import { parsePayload, type Payload } from "../src/payload.ts";
import { projectAll } from "../src/project.ts";
import { fork } from "../src/tally.ts";
import { bytesOf, type Row } from "./helpers.ts";

const COUNTRIES = ["", "MA", "IL"].map((code) => ({ code, label: code, shapes: code ? [code + "X"] : [] }));

function stream(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 16807) % 2147483647) / 2147483647;
}

function payloadOf(rows: Row[], siteMarks = 0): Payload {
  const records = Math.max(...rows.map((row) => row.record)) + 1;
  return parsePayload(bytesOf({ siteMarks, records, rows, header: { countries: COUNTRIES } }));
}

function random(seed: number): Payload {
  const next = stream(seed);
  const rows: Row[] = [];
  for (let record = 0; rows.length < 600; record++) {
    for (let k = Math.floor(next() * 3); k >= 0; k--) {
      const first = Math.floor(next() * 1000);
      const last = first + Math.floor(next() * 90);
      const [lon, lat] = [next() * 300 - 150, next() * 140 - 70];
      rows.push({ first, last, record, country: Math.floor(next() * 3), lon, lat, kind: 1 });
    }
  }
  const payload = payloadOf(rows);
  inTimeOrder(payload);
  return payload;
}

/** By hand: records with a visible mark in each country. */
function counted(payload: Payload, grade: Uint8Array): { total: number[]; certain: number[] } {
  const total = COUNTRIES.map(() => new Set<number>());
  const certain = COUNTRIES.map(() => new Set<number>());
  for (let i = 0; i < payload.marks; i++) {
    if (grade[i] !== HIDDEN) total[payload.country[i]!]!.add(payload.record[i]!);
    if (grade[i] === CERTAIN) certain[payload.country[i]!]!.add(payload.record[i]!);
  }
  return { total: total.map((set) => set.size), certain: certain.map((set) => set.size) };
}

const frame = { zoom: 2, left: 100, top: 200, width: 600, height: 400 } as Frame;

test("stepping counts countries and heat as counting anew does", () => {
  const payload = random(7);
  const at = projectAll(payload.lon, payload.lat);
  const visible = makeVisible(payload.marks, payload.records);
  const index = new TimeIndex(payload, visible);
  index.move(null, { from: 0, to: 10 });
  const counts = new CountryCounts();
  counts.recount(payload, visible, null);
  const heat = new HeatGrid();
  heat.build(frame, payload, at, visible, null);
  index.sink = fork([counts, heat]);
  const next = stream(5);
  for (let step = 0; step < 60; step++) {
    const from = Math.floor(next() * 1000);
    const span: Span = {
      from: next() < 0.2 ? null : from,
      to: next() < 0.2 ? null : from + Math.floor(next() * 300),
    };
    index.move(null, span);
    assert.deepEqual(
      { total: [...counts.total], certain: [...counts.certain] },
      counted(payload, visible.grade),
    );
    const anew = new HeatGrid();
    anew.build(frame, payload, at, visible, null);
    const [a, b] = [heat.levels(), anew.levels()];
    assert.equal(a.length, b.length);
    assert.ok(
      a.every((value, k) => Math.abs(value - b[k]!) < 1e-4),
      `step ${step}`,
    );
  }
});

test("a record counts once in a country, however many places it has there", () => {
  const payload = payloadOf([
    { first: 0, last: 0, record: 0, country: 1, kind: 1 },
    { first: 0, last: 0, record: 0, country: 1, kind: 1 },
    { first: 0, last: 0, record: 0, country: 2, kind: 1 },
    { first: 0, last: 500, record: 1, country: 1, kind: 1 },
  ]);
  const visible = makeVisible(payload.marks, payload.records);
  filterMarks(payload, null, { from: 0, to: 100 }, visible);
  assert.deepEqual([...visible.grade], [CERTAIN, CERTAIN, CERTAIN, POSSIBLE]);
  const counts = new CountryCounts();
  counts.recount(payload, visible, null);
  assert.deepEqual([...counts.total], [0, 2, 1]);
  assert.deepEqual([...counts.certain], [0, 1, 1]);
});

test("classes come from all records at any time and cover every number", () => {
  const rows = Array.from({ length: 42 }, (_, record) => ({
    first: 0,
    last: 0,
    record,
    country: 1,
    kind: 1,
  }));
  const payload = payloadOf(rows);
  const visible = makeVisible(payload.marks, payload.records);
  const counts = new CountryCounts();
  filterMarks(payload, null, { from: 500, to: 600 }, visible);
  counts.recount(payload, visible, null);
  assert.deepEqual(counts.ranges(), ["1", "2–3", "4–8", "9–19", "20–42"]);
  assert.equal(counts.classOf(0), -1);
  assert.equal(counts.classOf(1), 0);
  assert.equal(counts.classOf(42), 4);
  // A filter that leaves three records makes a scale of three.
  const mask = new Uint8Array(6);
  mask[0] = 0b111;
  counts.recount(payload, visible, mask);
  assert.deepEqual(counts.ranges(), ["1", "2", "3"]);
});

test("no record at all has no class and breaks nothing", () => {
  const payload = payloadOf([{ first: 0, last: 0, record: 0, country: 0, kind: 1 }]);
  const visible = makeVisible(1, 1);
  const counts = new CountryCounts();
  counts.recount(payload, visible, null);
  assert.deepEqual(counts.ranges(), ["1"]);
  const heat = new HeatGrid();
  heat.build(frame, payload, projectAll(payload.lon, payload.lat), visible, null);
  assert.ok(heat.levels().every((level) => level === 0));
});

test("heat is strongest where the mark is, half as strong for a possible one, and the scale is that of all time", () => {
  const payload = payloadOf([{ first: 0, last: 0, record: 0, lon: -90, lat: 40, kind: 1 }]);
  const at = projectAll(payload.lon, payload.lat);
  const near = { ...frame, left: at.x[0]! * 1024 - 300, top: at.y[0]! * 1024 - 200 } as Frame;
  const visible = makeVisible(1, 1);
  const level = (): number => {
    const heat = new HeatGrid();
    heat.build(near, payload, at, visible, null);
    const levels = heat.levels();
    const cell =
      (Math.floor((at.y[0]! * 1024) / SIDE) - heat.row) * heat.across +
      Math.floor((at.x[0]! * 1024) / SIDE) -
      heat.column;
    assert.equal(levels[cell], Math.max(...levels));
    return levels[cell]!;
  };
  assert.equal(level(), 0);
  visible.grade[0] = CERTAIN;
  assert.ok(Math.abs(level() - 1) < 1e-6);
  visible.grade[0] = POSSIBLE;
  assert.ok(Math.abs(level() - Math.log(1.5) / Math.log(2)) < 1e-6);
});
