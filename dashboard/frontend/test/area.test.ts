import assert from "node:assert/strict";
import { test } from "node:test";
import {
  areaText,
  distanceKm,
  greatCircle,
  kmText,
  lengthKm,
  MAX_CORNERS,
  outline,
  parseArea,
  type Corner,
} from "../src/area.ts";

const RABAT: Corner = [34.0209, -6.8416];
const TEL_AVIV: Corner = [32.0853, 34.7818];

test("an area survives its text", () => {
  for (const text of [
    "box:10,-20,30,40",
    "view:-10.5,170,10.5,190",
    "circle:33.62,-7.12,50",
    "poly:1,2;3,4;5,-6.1234",
  ]) {
    assert.equal(areaText(parseArea(text)!), text);
  }
});

test("a box over the antimeridian runs on past 180", () => {
  const area = parseArea("box:-10,170,10,-170")!;
  assert.equal(area.form === "box" && area.east, 190);
  assert.equal(outline(area).length, 2);
});

test("what cannot be drawn is no area", () => {
  const many = `poly:${Array.from({ length: MAX_CORNERS + 1 }, (_, k) => `${k / 2},1`).join(";")}`;
  for (const text of [
    null,
    "",
    "box:1,2,3",
    "poly:1,2;3,4",
    "circle:NaN,0,1",
    "disc:1,2,3",
    "box:1e5,0,1,1",
    many,
  ]) {
    assert.equal(parseArea(text), null, String(text));
  }
});

test("distances are those of the sphere", () => {
  // A degree of a great circle of the mean radius.
  assert.ok(Math.abs(distanceKm([0, 0], [0, 1]) - 111.195) < 0.001);
  assert.ok(Math.abs(distanceKm(RABAT, TEL_AVIV) - 3850) < 20);
  assert.equal(distanceKm(RABAT, RABAT), 0);
  assert.ok(Math.abs(lengthKm([RABAT, TEL_AVIV, RABAT]) - 2 * distanceKm(RABAT, TEL_AVIV)) < 1e-9);
});

test("the way between two points is the shortest and never jumps", () => {
  for (const [a, b] of [
    [RABAT, TEL_AVIV],
    [
      [10, 175],
      [-10, -175],
    ],
    [
      [60, 0],
      [60, 179],
    ],
  ] as [Corner, Corner][]) {
    const line = greatCircle(a, b);
    assert.ok(Math.abs(lengthKm(line) - distanceKm(a, b)) < 0.01);
    for (let k = 1; k < line.length; k++) assert.ok(Math.abs(line[k]![1] - line[k - 1]![1]) < 180);
  }
});

test("a circle's outline keeps its distance, and is closed along a pole that it holds", () => {
  const ring = outline({ form: "circle", lat: 33.6, lon: -7.1, km: 300 })[0]!;
  for (const corner of ring) assert.ok(Math.abs(distanceKm([33.6, -7.1], corner) - 300) < 0.01);
  const polar = outline({ form: "circle", lat: 85, lon: 0, km: 2000 })[0]!;
  assert.ok(polar.some(([lat]) => lat === 90));
});

test("lengths are written for reading", () => {
  assert.deepEqual([0.45, 12.345, 3850.4].map(kmText), ["450 m", "12.3 km", "3,850 km"]);
});
