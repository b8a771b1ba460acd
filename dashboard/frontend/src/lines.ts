// Lines between the places of one event: a meeting in one city about a plant in another. Off unless asked
// for; the number drawn is bounded, because beyond some hundreds they only hide the map.
import { greatCircle } from "./area.ts";
import { HIDDEN, type Visible } from "./filter.ts";
import type { Payload } from "./payload.ts";

const MOST = 400;

/** Pairs of marks of one event at different places, from its first place to each other one. */
export function joinedMarks(payload: Payload): [number, number][] {
  const first = new Map<number, number>();
  const pairs: [number, number][] = [];
  for (let mark = payload.siteMarks; mark < payload.marks; mark++) {
    const record = payload.record[mark]!;
    const from = first.get(record);
    if (from === undefined) first.set(record, mark);
    else if (payload.lat[from] !== payload.lat[mark] || payload.lon[from] !== payload.lon[mark])
      pairs.push([from, mark]);
  }
  return pairs;
}

export class Lines {
  private readonly group: L.LayerGroup;
  private pairs: [number, number][] | null = null;
  private drawn = "";
  private on = false;
  private readonly pane: HTMLElement;

  constructor(map: L.Map) {
    this.pane = map.getPane("atlas-lines") ?? map.createPane("atlas-lines");
    this.pane.style.pointerEvents = "none";
    this.group = L.layerGroup([]).addTo(map);
  }

  place(zIndex: number, on: boolean): void {
    this.pane.style.zIndex = String(zIndex);
    this.on = on;
  }

  setPayload(): void {
    // Not before they are asked for: a million marks take longer to pair than to draw.
    this.pairs = null;
    this.drawn = "?";
  }

  show(payload: Payload | null, visible: Visible | null): void {
    const shown: [number, number][] = [];
    if (this.on && payload !== null && visible !== null) {
      this.pairs ??= joinedMarks(payload);
      for (const pair of this.pairs) {
        if (shown.length >= MOST) break;
        if (visible.grade[pair[0]] !== HIDDEN && visible.grade[pair[1]] !== HIDDEN) shown.push(pair);
      }
    }
    const key = shown.join(";");
    if (key === this.drawn || payload === null) return;
    this.drawn = key;
    this.group.clearLayers();
    for (const [a, b] of shown) {
      const line = greatCircle([payload.lat[a]!, payload.lon[a]!], [payload.lat[b]!, payload.lon[b]!]);
      L.polyline(line, {
        pane: "atlas-lines",
        interactive: false,
        className: "atlas-line",
        weight: 1.5,
      }).addTo(this.group);
    }
  }
}
