// Which layers the map shows and in what order, as data: one text that the address can hold.
// The text lists the visible layers from top to bottom; hidden ones keep no place in it.

/** Layers that every map has, in the order in which they lie until somebody moves them. */
export const BUILT_IN = ["records", "lines", "heat", "countries"] as const;
const DEFAULT = ["records"];
/** What the text says when nothing is shown: an empty one stands for the default. */
const NONE = "none";

export interface Placed {
  id: string;
  on: boolean;
}

export class LayerOrder {
  private list: Placed[] = [];

  constructor(ids: readonly string[] = BUILT_IN) {
    this.list = ids.map((id) => ({ id, on: DEFAULT.includes(id) }));
  }

  /** From top to bottom. */
  get placed(): readonly Placed[] {
    return this.list;
  }

  isOn(id: string): boolean {
    return this.list.some((layer) => layer.id === id && layer.on);
  }

  /** Layers that come or go, such as imported datasets; new ones lie on top and are hidden. */
  offer(ids: readonly string[]): void {
    const fresh = ids.filter((id) => !this.list.some((layer) => layer.id === id));
    const kept = this.list.filter((layer) => ids.includes(layer.id));
    this.list = [...fresh.map((id) => ({ id, on: false })), ...kept];
  }

  show(id: string, on: boolean): void {
    this.list = this.list.map((layer) => (layer.id === id ? { id, on } : layer));
  }

  /** Moves a layer by one place, up (-1) or down (1); says whether it could. */
  move(id: string, by: -1 | 1): boolean {
    const at = this.list.findIndex((layer) => layer.id === id);
    const other = at + by;
    if (at < 0 || other < 0 || other >= this.list.length) return false;
    [this.list[at], this.list[other]] = [this.list[other]!, this.list[at]!];
    return true;
  }

  get text(): string {
    const shown = this.list.filter((layer) => layer.on).map((layer) => layer.id);
    if (shown.length === 0) return NONE;
    return shown.join() === DEFAULT.join() ? "" : shown.join(",");
  }

  /** Unknown names are passed over; a text without any known one gives the default. */
  set text(text: string) {
    const known = new Set(this.list.map((layer) => layer.id));
    const named = [...new Set(text.split(","))].filter((id) => known.has(id));
    const shown = named.length > 0 || text === NONE ? named : DEFAULT;
    const hidden = this.list.filter((layer) => !shown.includes(layer.id));
    this.list = [
      ...shown.map((id) => ({ id, on: true })),
      ...hidden.map((layer) => ({ id: layer.id, on: false })),
    ];
  }
}
