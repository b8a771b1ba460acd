// Web Mercator as fractions of the world square, computed once per payload so that a frame only
// multiplies and adds. Float64: at zoom 14 a float32 fraction would already be half a pixel off.

export const MAX_LAT = 85.0511287798;
const EQUATOR_M = 40075016.686;

export interface Projected {
  x: Float64Array;
  y: Float64Array;
}

export function mercatorX(lon: number): number {
  return lon / 360 + 0.5;
}

export function mercatorY(lat: number): number {
  const held = Math.min(MAX_LAT, Math.max(-MAX_LAT, lat));
  const sin = Math.sin((held * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

export function projectAll(lon: Float32Array, lat: Float32Array): Projected {
  const x = new Float64Array(lon.length);
  const y = new Float64Array(lon.length);
  for (let i = 0; i < lon.length; i++) x[i] = lon[i]! / 360 + 0.5;
  if (lat.length < STEPS * 2) {
    for (let i = 0; i < lat.length; i++) y[i] = mercatorY(lat[i]!);
    return { x, y };
  }
  const table = latitudes();
  for (let i = 0; i < lat.length; i++) {
    const held = Math.min(MAX_LAT, Math.max(-MAX_LAT, lat[i]!));
    const at = ((held + MAX_LAT) * STEPS) / (2 * MAX_LAT);
    const k = at | 0;
    y[i] = table[k]! + (table[k + 1]! - table[k]!) * (at - k);
  }
  return { x, y };
}

// A million sines and logarithms cost a cold page 40 ms, reading between these lines 5: at 70° a fiftieth of
// a pixel off at zoom 18.
const STEPS = 1 << 16;

function latitudes(): Float64Array {
  const table = new Float64Array(STEPS + 2);
  for (let k = 0; k < table.length; k++) table[k] = mercatorY((k / STEPS) * 2 * MAX_LAT - MAX_LAT);
  return table;
}

/** Side of the world square in pixels. */
export function worldSize(zoom: number): number {
  return 256 * 2 ** zoom;
}

/** Pixels of a ground distance at a latitude; good for rings, whose own meaning is rough. */
export function metresToPixels(metres: number, lat: number, zoom: number): number {
  const held = Math.min(MAX_LAT, Math.max(-MAX_LAT, lat));
  return (metres * worldSize(zoom)) / (EQUATOR_M * Math.cos((held * Math.PI) / 180));
}
