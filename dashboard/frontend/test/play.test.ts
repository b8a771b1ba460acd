import assert from "node:assert/strict";
import { test } from "node:test";
import type { Course, Mode } from "../src/clock-logic.ts";
import * as play from "../src/play-logic.ts";
import { datesOf } from "../src/record-days.ts";
import { parsePayload } from "../src/payload.ts";
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

function course(mode: Mode, from = false, to = false): Course {
  return { mode, locks: { from, to }, unit: "month", domain };
}
const pace = { speed: 1, direction: 1, skip: true } as const;
const backwards = { ...pace, direction: -1 } as const;
const cumulative = { moving: "to", at: 0, low: 0, high: 1000, length: 0 } as const;

test("starts where the clock stands, all over from the far end", () => {
  const at = (from: number | null, to: number | null, c: Course, direction: 1 | -1 = 1) =>
    play.startPlaying({ from, to }, c, domain, direction);
  assert.equal(at(null, 400, course("cumulative"))!.at, 400);
  assert.equal(at(null, null, course("cumulative"))!.at, 0);
  assert.equal(at(250, null, course("cumulative"))!.at, 250);
  assert.equal(at(null, null, course("cumulative"), -1)!.at, 1000);
  assert.equal(at(null, 0, course("cumulative"), -1)!.at, 1000);
  assert.deepEqual(at(950, null, course("window")), {
    moving: "both",
    at: 50,
    low: 50,
    high: 1000,
    length: 50,
  });
  const wide = at(null, null, course("window"))!;
  assert.deepEqual([wide.at, wide.length], [100, 100]);
  assert.equal(at(10, 10, course("asof"))!.at, 10);
});

test("locked ends: the other one plays, both locked nothing does", () => {
  const held = play.startPlaying({ from: 200, to: 500 }, course("window", true), domain, 1)!;
  assert.deepEqual([held.moving, held.low, held.at], ["to", 200, 500]);
  const shrinking = play.startPlaying({ from: 200, to: 500 }, course("window", false, true), domain, 1)!;
  assert.deepEqual([shrinking.moving, shrinking.at, shrinking.high], ["from", 200, 500]);
  const span = play.playingSpan({ from: 200, to: 500 }, course("window", false, true), {
    ...shrinking,
    at: 260.5,
  });
  assert.deepEqual(span, { from: 260, to: 500 });
  assert.equal(play.startPlaying({ from: 200, to: 500 }, course("window", true, true), domain, 1), null);
  assert.equal(
    play.startPlaying({ from: 500, to: 500 }, course("window", true), { lo: 0, hi: 500 }, 1),
    null,
  );
});

test("a zoomed axis is what is played, at its own pace", () => {
  const axis = { lo: 400, hi: 600 };
  const begun = play.startPlaying({ from: null, to: null }, course("cumulative"), axis, 1)!;
  assert.deepEqual([begun.at, begun.high], [400, 600]);
  assert.equal(play.advance(begun, 0.1, { ...pace, skip: false }, axis, dates).playing.at, 401);
});

test("jumps over empty stretches, stops at the end", () => {
  const step = (playing: play.Playing, p: play.Pace = pace) => play.advance(playing, 0.1, p, domain, dates);
  const from = (at: number): play.Playing => ({ ...cumulative, at });
  // 1000 days in 20 s: 5 days in a tenth of a second; the next change is near, so no jump.
  assert.equal(step(from(90)).playing.at, 95);
  // From 101 the next change is 300, farther than 40 days: it arrives just before.
  assert.equal(step(from(101)).playing.at, 295);
  assert.equal(step(from(101), { ...pace, skip: false }).playing.at, 106);
  // A moving window that still holds an event does not jump.
  const window = { ...cumulative, moving: "both", length: 50, low: 50 } as const;
  assert.equal(step({ ...window, at: 120 }).playing.at, 125);
  assert.equal(step({ ...window, at: 160 }).playing.at, 295);
  // After the last change nothing is left to see: straight to the end.
  assert.equal(step(from(901)).playing.at, 995);
  assert.equal(step(from(970)).playing.at, 975);
  assert.equal(step(from(998)).done, true);
  assert.deepEqual(play.playingSpan({ from: null, to: 5 }, course("cumulative"), step(from(998)).playing), {
    from: null,
    to: null,
  });
});

test("backwards: the same stretches are jumped, from the other side", () => {
  const step = (playing: play.Playing) => play.advance(playing, 0.1, backwards, domain, dates).playing.at;
  assert.equal(step({ ...cumulative, at: 905 }), 900);
  // 900 is undone at 899; before it lies 300, undone at 299.
  assert.equal(step({ ...cumulative, at: 899 }), 304);
  assert.equal(step({ ...cumulative, at: 40 }), 35);
  // A window 100 long meets the event of 300 when its start does: at 400.
  assert.equal(step({ ...cumulative, moving: "both", length: 100, low: 100, at: 890 }), 405);
});

test("as of a day: the step that ends on it comes along", () => {
  const c = { ...course("asof"), unit: "week" as const };
  assert.deepEqual(play.playingSpan({ from: 1, to: 7 }, c, { ...cumulative, at: 50.7 }), {
    from: 44,
    to: 50,
  });
});

test("without motion: from change to change, both ways, and to the edge", () => {
  const stops = (direction: 1 | -1, at: number): number[] => {
    const out: number[] = [];
    let playing: play.Playing = { ...cumulative, at };
    for (let n = 0; n < 20; n++) {
      const step = play.hop(playing, direction, dates);
      playing = step.playing;
      out.push(playing.at);
      if (step.done) break;
    }
    return out;
  };
  assert.deepEqual(stops(1, 0), [41, 100, 300, 900, 1000]);
  assert.deepEqual(stops(-1, 1000), [899, 299, 99, 40, 0]);
});

test("playing through comes to the end in finite steps, and faster at higher speed", () => {
  const frames = (speed: number, direction: 1 | -1): number => {
    let playing = play.again(cumulative, direction);
    for (let n = 1; n < 5000; n++) {
      const step = play.advance(playing, 1 / 60, { speed, direction, skip: true }, domain, dates);
      assert.ok((step.playing.at - playing.at) * direction > 0);
      playing = step.playing;
      if (step.done) return n;
    }
    return assert.fail("never ends");
  };
  for (const direction of [1, -1] as const) {
    assert.ok(frames(4, direction) < frames(1, direction));
    assert.ok(frames(1, direction) < 20 * 60);
  }
});
