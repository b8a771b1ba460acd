import assert from "node:assert/strict";
import { test } from "node:test";
import { blit } from "../src/blit.ts";
import type { Sheet } from "../src/glyphs.ts";

/** One cell of 4 by 4: a red square of 2 by 2 in its middle, of a given alpha. */
function sheet(alpha: number): Sheet {
  const pixels = new Uint32Array(16);
  for (const at of [5, 6, 9, 10]) pixels[at] = ((alpha << 24) | 255) >>> 0;
  return { pixels, cell: 4, box: Int16Array.of(1, 1, 3, 3) } as unknown as Sheet;
}
const lit = (to: Uint32Array): number[] => [...to.keys()].filter((k) => to[k] !== 0);

test("a sign lands around its point", () => {
  const to = new Uint32Array(64);
  blit(to, 8, 8, sheet(255), 0, 4, 4, 256);
  assert.deepEqual(lit(to), [27, 28, 35, 36]);
  assert.equal(to[27], 0xff0000ff);
});

test("signs over the rim are cut, never wrapped to the other side", () => {
  const at = (x: number, y: number): number[] => {
    const to = new Uint32Array(64);
    blit(to, 8, 8, sheet(255), 0, x, y, 256);
    return lit(to);
  };
  assert.deepEqual(at(0, 4), [24, 32]);
  assert.deepEqual(at(8, 4), [31, 39]);
  assert.deepEqual(at(4, 0), [3, 4]);
  assert.deepEqual(at(4, 8), [59, 60]);
  assert.deepEqual(at(-9, 4), []);
  assert.deepEqual(at(4, 40), []);
});

test("blending: half of red over white, and over nothing", () => {
  const to = new Uint32Array(64);
  to[27] = 0xffffffff;
  blit(to, 8, 8, sheet(255), 0, 4, 4, 128);
  assert.deepEqual([to[27]! & 255, (to[27]! >>> 8) & 255, to[27]! >>> 24], [255, 128, 255]);
  assert.equal(to[28], 0x7f0000ff);
});
