// The world's edge: the land data lets lines jump from 180° to -180°. A jump drawn on a flat map is a bar
// across it, so lines are unrolled past the edge and repeated one world away; the square clips the rest.
import type { Position } from "geojson";

/** The line without jumps: longitudes run on past ±180. */
export function unroll(line: Position[]): Position[] {
  let turn = 0;
  return line.map((point, k) => {
    if (k > 0) {
      const step = point[0]! - line[k - 1]![0]!;
      if (step > 180) turn -= 360;
      else if (step < -180) turn += 360;
    }
    return [point[0]! + turn, point[1]!];
  });
}

function copies(line: Position[]): Position[][] {
  let west = Infinity;
  let east = -Infinity;
  for (const [lon] of line) {
    west = Math.min(west, lon!);
    east = Math.max(east, lon!);
  }
  const out = [line];
  const moved = (by: number): Position[] => line.map(([lon, lat]) => [lon! + by, lat!]);
  if (east > 180) out.push(moved(-360));
  if (west < -180) out.push(moved(360));
  return out;
}

export function cutLine(line: Position[]): Position[][] {
  return copies(unroll(line));
}

/** A ring that goes once around the world (Antarctica) encloses a pole: it is closed along that pole. */
export function cutRing(ring: Position[]): Position[][] {
  const line = unroll(ring);
  const first = line[0]!;
  const last = line[line.length - 1]!;
  if (Math.abs(last[0]! - first[0]!) > 180) {
    const pole = first[1]! < 0 ? -90 : 90;
    line.push([last[0]!, pole], [first[0]!, pole]);
  }
  return copies(line);
}

/** Pieces of a line that do not lie on the edge itself: a cut is no coast. */
export function offEdge(line: Position[]): Position[][] {
  const out: Position[][] = [];
  const onEdge = ([lon, lat]: Position): boolean => Math.abs(lon!) > 179.999 || lat! < -89.9;
  let piece: Position[] = [];
  line.forEach((point, k) => {
    if (k > 0 && onEdge(point) && onEdge(line[k - 1]!)) {
      if (piece.length > 1) out.push(piece);
      piece = [];
    }
    piece.push(point);
  });
  if (piece.length > 1) out.push(piece);
  return out;
}
