// Playing, as pure functions: time passes at a pace that depends on the axis, forwards or backwards, and
// stretches in which nothing happens are jumped over, because the records are sparse.
import { asOf, closed, movingEnds, opened, type Course, type Domain } from "./clock-logic.ts";
import type { Span } from "./filter.ts";
import { nextDay, previousDay, upper, type Dates } from "./record-days.ts";

/** Seconds in which the whole axis passes at speed 1. */
export const PLAY_SECONDS = 20;
/** A stretch without any change longer than this part of the axis is jumped over. */
export const EMPTY_PART = 0.04;
const BEFORE_CHANGE = 0.005;

export interface Playing {
  moving: "both" | "from" | "to";
  /** The end that moves (of a window: its end), as a fraction of days: a frame may pass less than one. */
  at: number;
  low: number;
  high: number;
  /** Of a moving window. */
  length: number;
}
export type Direction = 1 | -1;

/** Where playing starts: where the clock stands, or all over when it stands at the far end. */
export function startPlaying(span: Span, course: Course, axis: Domain, direction: Direction): Playing | null {
  const moving = movingEnds(course.mode, course.locks);
  if (moving === "none") return null;
  const { from, to } = closed(span, axis);
  const whole = axis.hi - axis.lo;
  let low = axis.lo;
  let high = axis.hi;
  let length = 0;
  if (moving === "both") {
    length = to - from;
    if (length >= whole * 0.9) length = Math.max(1, Math.round(whole / 10));
    low += length;
  } else if (moving === "from") {
    high = to;
  } else if (course.mode !== "asof") {
    low = from;
  }
  if (low >= high) return null;
  const now = moving === "from" ? from : to;
  const over = direction > 0 ? now >= high : now <= low;
  const start = direction > 0 ? low : high;
  return { moving, at: over ? start : Math.max(low, now), low, high, length };
}

export function playingSpan(span: Span, course: Course, playing: Playing): Span {
  const day = Math.floor(playing.at);
  if (course.mode === "asof") return asOf(day, course.unit);
  if (playing.moving === "from") return opened({ from: day, to: span.to }, course.domain);
  const from = playing.moving === "to" ? span.from : day - playing.length;
  return opened({ from, to: day }, course.domain);
}

/** Where the end that moves stands when the next thing has happened; the far edge if nothing will. */
export function nextChange(playing: Playing, direction: Direction, dates: Dates): number {
  const { moving, length, low, high } = playing;
  const { events, changes } = dates;
  const day = Math.floor(playing.at);
  if (direction > 0) {
    // Events leave on the day after them.
    const left = nextDay(events, day - 1);
    const next = moving === "from" ? (left === null ? null : left + 1) : nextDay(changes, day);
    return Math.min(high, next ?? high);
  }
  if (moving === "from") return Math.max(low, previousDay(events, day) ?? low);
  // Backwards a change is undone on the day before it.
  const undone = (previousDay(changes, day + 1) ?? low + 1) - 1;
  const entering = moving === "both" ? previousDay(events, day - length) : null;
  return Math.max(low, undone, entering === null ? low : entering + length);
}

function overEmpty(playing: Playing, at: number, direction: Direction, whole: number, dates: Dates): number {
  const day = Math.floor(playing.at);
  const { events } = dates;
  if (playing.moving === "both" && upper(events, day) > upper(events, day - playing.length - 1)) return at;
  const next = nextChange(playing, direction, dates);
  if (Math.abs(next - playing.at) <= whole * EMPTY_PART) return at;
  const just = next - direction * whole * BEFORE_CHANGE;
  return direction > 0 ? Math.max(at, just) : Math.min(at, just);
}

export interface Pace {
  speed: number;
  direction: Direction;
  /** Jump over empty time. */
  skip: boolean;
}

/** One frame of playing. */
export function advance(
  playing: Playing,
  seconds: number,
  pace: Pace,
  axis: Domain,
  dates: Dates,
): { playing: Playing; done: boolean } {
  const { direction } = pace;
  const whole = axis.hi - axis.lo;
  let at = playing.at + direction * ((whole / PLAY_SECONDS) * pace.speed * seconds || 0);
  if (pace.skip) at = overEmpty(playing, at, direction, whole, dates);
  const done = direction > 0 ? at >= playing.high : at <= playing.low;
  const edge = direction > 0 ? playing.high : playing.low;
  return { playing: { ...playing, at: done ? edge : at }, done };
}

/** Without motion: from change to change. */
export function hop(
  playing: Playing,
  direction: Direction,
  dates: Dates,
): { playing: Playing; done: boolean } {
  const at = nextChange(playing, direction, dates);
  const stuck = at === playing.at;
  const edge = direction > 0 ? playing.high : playing.low;
  const done = stuck || (direction > 0 ? at >= edge : at <= edge);
  return { playing: { ...playing, at: stuck ? edge : at }, done };
}

/** Back to the beginning, for the loop. */
export function again(playing: Playing, direction: Direction): Playing {
  return { ...playing, at: direction > 0 ? playing.low : playing.high };
}
