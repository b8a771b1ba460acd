// The histogram's canvas: counts the bars anew when the records, the axis or the width have changed, and
// says in a line what the bar under the pointer holds.
import type { Domain } from "./clock-logic.ts";
import { toIso } from "./days.ts";
import { el } from "./dom.ts";
import {
  barAt,
  countBins,
  paintHistogram,
  type Bins,
  type Counted,
  type HistogramColours,
} from "./histogram.ts";

const AXIS = 18;
const BAR = 4;

export class Track {
  readonly root = el("div", "atlas-track");
  private readonly canvas = el("canvas", "atlas-histogram", { "aria-hidden": "true" });
  private readonly readout = el("div", "atlas-readout", { "aria-hidden": "true" });
  private readonly observer: ResizeObserver;
  private layers: readonly Counted[] = [];
  private bins: Bins | null = null;
  private binsFor = "";
  private asked = 0;
  private width = 0;
  private height = 0;
  private axis: Domain = { lo: 0, hi: 1 };
  private ends = { from: 0, to: 1 };

  constructor(
    private readonly colours: () => HistogramColours,
    onResize: (width: number) => void,
  ) {
    this.readout.hidden = true;
    this.root.append(this.canvas, this.readout);
    this.observer = new ResizeObserver(() => {
      this.width = this.root.clientWidth;
      this.height = this.root.clientHeight;
      onResize(this.width);
    });
    this.observer.observe(this.root);
    this.root.addEventListener("pointermove", (event) => this.onHover(event));
    this.root.addEventListener("pointerleave", () => (this.readout.hidden = true));
  }

  destroy(): void {
    this.observer.disconnect();
    cancelAnimationFrame(this.asked);
  }

  setData(layers: readonly Counted[]): void {
    this.layers = layers;
    this.binsFor = "";
  }

  /** Painted with the next frame. */
  paint(axis: Domain, ends: { from: number; to: number }): void {
    this.axis = axis;
    this.ends = ends;
    if (this.asked === 0) this.asked = requestAnimationFrame(() => this.paintNow());
  }

  private paintNow(): void {
    this.asked = 0;
    const { width, height, canvas, axis } = this;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== tall) {
      canvas.width = wide;
      canvas.height = tall;
    }
    // Days are the finest there is: a bar is never less than one.
    const bars = Math.min(axis.hi - axis.lo + 1, Math.max(20, Math.floor(width / BAR)));
    const key = `${axis.lo} ${axis.hi} ${bars}`;
    if (this.layers.length > 0 && this.binsFor !== key) {
      this.bins = countBins(this.layers, axis, bars);
      this.binsFor = key;
    }
    const ctx = canvas.getContext("2d");
    if (ctx === null) return;
    const view = { width, height, axis: AXIS, ratio, domain: axis, ...this.ends };
    paintHistogram(ctx, this.bins, view, this.colours());
  }

  private onHover(event: PointerEvent): void {
    const box = this.root.getBoundingClientRect();
    const x = event.clientX - box.left;
    const bar =
      this.bins && event.buttons === 0 ? barAt(this.bins, this.axis, x / Math.max(1, box.width)) : null;
    this.readout.hidden = bar === null;
    if (bar === null) return;
    const days = bar.from === bar.to ? toIso(bar.from) : `${toIso(bar.from)} – ${toIso(bar.to)}`;
    const possible = bar.rough > 0 ? `, ${bar.rough} possible` : "";
    this.readout.textContent = `${days}: ${bar.sure} certain${possible}`;
    const wide = this.readout.offsetWidth;
    const left = Math.min(box.width - wide, Math.max(0, x - wide / 2));
    this.readout.style.transform = `translateX(${Math.round(left)}px)`;
  }
}
