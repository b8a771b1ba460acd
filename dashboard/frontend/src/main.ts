// The global `ArsenalAtlas` that the folium time layer's script calls.
import { Atlas, type Options } from "./atlas.ts";

const attached = new Map<L.Map, Atlas>();
let latest: Atlas | null = null;

export function attach(map: L.Map, options: Options = {}): void {
  if (attached.has(map)) return;
  latest = new Atlas(map, options);
  attached.set(map, latest);
}

function find(map?: L.Map): Atlas | null {
  return map ? (attached.get(map) ?? null) : latest;
}

/** For tests: what the map shows. Without a map, the one attached last. */
export function inspect(map?: L.Map): Record<string, unknown> | null {
  return find(map)?.inspect() ?? null;
}

/** For tests: every visible record once, by its number, with its best grade (2 certain, 1 possible). */
export function grades(map?: L.Map): Record<string, number[]> | null {
  return find(map)?.grades() ?? null;
}

/** Where a record's mark stands, in pixels of the document. */
export function markAt(id: string, map?: L.Map): Record<string, unknown> | null {
  return find(map)?.markAt(id) ?? null;
}

/** For the benchmark: sets the window (ISO days, null for open); the next frame shows it. */
export function setWindow(from: string | null, to: string | null, map?: L.Map): void {
  find(map)?.setWindow(from, to);
}
