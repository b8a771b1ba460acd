// Small payloads for the tests, written by the layout of docs/map-document.md and by nothing of src/.
export type Row = {
  lon?: number;
  lat?: number;
  first: number;
  last: number;
  record: number;
  radius?: number;
  kind?: number;
  status?: number;
  precision?: number;
  country?: number;
  certain?: number;
  weight?: number;
};

export const PAST = -2147483648;
export const FUTURE = 2147483647;

export interface Made {
  siteMarks: number;
  records: number;
  rows: Row[];
  names?: string[];
  header?: Record<string, unknown>;
}

const LAYOUT: [keyof Row, string, number][] = [
  ["lon", "f32", 4],
  ["lat", "f32", 4],
  ["first", "i32", 4],
  ["last", "i32", 4],
  ["record", "u32", 4],
  ["radius", "u16", 2],
  ["kind", "u8", 1],
  ["status", "u8", 1],
  ["precision", "u8", 1],
  ["country", "u8", 1],
  ["certain", "u8", 1],
];

/** The narrow forms of the columns: one site mark, one event mark. */
export function narrow(extra: Record<string, unknown>): ArrayBuffer {
  const rows: Row[] = [0, 1].map((record) => ({ first: 0, last: 0, record, kind: record }));
  const plain = bytesOf({
    siteMarks: 1,
    records: 2,
    rows,
    header: { day0: 18000, radii: [50, 700], ...extra },
  });
  const length = new DataView(plain).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(plain, 8, length)));
  const view = new DataView(plain, 8 + length);
  header.columns.first.type = header.columns.last.type = "u16";
  header.columns.radius.type = "u8";
  header.columns.certain.length = 1;
  view.setUint16(header.columns.first.offset, 0, true);
  view.setUint16(header.columns.first.offset + 2, 1, true);
  view.setUint16(header.columns.last.offset, 2, true);
  view.setUint16(header.columns.last.offset + 2, 65535, true);
  view.setUint8(header.columns.radius.offset, 1);
  view.setUint8(header.columns.radius.offset + 1, 0);
  view.setUint8(header.columns.certain.offset, 0);
  const text = JSON.stringify(header);
  return withHeader(text, new Uint8Array(plain, 8 + length));
}

/** The same payload with its marks dealt out to blocks: block k has the rows k, k + blocks, … */
export function dealt(plain: ArrayBuffer, blocks: number): ArrayBuffer {
  const length = new DataView(plain).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(plain, 8, length)));
  const body = new Uint8Array(plain, 8 + length);
  const widths: Record<string, number> = { f32: 4, i32: 4, u32: 4, u16: 2, u8: 1 };
  const out: number[] = [];
  const end = (): number => {
    while (out.length % 8 > 0) out.push(0);
    return out.length;
  };
  const text = (name: string): boolean => /^(ids|names|details)/.test(name);
  const columns = Object.entries<{ type: string; offset: number; length: number }>(header.columns);
  for (const [name, column] of columns.filter(([name]) => !text(name))) {
    header.columns[name] = { ...column, offset: [] };
  }
  for (let block = 0; block < blocks; block++) {
    for (const [name, { type, offset, length }] of columns.filter(([name]) => !text(name))) {
      const width = widths[type]!;
      header.columns[name].offset.push(end());
      for (let row = block; row < length; row += blocks) {
        out.push(...body.subarray(offset + row * width, offset + (row + 1) * width));
      }
    }
  }
  for (const [name, { type, offset, length }] of columns.filter(([name]) => text(name))) {
    header.columns[name].offset = end();
    out.push(...body.subarray(offset, offset + length * widths[type]!));
  }
  end();
  return withHeader(JSON.stringify(header), Uint8Array.from(out));
}

function withHeader(text: string, body: Uint8Array): ArrayBuffer {
  const bytes = new TextEncoder().encode(text + " ".repeat(7));
  const padded = bytes.length - (bytes.length % 8);
  const buffer = new ArrayBuffer(8 + padded + body.length);
  new Uint8Array(buffer).set([0x41, 0x41, 0x4d, 0x31]);
  new DataView(buffer).setUint32(4, padded, true);
  new Uint8Array(buffer).set(bytes.subarray(0, padded), 8);
  new Uint8Array(buffer).set(body, 8 + padded);
  return buffer;
}

export function bytesOf({ siteMarks, records, rows, names, header: extra }: Made): ArrayBuffer {
  const columns: Record<string, unknown> = {};
  const parts: { offset: number; write: (view: DataView, at: number) => void }[] = [];
  let offset = 0;
  const place = (
    name: string,
    type: string,
    length: number,
    width: number,
    write: (v: DataView, at: number) => void,
  ) => {
    columns[name] = { type, offset, length };
    parts.push({ offset, write });
    offset += Math.ceil((length * width) / 8) * 8;
  };
  const weighted: typeof LAYOUT = rows.some((row) => row.weight !== undefined) ? [["weight", "u32", 4]] : [];
  for (const [name, type, width] of [...LAYOUT, ...weighted]) {
    place(name, type, rows.length, width, (view, at) =>
      rows.forEach((row, k) => {
        const value = row[name] ?? (name === "certain" ? 1 : 0);
        const here = at + k * width;
        if (type === "f32") view.setFloat32(here, value, true);
        else if (type === "i32") view.setInt32(here, value, true);
        else if (type === "u32") view.setUint32(here, value, true);
        else if (type === "u16") view.setUint16(here, value, true);
        else view.setUint8(here, value);
      }),
    );
  }
  if (names) {
    const encoded = names.map((name) => new TextEncoder().encode(name));
    const total = encoded.reduce((sum, one) => sum + one.length, 0);
    for (const column of ["ids", "names"]) {
      place(column, "u8", total, 1, (view, at) => {
        let n = at;
        for (const one of encoded) for (const byte of one) view.setUint8(n++, byte);
      });
      place(`${column}_at`, "u32", names.length + 1, 4, (view, at) => {
        let n = 0;
        view.setUint32(at, 0, true);
        encoded.forEach((one, k) => view.setUint32(at + (k + 1) * 4, (n += one.length), true));
      });
    }
  }
  const header = {
    version: "v",
    marks: rows.length,
    siteMarks,
    records,
    span: { first: 0, last: 1000 },
    kinds: [
      { code: "factory", label: "Factory", group: "site", colour: "#112233", shape: "square" },
      { code: "visit", label: "Visit", group: "event", colour: "#445566", shape: "circle" },
    ],
    statuses: [{ code: "operating", label: "operating" }],
    precisions: [{ code: "exact", label: "exact" }],
    countries: [
      { code: "", label: "", shapes: [] },
      { code: "MA", label: "Morocco", shapes: ["MAR"] },
    ],
    columns,
    ...extra,
  };
  let text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  text = new TextEncoder().encode(JSON.stringify(header) + " ".repeat(padded - text.length));
  const buffer = new ArrayBuffer(8 + padded + offset);
  const view = new DataView(buffer);
  [0x41, 0x41, 0x4d, 0x31].forEach((byte, k) => view.setUint8(k, byte));
  view.setUint32(4, padded, true);
  new Uint8Array(buffer).set(text, 8);
  for (const part of parts) part.write(view, 8 + padded + part.offset);
  return buffer;
}
