// The signs of counted cells, written pixel by pixel: a ring split by kind, its certain part full and
// first, its possible part thin and pale, and the number inside. A few hundred of them as canvas arcs
// would cost a browser without a GPU more than a frame has.
import { blit } from "./blit.ts";
import { radiusOf, type Cells } from "./cells.ts";
import type { Frame } from "./canvas-pane.ts";
import { mix, pixelWord } from "./colour.ts";
import type { Palette, Sheet } from "./glyphs.ts";
import { worldSize, type Projected } from "./project.ts";

const CHARACTERS = "0123456789.kM";
const DOT = 10;
const THOUSAND = 11;
const MILLION = 12;
const TURN = 256;

/** A disc of one size: for each pixel its direction, its zone from inside out, and the share of the next. */
interface Disc {
  half: number;
  angle: Uint8Array;
  zone: Uint8Array;
  blend: Uint8Array;
  /** For each row where the disc begins, its plain inside begins and ends, and the disc ends. */
  spans: Int16Array;
}

interface Letters {
  width: Uint8Array;
  /** The drawn pixels of each character, `high` rows of `wide`. */
  alpha: Uint8Array;
  wide: number;
  high: number;
}

export interface Discs {
  ratio: number;
  /** Which slice of the ring a kind belongs to: kinds of one colour share one. */
  sliceOf: Uint8Array;
  slices: number;
  full: Uint32Array;
  pale: Uint32Array;
  paper: number;
  letters: Letters;
  /** Ink over paper by coverage. */
  ramp: Uint32Array;
}

const discs = new Map<number, Disc>();

function makeDisc(radius: number, ratio: number): Disc {
  const thick = Math.min(6.5 * ratio, Math.max(3.6 * ratio, radius * 0.3));
  const rims = [radius - thick, radius - thick * 0.45, radius, radius + 1.4 * ratio];
  const half = Math.ceil(rims[3]! + 1);
  const side = half * 2 + 1;
  const out: Disc = {
    half,
    angle: new Uint8Array(side * side),
    zone: new Uint8Array(side * side),
    blend: new Uint8Array(side * side),
    spans: new Int16Array(side * 4),
  };
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const dx = column - half;
      const dy = row - half;
      const far = Math.hypot(dx, dy);
      const at = row * side + column;
      const turn = Math.atan2(dx, -dy) / (Math.PI * 2);
      out.angle[at] = Math.floor((turn < 0 ? turn + 1 : turn) * TURN) & (TURN - 1);
      const edge = rims.findIndex((rim) => Math.abs(far - rim) < 0.5);
      out.zone[at] = edge >= 0 ? edge : rims.filter((rim) => far > rim).length;
      out.blend[at] = edge >= 0 ? Math.round((far - rims[edge]! + 0.5) * 255) : 0;
    }
    const columns = [...Array(side).keys()];
    const drawn = columns.filter((column) => out.zone[row * side + column] !== 4);
    const plain = columns.filter((k) => out.zone[row * side + k] === 0 && out.blend[row * side + k] === 0);
    const [begin, end] = drawn.length > 0 ? [drawn[0]!, drawn[drawn.length - 1]! + 1] : [0, 0];
    const inside = plain.length > 0 ? [plain[0]!, plain[plain.length - 1]! + 1] : [end, end];
    out.spans.set([begin, inside[0]!, inside[1]!, end], row * 4);
  }
  return out;
}

function makeLetters(ratio: number): Letters {
  const canvas = document.createElement("canvas");
  const wide = Math.ceil(13 * ratio);
  const high = Math.ceil(15 * ratio);
  canvas.width = wide * CHARACTERS.length;
  canvas.height = high;
  const ctx = canvas.getContext("2d", { willReadFrequently: true })!;
  ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = "alphabetic";
  const out: Letters = {
    width: new Uint8Array(CHARACTERS.length),
    alpha: new Uint8Array(wide * high * CHARACTERS.length),
    wide,
    high,
  };
  [...CHARACTERS].forEach((character, k) => {
    out.width[k] = Math.min(wide, Math.round(ctx.measureText(character).width));
    // Ascent of figures above the baseline: eight elevenths of the size, put in the middle of the cell.
    ctx.fillText(character, k * wide, Math.round(high / 2 + 4 * ratio));
  });
  const { data } = ctx.getImageData(0, 0, canvas.width, high);
  for (let k = 0; k < CHARACTERS.length; k++) {
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < wide; x++) {
        out.alpha[(k * high + y) * wide + x] = data[(y * canvas.width + k * wide + x) * 4 + 3]!;
      }
    }
  }
  return out;
}

/** Straight mixing of two words' four channels; `part` of 255 of the second. */
function lerp(a: number, b: number, part: number): number {
  const rest = 255 - part;
  const r = (((a & 255) * rest + (b & 255) * part) / 255) | 0;
  const g = ((((a >>> 8) & 255) * rest + ((b >>> 8) & 255) * part) / 255) | 0;
  const blue = ((((a >>> 16) & 255) * rest + ((b >>> 16) & 255) * part) / 255) | 0;
  const alpha = (((a >>> 24) * rest + (b >>> 24) * part) / 255) | 0;
  return ((alpha << 24) | (blue << 16) | (g << 8) | r) >>> 0;
}

export function makeDiscs(colours: string[], palette: Palette, ratio: number): Discs {
  discs.clear();
  const distinct = [...new Set(colours)];
  const ink = pixelWord(palette.ink);
  const paper = pixelWord(palette.paper);
  return {
    ratio,
    sliceOf: Uint8Array.from(colours, (colour) => distinct.indexOf(colour)),
    slices: distinct.length,
    full: Uint32Array.from(distinct, pixelWord),
    pale: Uint32Array.from(distinct, (colour) => pixelWord(mix(colour, palette.paper, 0.45))),
    paper,
    letters: makeLetters(ratio),
    ramp: Uint32Array.from({ length: 256 }, (_, k) => lerp(paper, ink, k)),
  };
}

const text = new Uint8Array(8);

/** Writes a number as characters of the sheet, at most four: 999, 1.2k, 12k, 123k, 1.2M. */
export function spell(n: number, out: Uint8Array = text): number {
  if (n < 1000) return digits(n, out, 0);
  const unit = n < 999500 ? 1000 : 1000000;
  const tenths = Math.round((n / unit) * 10);
  let length: number;
  if (tenths < 100) {
    out[0] = (tenths / 10) | 0;
    out[1] = DOT;
    out[2] = tenths % 10;
    length = 3;
  } else length = digits(Math.round(n / unit), out, 0);
  out[length] = unit === 1000 ? THOUSAND : MILLION;
  return length + 1;
}

function digits(n: number, out: Uint8Array, from: number): number {
  const length = n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : 4;
  for (let k = length - 1; k >= 0; k--) {
    out[from + k] = n % 10;
    n = (n / 10) | 0;
  }
  return from + length;
}

// Scratch of one disc: the ring's colour in each direction, outer and inner half.
const outer = new Uint32Array(TURN);
const inner = new Uint32Array(TURN);
const certain = new Uint32Array(256);
const possible = new Uint32Array(256);

/** Fills `outer` and `inner` for one cell. */
function slice(look: Discs, cells: Cells, cell: number): void {
  const { slices, sliceOf, full, pale, paper } = look;
  certain.fill(0, 0, slices);
  possible.fill(0, 0, slices);
  const base = cell * cells.kinds * 2;
  for (let kind = 0; kind < cells.kinds; kind++) {
    possible[sliceOf[kind]!]! += cells.counts[base + kind * 2]!;
    certain[sliceOf[kind]!]! += cells.counts[base + kind * 2 + 1]!;
  }
  const unit = TURN / cells.total[cell]!;
  let sum = 0;
  let at = 0;
  for (let s = 0; s < slices * 2; s++) {
    const sure = s < slices;
    const k = sure ? s : s - slices;
    sum += sure ? certain[k]! : possible[k]!;
    const end = Math.round(sum * unit);
    for (; at < end; at++) {
      outer[at] = sure ? full[k]! : pale[k]!;
      inner[at] = sure ? full[k]! : paper;
    }
  }
}

function paintDisc(
  to: Uint32Array,
  width: number,
  height: number,
  look: Discs,
  disc: Disc,
  x: number,
  y: number,
) {
  const { half, angle, zone, blend, spans } = disc;
  const { paper } = look;
  const side = half * 2 + 1;
  const clear = paper & 0xffffff;
  const top = Math.max(0, half - y);
  const bottom = Math.min(side, height - y + half);
  const left = Math.max(0, half - x);
  const right = Math.min(side, width - x + half);
  for (let row = top; row < bottom; row++) {
    const line = (y - half + row) * width + x - half;
    const end = Math.min(right, spans[row * 4 + 3]!);
    const plain = Math.max(left, spans[row * 4 + 1]!);
    const rim = Math.min(right, spans[row * 4 + 2]!);
    // Half of a disc is plain paper, which the browser fills faster than a loop does.
    if (rim > plain) to.fill(paper, line + plain, line + rim);
    for (let column = Math.max(left, spans[row * 4]!); column < end; column++) {
      if (column === plain && rim > plain) column = rim;
      if (column >= end) break;
      const from = row * side + column;
      const target = line + column;
      const z = zone[from]!;
      if (z === 4) continue;
      const turn = angle[from]!;
      const word = z === 1 ? inner[turn]! : z === 2 ? outer[turn]! : paper;
      const part = blend[from]!;
      if (part === 0) {
        to[target] = word;
        continue;
      }
      const next = z === 0 ? inner[turn]! : z === 1 ? outer[turn]! : z === 2 ? paper : clear;
      if (word !== next) to[target] = lerp(word, next, part);
      else to[target] = word;
    }
  }
}

function paintText(
  to: Uint32Array,
  width: number,
  height: number,
  look: Discs,
  length: number,
  x: number,
  y: number,
) {
  const { wide, high, alpha, width: advance } = look.letters;
  let whole = 0;
  for (let k = 0; k < length; k++) whole += advance[text[k]!]!;
  let left = x - (whole >> 1);
  const top = y - (high >> 1);
  for (let k = 0; k < length; k++) {
    const character = text[k]!;
    for (let row = 0; row < high; row++) {
      const py = top + row;
      if (py < 0 || py >= height) continue;
      for (let column = 0; column < wide; column++) {
        const cover = alpha[(character * high + row) * wide + column]!;
        const px = left + column;
        if (cover > 0 && px >= 0 && px < width) to[py * width + px] = look.ramp[cover]!;
      }
    }
    left += advance[character]!;
  }
}

/** Paints all cells that touch the frame into its pixels; a cell with one mark shows that mark's own sign. */
export function paintCells(
  to: Uint32Array,
  frame: Frame,
  cells: Cells,
  look: Discs,
  sheet: Sheet,
  at: Projected,
  grade: Uint8Array,
): void {
  const { width, height } = frame.ctx.canvas;
  const { ratio } = look;
  const scale = worldSize(frame.zoom);
  const count = cells.across * cells.down;
  for (let cell = 0; cell < count; cell++) {
    const marks = cells.total[cell]!;
    if (marks < 2) continue;
    const x = Math.round((cells.worldX(cell) - frame.left) * ratio);
    const y = Math.round((cells.worldY(cell) - frame.top) * ratio);
    const radius = Math.round(radiusOf(marks) * ratio * 2) / 2;
    if (x < -radius - 4 || y < -radius - 4 || x > width + radius + 4 || y > height + radius + 4) continue;
    let disc = discs.get(radius);
    if (disc === undefined) discs.set(radius, (disc = makeDisc(radius, ratio)));
    slice(look, cells, cell);
    paintDisc(to, width, height, look, disc, x, y);
    paintText(to, width, height, look, spell(marks), x, y);
  }
  for (let cell = 0; cell < count; cell++) {
    if (cells.total[cell] !== 1) continue;
    const mark = cells.lone[cell]!;
    const x = (at.x[mark]! * scale - frame.left) * ratio;
    const y = (at.y[mark]! * scale - frame.top) * ratio;
    blit(to, width, height, sheet, sheet.cellOf[mark]! + grade[mark]! - 1, x, y, 256);
  }
}
