// Imported datasets: each is a layer of its own in one colour, under the same clock, beside the reviewed
// atlas and never mixed into it. Its records are fetched when it is first shown.
import { SIDE } from "./cells.ts";
import type { Span } from "./filter.ts";
import { Fine, type Ask } from "./fine.ts";
import { TimeLayer, type LayerLook } from "./layer.ts";
import { parseMask, parsePayload, rowOfId, textOf, type Payload } from "./payload.ts";
import { worldSize } from "./project.ts";
import { held } from "./window.ts";

export interface DatasetInfo {
  /** Id of the layer: `data:` and the dataset's name. */
  id: string;
  label: string;
  colour: string;
  version: string;
  /** Under which licence it is, for the legend. */
  licence?: string;
  /** Its payload counts records, and single ones are asked for by view and window. */
  windowed?: boolean;
}

/** A record of a dataset is known to the page as `<layer>/<record>`. */
const SEPARATOR = "/";

interface Dataset {
  info: DatasetInfo;
  layer: TimeLayer | null;
  /** Single records of one that is windowed. */
  fine: Fine | null;
  zIndex: number;
  payload: Payload | null;
  asked: boolean;
  on: boolean;
  mask: string | null;
}

export interface DatasetListener {
  /** Somebody must bring the records of a layer, or a part of them; null takes the last wish back. */
  onWant(id: string, part?: Ask | null): void;
  /** Which records of datasets are shown has changed. */
  onChange(): void;
}

export class Datasets {
  private list: Dataset[] = [];
  private selected: string | null = null;
  private span: Span = { from: null, to: null };

  constructor(
    private readonly map: L.Map,
    private readonly look: () => LayerLook,
    private readonly listener: DatasetListener,
  ) {
    map.on("moveend", () => this.list.forEach((dataset) => this.settle(dataset)));
  }

  get infos(): DatasetInfo[] {
    return this.list.map(({ info }) => info);
  }

  /** The datasets that the page has; one with a new version loses its old records. */
  offer(infos: readonly DatasetInfo[]): void {
    for (const held of this.list) {
      if (infos.some((info) => info.id === held.info.id)) continue;
      held.layer?.remove();
      held.fine?.forget();
      held.fine?.layer.remove();
    }
    this.list = infos.map((info) => {
      const held = this.list.find((one) => one.info.id === info.id);
      if (held === undefined) {
        return {
          info,
          layer: null,
          fine: null,
          zIndex: 0,
          payload: null,
          asked: false,
          on: false,
          mask: null,
        };
      }
      const stale = held.info.version !== info.version;
      if (stale) held.fine?.forget();
      return { ...held, info, asked: held.asked && !stale };
    });
  }

  has(id: string): boolean {
    return this.list.some(({ info }) => info.id === id);
  }

  place(id: string, zIndex: number, on: boolean): void {
    const dataset = this.find(id);
    if (dataset === undefined) return;
    const changed = dataset.on !== on;
    dataset.on = on;
    dataset.zIndex = zIndex;
    if (on && dataset.layer === null) this.make(dataset);
    if (on && !dataset.asked) {
      dataset.asked = true;
      this.listener.onWant(id);
    }
    dataset.layer?.place(zIndex, on);
    if (on) dataset.layer?.setSpan(this.span);
    this.settle(dataset);
    if (changed) this.listener.onChange();
  }

  private make(dataset: Dataset): void {
    const { id, windowed } = dataset.info;
    const name = `atlas-${id.replace(/[^a-z0-9]+/g, "-")}`;
    dataset.layer = new TimeLayer(this.look, () => {}, name);
    dataset.layer.addTo(this.map);
    if (windowed !== true) return;
    dataset.fine = new Fine(this.look, `${name}-fine`, (part) => this.listener.onWant(id, part));
    dataset.fine.layer.addTo(this.map);
    dataset.fine.layer.place(dataset.zIndex, false);
  }

  /** Single records in place of counts where they are here, and a wish for them where they are not. */
  private settle({ fine, layer, payload, on, zIndex }: Dataset): void {
    if (fine === null || layer === null) return;
    const bounds = this.map.getBounds();
    const view = held({
      west: bounds.getWest(),
      south: bounds.getSouth(),
      east: bounds.getEast(),
      north: bounds.getNorth(),
    });
    const shown = on && view !== null && fine.holds(view, this.span);
    layer.place(zIndex, on && !shown);
    fine.layer.place(zIndex, shown);
    if (shown) fine.layer.setSpan(this.span);
    if (!on || view === null || payload === null) return fine.forgo();
    const coarse = (worldSize(this.map.getZoom()) / 360) * payload.cell > SIDE;
    fine.consider(payload, view, this.span, coarse);
  }

  receivePart(id: string, ask: number, buffer: ArrayBuffer | null): void {
    const dataset = this.find(id);
    if (dataset?.fine == null) return;
    if (!dataset.fine.receive(ask, buffer, dataset.info.colour)) return;
    this.selectIn(dataset);
    this.settle(dataset);
  }

  receive(id: string, buffer: ArrayBuffer): void {
    const dataset = this.find(id);
    if (dataset?.layer == null) return;
    const payload = parsePayload(buffer);
    // One colour for all kinds: what is told apart here is whose records they are.
    payload.kinds = payload.kinds.map((kind) => ({ ...kind, colour: dataset.info.colour }));
    dataset.payload = payload;
    dataset.layer.setPayload(payload, parseMask(dataset.mask, payload.records));
    dataset.layer.setSpan(this.span);
    this.settle(dataset);
    this.listener.onChange();
  }

  /** It could not be fetched: showing it again asks again. */
  fail(id: string): void {
    const dataset = this.find(id);
    if (dataset !== undefined) dataset.asked = false;
  }

  setSpan(span: Span): void {
    this.span = span;
    for (const dataset of this.list) {
      if (dataset.on) dataset.layer?.setSpan(span);
      this.settle(dataset);
    }
  }

  setMasks(masks: Record<string, string | null>): void {
    const changed = this.list.filter((dataset) => (masks[dataset.info.id] ?? null) !== dataset.mask);
    for (const dataset of changed) {
      dataset.mask = masks[dataset.info.id] ?? null;
      if (dataset.payload) dataset.layer?.setMask(parseMask(dataset.mask, dataset.payload.records));
    }
    if (changed.length > 0) this.listener.onChange();
  }

  /** What is shown of them, for the clock's axis and bars. */
  get shown(): { payload: Payload; mask: Uint8Array | null }[] {
    return this.list.flatMap(({ payload, on, mask }) =>
      payload !== null && on ? [{ payload, mask: parseMask(mask, payload.records) }] : [],
    );
  }

  layerOf(id: string): TimeLayer | null {
    const dataset = this.find(id);
    return dataset?.fine?.layer.shown ? dataset.fine.layer : (dataset?.layer ?? null);
  }

  /** Records and label behind a layer; null when it is none of these. */
  behind(layer: TimeLayer): { payload: Payload; label: string } | null {
    const dataset = this.list.find((one) => one.layer === layer || one.fine?.layer === layer);
    const payload = dataset?.layer === layer ? dataset.payload : dataset?.fine?.payload;
    return dataset && payload ? { payload, label: dataset.info.label } : null;
  }

  /** How the page knows a record; empty when its payload carries no ids. */
  idOf(layer: TimeLayer, record: number): string {
    const dataset = this.list.find((one) => one.layer === layer || one.fine?.layer === layer);
    const payload = dataset?.layer === layer ? dataset.payload : dataset?.fine?.payload;
    const id = textOf(payload?.ids ?? null, record);
    return dataset && id ? `${dataset.info.id}${SEPARATOR}${id}` : "";
  }

  /** Selects the record that an id names, and nothing in any other dataset. */
  select(id: string | null): void {
    this.selected = id;
    this.list.forEach((dataset) => this.selectIn(dataset));
  }

  private selectIn({ info, layer, payload, fine }: Dataset): void {
    const prefix = info.id + SEPARATOR;
    const own = this.selected?.startsWith(prefix) ? this.selected.slice(prefix.length) : null;
    layer?.select(own === null ? -1 : rowOfId(payload?.ids ?? null, own));
    fine?.layer.select(own === null ? -1 : rowOfId(fine.payload?.ids ?? null, own));
  }

  /** Where a record of a dataset stands; null for others, and while its records are not there. */
  placeOf(id: string): [number, number] | null {
    for (const { info, layer, payload } of this.list) {
      const prefix = info.id + SEPARATOR;
      if (!id.startsWith(prefix) || layer === null || payload === null) continue;
      const mark = layer.markOf(rowOfId(payload.ids, id.slice(prefix.length)));
      if (mark >= 0) return [payload.lat[mark]!, payload.lon[mark]!];
    }
    return null;
  }

  repaint(): void {
    for (const { layer, fine } of this.list) {
      layer?.repaint();
      fine?.layer.repaint();
    }
  }

  /** Whether the clock lets anything of them through: then the map is not empty. */
  get showsAny(): boolean {
    return this.list.some(({ info, on }) => on && (this.layerOf(info.id)?.current()?.count ?? 0) > 0);
  }

  /** For tests: marks shown by layer. */
  counts(): Record<string, number> {
    const rows = this.list.filter(({ on }) => on);
    return Object.fromEntries(
      rows.map(({ info }) => [info.id, this.layerOf(info.id)?.current()?.count ?? 0]),
    );
  }

  /** For tests: large layers that show single records. */
  singles(): string[] {
    return this.list
      .filter(({ fine }) => fine?.layer.shown && fine.payload?.weight === null)
      .map(({ info }) => info.id);
  }

  private find(id: string): Dataset | undefined {
    return this.list.find(({ info }) => info.id === id);
  }
}
