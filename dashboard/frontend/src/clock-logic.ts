// What the clock does with time, apart from the page: windows, steps, jumps, locks and presets, as pure
// functions. Playing is in play-logic.ts, the visible part of the axis in axis.ts.
import { addMonths, addUnits, addUnitsToEnd, clampDay, toCivil, toDay, type Unit } from "./days.ts";
import { ordered, type Span } from "./filter.ts";
import type { Dates } from "./record-days.ts";

export interface Domain {
  lo: number;
  hi: number;
}
/** cumulative: the end moves; window: both ends move; asof: one day, with the step that ends on it. */
export type Mode = "cumulative" | "window" | "asof";
export const MODES: readonly Mode[] = ["cumulative", "window", "asof"];

export interface Locks {
  from: boolean;
  to: boolean;
}
export const UNLOCKED: Locks = { from: false, to: false };

/** The span of the clock: that of the data, with air at both ends; a year around today without data. */
export function domainOf(span: { first: number; last: number } | null, today: number): Domain {
  const first = span?.first ?? today - 182;
  const last = span?.last ?? today + 182;
  const pad = Math.max(15, Math.round((last - first) * 0.02));
  return { lo: clampDay(first - pad), hi: clampDay(last + pad) };
}

export function held(day: number, domain: Domain): number {
  return Math.min(domain.hi, Math.max(domain.lo, day));
}

/** Ends at or beyond the edge of the domain are open. */
/** What a window suggests: everything up to its end, or both ends. */
export function usualMode(span: Span): Mode {
  return span.from === null ? "cumulative" : "window";
}

export function opened(span: Span, domain: Domain): Span {
  return {
    from: span.from !== null && span.from <= domain.lo ? null : span.from,
    to: span.to !== null && span.to >= domain.hi ? null : span.to,
  };
}

/** The same span with a day at each end, held inside the domain. */
export function closed(span: Span, domain: Domain): { from: number; to: number } {
  const { from, to } = ordered(span);
  return { from: held(from ?? domain.lo, domain), to: held(to ?? domain.hi, domain) };
}

export function sameSpan(a: Span, b: Span): boolean {
  return a.from === b.from && a.to === b.to;
}

/** As of a day: sites as they stood on it, events of the step that ends with it. */
export function asOf(day: number, unit: Unit): Span {
  return { from: Math.min(day, addUnitsToEnd(day, -1, unit) + 1), to: day };
}

/** Which ends stepping and playing move. */
export function movingEnds(mode: Mode, locks: Locks): "both" | "from" | "to" | "none" {
  if (mode === "asof") return "to";
  if (locks.to) return locks.from ? "none" : "from";
  return locks.from || mode === "cumulative" ? "to" : "both";
}

/** What is left of a change when an end is locked: the free end stops at the locked one. */
export function withLocks(next: Span, now: Span, locks: Locks): Span {
  let { from, to } = ordered(next);
  if (locks.from) {
    from = now.from;
    if (!locks.to && from !== null && to !== null) to = Math.max(from, to);
  }
  if (locks.to) {
    to = now.to;
    if (!locks.from && from !== null && to !== null) from = Math.min(from, to);
  }
  return { from, to };
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

export interface Course {
  mode: Mode;
  locks: Locks;
  unit: Unit;
  domain: Domain;
}

export function stepBy(span: Span, course: Course, n: number): Span {
  const { mode, locks, unit, domain } = course;
  const { from, to } = closed(span, domain);
  switch (movingEnds(mode, locks)) {
    case "none":
      return span;
    case "from":
      return moveEnd(span, "from", addUnits(from, n, unit), domain);
    case "to":
      if (mode === "asof") return asOf(held(addUnitsToEnd(to, n, unit), domain), unit);
      return moveEnd(span, "to", addUnitsToEnd(to, n, unit), domain);
    case "both": {
      const start = addUnits(from, n, unit);
      const end = addUnitsToEnd(to, n, unit);
      // Months differ in length: each end steps by itself unless the edge stops one of them.
      if (start >= domain.lo && end <= domain.hi) return opened({ from: start, to: end }, domain);
      return slideTo(span, start, domain);
    }
  }
}

/** Puts the end that moves on a day; a moving window keeps its length. */
export function endAt(span: Span, course: Course, day: number): Span {
  const { mode, locks, unit, domain } = course;
  const { from, to } = closed(span, domain);
  switch (movingEnds(mode, locks)) {
    case "none":
      return span;
    case "from":
      return { from: Math.min(day, to), to: span.to };
    case "to":
      if (mode === "asof") return asOf(day, unit);
      // A locked start is a wall; a free one gives way.
      if (span.from !== null && day < span.from) return { from: locks.from ? span.from : day, to: day };
      return { from: span.from, to: day };
    case "both": {
      const length = to - from;
      return { from: length >= domain.hi - domain.lo ? null : day - length, to: day };
    }
  }
}

/** What a change of mode does to the window. */
export function enterMode(span: Span, mode: Mode, unit: Unit, domain: Domain): Span {
  const { from, to } = closed(span, domain);
  if (mode === "asof") return asOf(to, unit);
  if (mode === "cumulative") return { from: null, to: span.to };
  const whole = domain.hi - domain.lo;
  // A moving window as wide as everything cannot move: it becomes a tenth, at the same end.
  if (span.from === null && to - from > whole / 10) return { from: Math.round(to - whole / 10), to: span.to };
  return span;
}

export type Preset = "all" | "months12" | "years5" | "thisYear" | "fit";
export const PRESETS: readonly Preset[] = ["all", "months12", "years5", "thisYear", "fit"];

/** The window of a preset; null when there is nothing to fit to. */
export function presetSpan(preset: Preset, today: number, dates: Dates | null): Span | null {
  switch (preset) {
    case "all":
      return { from: null, to: null };
    case "months12":
      return { from: addMonths(today, -12) + 1, to: today };
    case "years5":
      return { from: addMonths(today, -60) + 1, to: today };
    case "thisYear": {
      const { year } = toCivil(today);
      return { from: toDay(year, 1, 1), to: toDay(year, 12, 31) };
    }
    case "fit":
      return dates === null || dates.first === null ? null : { from: dates.first, to: dates.last };
  }
}

/** The preset that the window is, if it is one. */
export function presetOf(span: Span, today: number, dates: Dates | null): Preset | null {
  return (
    PRESETS.find((preset) => {
      const there = presetSpan(preset, today, dates);
      return there !== null && sameSpan(there, span);
    }) ?? null
  );
}
