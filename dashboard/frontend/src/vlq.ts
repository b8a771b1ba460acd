// Whole numbers as letters: five bits each, small numbers short, the sign in the lowest bit (the "VLQ" of
// source maps). Text of this kind parses as one JavaScript string, which an array of numbers does not.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function writeNumbers(numbers: Iterable<number>): string {
  let out = "";
  for (const value of numbers) {
    let rest = value < 0 ? -value * 2 + 1 : value * 2;
    do {
      const low = rest & 31;
      rest >>>= 5;
      out += LETTERS[rest > 0 ? low | 32 : low];
    } while (rest > 0);
  }
  return out;
}

const DIGITS = new Uint8Array(128);
for (let k = 0; k < LETTERS.length; k++) DIGITS[LETTERS.charCodeAt(k)] = k;

/** Reads one number after another. */
export class Numbers {
  private at = 0;

  constructor(private readonly text: string) {}

  get more(): boolean {
    return this.at < this.text.length;
  }

  next(): number {
    let value = 0;
    let shift = 0;
    let digit: number;
    do {
      digit = DIGITS[this.text.charCodeAt(this.at++)]!;
      value |= (digit & 31) << shift;
      shift += 5;
    } while (digit > 31);
    return (value & 1) === 1 ? -(value >>> 1) : value >>> 1;
  }
}
