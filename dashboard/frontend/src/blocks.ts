// The payload's header, and where its blocks of marks lie. Apart from payload.ts, because the page around
// the frame reads it too: while the rest is still on its way it hands over the blocks that are whole.
// Block k of B holds the marks k, k + B, k + 2B …: each is a sample of all time, and any first few of them
// interleave into the order of time without sorting.

const MAGIC = 0x314d4141; // "AAM1" read as a little-endian uint32

export const TYPES = {
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;
export type TypeName = keyof typeof TYPES;

export class PayloadError extends Error {
  override name = "PayloadError";
}

export function fail(message: string): never {
  throw new PayloadError(message);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface Head {
  header: Record<string, unknown>;
  /** Byte from which the columns' offsets count. */
  start: number;
}

/** Bytes up to the end of the header, NaN while there are too few to say. */
export function headerEnd(bytes: Uint8Array): number {
  if (bytes.length < 8) return NaN;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(0, true) !== MAGIC) fail("This is not map data of Arsenal Atlas (no AAM1 mark).");
  const start = 8 + view.getUint32(4, true);
  if (start % 8 !== 0) fail("The map data's header has a bad length.");
  return start;
}

export function readHeader(bytes: Uint8Array): Head {
  const start = headerEnd(bytes);
  if (Number.isNaN(start)) fail("The map data is cut short: it has no header.");
  if (start > bytes.length) fail("The map data is cut short in its header.");
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    fail("The map data's header cannot be read.");
  }
  if (!isObject(header)) fail("The map data's header is not an object.");
  return { header, start };
}

/** Rows of `rows` that lie in the first `held` of `blocks` blocks. */
export function rowsIn(rows: number, held: number, blocks: number): number {
  return Math.floor(rows / blocks) * held + Math.min(rows % blocks, held);
}

/** Rows of one block. */
export function rowsOf(rows: number, block: number, blocks: number): number {
  return Math.ceil((rows - block) / blocks);
}

/** The byte at which each block ends, and the last byte of all; an empty list when nothing is in blocks. */
export function blockEnds({ header, start }: Head): { ends: number[]; total: number } {
  const ends: number[] = [];
  let total = start;
  const columns = isObject(header["columns"]) ? Object.values(header["columns"]) : [];
  for (const column of columns) {
    if (!isObject(column)) continue;
    const width = TYPES[column["type"] as TypeName]?.BYTES_PER_ELEMENT ?? 0;
    const length = Number(column["length"]);
    const dealt = Array.isArray(column["offset"]);
    const offsets: unknown[] = dealt ? (column["offset"] as unknown[]) : [column["offset"]];
    offsets.forEach((offset, k) => {
      const end = start + Number(offset) + rowsOf(length, k, offsets.length) * width;
      total = Math.max(total, end);
      if (dealt) ends[k] = Math.max(ends[k] ?? 0, end);
    });
  }
  return { ends, total };
}
