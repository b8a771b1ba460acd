// Who is meant by a click or a hover: the topmost layer that has something there.
import type { Hover, TimeLayer } from "./layer.ts";

export interface PointerListener {
  /** A record was picked, or with -1 the empty map. */
  onPick(layer: TimeLayer | null, record: number): void;
  /** The pointer is over a mark, or else at a place of the map, or else gone. */
  onHover(layer: TimeLayer | null, hover: Hover | null, at: L.LeafletMouseEvent | null): void;
}

export class Pointer {
  private touch = false;

  constructor(
    map: L.Map,
    /** From top to bottom. */
    private readonly layers: () => readonly TimeLayer[],
    private readonly listener: PointerListener,
  ) {
    map.on("click", (event: L.LeafletMouseEvent) => this.click(event));
    map.on("mousemove", (event: L.LeafletMouseEvent) => this.move(event));
    map.on("mouseout", () => this.leave(null));
    map
      .getContainer()
      .addEventListener("pointerdown", (event) => (this.touch = event.pointerType === "touch"), true);
  }

  private click(event: L.LeafletMouseEvent): void {
    for (const layer of this.layers()) {
      const hit = layer.click(event, this.touch);
      if (hit === null) continue;
      if (hit === "taken") this.listener.onHover(null, null, null);
      else this.listener.onPick(layer, hit.record);
      return;
    }
    this.listener.onPick(null, -1);
  }

  private move(event: L.LeafletMouseEvent): void {
    if (this.touch) return;
    for (const layer of this.layers()) {
      const hover = layer.point(event);
      if (hover === null) continue;
      for (const other of this.layers()) if (other !== layer) other.leave();
      this.listener.onHover(layer, hover, event);
      return;
    }
    this.leave(event);
  }

  private leave(at: L.LeafletMouseEvent | null): void {
    for (const layer of this.layers()) layer.leave();
    this.listener.onHover(null, null, at);
  }
}
