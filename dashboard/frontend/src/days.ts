// Calendar arithmetic on day numbers (days since 1970-01-01, proleptic Gregorian, years 1 to 9999).
// Date is not used: it reads years below 100 as 19xx in its constructor and drags a time zone along.

export const MIN_DAY = -719162; // 0001-01-01
export const MAX_DAY = 2932896; // 9999-12-31

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export interface Civil {
  year: number;
  month: number;
  day: number;
}

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function monthLength(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : MONTHS[month - 1]!;
}

/** Days-from-civil in the form of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
export function toDay(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const shifted = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * shifted + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

export function toCivil(dayNumber: number): Civil {
  const z = dayNumber + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

export function clampDay(dayNumber: number): number {
  return Math.min(MAX_DAY, Math.max(MIN_DAY, dayNumber));
}

export function toIso(dayNumber: number): string {
  const { year, month, day } = toCivil(clampDay(dayNumber));
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** Strict `YYYY-MM-DD`; null when it is not a day of the calendar. */
export function fromIso(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match ? checked(Number(match[1]), Number(match[2]), Number(match[3])) : null;
}

function checked(year: number, month: number, day: number): number | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12) return null;
  if (day < 1 || day > monthLength(year, month)) return null;
  return toDay(year, month, day);
}

/** What a person types: YYYY, YYYY-MM or YYYY-MM-DD. As an end, a year or month means its last day. */
export function fromTyped(text: string, end: "start" | "end"): number | null {
  const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text.trim());
  if (!match) return null;
  const year = Number(match[1]);
  const last = end === "end";
  const month = match[2] === undefined ? (last ? 12 : 1) : Number(match[2]);
  if (match[3] !== undefined) return checked(year, month, Number(match[3]));
  if (month < 1 || month > 12) return null;
  return checked(year, month, last ? monthLength(year, month) : 1);
}

/** Same day of the month *n* months on, or the last day of a shorter month. */
export function addMonths(dayNumber: number, n: number): number {
  const { year, month, day } = toCivil(dayNumber);
  const index = year * 12 + (month - 1) + n;
  const toYear = Math.floor(index / 12);
  const toMonth = index - toYear * 12 + 1;
  if (toYear < 1) return MIN_DAY;
  if (toYear > 9999) return MAX_DAY;
  return toDay(toYear, toMonth, Math.min(day, monthLength(toYear, toMonth)));
}

export type Unit = "day" | "week" | "month" | "year";

export function addUnits(dayNumber: number, n: number, unit: Unit): number {
  if (unit === "day" || unit === "week") return clampDay(dayNumber + (unit === "week" ? n * 7 : n));
  return addMonths(dayNumber, unit === "year" ? n * 12 : n);
}

/** As addUnits, for the last day of a window: the end of a month goes to the end of a month, 28 or 31. */
export function addUnitsToEnd(dayNumber: number, n: number, unit: Unit): number {
  const { year, month, day } = toCivil(dayNumber);
  if (unit === "day" || unit === "week" || day < monthLength(year, month)) {
    return addUnits(dayNumber, n, unit);
  }
  const there = addUnits(dayNumber, n, unit);
  const civil = toCivil(there);
  return clampDay(there + monthLength(civil.year, civil.month) - civil.day);
}

export type Snap = "day" | "month" | "year";

/** The nearest first day (as a start) or last day (as an end) of a month or year. */
export function snapDay(dayNumber: number, snap: Snap, side: "start" | "end"): number {
  if (snap === "day") return dayNumber;
  // An end is the eve of a start, so one rule serves both.
  const shift = side === "end" ? 1 : 0;
  const { year, month } = toCivil(dayNumber + shift);
  const before = toDay(year, snap === "year" ? 1 : month, 1);
  const after = snap === "year" ? toDay(year + 1, 1, 1) : addMonths(before, 1);
  const nearest = dayNumber + shift - before <= after - dayNumber - shift ? before : after;
  return clampDay(nearest - shift);
}

export interface Tick {
  day: number;
  label: string;
  major: boolean;
}

const MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const STEPS: [Unit, number][] = [
  ["day", 1],
  ["day", 2],
  ["day", 7],
  ["day", 14],
  ["month", 1],
  ["month", 3],
  ["month", 6],
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].map((n): [Unit, number] => ["year", n]),
];
const UNIT_DAYS = { day: 1, week: 7, month: 30.44, year: 365.25 };

function dayTicks(from: number, to: number, step: number): Tick[] {
  const ticks: Tick[] = [];
  for (let day = from; day <= to; day += step) {
    const civil = toCivil(day);
    const major = day === from || civil.day <= step;
    const name = MONTH_NAMES[civil.month - 1]!;
    ticks.push({ day, label: major ? `${civil.day} ${name} ${civil.year}` : `${civil.day} ${name}`, major });
  }
  return ticks;
}

function monthTicks(from: number, to: number, step: number): Tick[] {
  const ticks: Tick[] = [];
  const start = toCivil(from);
  let index = start.year * 12 + start.month - 1;
  if (start.day > 1) index++;
  index = Math.ceil(index / step) * step;
  for (; index < 120000; index += step) {
    const year = Math.floor(index / 12);
    const month = (index % 12) + 1;
    const day = toDay(year, month, 1);
    if (day > to) break;
    const major = month === 1;
    if (year >= 1) ticks.push({ day, label: major ? String(year) : MONTH_NAMES[month - 1]!, major });
  }
  return ticks;
}

/** Axis ticks of [from, to], at most about `most` of them, on round dates. */
export function ticksBetween(from: number, to: number, most: number): Tick[] {
  const wanted = (to - from) / Math.max(1, most);
  const [unit, n] = STEPS.find(([u, k]) => UNIT_DAYS[u] * k >= wanted) ?? STEPS[STEPS.length - 1]!;
  if (unit === "day") return dayTicks(from, to, n);
  return monthTicks(from, to, unit === "month" ? n : n * 12);
}
