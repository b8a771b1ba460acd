// Paints one frame of marks: signs copied from the sheet, rings around those whose place is rough, and the
// selected record above them. Where there are too many marks for that, discs.ts paints counted cells.
import type { Frame } from "./canvas-pane.ts";
import { beginPixels, blit, endPixels } from "./blit.ts";
import { HIDDEN, type Visible } from "./filter.ts";
import { CELL, type Sheet } from "./glyphs.ts";
import type { Payload } from "./payload.ts";
import { metresToPixels, worldSize, type Projected } from "./project.ts";

const MOST_RINGS = 1500; // marks drawn one by one, beyond which rings would only be a haze

export interface Scene {
  payload: Payload;
  at: Projected;
  sheet: Sheet;
  /** Per kind, as it stands out from the theme's land. */
  colours: string[];
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
  if (visible.listed > MOST_RINGS) return;
  const { x, y } = scene.at;
  const scale = worldSize(frame.zoom);
  for (let k = 0; k < visible.listed; k++) {
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
  const { index, grade, listed } = visible;
  const words = beginPixels(frame);
  const scale = worldSize(frame.zoom) * ratio;
  const dx = left * ratio;
  const dy = top * ratio;
  const part = dim ? 64 : selected >= 0 ? 128 : 256;
  const room = sheet.cell;
  for (let k = 0; k < listed; k++) {
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
  marks: readonly number[],
  accent: string,
): void {
  const { ctx, left, top } = frame;
  const scale = worldSize(frame.zoom);
  for (const i of marks) {
    if (visible.grade[i] === HIDDEN) continue;
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
