// What a move of the clock changed: which sites have another status at the window's end, and how many
// events came and went. Built for a million marks: two sorted lists, looked up by halving.
import { HIDDEN, type Span, type Visible } from "./filter.ts";
import { inMask, OPEN_FUTURE, OPEN_PAST, type Payload } from "./payload.ts";

export interface StatusChange {
  record: number;
  /** A segment to stand for the place of the change. */
  mark: number;
  /** Segments whose status held before and holds now; -1 for none. */
  before: number;
  after: number;
}

type Marks = Pick<Payload, "siteMarks" | "records" | "first" | "last" | "record" | "status" | "certain">;

/** Position of the first entry whose day is greater than `day`, in a list sorted by that day. */
function after(order: Uint32Array, days: Int32Array, day: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[order[middle]!]! <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sortedBy(days: Int32Array, count: number, open: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i).filter((i) => days[i] !== open);
  return order.sort((a, b) => days[a]! - days[b]!);
}

export class StatusHistory {
  private readonly starts: Uint32Array;
  private readonly stops: Uint32Array;
  private readonly offsets: Uint32Array;
  private readonly segments: Uint32Array;

  constructor(private readonly payload: Marks) {
    const { siteMarks, records, first, last, record } = payload;
    this.starts = sortedBy(first, siteMarks, OPEN_PAST);
    this.stops = sortedBy(last, siteMarks, OPEN_FUTURE);
    this.offsets = new Uint32Array(records + 1);
    for (let i = 0; i < siteMarks; i++) this.offsets[record[i]! + 1]!++;
    for (let r = 0; r < records; r++) this.offsets[r + 1]! += this.offsets[r]!;
    const next = this.offsets.slice();
    this.segments = new Uint32Array(siteMarks);
    for (let i = 0; i < siteMarks; i++) this.segments[next[record[i]!]!++] = i;
  }

  /** The segment that says a site's status on a day, a certain one if there is one; -1 for none. */
  segmentAt(record: number, day: number): number {
    const { first, last, certain } = this.payload;
    let found = -1;
    for (let k = this.offsets[record]!; k < this.offsets[record + 1]!; k++) {
      const i = this.segments[k]!;
      if (first[i]! > day || last[i]! < day) continue;
      if (certain[i] === 1) return i;
      if (found < 0) found = i;
    }
    return found;
  }

  /** Sites whose status differs between two ends of the window; null when more than `most` may differ. */
  between(
    was: number | null,
    is: number | null,
    mask: Uint8Array | null,
    most: number,
  ): StatusChange[] | null {
    const { first, last, record, status } = this.payload;
    const old = was ?? OPEN_FUTURE;
    const now = is ?? OPEN_FUTURE;
    const low = Math.min(old, now);
    const high = Math.max(old, now);
    const begin = [after(this.starts, first, low), after(this.starts, first, high)] as const;
    const end = [after(this.stops, last, low - 1), after(this.stops, last, high - 1)] as const;
    if (begin[1] - begin[0] + end[1] - end[0] > most * 4) return null;
    const seen = new Set<number>();
    for (let k = begin[0]; k < begin[1]; k++) seen.add(record[this.starts[k]!]!);
    for (let k = end[0]; k < end[1]; k++) seen.add(record[this.stops[k]!]!);
    const found: StatusChange[] = [];
    for (const r of seen) {
      if (!inMask(mask, r)) continue;
      const a = this.segmentAt(r, old);
      const b = this.segmentAt(r, now);
      if (a === b || (a >= 0 && b >= 0 && status[a] === status[b])) continue;
      found.push({ record: r, mark: b >= 0 ? b : a, before: a, after: b });
    }
    return found.length > most ? null : found;
  }
}

/** The events of a window, kept to be compared with the next one. */
export class Memory {
  span: Span | null = null;
  mask: Uint8Array | null = null;
  private shown = new Uint8Array(0);

  /** Events that came and went since the last call; null at the first one, or when the records are others. */
  compare(payload: Payload, visible: Visible, span: Span, mask: Uint8Array | null): Comparison | null {
    const { records, marks, siteMarks, record } = payload;
    const now = new Uint8Array(records);
    for (let i = siteMarks; i < marks; i++) if (visible.grade[i] !== HIDDEN) now[record[i]!] = 1;
    const { shown: old, span: was } = this;
    const comparable = was !== null && this.mask === mask && old.length === records;
    this.shown = now;
    this.span = span;
    this.mask = mask;
    if (!comparable) return null;
    let came = 0;
    let went = 0;
    for (let r = 0; r < records; r++) {
      if (now[r]! > old[r]!) came++;
      else if (now[r]! < old[r]!) went++;
    }
    return { was, came, went };
  }
}

export interface Comparison {
  was: Span;
  came: number;
  went: number;
}
