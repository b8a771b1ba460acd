// Which marks a window shows, and how surely: the rules of docs/map-document.md over typed arrays.
// One pass, no allocation; for more marks than a pass at every frame can bear there is index.ts.
import { OPEN_FUTURE, OPEN_PAST, type Payload } from "./payload.ts";

export const HIDDEN = 0;
export const POSSIBLE = 1;
export const CERTAIN = 2;

export interface Span {
  from: number | null;
  to: number | null;
}

export interface Visible {
  /** Marks to draw one by one, sites before events; only the first `listed` entries mean anything. */
  index: Uint32Array;
  /** All marks shown, unless the layer counts cells: then none, or those around the view. */
  listed: number;
  /** HIDDEN, POSSIBLE or CERTAIN of every mark. */
  grade: Uint8Array;
  count: number;
  /** Counted by record, not by mark: one event at two places is one event. */
  sites: number;
  events: number;
  possibleSites: number;
  possibleEvents: number;
  stamp: Uint32Array;
  round: number;
}

type Marks = Pick<Payload, "marks" | "siteMarks" | "records" | "first" | "last" | "record" | "certain">;

export function makeVisible(marks: number, records: number): Visible {
  return {
    index: new Uint32Array(marks),
    grade: new Uint8Array(marks),
    listed: 0,
    count: 0,
    sites: 0,
    events: 0,
    possibleSites: 0,
    possibleEvents: 0,
    stamp: new Uint32Array(records),
    round: 0,
  };
}

/** Ends in order; null stands for an open end. */
export function ordered(span: Span): Span {
  if (span.from !== null && span.to !== null && span.from > span.to) return { from: span.to, to: span.from };
  return span;
}

export function filterMarks(payload: Marks, mask: Uint8Array | null, span: Span, out: Visible): Visible {
  let from = span.from ?? OPEN_PAST;
  let to = span.to ?? OPEN_FUTURE;
  if (from > to) [from, to] = [to, from];
  const { siteMarks, marks, first, last, record, certain } = payload;
  const { index, grade, stamp } = out;
  // Two stamps a round: `possible` and `sure`. A record's total counts once, and as possible only
  // while no certain mark of it was met.
  if (out.round > 2000000000) {
    stamp.fill(0);
    out.round = 0;
  }
  out.round += 2;
  const possible = out.round;
  const sure = possible + 1;
  let n = 0;
  let total = 0;
  let unsure = 0;
  for (let i = 0; i < siteMarks; i++) {
    const r = record[i]!;
    if (first[i]! > to || last[i]! < to || (mask !== null && ((mask[r >> 3]! >> (r & 7)) & 1) === 0)) {
      grade[i] = HIDDEN;
      continue;
    }
    index[n++] = i;
    if (certain[i] === 1) {
      grade[i] = CERTAIN;
      if (stamp[r]! < possible) total++;
      else if (stamp[r] === possible) unsure--;
      stamp[r] = sure;
    } else {
      grade[i] = POSSIBLE;
      if (stamp[r]! < possible) {
        total++;
        unsure++;
        stamp[r] = possible;
      }
    }
  }
  out.sites = total;
  out.possibleSites = unsure;
  total = 0;
  unsure = 0;
  for (let i = siteMarks; i < marks; i++) {
    const r = record[i]!;
    const a = first[i]!;
    const b = last[i]!;
    if (a > to || b < from || (mask !== null && ((mask[r >> 3]! >> (r & 7)) & 1) === 0)) {
      grade[i] = HIDDEN;
      continue;
    }
    index[n++] = i;
    if (a >= from && b <= to) {
      grade[i] = CERTAIN;
      if (stamp[r]! < possible) total++;
      else if (stamp[r] === possible) unsure--;
      stamp[r] = sure;
    } else {
      grade[i] = POSSIBLE;
      if (stamp[r]! < possible) {
        total++;
        unsure++;
        stamp[r] = possible;
      }
    }
  }
  out.events = total;
  out.possibleEvents = unsure;
  out.count = n;
  out.listed = n;
  return out;
}
