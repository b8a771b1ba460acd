// Reads the binary payload of docs/map-document.md into typed arrays.
// Everything the draw loop later trusts (indexes, coordinates, text offsets) is checked here, once,
// because a bad index in a typed array does not throw: it draws nonsense in silence.

import { MAX_DAY } from "./days.ts";
import { heldDay, inTimeOrder, MANY } from "./order.ts";

export const OPEN_PAST = -2147483648;
export const OPEN_FUTURE = 2147483647;
const MAGIC = 0x314d4141; // "AAM1" read as a little-endian uint32

export interface Kind {
  code: string;
  label: string;
  group: "site" | "event";
  colour: string;
  shape: string;
}
export interface Term {
  code: string;
  label: string;
}
export interface Country extends Term {
  /** Codes of its shapes on the world map. */
  shapes: string[];
}
export interface Texts {
  bytes: Uint8Array;
  at: Uint32Array;
}
export interface Payload {
  version: string;
  marks: number;
  siteMarks: number;
  records: number;
  span: { first: number; last: number } | null;
  kinds: Kind[];
  statuses: Term[];
  precisions: Term[];
  countries: Country[];
  lon: Float32Array;
  lat: Float32Array;
  first: Int32Array;
  last: Int32Array;
  record: Uint32Array;
  radius: Uint16Array;
  kind: Uint8Array;
  status: Uint8Array;
  precision: Uint8Array;
  country: Uint8Array;
  certain: Uint8Array;
  ids: Texts | null;
  names: Texts | null;
  details: Texts | null;
}

export class PayloadError extends Error {
  override name = "PayloadError";
}

const TYPES = {
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;
type TypeName = keyof typeof TYPES;

function fail(message: string): never {
  throw new PayloadError(message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function count(header: Record<string, unknown>, name: string): number {
  const value = header[name];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    fail(`The map data's header has no usable "${name}".`);
  }
  return value;
}

function terms(header: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const list = header[name];
  if (!Array.isArray(list) || list.length > 256 || !list.every(isObject)) {
    fail(`The map data's header has no usable "${name}".`);
  }
  return list;
}

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

function readTerm(row: Record<string, unknown>): Term {
  const code = text(row["code"], "unknown");
  return { code, label: text(row["label"], code) };
}

/** What payloads of earlier releases say: nothing. */
const NOWHERE: Country = { code: "", label: "", shapes: [] };

function readCountry(row: Record<string, unknown>): Country {
  const shapes = Array.isArray(row["shapes"]) ? row["shapes"] : [];
  return { ...readTerm(row), shapes: shapes.filter((shape) => typeof shape === "string") };
}

function readKind(row: Record<string, unknown>): Kind {
  const colour = text(row["colour"], "");
  const group = row["group"] === "event" ? "event" : "site";
  return {
    ...readTerm(row),
    group,
    colour: /^#[0-9a-f]{6}$/i.test(colour) ? colour : "#7a7f87",
    shape: text(row["shape"], group === "event" ? "circle" : "square"),
  };
}

class Columns {
  constructor(
    private readonly buffer: ArrayBuffer,
    private readonly start: number,
    private readonly listed: Record<string, unknown>,
  ) {}

  has(name: string): boolean {
    return isObject(this.listed[name]);
  }

  typeOf(name: string): unknown {
    const entry = this.listed[name];
    return isObject(entry) ? entry["type"] : undefined;
  }

  read<T extends TypeName>(name: string, type: T, length: number | null): InstanceType<(typeof TYPES)[T]> {
    const entry = this.listed[name];
    if (!isObject(entry)) fail(`The map data lacks the column "${name}".`);
    const offset = entry["offset"];
    const size = entry["length"];
    if (entry["type"] !== type) fail(`The column "${name}" of the map data is not of type ${type}.`);
    if (!Number.isInteger(offset) || (offset as number) < 0 || (offset as number) % 8 !== 0) {
      fail(`The column "${name}" of the map data has a bad offset.`);
    }
    if (!Number.isInteger(size) || (size as number) < 0 || (length !== null && size !== length)) {
      fail(`The column "${name}" of the map data has a bad length.`);
    }
    const Type = TYPES[type];
    const from = this.start + (offset as number);
    if (from + (size as number) * Type.BYTES_PER_ELEMENT > this.buffer.byteLength) {
      fail(`The map data is cut short in the column "${name}".`);
    }
    return new Type(this.buffer, from, size as number) as InstanceType<(typeof TYPES)[T]>;
  }

  texts(name: string, records: number): Texts | null {
    if (!this.has(name)) return null;
    const bytes = this.read(name, "u8", null);
    const at = this.read(`${name}_at`, "u32", records + 1);
    for (let r = 0; r < records; r++) {
      if (at[r]! > at[r + 1]!) fail(`The offsets of "${name}" in the map data go backwards.`);
    }
    if (at[records]! > bytes.length) fail(`The offsets of "${name}" in the map data end outside it.`);
    return { bytes, at };
  }
}

/** Days as they are (i32), or u16: 0 open past, 65535 open future, else days since the one before `day0`. */
function readDays(
  columns: Columns,
  header: Record<string, unknown>,
  name: string,
  marks: number,
): Int32Array {
  const out = new Int32Array(marks);
  if (columns.typeOf(name) !== "u16") {
    const days = columns.read(name, "i32", marks);
    for (let i = 0; i < marks; i++) out[i] = heldDay(days[i]!);
    return out;
  }
  const origin = header["day0"];
  if (typeof origin !== "number" || origin !== heldDay(Math.trunc(origin))) {
    fail(`The map data's header has no usable "day0".`);
  }
  const days = columns.read(name, "u16", marks);
  for (let i = 0; i < marks; i++) {
    const day = days[i]!;
    out[i] = day === 0 ? OPEN_PAST : day === 65535 ? OPEN_FUTURE : Math.min(MAX_DAY, origin + day - 1);
  }
  return out;
}

/** Radii as they are (u16), or u8: numbers of the header's list, of which there are few in any atlas. */
function readRadii(columns: Columns, header: Record<string, unknown>, marks: number): Uint16Array {
  if (columns.typeOf("radius") !== "u8") return columns.read("radius", "u16", marks);
  const list = header["radii"];
  const known = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  if (!Array.isArray(list) || !list.every(known)) fail(`The map data's header has no usable "radii".`);
  const column = columns.read("radius", "u8", marks);
  below("radius", column, list.length);
  const table = Uint16Array.from(list as number[], (value) => Math.min(65535, value));
  const out = new Uint16Array(marks);
  for (let i = 0; i < marks; i++) out[i] = table[column[i]!]!;
  return out;
}

/** Events are certain by their dates: the column may end with the sites. */
function readCertain(columns: Columns, siteMarks: number, marks: number): Uint8Array {
  const column = columns.read("certain", "u8", null);
  if (column.length === marks) return column;
  if (column.length !== siteMarks) fail(`The column "certain" of the map data has a bad length.`);
  const out = new Uint8Array(marks).fill(1);
  out.set(column);
  return out;
}

function below(name: string, column: Uint8Array, limit: number): void {
  for (let i = 0; i < column.length; i++) {
    if (column[i]! >= limit) fail(`The column "${name}" of the map data points outside its list.`);
  }
}

// A function of its own, as in order.ts: a loop over arrays of two types is a slow one.
function recordsBelow(column: Uint32Array, limit: number): void {
  for (let i = 0; i < column.length; i++) {
    if (column[i]! >= limit) fail(`The column "record" of the map data points outside its list.`);
  }
}

function between(name: string, column: Float32Array, limit: number): void {
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    // Written so that NaN fails too.
    if (!(value >= -limit && value <= limit)) fail(`The column "${name}" of the map data is out of range.`);
  }
}

function readHeader(buffer: ArrayBuffer): { header: Record<string, unknown>; start: number } {
  if (buffer.byteLength < 8) fail("The map data is cut short: it has no header.");
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC) fail("This is not map data of Arsenal Atlas (no AAM1 mark).");
  const length = view.getUint32(4, true);
  const start = 8 + length;
  if (start % 8 !== 0) fail("The map data's header has a bad length.");
  if (start > buffer.byteLength) fail("The map data is cut short in its header.");
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 8, length)));
  } catch {
    fail("The map data's header cannot be read.");
  }
  if (!isObject(header)) fail("The map data's header is not an object.");
  return { header, start };
}

function readSpan(header: Record<string, unknown>): Payload["span"] {
  const span = header["span"];
  if (!isObject(span)) return null;
  const first = span["first"];
  const last = span["last"];
  if (typeof first !== "number" || typeof last !== "number") return null;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first > last) {
    fail(`The map data's header has no usable "span".`);
  }
  return { first, last };
}

export function parsePayload(buffer: ArrayBuffer): Payload {
  const { header, start } = readHeader(buffer);
  const marks = count(header, "marks");
  const siteMarks = count(header, "siteMarks");
  const records = count(header, "records");
  if (siteMarks > marks) fail("The map data counts more site marks than marks.");
  if (!isObject(header["columns"])) fail("The map data's header lists no columns.");
  const columns = new Columns(buffer, start, header["columns"]);
  const payload: Payload = {
    version: text(header["version"], ""),
    marks,
    siteMarks,
    records,
    span: readSpan(header),
    kinds: terms(header, "kinds").map(readKind),
    statuses: terms(header, "statuses").map(readTerm),
    precisions: terms(header, "precisions").map(readTerm),
    countries: columns.has("country") ? terms(header, "countries").map(readCountry) : [NOWHERE],
    lon: columns.read("lon", "f32", marks),
    lat: columns.read("lat", "f32", marks),
    first: readDays(columns, header, "first", marks),
    last: readDays(columns, header, "last", marks),
    record: columns.read("record", "u32", marks),
    radius: readRadii(columns, header, marks),
    kind: columns.read("kind", "u8", marks),
    status: columns.read("status", "u8", marks),
    precision: columns.read("precision", "u8", marks),
    country: columns.has("country") ? columns.read("country", "u8", marks) : new Uint8Array(marks),
    certain: readCertain(columns, siteMarks, marks),
    ids: columns.texts("ids", records),
    names: columns.texts("names", records),
    details: columns.texts("details", records),
  };
  between("lon", payload.lon, 180);
  between("lat", payload.lat, 90);
  recordsBelow(payload.record, records);
  below("kind", payload.kind, payload.kinds.length);
  below("status", payload.status, payload.statuses.length);
  below("precision", payload.precision, payload.precisions.length);
  below("country", payload.country, payload.countries.length);
  if (marks > MANY) inTimeOrder(payload);
  return payload;
}

const decoder = new TextDecoder();

export function textOf(texts: Texts | null, record: number): string {
  if (texts === null || record < 0 || record + 1 >= texts.at.length) return "";
  return decoder.decode(texts.bytes.subarray(texts.at[record]!, texts.at[record + 1]!));
}

/** Row of a record id, or -1. A scan of bytes: a Map of a million strings would cost more than it saves. */
export function rowOfId(ids: Texts | null, id: string): number {
  if (ids === null) return -1;
  const wanted = new TextEncoder().encode(id);
  const { at, bytes } = ids;
  for (let r = 0; r + 1 < at.length; r++) {
    const from = at[r]!;
    if (at[r + 1]! - from !== wanted.length) continue;
    let k = 0;
    while (k < wanted.length && bytes[from + k] === wanted[k]) k++;
    if (k === wanted.length) return r;
  }
  return -1;
}

/** The mask of the state: bit r & 7 of byte r >> 3. A wrong length is refused rather than half applied. */
export function parseMask(base64: string | null, records: number): Uint8Array | null {
  if (base64 === null) return null;
  let raw: string;
  try {
    raw = atob(base64);
  } catch {
    fail("The filter sent to the map is not base64.");
  }
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  if (bytes.length !== (records + 7) >> 3) fail("The filter sent to the map does not fit its records.");
  return bytes;
}

export function inMask(mask: Uint8Array | null, record: number): boolean {
  return mask === null || ((mask[record >> 3]! >> (record & 7)) & 1) === 1;
}
