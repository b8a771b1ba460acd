// The heat layer: where much of what the window shows lies close together.
import { CanvasPane, type Frame } from "./canvas-pane.ts";
import { ramp } from "./colour.ts";
import type { Visible } from "./filter.ts";
import { HeatGrid, SIDE } from "./heat-grid.ts";
import type { Payload } from "./payload.ts";
import type { Projected } from "./project.ts";
import type { Tally } from "./tally.ts";

/** From sparse to dense: rising contrast with the ground, told apart without hue too. */
export const HEAT = {
  light: ["#fde3a7", "#f9a65a", "#d8573c", "#7d1b47"],
  dark: ["#3d2166", "#a32f6f", "#f1694f", "#fde39a"],
} as const;
const STEPS = 256;
/** Below this part of the densest spot nothing is drawn; above it, it is never fainter than this. */
const FAINTEST = 0.05;
const LEAST_ALPHA = 40;
const MOST_ALPHA = 215;

export class HeatLayer implements Tally {
  private readonly pane: CanvasPane;
  private readonly grid = new HeatGrid();
  private readonly small = document.createElement("canvas");
  private words = new Uint32Array(0);
  private picture: ImageData | null = null;
  private marks: { payload: Payload; at: Projected; visible: Visible; mask: Uint8Array | null } | null = null;

  constructor(
    map: L.Map,
    private readonly isDark: () => boolean,
  ) {
    this.pane = new CanvasPane(map, {
      name: "atlas-heat",
      zIndex: 400,
      margin: 0.25,
      draw: (frame) => this.draw(frame),
    });
  }

  place(zIndex: number, on: boolean): void {
    this.pane.place(zIndex, on);
  }

  recount(payload: Payload, at: Projected, visible: Visible, mask: Uint8Array | null): void {
    this.marks = { payload, at, visible, mask };
    this.grid.forget();
  }

  change(mark: number, before: number, after: number): void {
    this.grid.change(mark, before, after);
  }

  settle(): void {
    this.pane.redraw();
  }

  private draw(frame: Frame): void {
    if (this.marks === null) return;
    const { grid, small } = this;
    const { payload, at, visible, mask } = this.marks;
    if (!grid.covers(frame)) grid.build(frame, payload, at, visible, mask);
    const { across, down } = grid;
    const ctx = small.getContext("2d")!;
    if (this.picture === null || small.width !== across || small.height !== down) {
      small.width = across;
      small.height = down;
      this.picture = ctx.createImageData(across, down);
      this.words = new Uint32Array(this.picture.data.buffer);
    }
    const levels = grid.levels();
    const colours = this.palette();
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]!;
      this.words[i] = level < FAINTEST ? 0 : colours[Math.round(level * (STEPS - 1))]!;
    }
    ctx.putImageData(this.picture, 0, 0);
    frame.ctx.imageSmoothingEnabled = true;
    frame.ctx.imageSmoothingQuality = "high";
    const left = grid.column * SIDE - frame.left;
    const top = grid.row * SIDE - frame.top;
    frame.ctx.drawImage(small, left, top, across * SIDE, down * SIDE);
  }

  private palette(): Uint32Array {
    const colours = ramp(this.isDark() ? HEAT.dark : HEAT.light, STEPS);
    return colours.map((word, k) => {
      const alpha = LEAST_ALPHA + (MOST_ALPHA - LEAST_ALPHA) * Math.sqrt(k / STEPS);
      return ((word & 0xffffff) | (Math.round(alpha) << 24)) >>> 0;
    });
  }
}
