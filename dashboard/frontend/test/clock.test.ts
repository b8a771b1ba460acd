import assert from "node:assert/strict";
import { test } from "node:test";
import * as logic from "../src/clock-logic.ts";
import { axisOf, following, isWhole, panAxis, zoomAxis } from "../src/axis.ts";
import { fromIso, MIN_DAY, toIso, type Unit } from "../src/days.ts";
import type { Span } from "../src/filter.ts";
import { datesOf, nextDay, previousDay } from "../src/record-days.ts";
import { barAt, countBins } from "../src/histogram.ts";
import { parsePayload } from "../src/payload.ts";
import { countText, sentence } from "../src/summary.ts";
import { bytesOf, FUTURE, PAST } from "./helpers.ts";

const domain = { lo: 0, hi: 1000 };
const payload = parsePayload(
  bytesOf({
    siteMarks: 2,
    records: 6,
    rows: [
      { first: PAST, last: 40, record: 0 },
      { first: 41, last: FUTURE, record: 0 },
      { first: 100, last: 100, record: 1 },
      { first: 100, last: 130, record: 2 },
      { first: 300, last: 300, record: 3 },
      { first: PAST, last: FUTURE, record: 4 },
      { first: 900, last: 950, record: 5 },
    ],
  }),
);
const dates = datesOf(payload, null);
const course = (mode: logic.Mode, unit: Unit, within = domain): logic.Course => ({
  mode,
  locks: logic.UNLOCKED,
  unit,
  domain: within,
});

test("what moves with the clock need not be said where the window says it", () => {
  assert.equal(logic.usualMode({ from: null, to: 100 }), "cumulative");
  assert.equal(logic.usualMode({ from: null, to: null }), "cumulative");
  assert.equal(logic.usualMode({ from: 1, to: 100 }), "window");
});

test("domain: padded, one day and no data have room too", () => {
  assert.deepEqual(logic.domainOf({ first: 1000, last: 2000 }, 0), { lo: 980, hi: 2020 });
  assert.deepEqual(logic.domainOf({ first: 50, last: 50 }, 0), { lo: 35, hi: 65 });
  assert.deepEqual(logic.domainOf(null, 400), { lo: 203, hi: 597 });
});

test("an end at the edge of the clock is open", () => {
  assert.deepEqual(logic.moveEnd({ from: 100, to: 200 }, "to", 1000, domain), { from: 100, to: null });
  assert.deepEqual(logic.moveEnd({ from: 100, to: 200 }, "from", -5, domain), { from: null, to: 200 });
  assert.deepEqual(logic.moveEnd({ from: 100, to: 200 }, "from", 300, domain), { from: 200, to: 200 });
  assert.deepEqual(logic.moveEnd({ from: 100, to: 200 }, "to", 50, domain), { from: 100, to: 100 });
});

test("sliding keeps the length and stops at the edge", () => {
  assert.deepEqual(logic.slideTo({ from: 100, to: 200 }, 500, domain), { from: 500, to: 600 });
  assert.deepEqual(logic.slideTo({ from: 100, to: 200 }, 5000, domain), { from: 900, to: null });
  assert.deepEqual(logic.slideTo({ from: 100, to: 200 }, -5, domain), { from: null, to: 100 });
});

test("steps: both ends of a moving window, only the end of a cumulative one", () => {
  const day = (text: string): number => fromIso(text)!;
  const wide = { lo: day("2000-01-01"), hi: day("2030-01-01") };
  const span = { from: day("2024-01-01"), to: day("2024-01-31") };
  const moved = logic.stepBy(span, course("window", "month", wide), 1);
  assert.deepEqual([toIso(moved.from!), toIso(moved.to!)], ["2024-02-01", "2024-02-29"]);
  const grown = logic.stepBy(span, course("cumulative", "day", wide), -1);
  assert.deepEqual([toIso(grown.from!), toIso(grown.to!)], ["2024-01-01", "2024-01-30"]);
  assert.deepEqual(logic.stepBy({ from: null, to: 990 }, course("cumulative", "month"), 1), {
    from: null,
    to: null,
  });
  assert.equal(logic.stepBy({ from: null, to: null }, course("cumulative", "day"), -1).to, 999);
});

test("dates: sorted, unique, undated left out, last end known", () => {
  assert.deepEqual([...dates.records], [100, 300, 900]);
  assert.deepEqual([...dates.changes], [41, 100, 300, 900]);
  assert.deepEqual([dates.first, dates.last], [41, 950]);
  const masked = datesOf(payload, Uint8Array.of(0b001001));
  assert.deepEqual([...masked.changes], [41, 300]);
  assert.deepEqual([...datesOf(payload, Uint8Array.of(1)).records], [41]);
});

test("next and previous record", () => {
  assert.equal(nextDay(dates.records, 99), 100);
  assert.equal(nextDay(dates.records, 100), 300);
  assert.equal(nextDay(dates.records, 900), null);
  assert.equal(nextDay(dates.records, null), null);
  assert.equal(previousDay(dates.records, null), 900);
  assert.equal(previousDay(dates.records, 900), 300);
  assert.equal(previousDay(dates.records, 100), null);
  assert.deepEqual(logic.endAt({ from: 10, to: 60 }, course("window", "day"), 300), { from: 250, to: 300 });
  assert.deepEqual(logic.endAt({ from: null, to: 60 }, course("cumulative", "day"), 300), {
    from: null,
    to: 300,
  });
});

test("locks: who moves, and what is left of a wish", () => {
  const both = { from: true, to: true };
  assert.equal(logic.movingEnds("window", logic.UNLOCKED), "both");
  assert.equal(logic.movingEnds("cumulative", logic.UNLOCKED), "to");
  assert.equal(logic.movingEnds("window", { from: true, to: false }), "to");
  assert.equal(logic.movingEnds("cumulative", { from: false, to: true }), "from");
  assert.equal(logic.movingEnds("window", both), "none");
  assert.equal(logic.movingEnds("asof", both), "to");
  const now = { from: 100, to: 200 };
  const wish = (span: Span, from: boolean, to: boolean): Span => logic.withLocks(span, now, { from, to });
  assert.deepEqual(wish({ from: 5, to: 300 }, true, false), { from: 100, to: 300 });
  assert.deepEqual(wish({ from: 5, to: 50 }, true, false), { from: 100, to: 100 });
  assert.deepEqual(wish({ from: 250, to: 300 }, false, true), { from: 200, to: 200 });
  assert.deepEqual(wish({ from: null, to: null }, false, true), { from: null, to: 200 });
  assert.deepEqual(wish({ from: null, to: null }, true, true), now);
  const fixed = { ...course("window", "day"), locks: both };
  assert.deepEqual(logic.stepBy(now, fixed, 1), now);
  assert.deepEqual(logic.endAt(now, fixed, 300), now);
  const start = { ...fixed, locks: { from: true, to: false } };
  assert.deepEqual(logic.endAt(now, start, 50), { from: 100, to: 50 });
  assert.deepEqual(logic.stepBy(now, { ...fixed, locks: { from: false, to: true } }, 1), {
    from: 101,
    to: 200,
  });
});

test("as of a day: the step that ends on it", () => {
  const iso = (span: Span): (string | null)[] =>
    [span.from, span.to].map((d) => (d === null ? null : toIso(d)));
  const day = fromIso("2024-03-31")!;
  assert.deepEqual(iso(logic.asOf(day, "day")), ["2024-03-31", "2024-03-31"]);
  assert.deepEqual(iso(logic.asOf(day, "week")), ["2024-03-25", "2024-03-31"]);
  assert.deepEqual(iso(logic.asOf(day, "month")), ["2024-03-01", "2024-03-31"]);
  assert.deepEqual(iso(logic.asOf(day, "year")), ["2023-04-01", "2024-03-31"]);
  const wide = { lo: day - 4000, hi: day + 4000 };
  const monthly = course("asof", "month", wide);
  assert.deepEqual(iso(logic.stepBy(logic.asOf(day, "month"), monthly, 1)), ["2024-04-01", "2024-04-30"]);
  assert.deepEqual(iso(logic.endAt({ from: null, to: null }, monthly, day)), ["2024-03-01", "2024-03-31"]);
  assert.deepEqual(iso(logic.asOf(MIN_DAY, "year")), ["0001-01-01", "0001-01-01"]);
});

test("a change of mode keeps the end", () => {
  const change = (span: Span, mode: logic.Mode): Span => logic.enterMode(span, mode, "day", domain);
  assert.deepEqual(change({ from: 100, to: 200 }, "cumulative"), { from: null, to: 200 });
  assert.deepEqual(change({ from: null, to: null }, "window"), { from: 900, to: null });
  assert.deepEqual(change({ from: 100, to: 200 }, "window"), { from: 100, to: 200 });
  assert.deepEqual(change({ from: null, to: 200 }, "asof"), { from: 200, to: 200 });
});

test("presets, and which one a window is", () => {
  const today = fromIso("2024-02-29")!;
  const iso = (preset: logic.Preset): string => {
    const span = logic.presetSpan(preset, today, dates)!;
    return `${span.from === null ? "" : toIso(span.from)}/${span.to === null ? "" : toIso(span.to)}`;
  };
  assert.deepEqual(logic.PRESETS.map(iso), [
    "/",
    "2023-03-01/2024-02-29",
    "2019-03-01/2024-02-29",
    "2024-01-01/2024-12-31",
    "1970-02-11/1972-08-08",
  ]);
  assert.equal(logic.presetSpan("fit", today, null), null);
  assert.equal(logic.presetOf({ from: null, to: null }, today, null), "all");
  assert.equal(logic.presetOf({ from: 41, to: 950 }, today, dates), "fit");
  assert.equal(logic.presetOf({ from: 1, to: 2 }, today, dates), null);
});

test("axis: zooms about a day, pans, fits the window, follows, never leaves the clock", () => {
  assert.deepEqual(zoomAxis(domain, domain, 0.5, 500), { lo: 250, hi: 750 });
  assert.deepEqual(zoomAxis(domain, domain, 0.5, 0), { lo: 0, hi: 500 });
  assert.deepEqual(zoomAxis({ lo: 0, hi: 500 }, domain, 4, 100), domain);
  assert.deepEqual(zoomAxis({ lo: 100, hi: 107 }, domain, 0.1, 103), { lo: 100, hi: 107 });
  assert.deepEqual(panAxis({ lo: 0, hi: 100 }, domain, -50), { lo: 0, hi: 100 });
  assert.deepEqual(panAxis({ lo: 0, hi: 100 }, domain, 2000), { lo: 900, hi: 1000 });
  assert.deepEqual(axisOf({ from: 400, to: 500 }, domain), { lo: 394, hi: 506 });
  assert.deepEqual(axisOf({ from: 400, to: 400 }, domain), { lo: 398, hi: 405 });
  assert.deepEqual(axisOf({ from: null, to: null }, domain), domain);
  assert.deepEqual(following({ lo: 100, hi: 200 }, domain, 150), { lo: 100, hi: 200 });
  assert.deepEqual(following({ lo: 100, hi: 200 }, domain, 300), { lo: 210, hi: 310 });
  assert.deepEqual(following({ lo: 100, hi: 200 }, domain, 0), { lo: 0, hi: 100 });
  assert.ok(isWhole(domain, domain));
  assert.ok(!isWhole({ lo: 0, hi: 999 }, domain));
  // A clock shorter than a week cannot be zoomed.
  assert.deepEqual(zoomAxis({ lo: 0, hi: 3 }, { lo: 0, hi: 3 }, 0.5, 1), { lo: 0, hi: 3 });
});

test("histogram: by the middle of the date, sure only inside one bar, mask and undated left out", () => {
  const bins = countBins([{ payload, mask: null }], { lo: 0, hi: 999 }, 10);
  assert.deepEqual([...bins.sure], [0, 2, 0, 1, 0, 0, 0, 0, 0, 1]);
  assert.equal(bins.top, 2);
  assert.deepEqual(barAt(bins, { lo: 0, hi: 999 }, 0.35), { from: 300, to: 399, sure: 1, rough: 0 });
  assert.equal(barAt(bins, { lo: 0, hi: 999 }, 0.6), null);
  const fine = countBins([{ payload, mask: null }], { lo: 0, hi: 999 }, 100);
  assert.equal(fine.sure[10], 1);
  assert.equal(fine.rough[11], 1);
  assert.equal(fine.rough[92], 1);
  const masked = countBins([{ payload, mask: Uint8Array.of(0b001000) }], { lo: 0, hi: 999 }, 10);
  assert.deepEqual([...masked.sure], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
});

test("the counts in words", () => {
  const counts = { sites: 34, events: 1, possibleSites: 5, possibleEvents: 0 };
  assert.equal(countText(counts), "1 event, 34 sites shown (5 possible)");
  assert.equal(
    sentence({ from: 0, to: null }, { ...counts, possibleSites: 0 }),
    "From 1970-01-01: 1 event, 34 sites shown.",
  );
});
