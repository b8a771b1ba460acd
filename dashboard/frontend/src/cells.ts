// Counted cells: where thousands of marks would lie on one another, squares of the view are counted
// instead. Counts follow the clock mark by mark (index.ts calls `change`), so a step costs what changed.
// Squares are tied to the world, not to the view: a pan moves them, a step of the clock never does.
// They lie like bricks, each second row half a square aside, so that the map does not look like a table.
import type { Frame } from "./canvas-pane.ts";
import { HIDDEN } from "./filter.ts";
import type { Sink } from "./index.ts";
import type { Payload } from "./payload.ts";
import { worldSize, type Projected } from "./project.ts";

/** CSS pixels of a square's side. */
export const SIDE = 56;
const LARGEST = 26;
const AIR = 2;
/** Part of the view's size that is counted beyond each of its edges: a pan inside it recounts nothing. */
const MARGIN = 0.5;
const OUTSIDE = 65535;

export interface CellCount {
  /** Visible marks. */
  marks: number;
  possible: number;
  /** Marks of each kind that has any, most first. */
  kinds: { kind: number; marks: number }[];
}

/** Radius of a cell's sign in CSS pixels; by the logarithm, so that it is the same at every zoom and window. */
export function radiusOf(marks: number): number {
  return Math.min(LARGEST, 8.6 + 3.5 * Math.log10(marks));
}

/** Squares from the world's west to its east: room for the half squares, and for what lies on the very edge. */
function squaresAcross(zoom: number): number {
  return Math.ceil(worldSize(zoom) / SIDE) + 1;
}

export class Cells implements Sink {
  /** Counts by cell, kind and grade: [(cell * kinds + kind) * 2 + grade - 1]. */
  counts = new Uint32Array(0);
  total = new Uint32Array(0);
  /** The marks of a cell, all XORed: when a single one is visible this is its number. */
  lone = new Uint32Array(0);
  /** Visible marks in the counted region. */
  inside = 0;
  across = 0;
  down = 0;
  /** First column and row, counted from the world's north-west corner. */
  column = 0;
  row = 0;
  /** Rises with every change, so that a frame in which nothing happened can be painted from memory. */
  version = 0;
  readonly kinds: number;
  private zoom = NaN;
  private readonly cellOf: Uint16Array;
  /** Marks of the region, in their order. */
  private readonly list: Uint32Array;
  private listed = 0;
  /** Where all marks of a cell have their middle, in pixels from its corner: it stays when time passes. */
  private middleX = new Float64Array(0);
  private middleY = new Float64Array(0);
  private all = new Uint32Array(0);

  constructor(
    private readonly payload: Payload,
    private readonly at: Projected,
  ) {
    this.kinds = payload.kinds.length;
    this.cellOf = new Uint16Array(payload.marks).fill(OUTSIDE);
    this.list = new Uint32Array(payload.marks);
  }

  change(mark: number, before: number, after: number): void {
    const cell = this.cellOf[mark]!;
    if (cell === OUTSIDE) return;
    const { kind, weight } = this.payload;
    const many = weight === null ? 1 : weight[mark]!;
    const base = (cell * this.kinds + kind[mark]!) * 2 - 1;
    if (before !== HIDDEN) this.counts[base + before]! -= many;
    if (after !== HIDDEN) this.counts[base + after]! += many;
    if (before === HIDDEN || after === HIDDEN) {
      const by = after === HIDDEN ? -many : many;
      this.total[cell]! += by;
      this.inside += by;
      this.lone[cell]! ^= mark;
    }
    this.version++;
  }

  covers(frame: Frame): boolean {
    if (this.zoom !== frame.zoom) return false;
    const world = squaresAcross(frame.zoom);
    const held = (cell: number): number => Math.min(world, Math.max(0, cell));
    return (
      held(Math.floor(frame.left / SIDE)) >= this.column &&
      held(Math.floor(frame.top / SIDE)) >= this.row &&
      held(Math.ceil((frame.left + frame.width) / SIDE)) <= this.column + this.across &&
      held(Math.ceil((frame.top + frame.height) / SIDE)) <= this.row + this.down
    );
  }

  /** Counts anew around a view; one pass over all marks. */
  build(frame: Frame, grade: Uint8Array): void {
    const scale = worldSize(frame.zoom);
    const world = squaresAcross(frame.zoom);
    const held = (value: number): number => Math.min(world, Math.max(0, value));
    this.zoom = frame.zoom;
    this.column = held(Math.floor((frame.left - frame.width * MARGIN) / SIDE));
    this.row = held(Math.floor((frame.top - frame.height * MARGIN) / SIDE));
    this.across = held(Math.ceil((frame.left + frame.width * (1 + MARGIN)) / SIDE)) - this.column;
    this.down = held(Math.ceil((frame.top + frame.height * (1 + MARGIN)) / SIDE)) - this.row;
    // Twelve thousand on the largest screens; a view that needs more loses its southern margin.
    this.down = Math.min(this.down, Math.floor((OUTSIDE - 1) / Math.max(1, this.across)));
    this.empty(this.across * this.down);
    for (let k = 0; k < this.listed; k++) this.cellOf[this.list[k]!] = OUTSIDE;
    this.collect(scale / SIDE, grade);
    this.version++;
  }

  private empty(cells: number): void {
    if (this.total.length < cells) {
      this.total = new Uint32Array(cells);
      this.lone = new Uint32Array(cells);
      this.all = new Uint32Array(cells);
      this.middleX = new Float64Array(cells);
      this.middleY = new Float64Array(cells);
      this.counts = new Uint32Array(cells * this.kinds * 2);
    } else {
      for (const column of [this.total, this.lone, this.all, this.middleX, this.middleY, this.counts]) {
        column.fill(0);
      }
    }
    this.inside = 0;
  }

  private collect(scale: number, grade: Uint8Array): void {
    const { x, y } = this.at;
    const { marks, kind, weight } = this.payload;
    const { across, down, column, row, kinds, cellOf, list, total, lone, all, counts } = this;
    let n = 0;
    let inside = 0;
    for (let i = 0; i < marks; i++) {
      const cy = y[i]! * scale - row;
      if (cy < 0 || cy >= down) continue;
      const level = cy | 0;
      const cx = x[i]! * scale - column + ((row + level) & 1) * 0.5;
      if (cx < 0 || cx >= across) continue;
      const at = cx | 0;
      const cell = level * across + at;
      cellOf[i] = cell;
      list[n++] = i;
      const many = weight === null ? 1 : weight[i]!;
      all[cell]! += many;
      this.middleX[cell]! += (cx - at) * many;
      this.middleY[cell]! += (cy - level) * many;
      const g = grade[i]!;
      if (g === HIDDEN) continue;
      counts[(cell * kinds + kind[i]!) * 2 + g - 1]! += many;
      total[cell]! += many;
      lone[cell]! ^= i;
      inside += many;
    }
    this.listed = n;
    this.inside = inside;
    for (let cell = 0; cell < across * down; cell++) {
      this.middleX[cell]! *= SIDE / Math.max(1, all[cell]!);
      this.middleY[cell]! *= SIDE / Math.max(1, all[cell]!);
    }
  }

  /** West side of a cell's square in CSS pixels of the world. */
  left(cell: number): number {
    const level = this.row + Math.floor(cell / this.across);
    return (this.column + (cell % this.across) - (level & 1) * 0.5) * SIDE;
  }

  /** Middle of a cell's sign in CSS pixels of the world; signs stay inside their squares and never touch. */
  worldX(cell: number): number {
    const r = radiusOf(this.total[cell]!) + AIR;
    return this.left(cell) + Math.min(SIDE - r, Math.max(r, this.middleX[cell]!));
  }

  worldY(cell: number): number {
    const r = radiusOf(this.total[cell]!) + AIR;
    return (
      (this.row + Math.floor(cell / this.across)) * SIDE +
      Math.min(SIDE - r, Math.max(r, this.middleY[cell]!))
    );
  }

  /** The visible marks of the region, for drawing them one by one; gives how many were written. */
  shown(grade: Uint8Array, out: Uint32Array): number {
    const { list } = this;
    let n = 0;
    for (let k = 0; k < this.listed; k++) {
      const i = list[k]!;
      if (grade[i] !== HIDDEN) out[n++] = i;
    }
    return n;
  }

  /** The cell whose sign lies under a point of the view, or -1. */
  under(frame: Frame, px: number, py: number, reach: number): number {
    const wx = px + frame.left;
    const wy = py + frame.top;
    let best = -1;
    let nearest = Infinity;
    const middle = Math.floor(wx / SIDE) - this.column;
    const level = Math.floor(wy / SIDE) - this.row;
    for (let row = Math.max(0, level - 1); row <= Math.min(this.down - 1, level + 1); row++) {
      for (let column = Math.max(0, middle - 1); column <= Math.min(this.across - 1, middle + 2); column++) {
        const cell = row * this.across + column;
        if (this.total[cell] === 0) continue;
        const lone = this.total[cell] === 1 ? this.lone[cell]! : -1;
        const scale = worldSize(frame.zoom);
        const x = lone < 0 ? this.worldX(cell) : this.at.x[lone]! * scale;
        const y = lone < 0 ? this.worldY(cell) : this.at.y[lone]! * scale;
        const far = Math.hypot(wx - x, wy - y);
        if (far < nearest && far <= (lone < 0 ? radiusOf(this.total[cell]!) : 7) + reach) {
          nearest = far;
          best = cell;
        }
      }
    }
    return best;
  }

  /** Visible marks of one cell. */
  marksOf(cell: number, grade: Uint8Array): number[] {
    const out: number[] = [];
    for (let k = 0; k < this.listed; k++) {
      const i = this.list[k]!;
      if (this.cellOf[i] === cell && grade[i] !== HIDDEN) out.push(i);
    }
    return out;
  }

  countOf(cell: number): CellCount {
    const kinds: CellCount["kinds"] = [];
    let possible = 0;
    for (let kind = 0; kind < this.kinds; kind++) {
      const at = (cell * this.kinds + kind) * 2;
      possible += this.counts[at]!;
      const marks = this.counts[at]! + this.counts[at + 1]!;
      if (marks > 0) kinds.push({ kind, marks });
    }
    kinds.sort((a, b) => b.marks - a.marks || a.kind - b.kind);
    return { marks: this.total[cell]!, possible, kinds };
  }
}
