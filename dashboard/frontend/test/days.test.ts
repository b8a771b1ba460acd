import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addMonths,
  addUnits,
  addUnitsToEnd,
  fromIso,
  fromTyped,
  isLeap,
  MAX_DAY,
  MIN_DAY,
  snapDay,
  ticksBetween,
  toCivil,
  toDay,
  toIso,
} from "../src/days.ts";

test("every day of the calendar goes to its date and back, one after another", () => {
  let year = 1;
  let month = 1;
  let day = 1;
  const lengths = (): number[] => [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  for (let n = MIN_DAY; n <= MAX_DAY; n++) {
    const civil = toCivil(n);
    if (civil.year !== year || civil.month !== month || civil.day !== day || toDay(year, month, day) !== n) {
      assert.fail(`day ${n}: ${JSON.stringify(civil)} instead of ${year}-${month}-${day}`);
    }
    if (++day > lengths()[month - 1]!) {
      day = 1;
      if (++month > 12) {
        month = 1;
        year++;
      }
    }
  }
  assert.equal(year, 10000);
});

test("agrees with Date where Date can be trusted", () => {
  for (let n = -700000; n < 2900000; n += 997) {
    assert.equal(toIso(n), new Date(n * 86400000).toISOString().slice(0, 10));
  }
});

test("ISO days, ends of the calendar and nonsense", () => {
  assert.equal(fromIso("1970-01-01"), 0);
  assert.equal(toIso(MIN_DAY), "0001-01-01");
  assert.equal(toIso(MAX_DAY), "9999-12-31");
  assert.equal(fromIso("0001-01-01"), MIN_DAY);
  assert.equal(fromIso("9999-12-31"), MAX_DAY);
  assert.equal(fromIso("2000-02-29"), 11016);
  for (const bad of [
    "1900-02-29",
    "2023-02-29",
    "2023-13-01",
    "2023-00-01",
    "2023-04-31",
    "0000-01-01",
    "2023-1-1",
    "x",
  ]) {
    assert.equal(fromIso(bad), null, bad);
  }
});

test("typed dates: years and months are filled towards their end", () => {
  const iso = (text: string, end: "start" | "end"): string | null => {
    const day = fromTyped(text, end);
    return day === null ? null : toIso(day);
  };
  assert.equal(iso("2024", "start"), "2024-01-01");
  assert.equal(iso("2024", "end"), "2024-12-31");
  assert.equal(iso("2024-02", "start"), "2024-02-01");
  assert.equal(iso("2024-02", "end"), "2024-02-29");
  assert.equal(iso(" 2024-2-3 ", "end"), "2024-02-03");
  for (const bad of ["", "24", "2024-13", "2024-02-30", "2024/02", "0000", "next year"]) {
    assert.equal(fromTyped(bad, "start"), null, bad);
    assert.equal(fromTyped(bad, "end"), null, bad);
  }
});

test("month and year steps hold the day, or the month's last", () => {
  const step = (from: string, n: number): string => toIso(addMonths(fromIso(from)!, n));
  assert.equal(step("2024-01-31", 1), "2024-02-29");
  assert.equal(step("2023-01-31", 1), "2023-02-28");
  assert.equal(step("2024-03-31", -1), "2024-02-29");
  assert.equal(step("2024-12-15", 1), "2025-01-15");
  assert.equal(step("2024-01-15", -13), "2022-12-15");
  assert.equal(toIso(addUnits(fromIso("2024-02-29")!, 1, "year")), "2025-02-28");
  assert.equal(step("0001-01-15", -1), "0001-01-01");
  assert.equal(step("9999-12-15", 1), "9999-12-31");
  assert.equal(addUnits(MAX_DAY, 5, "day"), MAX_DAY);
});

test("ticks are round, inside the axis, rising and not too many", () => {
  for (const [from, to] of [
    ["2024-01-10", "2024-02-20"],
    ["2023-03-05", "2024-09-01"],
    ["2000-06-01", "2026-01-01"],
    ["0001-01-01", "9999-12-31"],
  ] as const) {
    const ticks = ticksBetween(fromIso(from)!, fromIso(to)!, 12);
    assert.ok(ticks.length >= 2 && ticks.length <= 14, `${from}: ${ticks.length}`);
    ticks.forEach((tick, k) => {
      assert.ok(tick.day >= fromIso(from)! && tick.day <= fromIso(to)!);
      if (k > 0) assert.ok(tick.day > ticks[k - 1]!.day);
    });
  }
  assert.deepEqual(
    ticksBetween(fromIso("2019-05-01")!, fromIso("2023-02-01")!, 4).map((tick) => tick.label),
    ["2020", "2021", "2022", "2023"],
  );
});

test("steps of an end: the end of a month goes to the end of a month", () => {
  const step = (text: string, n: number, unit: "day" | "week" | "month" | "year"): string =>
    toIso(addUnitsToEnd(fromIso(text)!, n, unit));
  assert.equal(step("2024-01-31", 1, "month"), "2024-02-29");
  assert.equal(step("2024-02-29", 1, "month"), "2024-03-31");
  assert.equal(step("2023-02-28", 1, "year"), "2024-02-29");
  assert.equal(step("2024-02-28", 1, "month"), "2024-03-28");
  assert.equal(step("2024-02-29", 1, "week"), "2024-03-07");
  assert.equal(step("9999-12-31", 1, "month"), "9999-12-31");
  assert.equal(toIso(addUnits(fromIso("2024-01-01")!, -1, "week")), "2023-12-25");
});

test("snapping: starts to first days, ends to last days, whichever is nearer", () => {
  const snap = (text: string, unit: "day" | "month" | "year", side: "start" | "end"): string =>
    toIso(snapDay(fromIso(text)!, unit, side));
  assert.equal(snap("2024-05-10", "day", "start"), "2024-05-10");
  assert.equal(snap("2024-05-10", "month", "start"), "2024-05-01");
  assert.equal(snap("2024-05-20", "month", "start"), "2024-06-01");
  assert.equal(snap("2024-05-10", "month", "end"), "2024-04-30");
  assert.equal(snap("2024-05-31", "month", "end"), "2024-05-31");
  assert.equal(snap("2024-05-10", "year", "start"), "2024-01-01");
  assert.equal(snap("2024-09-10", "year", "end"), "2024-12-31");
  assert.equal(snap("9999-12-31", "year", "start"), "9999-12-31");
  assert.equal(snap("0001-01-01", "month", "end"), "0001-01-01");
});
