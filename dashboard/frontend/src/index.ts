// The clock's index: which marks a window shows, kept from step to step. Only marks with an end between
// the old and the new ends of the window can change, so a step looks at those and at nothing else; it
// allocates nothing. The rules are those of filter.ts, whose plain pass the tests hold it against.
import { CERTAIN, HIDDEN, ordered, POSSIBLE, type Span, type Visible } from "./filter.ts";
import { orderBy } from "./order.ts";
import { OPEN_FUTURE, OPEN_PAST, type Payload } from "./payload.ts";

export type Marks = Pick<
  Payload,
  "marks" | "siteMarks" | "records" | "first" | "last" | "record" | "certain" | "kind" | "weight"
>;

/** What hears of every mark that changes; cells.ts counts with it. */
export interface Sink {
  change(mark: number, before: number, after: number): void;
}

/** Sites or events: a stretch of marks sorted by first day, and the same marks by last day. */
interface Stretch {
  start: number;
  end: number;
  /** Made when a window first moves, so that the first picture need not wait for it. */
  byLast: Uint32Array | null;
  lasts: Int32Array;
}

/** Index of the first entry of `days[start … end-1]` that is not before `day`. */
export function lowerBound(days: Int32Array, start: number, end: number, day: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (days[middle]! < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class TimeIndex {
  sink: Sink | null = null;
  /** How many marks the last step looked at; for tests. */
  touched = 0;
  private readonly stretches: Stretch[];
  private readonly any: Uint32Array | null;
  private readonly sure: Uint32Array | null;
  private mask: Uint8Array | null = null;
  private from = OPEN_FUTURE;
  private to = OPEN_PAST;
  private fresh = true;

  /** The marks must stand in time order (order.ts); `out` starts empty. */
  constructor(
    private readonly marks: Marks,
    readonly out: Visible,
  ) {
    const { siteMarks } = marks;
    const stretch = (start: number, end: number): Stretch => ({
      start,
      end,
      byLast: null,
      lasts: new Int32Array(0),
    });
    this.stretches = [stretch(0, siteMarks), stretch(siteMarks, marks.marks)];
    const several = hasSeveral(marks);
    this.any = several ? new Uint32Array(marks.records) : null;
    this.sure = several ? new Uint32Array(marks.records) : null;
  }

  /** Makes what the first move of the window needs. */
  prepare(): void {
    this.stretches.forEach((stretch) => this.sorted(stretch));
  }

  private sorted(stretch: Stretch): Uint32Array {
    if (stretch.byLast !== null) return stretch.byLast;
    const { last } = this.marks;
    const byLast = orderBy(last, stretch.start, stretch.end);
    const lasts = new Int32Array(byLast.length);
    for (let k = 0; k < byLast.length; k++) lasts[k] = last[byLast[k]!]!;
    stretch.lasts = lasts;
    return (stretch.byLast = byLast);
  }

  /** Moves the window; `mask` is compared by identity. */
  move(mask: Uint8Array | null, span: Span): Visible {
    const { from: start, to: end } = ordered(span);
    const from = start === null || Number.isNaN(start) ? OPEN_PAST : start;
    const to = end === null || Number.isNaN(end) ? OPEN_FUTURE : end;
    const whole = this.fresh || mask !== this.mask;
    const f0 = Math.min(this.from, from);
    const f1 = Math.max(this.from, from);
    const t0 = Math.min(this.to, to);
    const t1 = Math.max(this.to, to);
    this.fresh = false;
    this.mask = mask;
    this.from = from;
    this.to = to;
    this.touched = 0;
    for (let s = 0; s < 2; s++) {
      const stretch = this.stretches[s]!;
      if (whole) {
        this.pass(s, stretch.start, stretch.end);
        continue;
      }
      if (t0 !== t1) this.between(s, stretch, t0, t1);
      // A site's status is that of the window's end: its start does not matter.
      if (f0 !== f1 && s === 1) this.between(s, stretch, f0, f1);
    }
    return this.out;
  }

  private between(s: number, stretch: Stretch, low: number, high: number): void {
    const byLast = this.sorted(stretch);
    const { start, end, lasts } = stretch;
    const { first } = this.marks;
    const size = end - start;
    const a0 = lowerBound(first, start, end, low);
    const a1 = high === OPEN_FUTURE ? end : lowerBound(first, a0, end, high + 1);
    const b0 = lowerBound(lasts, 0, size, low);
    const b1 = high === OPEN_FUTURE ? size : lowerBound(lasts, b0, size, high + 1);
    if (a1 - a0 + b1 - b0 > size) {
      this.pass(s, start, end);
      return;
    }
    this.pass(s, a0, a1);
    for (let k = b0; k < b1; k++) this.judge(s, byLast[k]!);
    this.touched += b1 - b0;
  }

  private pass(s: number, start: number, end: number): void {
    for (let i = start; i < end; i++) this.judge(s, i);
    this.touched += end - start;
  }

  private judge(s: number, i: number): void {
    const { first, last, record, certain } = this.marks;
    const { from, to, mask } = this;
    const { grade } = this.out;
    const a = first[i]!;
    const b = last[i]!;
    let now = HIDDEN;
    if (a <= to && b >= (s === 0 ? to : from)) {
      const r = record[i]!;
      if (mask === null || ((mask[r >> 3]! >> (r & 7)) & 1) === 1) {
        if (s === 0) now = certain[i] === 1 ? CERTAIN : POSSIBLE;
        else now = a >= from && b <= to ? CERTAIN : POSSIBLE;
      }
    }
    const before = grade[i]!;
    if (now === before) return;
    grade[i] = now;
    this.count(s, i, before, now);
    if (this.sink !== null) this.sink.change(i, before, now);
  }

  /**
   * Records are counted, not marks: once each, as possible only while none of its marks is certain. A mark
   * that stands for many counts as many.
   */
  private count(s: number, i: number, before: number, now: number): void {
    const { out, any, sure } = this;
    const { weight } = this.marks;
    const by = weight === null ? 1 : weight[i]!;
    const shown = (now === HIDDEN ? 0 : by) - (before === HIDDEN ? 0 : by);
    const certain = (now === CERTAIN ? by : 0) - (before === CERTAIN ? by : 0);
    out.count += shown;
    let total = shown;
    let unsure = shown - certain;
    if (any !== null && sure !== null) {
      const r = this.marks.record[i]!;
      const had = any[r]! > 0 ? 1 : 0;
      const hadUnsure = had === 1 && sure[r] === 0 ? 1 : 0;
      any[r]! += shown;
      sure[r]! += certain;
      const has = any[r]! > 0 ? 1 : 0;
      total = has - had;
      unsure = (has === 1 && sure[r] === 0 ? 1 : 0) - hadUnsure;
    }
    if (s === 0) {
      out.sites += total;
      out.possibleSites += unsure;
    } else {
      out.events += total;
      out.possibleEvents += unsure;
    }
  }
}

function hasSeveral(marks: Marks): boolean {
  const seen = new Uint8Array(marks.records);
  for (let i = 0; i < marks.marks; i++) {
    const r = marks.record[i]!;
    if (seen[r] === 1) return true;
    seen[r] = 1;
  }
  return false;
}
