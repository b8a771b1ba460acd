// What a map does when its frame, or the clock below it, becomes larger or smaller.
import type { View } from "./bridge.ts";

/** What it needs of Leaflet's map. */
export interface Sized {
  invalidateSize(options: { pan: boolean }): unknown;
  setView(centre: [number, number], zoom: number, options: { animate: boolean }): unknown;
}

/**
 * Takes note of a new size. Until somebody has moved the map by hand its middle stays where it is, to a pixel
 * where a link asked for it; after that its upper left corner stays, so that nothing moves under the pointer.
 */
export function takeSize(map: Sized, asked: View | null, byHand: boolean): void {
  map.invalidateSize({ pan: !byHand });
  // Panning is by whole pixels, and the clock grows more than once while a page is drawn.
  if (asked !== null && !byHand) map.setView([asked.lat, asked.lng], asked.zoom, { animate: false });
}
