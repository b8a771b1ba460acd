// Areas as text, the same as dashboard/domain/area.py has them, and the geometry to draw and measure them.
// Corners are [lat, lon]; longitudes may run past ±180 where a line crosses the antimeridian.

export type Corner = [number, number];
export type Area =
  | { form: "box" | "view"; south: number; west: number; north: number; east: number }
  | { form: "circle"; lat: number; lon: number; km: number }
  | { form: "poly"; corners: Corner[] };

export const MAX_CORNERS = 100;
const MAX_TEXT = 4000;
const RADIUS_KM = 6371.0088;
const CIRCLE_STEPS = 96;
const NUMBER = /^-?\d{1,5}(\.\d{1,12})?$/;
const RAD = Math.PI / 180;

function numbers(text: string): number[] {
  const parts = text.split(",");
  return parts.every((part) => NUMBER.test(part)) ? parts.map(Number) : [];
}

/** What a text says; null when it says nothing that can be drawn. */
export function parseArea(text: string | null): Area | null {
  if (text === null || text.length > MAX_TEXT) return null;
  const at = text.indexOf(":");
  const form = text.slice(0, at);
  const points = text
    .slice(at + 1)
    .split(";")
    .map(numbers);
  const flat = points.length === 1 ? points[0]! : [];
  if ((form === "box" || form === "view") && flat.length === 4) {
    const [south, west, north, east] = flat as [number, number, number, number];
    return { form, south, west, north, east: west > east ? east + 360 : east };
  }
  if (form === "circle" && flat.length === 3)
    return { form, lat: flat[0]!, lon: flat[1]!, km: Math.max(0.1, flat[2]!) };
  if (form === "poly" && points.length >= 3 && points.length <= MAX_CORNERS) {
    return points.every((point) => point.length === 2) ? { form, corners: points as Corner[] } : null;
  }
  return null;
}

function joined(...values: number[]): string {
  return values.map((value) => String(Number(value.toFixed(4)) + 0)).join(",");
}

export function areaText(area: Area): string {
  if (area.form === "circle") return `circle:${joined(area.lat, area.lon, area.km)}`;
  if (area.form === "poly") return `poly:${area.corners.map((corner) => joined(...corner)).join(";")}`;
  return `${area.form}:${joined(area.south, area.west, area.north, area.east)}`;
}

export function distanceKm(a: Corner, b: Corner): number {
  const [lat1, lat2] = [a[0] * RAD, b[0] * RAD];
  const half =
    Math.sin((lat2 - lat1) / 2) ** 2 +
    Math.cos(lat1) * Math.cos(lat2) * Math.sin(((b[1] - a[1]) * RAD) / 2) ** 2;
  return 2 * RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, half)));
}

/** The longitude one whole turn or more away that is nearest to another. */
function near(lon: number, to: number): number {
  return lon + Math.round((to - lon) / 360) * 360;
}

/** The shortest way between two points, as points close enough to draw; no jump at the antimeridian. */
export function greatCircle(a: Corner, b: Corner): Corner[] {
  const angle = distanceKm(a, b) / RADIUS_KM;
  const steps = Math.max(1, Math.ceil(angle / (2 * RAD)));
  const sin = Math.sin(angle);
  if (steps === 1 || sin < 1e-9) return [a, [b[0], near(b[1], a[1])]];
  const vector = ([lat, lon]: Corner): [number, number, number] => [
    Math.cos(lat * RAD) * Math.cos(lon * RAD),
    Math.cos(lat * RAD) * Math.sin(lon * RAD),
    Math.sin(lat * RAD),
  ];
  const [from, to] = [vector(a), vector(b)];
  const out: Corner[] = [a];
  for (let step = 1; step <= steps; step++) {
    const share = step / steps;
    const [p, q] = [Math.sin((1 - share) * angle) / sin, Math.sin(share * angle) / sin];
    const [x, y, z] = [0, 1, 2].map((axis) => p * from[axis]! + q * to[axis]!) as [number, number, number];
    const lon = Math.atan2(y, x) / RAD;
    out.push([Math.atan2(z, Math.hypot(x, y)) / RAD, near(lon, out[out.length - 1]![1])]);
  }
  return out;
}

function circleRing(lat: number, lon: number, km: number): Corner[] {
  const angle = Math.min(km / RADIUS_KM, Math.PI);
  const ring: Corner[] = [];
  for (let step = 0; step < CIRCLE_STEPS; step++) {
    const bearing = (2 * Math.PI * step) / CIRCLE_STEPS;
    const sin =
      Math.sin(lat * RAD) * Math.cos(angle) + Math.cos(lat * RAD) * Math.sin(angle) * Math.cos(bearing);
    const phi = Math.asin(Math.max(-1, Math.min(1, sin)));
    const turn = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(lat * RAD),
      Math.cos(angle) - Math.sin(lat * RAD) * Math.sin(phi),
    );
    const next = lon + turn / RAD;
    ring.push([phi / RAD, ring.length ? near(next, ring[ring.length - 1]![1]) : next]);
  }
  const [first, last] = [ring[0]!, ring[ring.length - 1]!];
  // A circle around a pole goes once round the world: it is closed along that pole.
  if (Math.abs(last[1] - first[1]) > 180) {
    const pole = lat < 0 ? -90 : 90;
    const end = last[1] > first[1] ? first[1] + 360 : first[1] - 360;
    ring.push([first[0], end], [pole, end], [pole, first[1]]);
  }
  return ring;
}

/** The rings to draw: the area, and the same one world away where it leaves this one. */
export function outline(area: Area): Corner[][] {
  let ring: Corner[];
  if (area.form === "circle") ring = circleRing(area.lat, area.lon, area.km);
  else if (area.form === "poly") ring = area.corners;
  else {
    const { south, west, north, east } = area;
    ring = [
      [south, west],
      [south, east],
      [north, east],
      [north, west],
    ];
  }
  const lons = ring.map((corner) => corner[1]);
  const moved = (by: number): Corner[] => ring.map(([lat, lon]) => [lat, lon + by]);
  const rings = [ring];
  if (Math.max(...lons) > 180) rings.push(moved(-360));
  if (Math.min(...lons) < -180) rings.push(moved(360));
  return rings;
}

/** Length of a line over its corners. */
export function lengthKm(corners: Corner[]): number {
  let sum = 0;
  for (let i = 1; i < corners.length; i++) sum += distanceKm(corners[i - 1]!, corners[i]!);
  return sum;
}

export function kmText(km: number): string {
  if (km < 1) return `${Math.round(km * 1000)} m`;
  return km < 100 ? `${km.toFixed(1)} km` : `${Math.round(km).toLocaleString("en-GB")} km`;
}
