// Every sentence the map and the clock show, in one place, so that options.labels can replace it.

export const LABELS = {
  map: "Map of sites and events",
  clock: "Clock",
  windowStart: "Window start",
  windowEnd: "Window end",
  windowMiddle: "Drag to move the window",
  fromDate: "From date",
  toDate: "To date",
  open: "open",
  openStart: "open start",
  openEnd: "open end",
  play: "Play",
  pause: "Pause",
  stepBack: "Step back",
  stepForward: "Step forward",
  previousRecord: "Previous record",
  nextRecord: "Next record",
  stepUnit: "Step by",
  day: "day",
  month: "month",
  year: "year",
  speed: "Speed",
  fit: "Fit to data",
  all: "All time",
  cumulative: "Cumulative: keep everything since the start",
  moving: "Moving window",
  legend: "Legend",
  sites: "Sites",
  events: "Events",
  status: "Status",
  certainty: "Certainty",
  certain: "certain in this window",
  possible: "possible: its dates are wider than the window",
  coarse: "place known only to province or country",
  ring: "somewhere within the ring",
  empty: "Nothing in this window: widen the clock or the filters",
  loading: "Loading the map's records…",
  failed: "The map cannot be drawn.",
  moreHere: "more here: click to spread them",
  noDate: "Dates are written YYYY, YYYY-MM or YYYY-MM-DD",
};

export type Labels = typeof LABELS;

export function withLabels(given: unknown): Labels {
  const out: Labels = { ...LABELS };
  if (typeof given !== "object" || given === null) return out;
  for (const key of Object.keys(out) as (keyof Labels)[]) {
    const value = (given as Record<string, unknown>)[key];
    if (typeof value === "string") out[key] = value;
  }
  return out;
}
