// The counts in words: for the line under the map, and for the sentence a screen reader hears.
import { toIso } from "./days.ts";
import type { Span, Visible } from "./filter.ts";

type Counts = Pick<Visible, "sites" | "events" | "possibleSites" | "possibleEvents">;

function many(n: number, one: string, more: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : more}`;
}

export function countText(counts: Counts): string {
  const shown = `${many(counts.events, "event", "events")}, ${many(counts.sites, "site", "sites")} shown`;
  const possible = counts.possibleSites + counts.possibleEvents;
  return possible > 0 ? `${shown} (${possible.toLocaleString("en")} possible)` : shown;
}

export function spanText(span: Span): string {
  if (span.from === null && span.to === null) return "All time";
  if (span.from === null) return `Up to ${toIso(span.to!)}`;
  if (span.to === null) return `From ${toIso(span.from)}`;
  return `${toIso(span.from)} to ${toIso(span.to)}`;
}

export function sentence(span: Span, counts: Counts): string {
  return `${spanText(span)}: ${countText(counts)}.`;
}
