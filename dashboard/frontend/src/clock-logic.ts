// What the clock does with time, apart from the page: spans, steps, jumps and playing, as pure functions.
import { addUnits, clampDay, type Unit } from "./days.ts";
import { ordered, type Span } from "./filter.ts";
import { OPEN_FUTURE, OPEN_PAST, inMask, type Payload } from "./payload.ts";

export interface Domain {
  lo: number;
  hi: number;
}
export type Mode = "cumulative" | "window";

/** Seconds in which the whole domain passes at speed 1. */
export const PLAY_SECONDS = 20;
/** A stretch without any change longer than this part of the domain is jumped over. */
export const EMPTY_PART = 0.04;

/** The span of the clock: that of the data, with air at both ends; a year around today without data. */
export function domainOf(span: { first: number; last: number } | null, today: number): Domain {
  const first = span?.first ?? today - 182;
  const last = span?.last ?? today + 182;
  const pad = Math.max(15, Math.round((last - first) * 0.02));
  return { lo: clampDay(first - pad), hi: clampDay(last + pad) };
}

/** Ends at or beyond the edge of the domain are open. */
export function opened(span: Span, domain: Domain): Span {
  return {
    from: span.from !== null && span.from <= domain.lo ? null : span.from,
    to: span.to !== null && span.to >= domain.hi ? null : span.to,
  };
}

/** The same span with a day at each end, held inside the domain. */
export function closed(span: Span, domain: Domain): { from: number; to: number } {
  const hold = (day: number): number => Math.min(domain.hi, Math.max(domain.lo, day));
  const { from, to } = ordered(span);
  return { from: hold(from ?? domain.lo), to: hold(to ?? domain.hi) };
}

export function moveEnd(span: Span, which: "from" | "to", day: number, domain: Domain): Span {
  const { from, to } = closed(span, domain);
  const next =
    which === "from"
      ? { from: Math.min(day, to), to: span.to }
      : { from: span.from, to: Math.max(day, from) };
  return opened(next, domain);
}

/** The window as a whole moved so that it starts at `start`, its length kept, held inside the domain. */
export function slideTo(span: Span, start: number, domain: Domain): Span {
  const { from, to } = closed(span, domain);
  const length = to - from;
  const at = Math.round(Math.min(domain.hi - length, Math.max(domain.lo, start)));
  return opened({ from: at, to: at + length }, domain);
}

export function stepBy(span: Span, mode: Mode, n: number, unit: Unit, domain: Domain): Span {
  const { from, to } = closed(span, domain);
  if (mode === "cumulative") {
    return opened({ from: span.from, to: Math.max(from, addUnits(to, n, unit)) }, domain);
  }
  const start = addUnits(from, n, unit);
  const end = addUnits(to, n, unit);
  // Months differ in length: each end steps by itself unless the edge stops one of them.
  if (start >= domain.lo && end <= domain.hi) return opened({ from: start, to: end }, domain);
  return slideTo(span, start, domain);
}

/** Puts the end of the window on a day; a moving window keeps its length. */
export function endAt(span: Span, mode: Mode, day: number, domain: Domain): Span {
  const { from, to } = closed(span, domain);
  if (mode === "cumulative")
    return { from: span.from !== null && day < span.from ? day : span.from, to: day };
  const length = to - from;
  return { from: length >= domain.hi - domain.lo ? null : day - length, to: day };
}

function sortedUnique(days: Int32Array): Int32Array {
  days.sort();
  let n = 0;
  for (let i = 0; i < days.length; i++) if (i === 0 || days[i] !== days[i - 1]) days[n++] = days[i]!;
  return days.slice(0, n);
}

function firsts(payload: Payload, mask: Uint8Array | null, start: number, end: number): Int32Array {
  const days = new Int32Array(end - start);
  let n = 0;
  for (let i = start; i < end; i++) {
    const day = payload.first[i]!;
    if (day === OPEN_PAST || day === OPEN_FUTURE || !inMask(mask, payload.record[i]!)) continue;
    days[n++] = day;
  }
  return sortedUnique(days.slice(0, n));
}

export interface Dates {
  /** Where "next record" goes: days on which an event (without events: a site's status) begins. */
  records: Int32Array;
  /** Days on which anything changes. */
  changes: Int32Array;
  events: Int32Array;
  first: number | null;
  last: number | null;
}

export function datesOf(payload: Payload, mask: Uint8Array | null): Dates {
  const events = firsts(payload, mask, payload.siteMarks, payload.marks);
  const sites = firsts(payload, mask, 0, payload.siteMarks);
  const both = new Int32Array(events.length + sites.length);
  both.set(events);
  both.set(sites, events.length);
  const changes = sortedUnique(both);
  let last = changes.length ? changes[changes.length - 1]! : null;
  for (let i = 0; i < payload.marks; i++) {
    const day = payload.last[i]!;
    if (day !== OPEN_FUTURE && (last === null || day > last) && inMask(mask, payload.record[i]!)) last = day;
  }
  const records = events.length ? events : sites;
  return { records, changes, events, first: changes.length ? changes[0]! : null, last };
}

/** Index of the first day greater than `day`. */
export function upper(days: Int32Array, day: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle]! <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function nextDay(days: Int32Array, after: number | null): number | null {
  if (after === null) return null;
  return days[upper(days, after)] ?? null;
}

export function previousDay(days: Int32Array, before: number | null): number | null {
  if (before === null) return days.length ? days[days.length - 1]! : null;
  return days[upper(days, before - 1) - 1] ?? null;
}

export interface Playing {
  /** The end of the window, as a fraction of days: a frame may pass less than one. */
  at: number;
  length: number;
}

/** Where playing starts: where the clock stands, or at the beginning when it stands at the end. */
export function startPlaying(span: Span, mode: Mode, domain: Domain): Playing {
  const { from, to } = closed(span, domain);
  const whole = domain.hi - domain.lo;
  const atEnd = span.to === null || to >= domain.hi;
  if (mode === "cumulative") return { at: atEnd ? from : to, length: 0 };
  let length = to - from;
  if (length >= whole * 0.9) length = Math.max(1, Math.round(whole / 10));
  return { at: atEnd ? domain.lo + length : to, length };
}

export function playingSpan(span: Span, mode: Mode, playing: Playing, domain: Domain): Span {
  const to = Math.floor(playing.at);
  if (mode === "cumulative") return opened({ from: span.from, to }, domain);
  return opened({ from: to - playing.length, to }, domain);
}

/** One frame of playing: time passes, and stretches in which nothing happens are jumped over. */
export function advance(
  playing: Playing,
  mode: Mode,
  seconds: number,
  speed: number,
  domain: Domain,
  dates: Dates,
): { playing: Playing; done: boolean } {
  const whole = domain.hi - domain.lo;
  let at = playing.at + ((whole / PLAY_SECONDS) * speed * seconds || 0);
  const day = Math.floor(playing.at);
  const next = nextDay(dates.changes, day) ?? domain.hi;
  const held = mode === "window" && upper(dates.events, day) > upper(dates.events, day - playing.length - 1);
  if (!held && next - playing.at > whole * EMPTY_PART) at = Math.max(at, next - whole * 0.005);
  const done = at >= domain.hi;
  return { playing: { at: done ? domain.hi : at, length: playing.length }, done };
}
