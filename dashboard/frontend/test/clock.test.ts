import assert from "node:assert/strict";
import { test } from "node:test";
import * as logic from "../src/clock-logic.ts";
import { fromIso, toIso } from "../src/days.ts";
import { countBins } from "../src/histogram.ts";
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
const dates = logic.datesOf(payload, null);

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
  const moved = logic.stepBy(span, "window", 1, "month", wide);
  assert.deepEqual([toIso(moved.from!), toIso(moved.to!)], ["2024-02-01", "2024-02-29"]);
  const grown = logic.stepBy(span, "cumulative", -1, "day", wide);
  assert.deepEqual([toIso(grown.from!), toIso(grown.to!)], ["2024-01-01", "2024-01-30"]);
  assert.deepEqual(logic.stepBy({ from: null, to: 990 }, "cumulative", 1, "month", domain), {
    from: null,
    to: null,
  });
  assert.equal(logic.stepBy({ from: null, to: null }, "cumulative", -1, "day", domain).to, 999);
});

test("dates: sorted, unique, undated left out, last end known", () => {
  assert.deepEqual([...dates.records], [100, 300, 900]);
  assert.deepEqual([...dates.changes], [41, 100, 300, 900]);
  assert.deepEqual([dates.first, dates.last], [41, 950]);
  const masked = logic.datesOf(payload, Uint8Array.of(0b001001));
  assert.deepEqual([...masked.changes], [41, 300]);
  assert.deepEqual([...logic.datesOf(payload, Uint8Array.of(1)).records], [41]);
});

test("next and previous record", () => {
  assert.equal(logic.nextDay(dates.records, 99), 100);
  assert.equal(logic.nextDay(dates.records, 100), 300);
  assert.equal(logic.nextDay(dates.records, 900), null);
  assert.equal(logic.nextDay(dates.records, null), null);
  assert.equal(logic.previousDay(dates.records, null), 900);
  assert.equal(logic.previousDay(dates.records, 900), 300);
  assert.equal(logic.previousDay(dates.records, 100), null);
  assert.deepEqual(logic.endAt({ from: 10, to: 60 }, "window", 300, domain), { from: 250, to: 300 });
  assert.deepEqual(logic.endAt({ from: null, to: 60 }, "cumulative", 300, domain), { from: null, to: 300 });
});

test("playing: starts where the clock stands, restarts from the end", () => {
  assert.deepEqual(logic.startPlaying({ from: null, to: 400 }, "cumulative", domain), { at: 400, length: 0 });
  assert.equal(logic.startPlaying({ from: null, to: null }, "cumulative", domain).at, 0);
  assert.equal(logic.startPlaying({ from: 250, to: null }, "cumulative", domain).at, 250);
  assert.deepEqual(logic.startPlaying({ from: 950, to: null }, "window", domain), { at: 50, length: 50 });
  assert.deepEqual(logic.startPlaying({ from: null, to: null }, "window", domain), { at: 100, length: 100 });
});

test("playing: speed, jump over empty stretches, stop at the end", () => {
  const play = (at: number, mode: logic.Mode = "cumulative", length = 0, seconds = 0.1) =>
    logic.advance({ at, length }, mode, seconds, 1, domain, dates);
  // 1000 days in 20 s: 5 days in a tenth of a second; the next change is near, so no jump.
  assert.equal(play(90).playing.at, 95);
  // From 101 the next change is 300, farther than 40 days: it arrives just before.
  assert.equal(play(101).playing.at, 295);
  // A moving window that still holds an event does not jump.
  assert.equal(play(120, "window", 50).playing.at, 125);
  assert.equal(play(160, "window", 50).playing.at, 295);
  // After the last change nothing is left to see: straight to the end.
  assert.deepEqual(play(901), { playing: { at: 995, length: 0 }, done: false });
  assert.equal(play(970).playing.at, 975);
  assert.equal(play(998).done, true);
  assert.deepEqual(logic.playingSpan({ from: null, to: 5 }, "cumulative", play(998).playing, domain), {
    from: null,
    to: null,
  });
});

test("playing through comes to the end in finite steps, and faster at higher speed", () => {
  const frames = (speed: number): number => {
    let playing = { at: 0, length: 0 };
    for (let n = 1; n < 5000; n++) {
      const step = logic.advance(playing, "cumulative", 1 / 60, speed, domain, dates);
      assert.ok(step.playing.at > playing.at);
      playing = step.playing;
      if (step.done) return n;
    }
    return assert.fail("never ends");
  };
  assert.ok(frames(4) < frames(1));
  assert.ok(frames(1) < 20 * 60);
});

test("histogram: by the middle of the date, sure only inside one bar, mask and undated left out", () => {
  const bins = countBins(payload, null, { lo: 0, hi: 999 }, 10);
  assert.deepEqual([...bins.sure], [0, 2, 0, 1, 0, 0, 0, 0, 0, 1]);
  assert.equal(bins.top, 2);
  const fine = countBins(payload, null, { lo: 0, hi: 999 }, 100);
  assert.equal(fine.sure[10], 1);
  assert.equal(fine.rough[11], 1);
  assert.equal(fine.rough[92], 1);
  const masked = countBins(payload, Uint8Array.of(0b001000), { lo: 0, hi: 999 }, 10);
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
