// The map's layers in their order, the panel that arranges them, and the legend that explains what is shown.
// Layers that count are made when they are first asked for.
import { CountryLayer, shadeOf, type ShadeColours } from "./country-layer.ts";
import { el } from "./dom.ts";
import { HEAT, HeatLayer } from "./heat.ts";
import type { Labels } from "./labels.ts";
import { LayerPanel } from "./layer-panel.ts";
import { BUILT_IN, LayerOrder } from "./layers.ts";
import type { LayerLook, TimeLayer } from "./layer.ts";
import { Datasets, type DatasetInfo, type DatasetListener } from "./datasets.ts";
import { Legend } from "./legend.ts";
import type { Lines } from "./lines.ts";
import type { Card } from "./overlay.ts";
import type { Payload } from "./payload.ts";
import { Shapes } from "./shapes.ts";
import type { Tally } from "./tally.ts";

/** Between tiles (200) and the shapes of drawn areas (440). */
const BOTTOM = 402;
const STEP = 2;

export class LayerControl {
  readonly datasets: Datasets;
  private readonly order = new LayerOrder();
  private readonly panel: LayerPanel;
  private readonly legend: Legend;
  private readonly shapes = new Shapes();
  private heat: HeatLayer | null = null;
  private countries: CountryLayer | null = null;
  private payload: Payload | null = null;

  constructor(
    private readonly map: L.Map,
    private readonly labels: Labels,
    private readonly records: TimeLayer,
    private readonly lines: Lines,
    private readonly look: () => LayerLook & ShadeColours,
    listener: { onArrange(): void } & DatasetListener,
  ) {
    const names: Record<string, string> = {
      records: labels.layerRecords,
      lines: labels.layerLines,
      heat: labels.layerHeat,
      countries: labels.layerCountries,
    };
    this.datasets = new Datasets(map, look, listener);
    this.panel = new LayerPanel(
      labels,
      this.order,
      (id) => names[id] ?? this.datasets.infos.find((info) => info.id === id)?.label ?? id,
      () => {
        this.apply();
        listener.onArrange();
      },
    );
    this.legend = new Legend(labels, look);
    const side = el("div", "atlas-side");
    side.append(this.panel.root, this.legend.root);
    map.getContainer().append(side);
    this.apply();
  }

  /** Visible layers from top to bottom, as the address has them. */
  get text(): string {
    return this.order.text;
  }

  set text(text: string) {
    this.order.text = text;
    this.panel.draw();
    this.apply();
  }

  /** Imported datasets that the page has. */
  offer(infos: readonly DatasetInfo[]): void {
    this.datasets.offer(infos);
    this.order.offer([...infos.map((info) => info.id), ...BUILT_IN]);
    this.panel.draw();
    this.apply();
  }

  /** Layers of signs, from top to bottom. */
  get signs(): TimeLayer[] {
    return this.order.placed.flatMap(({ id, on }) => {
      const layer = id === "records" ? this.records : this.datasets.layerOf(id);
      return on && layer ? [layer] : [];
    });
  }

  /** Width of the map that the open legend covers. */
  get width(): number {
    return this.legend.root.open ? this.legend.root.offsetWidth : 0;
  }

  openLegend(open: boolean): void {
    this.legend.root.open = open;
  }

  setPayload(payload: Payload): void {
    this.payload = payload;
    this.explain();
  }

  /** The theme has changed. */
  repaint(): void {
    this.heat?.settle();
    this.countries?.redraw();
    this.datasets.repaint();
    this.explain();
  }

  private apply(): void {
    const { placed } = this.order;
    const tallies: Tally[] = [];
    placed.forEach(({ id, on }, at) => {
      const z = BOTTOM + STEP * (placed.length - at);
      if (this.datasets.has(id)) return this.datasets.place(id, z, on);
      const layer = this.layerOf(id, on);
      layer?.place(z, on);
      if (on && (layer instanceof HeatLayer || layer instanceof CountryLayer)) tallies.push(layer);
    });
    this.records.setTallies(tallies);
    this.explain();
  }

  private layerOf(id: string, wanted: boolean): { place(zIndex: number, on: boolean): void } | null {
    if (id === "records") return this.records;
    if (id === "lines") return this.lines;
    if (id === "heat") {
      if (wanted) this.heat ??= new HeatLayer(this.map, isDark);
      return this.heat;
    }
    if (wanted) this.countries ??= this.makeCountries();
    return this.countries;
  }

  private makeCountries(): CountryLayer {
    const layer = new CountryLayer(
      this.map,
      () => this.shapes.now,
      this.look,
      () => this.explain(),
    );
    void this.shapes.load().then(() => layer.redraw());
    return layer;
  }

  private explain(): void {
    if (this.payload === null) return;
    const ranges = this.order.isOn("countries") ? (this.countries?.counts.ranges() ?? []) : [];
    const shown = this.datasets.infos.filter((info) => this.order.isOn(info.id));
    this.legend.show(this.payload, {
      datasets: shown,
      records: this.order.isOn("records"),
      heat: this.order.isOn("heat") ? HEAT[isDark() ? "dark" : "light"] : null,
      countries: ranges.map((range, k) => ({ range, colour: shadeOf(k, ranges.length, this.look()) })),
    });
  }

  /** What the country at a place counts; null where there is none or while the layer is hidden. */
  countryCard(place: L.LatLng): Card | null {
    const found = this.order.isOn("countries") ? this.countries?.at(place) : null;
    if (!found) return null;
    const { label, records, certain } = found;
    const parts = [
      `${certain} ${this.labels.certainHere}`,
      `${records - certain} ${this.labels.possibleHere}`,
    ];
    return {
      name: label,
      lines: [`${records} ${this.labels.countryRecords}`, parts.join(" · ")],
      colour: this.look().shade,
      note: "",
    };
  }

  /** For tests. */
  inspect(): Record<string, unknown> {
    const counts = this.order.isOn("countries") ? this.countries?.byCode() : null;
    const { datasets } = this;
    return {
      layers: this.order.text,
      countries: counts ?? null,
      datasets: datasets.counts(),
      singles: datasets.singles(),
    };
  }
}

function isDark(): boolean {
  return document.documentElement.dataset["theme"] === "dark";
}
