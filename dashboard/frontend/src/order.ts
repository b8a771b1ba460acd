// Puts the marks of a big payload into the order of their first day. A step of the clock then touches
// neighbours in memory instead of a million scattered places, which is most of what a step costs.
// Python writes them in that order; only what a browser has kept from an earlier release is sorted here.
import { MAX_DAY, MIN_DAY } from "./days.ts";
import { OPEN_FUTURE, OPEN_PAST, type Payload } from "./payload.ts";

/** Up to this many marks a plain pass over all of them is as fast, and their order stays that of Python. */
export const MANY = 6000;

/** A day that is neither open nor outside the calendar of days.ts. */
export function heldDay(day: number): number {
  if (day === OPEN_PAST || day === OPEN_FUTURE) return day;
  return day < MIN_DAY ? MIN_DAY : day > MAX_DAY ? MAX_DAY : day;
}

/** Rows `start … end-1` in the rising order of a column; equal days keep their order. */
export function orderBy(days: Int32Array, start: number, end: number): Uint32Array {
  const out = new Uint32Array(end - start);
  let low = OPEN_FUTURE;
  let high = OPEN_PAST;
  for (let i = start; i < end; i++) {
    const day = days[i]!;
    if (day === OPEN_PAST || day === OPEN_FUTURE) continue;
    if (day < low) low = day;
    if (day > high) high = day;
  }
  // One slot for each day, one before them for an open past and one behind them for an open future.
  const slots = high < low ? 2 : high - low + 3;
  const at = new Uint32Array(slots + 1);
  const slotOf = (day: number): number =>
    day === OPEN_PAST ? 0 : day === OPEN_FUTURE ? slots - 1 : day - low + 1;
  for (let i = start; i < end; i++) at[slotOf(days[i]!) + 1]!++;
  for (let k = 0; k < slots; k++) at[k + 1]! += at[k]!;
  for (let i = start; i < end; i++) out[at[slotOf(days[i]!)]!++] = i;
  return out;
}

// One function for each width, and floats moved as the words they are: a loop that has met several types
// of array runs ten times slower in V8.
function moveWords(column: Uint32Array, order: Uint32Array, start: number): void {
  const old = column.slice(start, start + order.length);
  for (let k = 0; k < order.length; k++) column[start + k] = old[order[k]! - start]!;
}

function moveShorts(column: Uint16Array, order: Uint32Array, start: number): void {
  const old = column.slice(start, start + order.length);
  for (let k = 0; k < order.length; k++) column[start + k] = old[order[k]! - start]!;
}

function moveBytes(column: Uint8Array, order: Uint32Array, start: number): void {
  const old = column.slice(start, start + order.length);
  for (let k = 0; k < order.length; k++) column[start + k] = old[order[k]! - start]!;
}

export function isInTimeOrder({ siteMarks, marks, first }: Payload): boolean {
  for (let i = 1; i < marks; i++) if (first[i]! < first[i - 1]! && i !== siteMarks) return false;
  return true;
}

/** Sorts sites among sites and events among events, in place; days must be held inside the calendar. */
export function inTimeOrder(payload: Payload): void {
  const { siteMarks, marks } = payload;
  for (const [start, end] of [
    [0, siteMarks],
    [siteMarks, marks],
  ] as const) {
    if (end === start) continue;
    const order = orderBy(payload.first, start, end);
    for (const column of [payload.lon, payload.lat, payload.first, payload.last, payload.record]) {
      moveWords(new Uint32Array(column.buffer, column.byteOffset, column.length), order, start);
    }
    if (payload.weight !== null) moveWords(payload.weight, order, start);
    moveShorts(payload.radius, order, start);
    const { kind, status, precision, country, certain } = payload;
    for (const column of [kind, status, precision, country, certain]) {
      moveBytes(column, order, start);
    }
  }
}
