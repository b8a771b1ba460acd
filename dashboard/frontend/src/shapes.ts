// The shapes of the world's countries. They come with the offline land; over online tiles the same file is
// fetched when somebody first asks for it.
import { countryShapes, type Lines } from "./land.ts";

export type Shape = Lines;

const LAND_FILE = "atlas-land.js";

export class Shapes {
  private held: Map<string, Shape> | null = null;

  /** The shapes by code, null while they are not there. */
  get now(): Map<string, Shape> | null {
    if (this.held === null && globalThis.ArsenalAtlasLand)
      this.held = countryShapes(globalThis.ArsenalAtlasLand);
    return this.held;
  }

  /** Fetches the land's file beside the map's own script, if it is not there. */
  async load(): Promise<void> {
    if (globalThis.ArsenalAtlasLand) return;
    const own = document.querySelector<HTMLScriptElement>('script[src$="atlas-map.js"]');
    if (own === null) return;
    await new Promise<void>((done) => {
      const script = document.createElement("script");
      script.addEventListener("load", () => done());
      script.addEventListener("error", () => done());
      script.src = own.src.replace(/atlas-map\.js$/, LAND_FILE);
      document.head.append(script);
    });
  }
}

/** Whether a point of the world square lies inside a shape, by the even-odd rule. */
export function inside(shape: Shape, x: number, y: number): boolean {
  const { start, box } = shape;
  let odd = false;
  for (let k = 0; k + 1 < start.length; k++) {
    const b = k * 4;
    if (x < box[b]! || x > box[b + 2]! || y < box[b + 1]! || y > box[b + 3]!) continue;
    for (let i = start[k]!, j = start[k + 1]! - 1; i < start[k + 1]!; j = i++) {
      const yi = shape.y[i]!;
      const yj = shape.y[j]!;
      if (yi > y !== yj > y && x < ((shape.x[j]! - shape.x[i]!) * (y - yi)) / (yj - yi) + shape.x[i]!)
        odd = !odd;
    }
  }
  return odd;
}
