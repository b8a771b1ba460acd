// Puts the blocks of a column together: row i is row i / B of block i % B. One function for each width, and
// floats moved as the words they are: a loop that has met several types of array runs ten times slower in V8.

type Part = ArrayBufferView & { readonly length: number };

export function weaveWords(parts: Part[], rows: number): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(rows);
  const step = parts.length;
  parts.forEach((part, k) => {
    const from = new Uint32Array(part.buffer, part.byteOffset, part.length);
    for (let j = 0, i = k; i < rows; i += step, j++) out[i] = from[j]!;
  });
  return out;
}

export function weaveShorts(parts: Part[], rows: number): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(rows);
  const step = parts.length;
  parts.forEach((part, k) => {
    const from = new Uint16Array(part.buffer, part.byteOffset, part.length);
    for (let j = 0, i = k; i < rows; i += step, j++) out[i] = from[j]!;
  });
  return out;
}

export function weaveBytes(parts: Part[], rows: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rows);
  const step = parts.length;
  parts.forEach((part, k) => {
    const from = new Uint8Array(part.buffer, part.byteOffset, part.length);
    for (let j = 0, i = k; i < rows; i += step, j++) out[i] = from[j]!;
  });
  return out;
}
