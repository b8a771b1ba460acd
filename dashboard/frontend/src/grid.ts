// Hit testing: a uniform grid over the marks that stand in the view, filled by a counting sort.
// It is built when the pointer asks and the picture has changed, never while a frame is drawn.

const CELL = 24;

export class HitGrid {
  private start = new Uint32Array(1);
  private items = new Uint32Array(0);
  private px = new Float32Array(0);
  private py = new Float32Array(0);
  private mark = new Uint32Array(0);
  private across = 0;
  private down = 0;
  private count = 0;

  /** Marks `index[0..count)` at `x * scale - left`, `y * scale - top`; those outside the view are left out. */
  build(
    index: Uint32Array,
    count: number,
    x: Float64Array,
    y: Float64Array,
    scale: number,
    left: number,
    top: number,
    width: number,
    height: number,
  ): void {
    this.across = Math.max(1, Math.ceil(width / CELL));
    this.down = Math.max(1, Math.ceil(height / CELL));
    const cells = this.across * this.down;
    if (this.start.length < cells + 1) this.start = new Uint32Array(cells + 1);
    else this.start.fill(0);
    if (this.items.length < count) {
      this.items = new Uint32Array(count);
      this.px = new Float32Array(count);
      this.py = new Float32Array(count);
      this.mark = new Uint32Array(count);
    }
    let n = 0;
    for (let k = 0; k < count; k++) {
      const i = index[k]!;
      const sx = x[i]! * scale - left;
      const sy = y[i]! * scale - top;
      if (sx < 0 || sy < 0 || sx >= width || sy >= height) continue;
      this.px[n] = sx;
      this.py[n] = sy;
      this.mark[n] = i;
      n++;
      this.start[this.cell(sx, sy) + 1]!++;
    }
    for (let c = 0; c < cells; c++) this.start[c + 1]! += this.start[c]!;
    // Filled backwards, so that each start ends at the right place and later marks come last in a cell.
    const end = this.start.slice(1, cells + 1);
    for (let k = n - 1; k >= 0; k--) this.items[--end[this.cell(this.px[k]!, this.py[k]!)]!] = k;
    this.count = n;
  }

  private cell(sx: number, sy: number): number {
    return Math.floor(sy / CELL) * this.across + Math.floor(sx / CELL);
  }

  get size(): number {
    return this.count;
  }

  /** Marks within `reach` pixels, nearest first; of two equally near, the one drawn later (on top). */
  near(sx: number, sy: number, reach: number, most = 200): number[] {
    const found: { mark: number; far: number }[] = [];
    const x0 = Math.max(0, Math.floor((sx - reach) / CELL));
    const x1 = Math.min(this.across - 1, Math.floor((sx + reach) / CELL));
    const y0 = Math.max(0, Math.floor((sy - reach) / CELL));
    const y1 = Math.min(this.down - 1, Math.floor((sy + reach) / CELL));
    const limit = reach * reach;
    for (let row = y0; row <= y1; row++) {
      for (let column = x0; column <= x1; column++) {
        const c = row * this.across + column;
        for (let k = this.start[c]!; k < this.start[c + 1]!; k++) {
          const item = this.items[k]!;
          const dx = this.px[item]! - sx;
          const dy = this.py[item]! - sy;
          const far = dx * dx + dy * dy;
          if (far <= limit) found.push({ mark: this.mark[item]!, far: Math.round(far) });
        }
      }
    }
    found.sort((a, b) => a.far - b.far || b.mark - a.mark);
    return found.slice(0, most).map((hit) => hit.mark);
  }
}
