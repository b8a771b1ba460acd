import assert from "node:assert/strict";
import { test } from "node:test";
import { takeSize, type Sized } from "../src/resize.ts";

/** A map as Leaflet's: its corner stays when its size changes, unless it pans by whole pixels. */
class Paper implements Sized {
  height = 601;
  private corner = 0;
  private known = 601;
  private readonly pixel = 0.5;

  get middle(): number {
    return this.corner + (this.height / 2) * this.pixel;
  }
  invalidateSize({ pan }: { pan: boolean }): void {
    const by = Math.round(this.known / 2) - Math.round(this.height / 2);
    this.known = this.height;
    if (pan) this.corner += by * this.pixel;
  }
  setView([lat]: [number, number]): void {
    this.corner = lat - (this.height / 2) * this.pixel;
  }
}

const asked = { lat: 48.5, lng: 0, zoom: 9 };

function resized(view: typeof asked | null, byHand: boolean): { map: Paper; before: number } {
  const map = new Paper();
  map.setView([asked.lat, asked.lng]);
  const before = map.middle;
  for (const height of [572, 557, 560]) {
    map.height = height;
    takeSize(map, view, byHand);
  }
  return { map, before };
}

test("a view that was asked for keeps its middle exactly, however often the map changes its height", () => {
  const { map } = resized(asked, false);
  assert.equal(map.middle, asked.lat);
});

test("a map that shows everything keeps its middle to the pixel", () => {
  const { map, before } = resized(null, false);
  assert.ok(Math.abs(map.middle - before) <= 1);
});

test("a map that was moved by hand keeps its corner: nothing moves under the pointer", () => {
  const { map, before } = resized(asked, true);
  assert.equal(map.middle, before - (601 - 560) / 4);
});
