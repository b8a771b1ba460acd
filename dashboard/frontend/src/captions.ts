// Short captions beside the marks of sites whose status has just changed: "planned → operating".
// They go by themselves; the live sentence says the same to those who do not see them.
import { el } from "./dom.ts";

export interface Caption {
  record: number;
  lat: number;
  lng: number;
  text: string;
  colour: string;
}

const SECONDS = 3;
/** When more change at once, a caption each would be a heap: the sentence counts them. */
const MOST = 8;
const LINE = 24;

interface Shown {
  caption: Caption;
  node: HTMLElement;
  timer: number;
}

export class Captions {
  private readonly root = el("div", "atlas-captions", { "aria-hidden": "true" });
  private readonly shown = new Map<number, Shown>();

  constructor(private readonly map: L.Map) {
    map.getContainer().append(this.root);
    map.on("move resize", () => this.place());
    map.on("zoomstart", () => this.clear());
  }

  show(captions: Caption[]): void {
    if (captions.length > MOST) return this.clear();
    const { width, height } = this.box();
    for (const caption of captions) {
      const point = this.map.latLngToContainerPoint([caption.lat, caption.lng]);
      if (point.x < 0 || point.y < 0 || point.x > width || point.y > height) continue;
      this.drop(caption.record);
      if (this.shown.size >= MOST) this.drop(this.shown.keys().next().value!);
      const node = el("div", "atlas-caption");
      node.textContent = caption.text;
      node.style.borderLeftColor = caption.colour;
      this.root.append(node);
      const timer = window.setTimeout(() => this.drop(caption.record), SECONDS * 1000);
      this.shown.set(caption.record, { caption, node, timer });
    }
    this.place();
  }

  clear(): void {
    for (const record of [...this.shown.keys()]) this.drop(record);
  }

  private drop(record: number): void {
    const found = this.shown.get(record);
    if (found === undefined) return;
    clearTimeout(found.timer);
    found.node.remove();
    this.shown.delete(record);
  }

  private box(): { width: number; height: number } {
    const { x, y } = this.map.getSize();
    return { width: x, height: y };
  }

  /** Beside the marks, and below each other where they would overlap. */
  private place(): void {
    if (this.shown.size === 0) return;
    const { width } = this.box();
    const taken: { left: number; right: number; top: number }[] = [];
    for (const { caption, node } of this.shown.values()) {
      const point = this.map.latLngToContainerPoint([caption.lat, caption.lng]);
      const wide = node.offsetWidth;
      const side = point.x + 12 + wide > width ? point.x - 12 - wide : point.x + 12;
      const left = Math.round(Math.max(4, side));
      let top = Math.round(point.y - LINE / 2);
      const meets = (other: { left: number; right: number; top: number }): boolean =>
        left < other.right && left + wide > other.left && Math.abs(top - other.top) < LINE;
      for (let tries = 0; tries < MOST && taken.some(meets); tries++) top += LINE;
      taken.push({ left, right: left + wide, top });
      node.style.transform = `translate(${left}px, ${top}px)`;
    }
  }
}
