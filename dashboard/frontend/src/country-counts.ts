// How many records each country has in the window: once each, however many places a record has there.
import { CERTAIN, HIDDEN, type Visible } from "./filter.ts";
import { inMask, type Payload } from "./payload.ts";

const CLASSES = 5;

/** The first mark of the same record in the same country stands for all of them. */
function unitsOf(payload: Payload): Uint32Array {
  const { marks, record, country } = payload;
  const unit = new Uint32Array(marks);
  const newest = new Int32Array(payload.records).fill(-1);
  const older = new Int32Array(marks);
  for (let i = 0; i < marks; i++) {
    const r = record[i]!;
    let twin = newest[r]!;
    while (twin >= 0 && country[twin] !== country[i]) twin = older[twin]!;
    unit[i] = twin < 0 ? i : unit[twin]!;
    older[i] = newest[r]!;
    newest[r] = i;
  }
  return unit;
}

/** Lower bounds of classes that grow by one factor; a class for each number while there are few. */
function stepsUpTo(most: number): number[] {
  const few = most <= CLASSES;
  const step = (k: number): number => (few ? k + 1 : Math.max(k + 1, Math.round(most ** (k / CLASSES))));
  return Array.from({ length: few ? Math.max(1, most) : CLASSES }, (_, k) => step(k));
}

export class CountryCounts {
  /** Records shown, by number of the country. */
  total = new Uint32Array(0);
  /** Those of them that are certain. */
  certain = new Uint32Array(0);
  /** Lower bounds of the classes, the first is 1; by all records at any time, so that playing compares. */
  steps: number[] = [1];
  /** The largest number that the last class may hold. */
  most = 0;
  private unit: Uint32Array = new Uint32Array(0);
  private shown = new Uint8Array(0);
  private sure = new Uint8Array(0);
  private payload: Payload | null = null;
  private mask: Uint8Array | null | undefined = undefined;

  recount(payload: Payload, visible: Visible, mask: Uint8Array | null): void {
    const fresh = payload !== this.payload;
    if (fresh) {
      this.payload = payload;
      this.unit = unitsOf(payload);
      this.shown = new Uint8Array(payload.marks);
      this.sure = new Uint8Array(payload.marks);
      this.total = new Uint32Array(payload.countries.length);
      this.certain = new Uint32Array(payload.countries.length);
    } else {
      for (const column of [this.shown, this.sure, this.total, this.certain]) column.fill(0);
    }
    if (fresh || mask !== this.mask) this.scale(payload, mask);
    this.mask = mask;
    for (let i = 0; i < payload.marks; i++) {
      if (visible.grade[i] !== HIDDEN) this.change(i, HIDDEN, visible.grade[i]!);
    }
  }

  private scale(payload: Payload, mask: Uint8Array | null): void {
    const ever = new Uint32Array(payload.countries.length);
    for (let i = 0; i < payload.marks; i++) {
      if (this.unit[i] === i && inMask(mask, payload.record[i]!)) ever[payload.country[i]!]!++;
    }
    this.most = ever.reduce((most, n, country) => (this.hasShape(country) ? Math.max(most, n) : most), 0);
    this.steps = stepsUpTo(this.most);
  }

  private hasShape(country: number): boolean {
    return this.payload!.countries[country]!.shapes.length > 0;
  }

  change(mark: number, before: number, after: number): void {
    const unit = this.unit[mark]!;
    const country = this.payload!.country[mark]!;
    const had = this.shown[unit]! > 0 ? 1 : 0;
    const hadSure = this.sure[unit]! > 0 ? 1 : 0;
    this.shown[unit]! += (after === HIDDEN ? 0 : 1) - (before === HIDDEN ? 0 : 1);
    this.sure[unit]! += (after === CERTAIN ? 1 : 0) - (before === CERTAIN ? 1 : 0);
    this.total[country]! += (this.shown[unit]! > 0 ? 1 : 0) - had;
    this.certain[country]! += (this.sure[unit]! > 0 ? 1 : 0) - hadSure;
  }

  /** The class of a number of records, -1 for none. */
  classOf(records: number): number {
    let found = -1;
    while (found + 1 < this.steps.length && records >= this.steps[found + 1]!) found++;
    return found;
  }

  /** Words of each class, such as "1" or "5–9". */
  ranges(): string[] {
    return this.steps.map((from, k) => {
      const to = k + 1 < this.steps.length ? this.steps[k + 1]! - 1 : Math.max(from, this.most);
      return from === to ? `${from}` : `${from}–${to}`;
    });
  }
}
