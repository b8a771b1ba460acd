// Countries shaded by how many records they have in the window. It needs the shapes of the offline land;
// over online tiles those are fetched when the layer is first shown.
import { CanvasPane, type Frame } from "./canvas-pane.ts";
import { mix } from "./colour.ts";
import { CountryCounts } from "./country-counts.ts";
import type { Visible } from "./filter.ts";
import { inside, type Shape } from "./shapes.ts";
import { clipToWorld, fillShape } from "./land.ts";
import type { Payload } from "./payload.ts";
import { mercatorX, mercatorY, type Projected } from "./project.ts";
import type { Tally } from "./tally.ts";

export interface ShadeColours {
  land: string;
  /** Colour of the highest class. */
  shade: string;
}

export interface CountryCount {
  label: string;
  records: number;
  certain: number;
}

/** Colour of a class of `of`. */
export function shadeOf(level: number, of: number, colours: ShadeColours): string {
  return mix(colours.land, colours.shade, 0.25 + 0.65 * (of < 2 ? 1 : level / (of - 1)));
}

export class CountryLayer implements Tally {
  readonly counts = new CountryCounts();
  private readonly pane: CanvasPane;
  private payload: Payload | null = null;
  private drawn = "";

  constructor(
    map: L.Map,
    private readonly shapes: () => Map<string, Shape> | null,
    private readonly colours: () => ShadeColours,
    private readonly onScale: () => void,
  ) {
    this.pane = new CanvasPane(map, {
      name: "atlas-countries",
      zIndex: 400,
      margin: 0.3,
      draw: (frame) => this.draw(frame),
    });
  }

  place(zIndex: number, on: boolean): void {
    this.pane.place(zIndex, on);
  }

  redraw(): void {
    this.drawn = "";
    this.settle();
  }

  recount(payload: Payload, _at: Projected, visible: Visible, mask: Uint8Array | null): void {
    this.payload = payload;
    const before = this.counts.ranges().join();
    this.counts.recount(payload, visible, mask);
    if (this.counts.ranges().join() !== before) this.onScale();
  }

  change(mark: number, before: number, after: number): void {
    this.counts.change(mark, before, after);
  }

  settle(): void {
    const { total, certain } = this.counts;
    let now = "";
    for (let c = 0; c < total.length; c++) {
      if (total[c]! > 0) now += `${c}:${this.counts.classOf(total[c]!)}${certain[c]! > 0 ? "" : "?"};`;
    }
    if (now === this.drawn) return;
    this.drawn = now;
    this.pane.redraw();
  }

  /** What the country at a place counts, or null. */
  at(place: L.LatLng): CountryCount | null {
    const shapes = this.shapes();
    if (this.payload === null || shapes === null) return null;
    const x = mercatorX(place.lng);
    const y = mercatorY(place.lat);
    for (const [c, country] of this.payload.countries.entries()) {
      const records = this.counts.total[c]!;
      if (records === 0) continue;
      const found = country.shapes.map((code) => shapes.get(code)).some((s) => s && inside(s, x, y));
      if (found) return { label: country.label, records, certain: this.counts.certain[c]! };
    }
    return null;
  }

  byCode(): Record<string, [number, number]> {
    const { total, certain } = this.counts;
    const out: Record<string, [number, number]> = {};
    for (const [c, { code }] of (this.payload?.countries ?? []).entries()) {
      if (total[c]! > 0) out[code] = [total[c]!, certain[c]!];
    }
    return out;
  }

  private draw(frame: Frame): void {
    const shapes = this.shapes();
    if (this.payload === null || shapes === null) return;
    const colours = this.colours();
    const { ctx } = frame;
    const { total, certain, steps } = this.counts;
    ctx.save();
    clipToWorld(frame);
    for (const [c, country] of this.payload.countries.entries()) {
      const level = this.counts.classOf(total[c]!);
      if (level < 0) continue;
      ctx.fillStyle = shadeOf(level, steps.length, colours);
      // Countries with nothing certain are paler: their records may lie outside the window.
      ctx.globalAlpha = certain[c]! > 0 ? 0.8 : 0.4;
      for (const code of country.shapes) {
        const shape = shapes.get(code);
        if (shape !== undefined) fillShape(shape, frame);
      }
    }
    ctx.restore();
  }
}
