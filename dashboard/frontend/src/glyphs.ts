// The signs of the map: one small picture per kind, status, sureness and coarseness, painted once into
// a sheet, so that a frame only copies. The legend paints with the same code, so the two cannot differ.
import { mix } from "./colour.ts";
import type { Payload } from "./payload.ts";

export const CELL = 26; // CSS pixels of one picture
const SQUARE = 5.5;
const ROUND = 5.75;

export type Style = "filled" | "half" | "dotted" | "hollow" | "crossed" | "question";

const STYLES: Record<string, Style> = {
  planned: "dotted",
  postponed: "dotted",
  construction: "half",
  operating: "filled",
  happened: "filled",
  idle: "hollow",
  closed: "hollow",
  destroyed: "crossed",
  cancelled: "crossed",
  denied: "crossed",
  unknown: "question",
  unconfirmed: "question",
  other: "question",
};
const COARSE = new Set(["province", "area", "country"]);

export interface Palette {
  paper: string;
  ink: string;
}

export interface Glyph {
  colour: string;
  round: boolean;
  style: Style;
  certain: boolean;
  coarse: boolean;
}

export function styleOf(code: string): Style {
  return STYLES[code] ?? "question";
}

export function isCoarse(precision: string): boolean {
  return COARSE.has(precision);
}

type Ctx = CanvasRenderingContext2D;

function outline(ctx: Ctx, x: number, y: number, size: number, round: boolean): void {
  ctx.beginPath();
  if (round) ctx.arc(x, y, size, 0, Math.PI * 2);
  else ctx.roundRect(x - size, y - size, size * 2, size * 2, 1.5);
}

function paintBody(ctx: Ctx, x: number, y: number, size: number, glyph: Glyph, palette: Palette): void {
  const { colour, round, style, certain } = glyph;
  // The halo parts marks that overlap.
  outline(ctx, x, y, size + 1.5, round);
  ctx.globalAlpha = certain ? 0.95 : 0.55;
  ctx.fillStyle = palette.paper;
  ctx.fill();
  ctx.globalAlpha = certain ? 1 : 0.45;
  ctx.fillStyle = colour;
  outline(ctx, x, y, size, round);
  if (style === "filled" || style === "question") ctx.fill();
  if (style === "half") {
    ctx.save();
    ctx.clip();
    ctx.fillRect(x - size, y, size * 2, size + 1);
    ctx.restore();
  }
}

function paintEdge(ctx: Ctx, x: number, y: number, size: number, glyph: Glyph): void {
  const { colour, round, style, certain } = glyph;
  const solid = style === "filled" || style === "question";
  ctx.globalAlpha = 1;
  ctx.lineWidth = solid ? 1.25 : 1.9;
  ctx.strokeStyle = solid && certain ? mix(colour, "#000000", 0.3) : colour;
  // The core of a coarse mark is too small for dashes; its outer line carries them.
  if (!certain && !glyph.coarse) ctx.setLineDash([2.4, 2]);
  else if (style === "dotted") ctx.setLineDash([1.6, 1.9]);
  outline(ctx, x, y, solid ? size : size - 0.5, round);
  ctx.stroke();
  ctx.setLineDash([]);
}

function paintSign(ctx: Ctx, x: number, y: number, size: number, glyph: Glyph, palette: Palette): void {
  const { colour, style, certain } = glyph;
  ctx.globalAlpha = certain ? 1 : 0.75;
  if (style === "crossed") {
    const arm = size * 0.62;
    ctx.lineWidth = 1.7;
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.moveTo(x - arm, y - arm);
    ctx.lineTo(x + arm, y + arm);
    ctx.moveTo(x + arm, y - arm);
    ctx.lineTo(x - arm, y + arm);
    ctx.stroke();
  }
  if (style === "question") {
    ctx.fillStyle = certain ? palette.paper : palette.ink;
    ctx.font = `700 ${Math.round(size * 1.75)}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("?", x, y + 0.5);
  }
}

export function paintGlyph(ctx: Ctx, x: number, y: number, glyph: Glyph, palette: Palette): void {
  ctx.save();
  ctx.lineCap = "butt";
  const full = glyph.round ? ROUND : SQUARE;
  if (glyph.coarse) {
    // Hollow with a small core: the core still says the status, the gap says "not here exactly".
    outline(ctx, x, y, full + 2.5, glyph.round);
    ctx.globalAlpha = glyph.certain ? 0.8 : 0.5;
    ctx.fillStyle = palette.paper;
    ctx.fill();
    ctx.globalAlpha = glyph.certain ? 0.95 : 0.7;
    ctx.lineWidth = 1.4;
    ctx.strokeStyle = glyph.colour;
    if (!glyph.certain) ctx.setLineDash([2.4, 2]);
    else if (glyph.style === "dotted") ctx.setLineDash([1.6, 1.9]);
    outline(ctx, x, y, full + 1.5, glyph.round);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  const size = glyph.coarse ? full - 2.25 : full;
  if (glyph.coarse && glyph.style === "dotted") {
    // A dotted core this small would be a blot.
    ctx.restore();
    return;
  }
  paintBody(ctx, x, y, size, glyph, palette);
  paintEdge(ctx, x, y, size, glyph);
  paintSign(ctx, x, y, size, glyph, palette);
  ctx.restore();
}

export interface Sheet {
  canvas: HTMLCanvasElement;
  ratio: number;
  /** Pixels of one cell in the sheet. */
  cell: number;
  across: number;
  /** The cells' pixels one after another, for blit.ts. */
  pixels: Uint32Array;
  /** What each cell covers: left, top, right, bottom, the last two beyond it. */
  box: Int16Array;
  /** Cell of each mark when possible; the next cell is the certain one. */
  cellOf: Uint16Array;
}

const STYLE_LIST: Style[] = ["filled", "half", "dotted", "hollow", "crossed", "question"];

export function makeSheet(payload: Payload, colours: string[], palette: Palette, ratio: number): Sheet {
  const { marks, kinds, statuses, precisions, kind, status, precision } = payload;
  const styles = statuses.map((term) => STYLE_LIST.indexOf(styleOf(term.code)));
  const coarse = precisions.map((term) => (isCoarse(term.code) ? 1 : 0));
  const slots = new Int32Array(kinds.length * STYLE_LIST.length * 2).fill(-1);
  const used: number[] = [];
  const cellOf = new Uint16Array(marks);
  for (let i = 0; i < marks; i++) {
    const key = (kind[i]! * STYLE_LIST.length + styles[status[i]!]!) * 2 + coarse[precision[i]!]!;
    if (slots[key]! < 0) slots[key] = used.push(key) - 1;
    cellOf[i] = slots[key]! * 2;
  }
  const across = 32;
  const canvas = document.createElement("canvas");
  const cell = Math.ceil(CELL * ratio);
  canvas.width = across * cell;
  canvas.height = Math.max(1, Math.ceil((used.length * 2) / across)) * cell;
  const ctx = canvas.getContext("2d", { willReadFrequently: true })!;
  for (let slot = 0; slot < used.length * 2; slot++) {
    const key = used[slot >> 1]!;
    const at = Math.floor(key / 2 / STYLE_LIST.length);
    const k = kinds[at]!;
    const glyph: Glyph = {
      colour: colours[at]!,
      round: k.group === "event" || k.shape === "circle",
      style: STYLE_LIST[(key >> 1) % STYLE_LIST.length]!,
      certain: (slot & 1) === 1,
      coarse: (key & 1) === 1,
    };
    ctx.setTransform(ratio, 0, 0, ratio, (slot % across) * cell, Math.floor(slot / across) * cell);
    paintGlyph(ctx, CELL / 2, CELL / 2, glyph, palette);
  }
  return { canvas, ratio, cell, across, cellOf, ...readCells(ctx, used.length * 2, cell, across) };
}

function readCells(ctx: Ctx, cells: number, size: number, across: number): Pick<Sheet, "pixels" | "box"> {
  const { width, height } = ctx.canvas;
  const sheet = new Uint32Array(ctx.getImageData(0, 0, width, height).data.buffer);
  const pixels = new Uint32Array(cells * size * size);
  const box = new Int16Array(cells * 4);
  for (let cell = 0; cell < cells; cell++) {
    const left = (cell % across) * size;
    const top = Math.floor(cell / across) * size;
    let [x0, y0, x1, y1] = [size, size, 0, 0];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const word = sheet[(top + y) * width + left + x]!;
        if (word >>> 24 === 0) continue;
        pixels[(cell * size + y) * size + x] = word;
        if (x < x0) x0 = x;
        if (y < y0) y0 = y;
        if (x >= x1) x1 = x + 1;
        if (y >= y1) y1 = y + 1;
      }
    }
    box.set([x0, y0, x1, y1], cell * 4);
  }
  return { pixels, box };
}
