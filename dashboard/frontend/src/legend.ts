// What signs and colours mean: only kinds and statuses that the payload holds, painted by the code that
// paints the map. It is a details element: it opens and closes by keyboard without a line of script.
import { standOut } from "./colour.ts";
import { el, span } from "./dom.ts";
import { CELL, paintGlyph, styleOf, type Glyph, type Palette, type Style } from "./glyphs.ts";
import type { Labels } from "./labels.ts";
import { MANY } from "./order.ts";
import type { Payload } from "./payload.ts";

function used(column: Uint8Array, from: number, to: number): Set<number> {
  const out = new Set<number>();
  for (let i = from; i < to; i++) out.add(column[i]!);
  return out;
}

function sample(glyph: Glyph, palette: Palette): HTMLCanvasElement {
  const canvas = el("canvas", "atlas-sample", { "aria-hidden": "true" });
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = canvas.height = CELL * ratio;
  const ctx = canvas.getContext("2d")!;
  ctx.scale(ratio, ratio);
  paintGlyph(ctx, CELL / 2, CELL / 2, glyph, palette);
  return canvas;
}

function row(glyph: Glyph, label: string, palette: Palette): HTMLElement {
  const item = el("li");
  item.append(sample(glyph, palette), span("", label));
  return item;
}

function section(title: string, rows: HTMLElement[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const heading = el("h3");
  heading.textContent = title;
  const list = el("ul");
  list.append(...rows);
  return [heading, list];
}

function ring(label: string, colour: string): HTMLElement {
  const item = el("li");
  const canvas = el("canvas", "atlas-sample", { "aria-hidden": "true" });
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = canvas.height = CELL * ratio;
  const ctx = canvas.getContext("2d")!;
  ctx.scale(ratio, ratio);
  ctx.arc(CELL / 2, CELL / 2, 10, 0, Math.PI * 2);
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.globalAlpha = 0.12;
  ctx.fill();
  ctx.globalAlpha = 0.6;
  ctx.stroke();
  item.append(canvas, span("", label));
  return item;
}

export interface LayerKeys {
  records: boolean;
  /** Colours from sparse to dense, null while there is no heat. */
  heat: readonly string[] | null;
  datasets: { label: string; colour: string; licence?: string }[];
  /** Classes of the country layer, lowest first. */
  countries: { range: string; colour: string }[];
}

function heatRow(colours: readonly string[], labels: Labels): HTMLElement {
  const item = el("li", "atlas-scale");
  const bar = span("atlas-ramp", "");
  bar.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
  item.append(span("", labels.heatLess), bar, span("", labels.heatMore));
  return item;
}

function swatchRow(colour: string, label: string): HTMLElement {
  const item = el("li");
  const swatch = span("atlas-swatch", "");
  swatch.style.background = colour;
  item.append(swatch, span("", label));
  return item;
}

function countryRows({ countries }: LayerKeys, labels: Labels): HTMLElement[] {
  const rows = countries.map(({ range, colour }) => swatchRow(colour, range));
  if (rows.length > 0) {
    const note = el("li", "atlas-scale");
    note.append(span("", labels.onlyPossible));
    rows.push(note);
  }
  return rows;
}

export class Legend {
  readonly root = el("details", "atlas-panel atlas-legend");
  private readonly body = el("div", "atlas-legend-body");

  constructor(
    private readonly labels: Labels,
    private readonly palette: () => Palette & { land: string },
  ) {
    const summary = el("summary");
    summary.textContent = labels.legend;
    this.root.append(summary, this.body);
    L.DomEvent.disableClickPropagation(this.root);
    L.DomEvent.disableScrollPropagation(this.root);
  }

  show(payload: Payload, layers: LayerKeys): void {
    const { labels } = this;
    this.body.replaceChildren(
      ...section(
        labels.datasets,
        layers.datasets.map(({ label, colour, licence }) =>
          swatchRow(colour, licence ? `${label} (${licence})` : label),
        ),
      ),
      ...(layers.heat ? section(labels.layerHeat, [heatRow(layers.heat, labels)]) : []),
      ...section(labels.layerCountries, countryRows(layers, labels)),
      ...(layers.records ? this.signs(payload) : []),
    );
  }

  /** Only kinds and statuses that the payload holds. */
  private signs(payload: Payload): HTMLElement[] {
    const palette = this.palette();
    const { labels } = this;
    const { marks, siteMarks } = payload;
    const kinds = (from: number, to: number, round: boolean): HTMLElement[] =>
      [...used(payload.kind, from, to)]
        .sort((a, b) => a - b)
        .map((k) => {
          const { label } = payload.kinds[k]!;
          const colour = standOut(payload.kinds[k]!.colour, palette.land);
          return row({ colour, round, style: "filled", certain: true, coarse: false }, label, palette);
        });
    // Statuses that share a sign share a line.
    const signs = new Map<Style, string[]>();
    for (const s of used(payload.status, 0, marks)) {
      const { code, label } = payload.statuses[s]!;
      const style = styleOf(code);
      signs.set(style, [...(signs.get(style) ?? []), label]);
    }
    const colour = palette.ink;
    const base: Glyph = { colour, round: false, style: "filled", certain: true, coarse: false };
    const statuses = [...signs].map(([style, names]) =>
      row({ ...base, style }, [...new Set(names)].join(", "), palette),
    );
    const counted = el("li", "atlas-scale");
    counted.append(span("", labels.cells));
    return [
      ...section(labels.sites, kinds(0, siteMarks, false)),
      ...section(labels.events, kinds(siteMarks, marks, true)),
      ...section(labels.status, statuses),
      ...section(labels.certainty, [
        row({ ...base, round: true }, labels.certain, palette),
        row({ ...base, round: true, certain: false }, labels.possible, palette),
        row({ ...base, round: true, coarse: true }, labels.coarse, palette),
        ring(labels.ring, colour),
      ]),
      // Counted cells appear only where there are thousands of marks.
      ...(marks > MANY ? section(labels.counted, [counted]) : []),
    ];
  }
}
