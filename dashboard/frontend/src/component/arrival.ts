// A payload on its way: gathers the body's chunks, and tells when enough blocks of marks are whole to be
// worth showing. On a fast line nothing is shown before all is there, because a map drawn twice is slower
// than a map drawn once.
import { blockEnds, headerEnd, readHeader } from "../blocks.ts";

/** Milliseconds after the first byte before which a line is not slow. */
const PATIENCE_MS = 700;
/** What must still be to come for a part to be worth drawing, and how far parts lie apart. */
const REST_MS = 600;
const APART_MS = 1500;

export class Arrival {
  private bytes = new Uint8Array(1 << 20);
  private length = 0;
  private ends: number[] = [];
  private total = 0;
  private first = NaN;
  private last = -Infinity;
  private shown = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  push(chunk: Uint8Array): void {
    if (Number.isNaN(this.first)) this.first = this.now();
    this.room(this.length + chunk.length);
    this.bytes.set(chunk, this.length);
    this.length += chunk.length;
    if (this.total === 0) this.measure();
  }

  /** Part of all bytes that have come, 0 while nobody knows. */
  get share(): number {
    return this.total === 0 ? 0 : Math.min(1, this.length / this.total);
  }

  /** The blocks that are whole, if it is time to show more of them; a copy, to be transferred. */
  part(): ArrayBuffer | null {
    const now = this.now();
    const took = now - this.first;
    if (!(took > PATIENCE_MS) || now - this.last < APART_MS) return null;
    const rest = (took * (this.total - this.length)) / this.length;
    const held = this.ends.filter((end) => end <= this.length).length;
    if (held <= this.shown || !(rest > REST_MS)) return null;
    this.shown = held;
    this.last = now;
    return this.bytes.slice(0, this.ends[held - 1]).buffer;
  }

  /** Everything that came. Whether it is all, the map's own reader says. */
  whole(): ArrayBuffer {
    if (this.bytes.length === this.length) return this.bytes.buffer;
    return this.bytes.slice(0, this.length).buffer;
  }

  private measure(): void {
    const had = this.bytes.subarray(0, this.length);
    try {
      if (!(headerEnd(had) <= this.length)) return;
      const { ends, total } = blockEnds(readHeader(had));
      this.ends = ends;
      this.total = total;
      // The last column ends in padding.
      this.room(Math.ceil(total / 8) * 8);
    } catch {
      // Not a payload: the map's reader refuses it with a sentence.
      this.total = Infinity;
    }
  }

  private room(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    const more = new Uint8Array(this.total > 0 && bytes <= this.total + 7 ? bytes : bytes * 2);
    more.set(this.bytes.subarray(0, this.length));
    this.bytes = more;
  }
}

/** Reads a body to its end; `onChunk` may show what there is. */
export async function arrive(response: Response, onChunk: (arrival: Arrival) => void): Promise<ArrayBuffer> {
  if (response.body === null) return response.arrayBuffer();
  const arrival = new Arrival();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return arrival.whole();
    arrival.push(value);
    onChunk(arrival);
  }
}
