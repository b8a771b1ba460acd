// Which part of the clock's span the axis shows. Zooming the axis moves nothing on the map: it only gives
// the pointer finer days, and playing a shorter stretch.
import { closed, held, type Domain } from "./clock-logic.ts";
import type { Span } from "./filter.ts";

/** A week is the least an axis shows. */
const LEAST = 7;

export function isWhole(axis: Domain, domain: Domain): boolean {
  return axis.lo <= domain.lo && axis.hi >= domain.hi;
}

/** `length` days with `lo` as near to the wish as the domain allows. */
function placed(lo: number, length: number, domain: Domain): Domain {
  const whole = domain.hi - domain.lo;
  const days = Math.min(whole, Math.max(Math.min(LEAST, whole), Math.round(length)));
  const start = Math.round(Math.min(domain.hi - days, Math.max(domain.lo, lo)));
  return { lo: start, hi: start + days };
}

/** Longer (factor above 1) or shorter, with the day `at` staying where it is on the screen. */
export function zoomAxis(axis: Domain, domain: Domain, factor: number, at: number): Domain {
  const length = axis.hi - axis.lo;
  const next = Math.max(LEAST, length * factor);
  const part = (held(at, axis) - axis.lo) / Math.max(1, length);
  return placed(at - part * next, next, domain);
}

export function panAxis(axis: Domain, domain: Domain, days: number): Domain {
  return placed(axis.lo + days, axis.hi - axis.lo, domain);
}

/** The axis of a window, with air at both ends. */
export function axisOf(span: Span, domain: Domain): Domain {
  const { from, to } = closed(span, domain);
  const air = Math.max(2, (to - from) * 0.06);
  return placed(from - air, to - from + 2 * air, domain);
}

/** Shifted, if it must be, so that a day stands on the axis. */
export function following(axis: Domain, domain: Domain, day: number): Domain {
  const air = (axis.hi - axis.lo) * 0.1;
  if (day < axis.lo) return panAxis(axis, domain, day - air - axis.lo);
  if (day > axis.hi) return panAxis(axis, domain, day + air - axis.hi);
  return axis;
}
