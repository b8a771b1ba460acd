// Marks that stand on one spot, spread around it so that each can be seen and picked.
import type { Frame } from "./canvas-pane.ts";
import { drawSign, type Scene } from "./draw.ts";
import type { Visible } from "./filter.ts";
import { worldSize } from "./project.ts";

export const MOST = 24;
const REACH = 12;

export interface Fan {
  /** One mark per record. */
  marks: number[];
  x: number;
  y: number;
  offsetX: Float32Array;
  offsetY: Float32Array;
}

/** A circle for a few, a spiral for more, so that signs never touch. */
export function makeFan(marks: number[], x: number, y: number): Fan {
  const n = Math.min(MOST, marks.length);
  const offsetX = new Float32Array(n);
  const offsetY = new Float32Array(n);
  const circle = n <= 9;
  const radius = Math.max(24, (n * 24) / (2 * Math.PI));
  let angle = -Math.PI / 2;
  for (let k = 0; k < n; k++) {
    const r = circle ? radius : 26 + k * 2.6;
    offsetX[k] = Math.cos(angle) * r;
    offsetY[k] = Math.sin(angle) * r;
    angle += circle ? (2 * Math.PI) / n : 25 / r;
  }
  return { marks: marks.slice(0, n), x, y, offsetX, offsetY };
}

export function drawFan(
  scene: Scene,
  visible: Visible,
  frame: Frame,
  fan: Fan,
  ink: string,
  hovered: number,
): void {
  const { ctx } = frame;
  const scale = worldSize(frame.zoom);
  const cx = fan.x * scale - frame.left;
  const cy = fan.y * scale - frame.top;
  ctx.strokeStyle = ink;
  ctx.globalAlpha = 0.6;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let k = 0; k < fan.marks.length; k++) {
    ctx.moveTo(cx, cy);
    ctx.lineTo(cx + fan.offsetX[k]!, cy + fan.offsetY[k]!);
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
  for (let k = 0; k < fan.marks.length; k++) {
    const mark = fan.marks[k]!;
    const grade = visible.grade[mark]!;
    if (grade === 0) continue;
    const grow = mark === hovered ? 1.3 : 1.1;
    drawSign(scene, frame, mark, grade - 1, cx + fan.offsetX[k]!, cy + fan.offsetY[k]!, grow);
  }
}

/** The fan's mark under a point of the view, or -1. */
export function fanAt(fan: Fan, frame: Frame, px: number, py: number): number {
  const scale = worldSize(frame.zoom);
  const dx = px - (fan.x * scale - frame.left);
  const dy = py - (fan.y * scale - frame.top);
  for (let k = 0; k < fan.marks.length; k++) {
    if (Math.hypot(dx - fan.offsetX[k]!, dy - fan.offsetY[k]!) <= REACH) return fan.marks[k]!;
  }
  return -1;
}
