import assert from "node:assert/strict";
import { test } from "node:test";
import { HitGrid } from "../src/grid.ts";
import { makeFan } from "../src/fan.ts";
import { mercatorX, mercatorY, metresToPixels, worldSize } from "../src/project.ts";

/** A repeatable stream of fractions. */
function stream(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 16807) % 2147483647) / 2147483647;
}

test("finds what a plain search finds, nearest first", () => {
  const next = stream(7);
  const n = 3000;
  const x = Float64Array.from({ length: n }, next);
  const y = Float64Array.from({ length: n }, next);
  const index = Uint32Array.from({ length: n }, (_, k) => k).filter((k) => k % 3 !== 0);
  const grid = new HitGrid();
  for (const [scale, left, top, width, height] of [
    [900, 0, 0, 900, 700],
    [4000, 1500, 900, 800, 611],
    [900, -200, -50, 390, 400],
  ] as const) {
    grid.build(index, index.length, x, y, scale, left, top, width, height);
    for (let probe = 0; probe < 60; probe++) {
      const px = next() * width;
      const py = next() * height;
      const plain = [...index].filter((i) => {
        const sx = x[i]! * scale - left;
        const sy = y[i]! * scale - top;
        return sx >= 0 && sy >= 0 && sx < width && sy < height && Math.hypot(sx - px, sy - py) <= 17;
      });
      const found = grid.near(px, py, 17);
      assert.deepEqual([...found].sort(), plain.sort());
      const far = found.map((i) => Math.hypot(x[i]! * scale - left - px, y[i]! * scale - top - py));
      far.forEach((value, k) => assert.ok(k === 0 || value + 0.5 >= far[k - 1]!));
    }
  }
});

test("of marks on one pixel the one on top comes first", () => {
  const grid = new HitGrid();
  const at = Float64Array.of(0.5, 0.5, 0.5);
  grid.build(Uint32Array.of(0, 1, 2), 3, at, at, 100, 0, 0, 100, 100);
  assert.deepEqual(grid.near(51, 50, 5), [2, 1, 0]);
  assert.deepEqual(grid.near(70, 50, 5), []);
  grid.build(Uint32Array.of(1), 1, at, at, 100, 0, 0, 100, 100);
  assert.deepEqual(grid.near(50, 50, 5), [1]);
});

test("a fan keeps its signs apart and drops what is beyond its size", () => {
  for (const n of [2, 5, 9, 10, 17, 24, 40]) {
    const fan = makeFan(
      Array.from({ length: n }, (_, k) => k),
      0,
      0,
    );
    assert.equal(fan.marks.length, Math.min(n, 24));
    for (let a = 0; a < fan.marks.length; a++) {
      for (let b = 0; b < a; b++) {
        const apart = Math.hypot(fan.offsetX[a]! - fan.offsetX[b]!, fan.offsetY[a]! - fan.offsetY[b]!);
        assert.ok(apart > 17, `${n}: ${a} and ${b} are ${apart.toFixed(1)} apart`);
      }
    }
  }
});

test("projection: known points, poles held, metres", () => {
  assert.equal(mercatorX(-180), 0);
  assert.equal(mercatorX(180), 1);
  assert.ok(Math.abs(mercatorY(0) - 0.5) < 1e-12);
  assert.ok(Math.abs(mercatorY(90)) < 1e-6);
  assert.ok(Math.abs(mercatorY(-90) - 1) < 1e-6);
  // Casablanca at zoom 8, from the tile formula of the OpenStreetMap wiki.
  assert.equal(Math.floor((mercatorX(-7.6) * worldSize(8)) / 256), 122);
  assert.equal(Math.floor((mercatorY(33.57) * worldSize(8)) / 256), 102);
  assert.ok(Math.abs(metresToPixels(40075016.686, 0, 3) - 2048) < 1e-6);
  assert.ok(Math.abs(metresToPixels(1000, 60, 3) / metresToPixels(1000, 0, 3) - 2) < 1e-9);
});
