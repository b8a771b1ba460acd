import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "../src/canvas-pane.ts";
import { Cells, radiusOf, SIDE } from "../src/cells.ts";
import { spell } from "../src/discs.ts";
import { filterMarks, makeVisible } from "../src/filter.ts";
import { countBins } from "../src/histogram.ts";
import { TimeIndex } from "../src/index.ts";
import { inTimeOrder } from "../src/order.ts";
import { parsePayload, type Payload } from "../src/payload.ts";
import { projectAll, worldSize } from "../src/project.ts";
import { cellCard, gradesOf } from "../src/readout.ts";
import { LABELS } from "../src/labels.ts";
import { bytesOf, type Row } from "./helpers.ts";

function stream(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 16807) % 2147483647) / 2147483647;
}

function made(rows: Row[], siteMarks = 0): Payload {
  const records = Math.max(0, ...rows.map((row) => row.record + 1));
  const payload = parsePayload(bytesOf({ siteMarks, records, rows }));
  inTimeOrder(payload);
  return payload;
}

function frame(zoom: number, left: number, top: number, width = 800, height = 600): Frame {
  return { ctx: null as never, ratio: 1, zoom, left, top, width, height };
}

/** A map of many events, its cells and its index, joined as the layer joins them. */
function world(rows: Row[], siteMarks = 0) {
  const payload = made(rows, siteMarks);
  const at = projectAll(payload.lon, payload.lat);
  const visible = makeVisible(payload.marks, payload.records);
  const index = new TimeIndex(payload, visible);
  const cells = new Cells(payload, at);
  index.sink = cells;
  return { payload, at, visible, index, cells };
}

function scattered(n: number, seed = 3): Row[] {
  const next = stream(seed);
  return Array.from({ length: n }, (_, record) => {
    const first = Math.floor(next() * 1000);
    const [lon, lat] = [next() * 360 - 180, next() * 160 - 80];
    return { lon, lat, first, last: first + Math.floor(next() * 60), record, kind: next() < 0.3 ? 0 : 1 };
  });
}

test("counts follow the clock: after any steps they are what counting anew gives", () => {
  const { payload, at, visible, index, cells } = world(scattered(4000));
  const next = stream(9);
  const view = frame(2, 100, 150);
  index.move(null, { from: null, to: null });
  cells.build(view, visible.grade);
  for (let step = 0; step < 60; step++) {
    const from = Math.floor(next() * 900);
    index.move(null, { from, to: from + Math.floor(next() * 300) });
    const anew = new Cells(payload, at);
    anew.build(view, visible.grade);
    const size = anew.across * anew.down;
    assert.deepEqual(cells.total.slice(0, size), anew.total.slice(0, size));
    assert.deepEqual(cells.counts.slice(0, anew.counts.length), anew.counts);
    assert.deepEqual(cells.lone.slice(0, size), anew.lone.slice(0, size));
    assert.equal(cells.inside, anew.inside);
  }
});

test("the whole world in view: every visible mark is counted once, poles and date line too", () => {
  const rows = scattered(500);
  for (const [lon, lat] of [
    [180, 0],
    [-180, 0],
    [180, 90],
    [-180, -90],
    [0, 90],
  ] as const) {
    rows.push({ lon, lat, first: 5, last: 5, record: rows.length });
  }
  const { visible, index, cells } = world(rows);
  index.move(null, { from: null, to: null });
  for (const zoom of [0, 1, 1.75, 2.25]) {
    const side = worldSize(zoom);
    cells.build(frame(zoom, -50, -50, side + 100, side + 100), visible.grade);
    assert.equal(cells.inside, rows.length, `zoom ${zoom}`);
  }
});

test("a view off the world has no cells and does not fail", () => {
  const { visible, index, cells } = world(scattered(100));
  index.move(null, { from: null, to: null });
  const far = frame(3, 90000, 90000);
  cells.build(far, visible.grade);
  assert.equal(cells.inside, 0);
  assert.ok(cells.covers(far));
  assert.equal(cells.under(far, 10, 10, 5), -1);
});

test("a pan inside the margin needs no new count, a farther one and a zoom do", () => {
  const { visible, index, cells } = world(scattered(100));
  index.move(null, { from: null, to: null });
  const start = frame(5, 3000, 3000);
  cells.build(start, visible.grade);
  assert.ok(cells.covers(start));
  assert.ok(cells.covers({ ...start, left: 3300, top: 2800 }));
  assert.ok(!cells.covers({ ...start, left: 3600 }));
  assert.ok(!cells.covers({ ...start, zoom: 5.25 }));
});

test("signs of cells stay inside their squares, so that none touches another", () => {
  const { visible, index, cells } = world(scattered(3000));
  index.move(null, { from: null, to: null });
  cells.build(frame(1, 0, 0, 512, 512), visible.grade);
  for (let cell = 0; cell < cells.across * cells.down; cell++) {
    if (cells.total[cell]! < 2) continue;
    const r = radiusOf(cells.total[cell]!);
    const left = cells.left(cell);
    const top = (cells.row + Math.floor(cell / cells.across)) * SIDE;
    const [x, y] = [cells.worldX(cell), cells.worldY(cell)];
    assert.ok(x - r >= left && x + r <= left + SIDE && y - r >= top && y + r <= top + SIDE);
  }
  assert.ok(radiusOf(1e9) * 2 < SIDE);
});

test("the pointer finds the cell it is over, and its marks", () => {
  const rows: Row[] = [];
  for (let k = 0; k < 30; k++)
    rows.push({ lon: 10, lat: 50, first: k, last: k, record: k, kind: k % 3 ? 1 : 0 });
  rows.push({ lon: -60, lat: -20, first: 0, last: 99, record: 30, kind: 1 });
  const { payload, visible, index, cells } = world(rows);
  const view = frame(3, 0, 0, 2048, 2048);
  index.move(null, { from: 0, to: 19 });
  cells.build(view, visible.grade);
  const scale = worldSize(3);
  const at = projectAll(Float32Array.of(10, -60), Float32Array.of(50, -20));
  const many = cells.under(view, at.x[0]! * scale, at.y[0]! * scale, 8);
  assert.equal(cells.countOf(many).marks, 20);
  assert.deepEqual(cells.countOf(many), {
    marks: 20,
    possible: 0,
    kinds: [
      { kind: 1, marks: 13 },
      { kind: 0, marks: 7 },
    ],
  });
  assert.equal(cells.marksOf(many, visible.grade).length, 20);
  const one = cells.under(view, at.x[1]! * scale, at.y[1]! * scale, 1);
  assert.equal(payload.record[cells.lone[one]!], 30);
  assert.equal(cells.countOf(one).possible, 1);
  assert.equal(cells.under(view, 1, 1, 1), -1);
  const card = cellCard(cells.countOf(many), payload, LABELS);
  assert.equal(card.name, "13 events, 7 sites");
  assert.deepEqual(card.lines, ["Visit: 13", "Factory: 7", "20 certain · 0 possible"]);
});

test("a mark that stands for many counts as many, in cells, totals and bars", () => {
  const rows = scattered(400).map((row) => ({ ...row, kind: 1, weight: 1 + (row.record % 7) }));
  const { payload, visible, index, cells } = world(rows);
  const spans = [
    { from: 0, to: 1100 },
    { from: 200, to: 400 },
    { from: 300, to: 700 },
    { from: 690, to: 700 },
  ];
  cells.build(frame(1, 0, 0), visible.grade);
  for (const span of spans) {
    index.move(null, span);
    const inside = rows.filter((row) => row.first <= span.to && row.last >= span.from);
    const many = inside.reduce((sum, row) => sum + row.weight, 0);
    const sure = inside.filter((row) => row.first >= span.from && row.last <= span.to);
    assert.equal(visible.events, many);
    assert.equal(visible.possibleEvents, many - sure.reduce((sum, row) => sum + row.weight, 0));
    assert.equal(
      cells.total.reduce((sum, n) => sum + n, 0),
      many,
    );
    assert.equal(cells.inside, many);
    const again = new Cells(payload, projectAll(payload.lon, payload.lat));
    again.build(frame(1, 0, 0), visible.grade);
    assert.deepEqual(again.total, cells.total);
  }
  const bins = countBins([{ payload, mask: null }], { lo: 0, hi: 1100 }, 20);
  const all = rows.reduce((sum, row) => sum + row.weight, 0);
  assert.equal(
    bins.sure.reduce((sum, n, k) => sum + n + bins.rough[k]!, 0),
    all,
  );
});

test("ten thousand records on one point are one cell at every zoom", () => {
  const rows = Array.from({ length: 10000 }, (_, record) => ({
    lon: 20,
    lat: 10,
    first: 3,
    last: 3,
    record,
  }));
  const { visible, index, cells } = world(rows);
  index.move(null, { from: 0, to: 5 });
  for (const zoom of [0, 4, 18]) {
    const scale = worldSize(zoom);
    const { x, y } = projectAll(Float32Array.of(20), Float32Array.of(10));
    cells.build(frame(zoom, x[0]! * scale - 400, y[0]! * scale - 300), visible.grade);
    assert.equal(cells.inside, 10000);
    const cell = cells.under(frame(zoom, x[0]! * scale - 400, y[0]! * scale - 300), 400, 300, 30);
    assert.equal(cells.total[cell], 10000);
  }
});

test("nothing in the window: empty cells, no marks", () => {
  const { visible, index, cells } = world(scattered(300));
  index.move(null, { from: 5000, to: 6000 });
  cells.build(frame(1, 0, 0), visible.grade);
  assert.equal(cells.inside, 0);
  assert.ok(cells.total.every((n) => n === 0));
  assert.deepEqual(gradesOf(world([]).payload, makeVisible(0, 0)), { record: [], grade: [], status: [] });
});

test("numbers are at most four characters", () => {
  const words = (n: number): string => {
    const out = new Uint8Array(8);
    return [...out.subarray(0, spell(n, out))].map((k) => "0123456789.kM"[k]).join("");
  };
  const samples: [number, string][] = [
    [2, "2"],
    [42, "42"],
    [999, "999"],
    [1000, "1.0k"],
    [1249, "1.2k"],
    [9949, "9.9k"],
    [9960, "10k"],
    [99500, "100k"],
    [999499, "999k"],
    [999600, "1.0M"],
    [12345678, "12M"],
  ];
  for (const [n, text] of samples) assert.equal(words(n), text);
});

test("grades: each visible record once, with its best mark", () => {
  const payload = made(
    [
      { first: 0, last: 9, record: 2, certain: 0 },
      { first: 0, last: 9, record: 2, certain: 1 },
      { first: 4, last: 40, record: 0 },
      { first: 5, last: 5, record: 1 },
      { first: 90, last: 90, record: 3 },
    ],
    2,
  );
  const visible = filterMarks(payload, null, { from: 0, to: 8 }, makeVisible(5, 4));
  assert.deepEqual(gradesOf(payload, visible), { record: [0, 1, 2], grade: [1, 2, 2], status: [0, 0, 0] });
});
