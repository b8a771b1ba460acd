// Reads the binary payload of docs/map-document.md into typed arrays.
// Everything the draw loop later trusts (indexes, coordinates, text offsets) is checked here, once,
// because a bad index in a typed array does not throw: it draws nonsense in silence.

import { blockEnds, fail, isObject, readHeader, rowsIn, rowsOf, TYPES, type TypeName } from "./blocks.ts";
import { MAX_DAY } from "./days.ts";
import { heldDay, inTimeOrder, isInTimeOrder, MANY } from "./order.ts";
import { weaveBytes, weaveShorts, weaveWords } from "./weave.ts";

export { PayloadError } from "./blocks.ts";

export const OPEN_PAST = -2147483648;
export const OPEN_FUTURE = 2147483647;

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
  /** Whether these are fewer than the window holds: of a large layer. */
  cut: boolean;
  /** Degrees of the cells that are counted; 0 where each mark is a record. */
  cell: number;
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
  /** How many records each mark stands for; null when each is one. */
  weight: Uint32Array | null;
  ids: Texts | null;
  names: Texts | null;
  details: Texts | null;
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
    /** How many blocks of marks to read; all of them unless some are still on their way. */
    private readonly held: number,
  ) {}

  has(name: string): boolean {
    return isObject(this.listed[name]);
  }

  typeOf(name: string): unknown {
    return this.entry(name)["type"];
  }

  /** Rows of a column that there are with all blocks. */
  lengthOf(name: string): unknown {
    return this.entry(name)["length"];
  }

  private entry(name: string): Record<string, unknown> {
    const entry = this.listed[name];
    if (!isObject(entry)) fail(`The map data lacks the column "${name}".`);
    return entry;
  }

  read<T extends TypeName>(name: string, type: T, length: number | null): InstanceType<(typeof TYPES)[T]> {
    const { type: own, offset, length: size } = this.entry(name);
    if (own !== type) fail(`The column "${name}" of the map data is not of type ${type}.`);
    if (!Number.isInteger(size) || (size as number) < 0 || (length !== null && size !== length)) {
      fail(`The column "${name}" of the map data has a bad length.`);
    }
    if (!Array.isArray(offset)) return this.part(name, type, offset, size as number);
    if (offset.length === 0) fail(`The column "${name}" of the map data has a bad offset.`);
    const parts = offset
      .slice(0, this.held)
      .map((one, k) => this.part(name, type, one, rowsOf(size as number, k, offset.length)));
    const rows = rowsIn(size as number, parts.length, offset.length);
    const width = TYPES[type].BYTES_PER_ELEMENT;
    const woven =
      width === 4
        ? weaveWords(parts, rows)
        : width === 2
          ? weaveShorts(parts, rows)
          : weaveBytes(parts, rows);
    return new TYPES[type](woven.buffer) as InstanceType<(typeof TYPES)[T]>;
  }

  private part<T extends TypeName>(
    name: string,
    type: T,
    offset: unknown,
    size: number,
  ): InstanceType<(typeof TYPES)[T]> {
    if (!Number.isInteger(offset) || (offset as number) < 0 || (offset as number) % 8 !== 0) {
      fail(`The column "${name}" of the map data has a bad offset.`);
    }
    const Type = TYPES[type];
    const from = this.start + (offset as number);
    if (from + size * Type.BYTES_PER_ELEMENT > this.buffer.byteLength) {
      fail(`The map data is cut short in the column "${name}".`);
    }
    return new Type(this.buffer, from, size) as InstanceType<(typeof TYPES)[T]>;
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
function readDays(columns: Columns, header: Record<string, unknown>, name: string, all: number): Int32Array {
  if (columns.typeOf(name) !== "u16") {
    const days = columns.read(name, "i32", all);
    return Int32Array.from(days, heldDay);
  }
  const origin = header["day0"];
  if (typeof origin !== "number" || origin !== heldDay(Math.trunc(origin))) {
    fail(`The map data's header has no usable "day0".`);
  }
  const days = columns.read(name, "u16", all);
  const out = new Int32Array(days.length);
  for (let i = 0; i < days.length; i++) {
    const day = days[i]!;
    out[i] = day === 0 ? OPEN_PAST : day === 65535 ? OPEN_FUTURE : Math.min(MAX_DAY, origin + day - 1);
  }
  return out;
}

/** Radii as they are (u16), or u8: numbers of the header's list, of which there are few in any atlas. */
function readRadii(columns: Columns, header: Record<string, unknown>, all: number): Uint16Array {
  if (columns.typeOf("radius") !== "u8") return columns.read("radius", "u16", all);
  const list = header["radii"];
  const known = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  if (!Array.isArray(list) || !list.every(known)) fail(`The map data's header has no usable "radii".`);
  const column = columns.read("radius", "u8", all);
  below("radius", column, list.length);
  const table = Uint16Array.from(list as number[], (value) => Math.min(65535, value));
  const out = new Uint16Array(column.length);
  for (let i = 0; i < column.length; i++) out[i] = table[column[i]!]!;
  return out;
}

/** Events are certain by their dates: the column may end with the sites. */
function readCertain(columns: Columns, allSites: number, all: number, marks: number): Uint8Array {
  const size = columns.lengthOf("certain");
  if (size === all) return columns.read("certain", "u8", all);
  const column = columns.read("certain", "u8", allSites);
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

/** Reads a payload; a `partial` one may lack its last blocks of marks and its texts, but nothing else. */
export function parsePayload(buffer: ArrayBuffer, partial = false): Payload {
  const bytes = new Uint8Array(buffer);
  const head = readHeader(bytes);
  const { header, start } = head;
  const all = count(header, "marks");
  const allSites = count(header, "siteMarks");
  const records = count(header, "records");
  if (allSites > all) fail("The map data counts more site marks than marks.");
  if (!isObject(header["columns"])) fail("The map data's header lists no columns.");
  const { ends } = blockEnds(head);
  const held = partial ? ends.filter((end) => end <= buffer.byteLength).length : ends.length;
  const columns = new Columns(buffer, start, header["columns"], held);
  const missing = held < ends.length;
  const marks = missing ? rowsIn(all, held, ends.length) : all;
  const texts = (name: string): Texts | null => (partial ? null : columns.texts(name, records));
  const payload: Payload = {
    version: text(header["version"], ""),
    marks,
    siteMarks: missing ? rowsIn(allSites, held, ends.length) : allSites,
    records,
    cut: header["cut"] === 1,
    cell: typeof header["cell"] === "number" ? header["cell"] : 0,
    span: readSpan(header),
    kinds: terms(header, "kinds").map(readKind),
    statuses: terms(header, "statuses").map(readTerm),
    precisions: terms(header, "precisions").map(readTerm),
    countries: columns.has("country") ? terms(header, "countries").map(readCountry) : [NOWHERE],
    lon: columns.read("lon", "f32", all),
    lat: columns.read("lat", "f32", all),
    first: readDays(columns, header, "first", all),
    last: readDays(columns, header, "last", all),
    record: columns.read("record", "u32", all),
    radius: readRadii(columns, header, all),
    kind: columns.read("kind", "u8", all),
    status: columns.read("status", "u8", all),
    precision: columns.read("precision", "u8", all),
    country: columns.has("country") ? columns.read("country", "u8", all) : new Uint8Array(marks),
    certain: readCertain(columns, allSites, all, marks),
    weight: columns.has("weight") ? columns.read("weight", "u32", all) : null,
    ids: texts("ids"),
    names: texts("names"),
    details: texts("details"),
  };
  between("lon", payload.lon, 180);
  between("lat", payload.lat, 90);
  recordsBelow(payload.record, records);
  below("kind", payload.kind, payload.kinds.length);
  below("status", payload.status, payload.statuses.length);
  below("precision", payload.precision, payload.precisions.length);
  below("country", payload.country, payload.countries.length);
  // Written in that order, unless by an earlier release.
  if ((marks > MANY || payload.weight !== null) && !isInTimeOrder(payload)) inTimeOrder(payload);
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
