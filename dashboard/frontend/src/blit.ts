// The pixels of the marks' canvas, written by hand. Copying signs with drawImage costs a browser without
// a GPU some 15 µs each when it commits the frame; blending them here costs a tenth of that.
import type { Frame } from "./canvas-pane.ts";
import type { Sheet } from "./glyphs.ts";

let image: ImageData | null = null;
let words = new Uint32Array(0);
let turn = 0;

/** An empty buffer of the canvas's size; the same one at every frame. */
export function beginPixels(frame: Frame): Uint32Array {
  const { width, height } = frame.ctx.canvas;
  turn++;
  if (image === null || image.width !== width || image.height !== height) {
    image = new ImageData(width, height);
    words = new Uint32Array(image.data.buffer);
  } else {
    words.fill(0);
  }
  return words;
}

/** Which use of the buffer its pixels are from, -1 when they are of another size. */
export function pixelsTurn(frame: Frame): number {
  const { width, height } = frame.ctx.canvas;
  return image !== null && image.width === width && image.height === height ? turn : -1;
}

export function endPixels(frame: Frame): void {
  if (image !== null) frame.ctx.putImageData(image, 0, 0);
}

/** One pixel over another, neither premultiplied; `alpha` is the upper one's own, 1 to 254. */
function over(upper: number, alpha: number, lower: number): number {
  const below = (((lower >>> 24) * (255 - alpha)) / 255) | 0;
  const sum = alpha + below;
  const r = ((upper & 255) * alpha + (lower & 255) * below) / sum;
  const g = (((upper >>> 8) & 255) * alpha + ((lower >>> 8) & 255) * below) / sum;
  const b = (((upper >>> 16) & 255) * alpha + ((lower >>> 16) & 255) * below) / sum;
  return ((sum << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Blends a cell of the sheet with its middle at a pixel; `part` of 256 thins it. */
export function blit(
  to: Uint32Array,
  width: number,
  height: number,
  sheet: Sheet,
  cell: number,
  x: number,
  y: number,
  part: number,
): void {
  const { box, cell: size, pixels } = sheet;
  const half = size >> 1;
  const left = Math.round(x) - half;
  const top = Math.round(y) - half;
  const x0 = Math.max(box[cell * 4]!, -left);
  const y0 = Math.max(box[cell * 4 + 1]!, -top);
  const x1 = Math.min(box[cell * 4 + 2]!, width - left);
  const y1 = Math.min(box[cell * 4 + 3]!, height - top);
  const base = cell * size * size;
  for (let row = y0; row < y1; row++) {
    let source = base + row * size + x0;
    let target = (top + row) * width + left + x0;
    for (let column = x0; column < x1; column++, source++, target++) {
      const upper = pixels[source]!;
      const own = upper >>> 24;
      if (own === 0) continue;
      const alpha = (own * part) >> 8;
      const lower = to[target]!;
      if (alpha === 255) to[target] = upper;
      else if (lower === 0) to[target] = ((upper & 0xffffff) | (alpha << 24)) >>> 0;
      else if (alpha > 0) to[target] = over(upper, alpha, lower);
    }
  }
}
