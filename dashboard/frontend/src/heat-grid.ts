// Density of what the window shows, counted in small squares tied to the world and smoothed by a Gaussian.
// A certain mark weighs one, a possible one half. The scale is set by all marks at any time, so that colours
// can be compared while the clock plays.
import type { Frame } from "./canvas-pane.ts";
import { CERTAIN, HIDDEN, type Visible } from "./filter.ts";
import { inMask, type Payload } from "./payload.ts";
import { worldSize, type Projected } from "./project.ts";

/** CSS pixels of a square's side. */
export const SIDE = 5;
/** Squares that a mark reaches in each direction. */
const REACH = 7;
const SIGMA = 2.4;
const OUTSIDE = 0xffffffff;

const KERNEL = Float32Array.from({ length: 2 * REACH + 1 }, (_, k) =>
  Math.exp(-((k - REACH) ** 2) / (2 * SIGMA ** 2)),
);

function weightOf(grade: number): number {
  return grade === HIDDEN ? 0 : grade === CERTAIN ? 1 : 0.5;
}

export class HeatGrid {
  across = 0;
  down = 0;
  /** First column and row, counted from the world's north-west corner. */
  column = 0;
  row = 0;
  private zoom = NaN;
  private sums = new Float32Array(0);
  private half = new Float32Array(0);
  private out = new Float32Array(0);
  private cellOf = new Uint32Array(0);
  private most = 0;

  covers(frame: Frame): boolean {
    return (
      this.zoom === frame.zoom &&
      this.column <= Math.floor(frame.left / SIDE) &&
      this.row <= Math.floor(frame.top / SIDE) &&
      this.column + this.across >= Math.ceil((frame.left + frame.width) / SIDE) &&
      this.row + this.down >= Math.ceil((frame.top + frame.height) / SIDE)
    );
  }

  forget(): void {
    this.zoom = NaN;
  }

  /** Counts a frame and the reach around it; one pass over all marks. */
  build(frame: Frame, payload: Payload, at: Projected, visible: Visible, mask: Uint8Array | null): void {
    this.zoom = frame.zoom;
    this.column = Math.floor(frame.left / SIDE) - REACH;
    this.row = Math.floor(frame.top / SIDE) - REACH;
    this.across = Math.ceil((frame.left + frame.width) / SIDE) + REACH - this.column;
    this.down = Math.ceil((frame.top + frame.height) / SIDE) + REACH - this.row;
    const cells = this.across * this.down;
    const ever = new Float32Array(cells);
    this.sums = new Float32Array(cells);
    this.half = new Float32Array(cells);
    this.out = new Float32Array(cells);
    if (this.cellOf.length !== payload.marks) this.cellOf = new Uint32Array(payload.marks);
    const scale = worldSize(frame.zoom) / SIDE;
    for (let i = 0; i < payload.marks; i++) {
      const x = Math.floor(at.x[i]! * scale) - this.column;
      const y = Math.floor(at.y[i]! * scale) - this.row;
      if (x < 0 || y < 0 || x >= this.across || y >= this.down) {
        this.cellOf[i] = OUTSIDE;
        continue;
      }
      const cell = y * this.across + x;
      this.cellOf[i] = cell;
      this.sums[cell]! += weightOf(visible.grade[i]!);
      if (inMask(mask, payload.record[i]!)) ever[cell]! += 1;
    }
    this.most = this.smooth(ever).reduce((most, value) => Math.max(most, value), 0);
  }

  change(mark: number, before: number, after: number): void {
    const cell = this.cellOf[mark]!;
    if (cell !== OUTSIDE && cell < this.sums.length) this.sums[cell]! += weightOf(after) - weightOf(before);
  }

  /** Density of each square between 0 and 1, on the logarithmic scale that the eye compares by. */
  levels(): Float32Array {
    const field = this.smooth(this.sums);
    const top = Math.log1p(this.most);
    if (top === 0) return field.fill(0);
    for (let i = 0; i < field.length; i++) field[i] = Math.min(1, Math.log1p(field[i]!) / top);
    return field;
  }

  private smooth(from: Float32Array): Float32Array {
    const { across, down, half, out } = this;
    half.fill(0);
    out.fill(0);
    // Spread from the squares that hold something: most of a world map is empty.
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const value = from[y * across + x]!;
        if (value <= 0) continue;
        const end = Math.min(across - 1, x + REACH);
        for (let k = Math.max(0, x - REACH); k <= end; k++) {
          half[y * across + k]! += value * KERNEL[k - x + REACH]!;
        }
      }
    }
    for (let y = 0; y < down; y++) {
      const end = Math.min(down - 1, y + REACH);
      for (let x = 0; x < across; x++) {
        const value = half[y * across + x]!;
        if (value <= 0) continue;
        for (let k = Math.max(0, y - REACH); k <= end; k++) {
          out[k * across + x]! += value * KERNEL[k - y + REACH]!;
        }
      }
    }
    return out;
  }
}
