// Paints one frame of marks. Few marks: signs copied from the sheet. Many: small blocks written straight
// into the pixels, because a million copies would take a second and a million writes take milliseconds.
import type { Frame } from "./canvas-pane.ts";
import { beginPixels, blit, endPixels } from "./blit.ts";
import { mix, pixelWord } from "./colour.ts";
import { CERTAIN, POSSIBLE, type Visible } from "./filter.ts";
import { CELL, type Sheet } from "./glyphs.ts";
import type { Payload } from "./payload.ts";
import { metresToPixels, worldSize, type Projected } from "./project.ts";

/** Above this many marks in the view the signs would be an unreadable carpet. */
export const DENSE = 6000;
const MOST_RINGS = 1500; // marks in the window, beyond which rings would only be a haze

export interface Scene {
  payload: Payload;
  at: Projected;
  sheet: Sheet;
  /** Per kind, as it stands out from the theme's land. */
  colours: string[];
  /** Per kind: the colour as it lies in the pixel buffer (ABGR), possible and certain. */
  blocks: Uint32Array;
  ringOf: Uint8Array;
}

/** Rings are drawn at rest for these; the coarser ones would cover continents. */
export const RING_NONE = 0;
export const RING_ALWAYS = 1;
export const RING_ON_FOCUS = 2;

export function ringKinds(payload: Payload): Uint8Array {
  const byPrecision = payload.precisions.map(({ code }) => {
    if (code === "province" || code === "area" || code === "country") return RING_ON_FOCUS;
    return code === "exact" || code === "none" ? RING_NONE : RING_ALWAYS;
  });
  const out = new Uint8Array(payload.marks);
  for (let i = 0; i < payload.marks; i++) {
    out[i] = payload.radius[i] === 0 ? RING_NONE : byPrecision[payload.precision[i]!]!;
  }
  return out;
}

export function blockColours(colours: string[], land: string): Uint32Array {
  const out = new Uint32Array(colours.length * 2);
  colours.forEach((colour, k) => {
    out[k * 2] = pixelWord(mix(colour, land, 0.55));
    out[k * 2 + 1] = pixelWord(colour);
  });
  return out;
}

/** Marks of `visible` that stand in the frame, up to `limit`. */
export function countInside(scene: Scene, visible: Visible, frame: Frame, limit: number): number {
  const { x, y } = scene.at;
  const scale = worldSize(frame.zoom);
  const west = frame.left / scale;
  const east = (frame.left + frame.width) / scale;
  const north = frame.top / scale;
  const south = (frame.top + frame.height) / scale;
  let n = 0;
  for (let k = 0; k < visible.count && n <= limit; k++) {
    const i = visible.index[k]!;
    if (x[i]! >= west && x[i]! <= east && y[i]! >= north && y[i]! <= south) n++;
  }
  return n;
}

export function drawDense(scene: Scene, visible: Visible, frame: Frame): void {
  const { ctx, ratio, left, top } = frame;
  const width = ctx.canvas.width;
  const height = ctx.canvas.height;
  const words = beginPixels(frame);
  const scale = worldSize(frame.zoom) * ratio;
  const dx = left * ratio;
  const dy = top * ratio;
  const { x, y } = scene.at;
  const { kind, siteMarks } = scene.payload;
  const { index, grade, count } = visible;
  const { blocks } = scene;
  const size = Math.max(2, Math.round((count > 200000 ? 2 : 3) * ratio));
  const half = size >> 1;
  const right = width - size;
  const bottom = height - size;
  // Possible marks first: a certain one must not vanish under them.
  const start = visible.possibleSites + visible.possibleEvents > 0 ? POSSIBLE : CERTAIN;
  for (let wanted = start; wanted <= CERTAIN; wanted++) {
    for (let k = 0; k < count; k++) {
      const i = index[k]!;
      if (grade[i] !== wanted) continue;
      const px = (x[i]! * scale - dx - half) | 0;
      const py = (y[i]! * scale - dy - half) | 0;
      if (px < 0 || py < 0 || px >= right || py >= bottom) continue;
      const word = blocks[kind[i]! * 2 + wanted - 1]!;
      let at = py * width + px;
      // Corners are left off events, which makes a round dot of three pixels or more.
      const cut = i >= siteMarks && size > 2 ? 1 : 0;
      for (let row = 0; row < size; row++) {
        const inset = cut === 1 && (row === 0 || row === size - 1) ? 1 : 0;
        for (let column = inset; column < size - inset; column++) words[at + column] = word;
        at += width;
      }
    }
  }
  endPixels(frame);
}

export function drawRing(scene: Scene, frame: Frame, mark: number, strong: boolean): void {
  const { ctx } = frame;
  const scale = worldSize(frame.zoom);
  const r = metresToPixels(scene.payload.radius[mark]! * 100, scene.payload.lat[mark]!, frame.zoom);
  if (r < 10 || r > 20000) return;
  ctx.strokeStyle = scene.colours[scene.payload.kind[mark]!]!;
  ctx.fillStyle = ctx.strokeStyle;
  ctx.lineWidth = strong ? 1.75 : 1;
  ctx.beginPath();
  ctx.arc(scene.at.x[mark]! * scale - frame.left, scene.at.y[mark]! * scale - frame.top, r, 0, Math.PI * 2);
  ctx.globalAlpha = strong ? 0.14 : 0.05;
  ctx.fill();
  ctx.globalAlpha = strong ? 0.9 : 0.4;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function drawRings(scene: Scene, visible: Visible, frame: Frame): void {
  if (visible.count > MOST_RINGS) return;
  const { x, y } = scene.at;
  const scale = worldSize(frame.zoom);
  for (let k = 0; k < visible.count; k++) {
    const i = visible.index[k]!;
    if (scene.ringOf[i] !== RING_ALWAYS) continue;
    const px = x[i]! * scale - frame.left;
    const py = y[i]! * scale - frame.top;
    const reach = metresToPixels(scene.payload.radius[i]! * 100, scene.payload.lat[i]!, frame.zoom);
    if (px + reach < 0 || py + reach < 0 || px - reach > frame.width || py - reach > frame.height) continue;
    drawRing(scene, frame, i, false);
  }
}

export function drawSign(
  scene: Scene,
  frame: Frame,
  mark: number,
  certain: number,
  px: number,
  py: number,
  grow = 1,
): void {
  const { sheet } = scene;
  const slot = sheet.cellOf[mark]! + certain;
  const size = CELL * grow;
  frame.ctx.drawImage(
    sheet.canvas,
    (slot % sheet.across) * sheet.cell,
    Math.floor(slot / sheet.across) * sheet.cell,
    sheet.cell,
    sheet.cell,
    px - size / 2,
    py - size / 2,
    size,
    size,
  );
}

export function drawSigns(
  scene: Scene,
  visible: Visible,
  frame: Frame,
  selected: number,
  dim: boolean,
): void {
  const { left, top, ratio } = frame;
  const { width, height } = frame.ctx.canvas;
  const { sheet } = scene;
  const { x, y } = scene.at;
  const { record } = scene.payload;
  const { index, grade, count } = visible;
  const words = beginPixels(frame);
  const scale = worldSize(frame.zoom) * ratio;
  const dx = left * ratio;
  const dy = top * ratio;
  const part = dim ? 64 : selected >= 0 ? 128 : 256;
  const room = sheet.cell;
  for (let k = 0; k < count; k++) {
    const i = index[k]!;
    if (record[i] === selected) continue;
    const px = x[i]! * scale - dx;
    const py = y[i]! * scale - dy;
    if (px < -room || py < -room || px > width + room || py > height + room) continue;
    blit(words, width, height, sheet, sheet.cellOf[i]! + grade[i]! - 1, px, py, part);
  }
  endPixels(frame);
  drawRings(scene, visible, frame);
}

/** The marks of one record, larger, on a halo, above all others. */
export function drawSelected(
  scene: Scene,
  visible: Visible,
  frame: Frame,
  selected: number,
  accent: string,
): void {
  const { ctx, left, top } = frame;
  const scale = worldSize(frame.zoom);
  for (let k = 0; k < visible.count; k++) {
    const i = visible.index[k]!;
    if (scene.payload.record[i] !== selected) continue;
    const px = scene.at.x[i]! * scale - left;
    const py = scene.at.y[i]! * scale - top;
    if (scene.ringOf[i] !== RING_NONE) drawRing(scene, frame, i, true);
    ctx.beginPath();
    ctx.arc(px, py, 14, 0, Math.PI * 2);
    ctx.globalAlpha = 0.2;
    ctx.fillStyle = accent;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.lineWidth = 2;
    ctx.strokeStyle = accent;
    ctx.stroke();
    drawSign(scene, frame, i, visible.grade[i]! - 1, px, py, 1.2);
  }
}
