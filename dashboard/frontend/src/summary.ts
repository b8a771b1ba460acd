// The counts in words: for the line under the map, and for the sentence a screen reader hears.
import type { Comparison, StatusChange } from "./changes.ts";
import { toIso } from "./days.ts";
import type { Span, Visible } from "./filter.ts";
import { textOf, type Payload } from "./payload.ts";

type Counts = Pick<Visible, "sites" | "events" | "possibleSites" | "possibleEvents">;

/** More changes than these are counted, not read out. */
const NAMED = 4;

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

/** "planned → operating"; a site that appears or goes has one of the two. */
export function statusText(payload: Payload, change: StatusChange): string {
  const label = (mark: number): string => {
    const { code, label: text } = payload.statuses[payload.status[mark]!]!;
    // Bare, the word could be about anything.
    return code === "unknown" ? `status ${text}` : text;
  };
  if (change.before < 0) return `new: ${label(change.after)}`;
  if (change.after < 0) return `${label(change.before)} → not there`;
  return `${label(change.before)} → ${label(change.after)}`;
}

function signed(n: number, sign: string): string {
  return `${sign}${many(n, "event", "events")}`;
}

/** What changed since the last sentence: "+2 events. BlueBird SpyX plant: planned → operating." */
export function changeText(payload: Payload, change: Comparison, sites: StatusChange[] | null): string {
  const parts: string[] = [];
  if (change.came > 0) parts.push(signed(change.came, "+"));
  if (change.went > 0) parts.push(signed(change.went, "−"));
  if (sites === null) {
    parts.push("many sites changed");
  } else {
    for (const site of sites.slice(0, NAMED)) {
      parts.push(`${textOf(payload.names, site.record) || "a site"}: ${statusText(payload, site)}`);
    }
    const rest = sites.length - NAMED;
    if (rest > 0) parts.push(`${many(rest, "more site", "more sites")} changed`);
  }
  return parts.length ? `${parts.join(", ")}.` : "";
}
