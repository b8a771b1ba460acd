// The global `ArsenalAtlas` that the folium time layer's script calls.
import { Atlas, type Options } from "./atlas.ts";
import { tell } from "./bridge.ts";

const attached = new Map<L.Map, Atlas>();
let latest: Atlas | null = null;

export function attach(map: L.Map, options: Options = {}): void {
  if (attached.has(map) || asked.has(map)) return;
  if (options.embedded) askFirst(map, options);
  else make(map, options);
}

function make(map: L.Map, options: Options): void {
  latest = new Atlas(map, options);
  attached.set(map, latest);
}

const asked = new WeakSet<L.Map>();

/** Asks for the records, then builds: they travel meanwhile. A message leaves the frame between two tasks only. */
function askFirst(map: L.Map, options: Options): void {
  asked.add(map);
  const early: MessageEvent[] = [];
  const keep = (event: MessageEvent): void => void early.push(event);
  window.addEventListener("message", keep);
  tell({ type: "atlas:ready" });
  window.setTimeout(() => {
    window.removeEventListener("message", keep);
    make(map, options);
    for (const { data, source } of early) window.dispatchEvent(new MessageEvent("message", { data, source }));
  });
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
