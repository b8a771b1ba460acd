// On which days something happens: sorted lists that "next record" and playing look things up in.
import { OPEN_FUTURE, OPEN_PAST, inMask, type Payload } from "./payload.ts";

export interface Dates {
  /** Where "next record" goes: days on which an event (without events: a site's status) begins. */
  records: Int32Array;
  /** Days on which anything changes. */
  changes: Int32Array;
  events: Int32Array;
  first: number | null;
  last: number | null;
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

/** The dates of several layers as if they were one. */
export function joinDates(all: readonly Dates[]): Dates | null {
  if (all.length <= 1) return all[0] ?? null;
  const join = (key: "records" | "changes" | "events"): Int32Array =>
    sortedUnique(Int32Array.from(all.flatMap((dates) => [...dates[key]])));
  const changes = join("changes");
  const lasts = all.flatMap(({ last }) => (last === null ? [] : [last]));
  return {
    records: join("records"),
    changes,
    events: join("events"),
    first: changes[0] ?? null,
    last: lasts.length > 0 ? Math.max(...lasts) : null,
  };
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
