// Writes the built land file (build.mjs runs this; the map document never loads it): TopoJSON becomes
// projected whole numbers in letters, so that the frame only adds them up. Projecting and joining arcs in
// the browser held a cold page for half a second before it could draw anything.
import { meshArcs } from "topojson-client";
import type { GeometryCollection, GeometryObject, Topology } from "topojson-specification";
import { mercatorX, mercatorY, worldSize } from "./project.ts";
import { atEdge, SIZE, unroll, type Point } from "./seam.ts";
import { writeNumbers } from "./vlq.ts";

const COARSE_UP_TO = 3;
/** Part of a pixel of that zoom by which a coarse line may miss. */
const MISS = 0.6;

type Country = { a3?: string };

/** Pairs of neighbours (ISO 3166-1 alpha-3 of the data) whose common line is dashed: docs/borders.md. */
const DASHED = new Set(["ESH|MAR", "SRB|XKX", "CYN|CYP", "SOL|SOM"]);

/** What the file sets: numbers in letters, read by land.ts. */
export interface World {
  /** For each arc its number of points, its first one and the steps between them. */
  arcs: string;
  /** The same arcs with fewer points, a third of them, for zooms up to `coarseUpTo`. */
  coarse: string;
  coarseUpTo: number;
  /** Rings of all land; lines of coast and border. For each line its number of arcs and the arcs, ~k turned. */
  fill: string;
  coast: string;
  border: string;
  dashed: string;
  /** Rings of each country by its alpha-3 code. */
  countries: Record<string, string>;
}

function project([lon, lat]: number[]): Point {
  return [Math.round(mercatorX(lon!) * SIZE), Math.round(mercatorY(lat!) * SIZE)];
}

function positions(world: Topology, arc: number[][]): number[][] {
  const { scale, translate } = world.transform ?? { scale: [1, 1], translate: [0, 0] };
  const step = world.transform !== undefined;
  let x = 0;
  let y = 0;
  return arc.map(([a, b]) => {
    x = step ? x + a! : a!;
    y = step ? y + b! : b!;
    return [x * scale[0]! + translate[0]!, y * scale[1]! + translate[1]!];
  });
}

function withoutRepeats(line: Point[]): Point[] {
  const out = line.filter(([x, y], k) => k === 0 || x !== line[k - 1]![0] || y !== line[k - 1]![1]);
  return out.length > 1 ? out : [line[0]!, line[line.length - 1]!];
}

/** Rings of a geometry as lists of arcs. */
function ringsOf(geometry: GeometryObject): number[][] {
  if (geometry.type === "Polygon") return geometry.arcs;
  if (geometry.type === "MultiPolygon") return geometry.arcs.flat();
  return geometry.type === "GeometryCollection" ? geometry.geometries.flatMap(ringsOf) : [];
}

export function writeWorld(topology: unknown): World {
  const world = topology as Topology<{ land: GeometryCollection; countries: GeometryCollection<Country> }>;
  const { land, countries } = world.objects;
  // An arc that runs along the edge for a while becomes several: the stretch on the edge is filled, not drawn.
  const arcs: Point[][] = [];
  const onEdge: boolean[] = [];
  const parts = world.arcs.map((arc) =>
    atEdge(positions(world, arc).map(project)).map(({ edge, points }) => {
      onEdge.push(edge);
      return arcs.push(withoutRepeats(unroll(points))) - 1;
    }),
  );
  const split = (line: number[]): number[] =>
    line.flatMap((arc) => (arc < 0 ? [...parts[~arc]!].reverse().map((part) => ~part) : parts[arc]!));
  const isEdge = (arc: number): boolean => onEdge[arc < 0 ? ~arc : arc]!;
  const drawn = (line: number[]): number[][] => {
    const out: number[][] = [[]];
    for (const arc of split(line)) {
      if (isEdge(arc)) out.push([]);
      else out[out.length - 1]!.push(arc);
    }
    return out.filter((piece) => piece.length > 0);
  };
  const code = (shape: GeometryObject<Country>): string =>
    (shape.properties as Country | undefined)?.a3 ?? "";
  const isDashed = (a: GeometryObject<Country>, b: GeometryObject<Country>): boolean =>
    DASHED.has([code(a), code(b)].sort().join("|"));
  const mesh = (
    object: GeometryObject,
    keep?: (a: GeometryObject, b: GeometryObject) => boolean,
  ): number[][] => (meshArcs(world, object as never, keep as never) as unknown as { arcs: number[][] }).arcs;
  const write = (lines: number[][]): string => writeNumbers(lines.flatMap((line) => [line.length, ...line]));
  return {
    arcs: writeNumbers(arcs.flatMap(steps)),
    coarse: writeNumbers(
      arcs.map((arc) => thinned(arc, (MISS * SIZE) / worldSize(COARSE_UP_TO))).flatMap(steps),
    ),
    coarseUpTo: COARSE_UP_TO,
    fill: write(ringsOf(land).map(split)),
    coast: write(mesh(land).flatMap(drawn)),
    border: write(mesh(countries, (a, b) => a !== b && !isDashed(a, b)).flatMap(drawn)),
    dashed: write(mesh(countries, (a, b) => a !== b && isDashed(a, b)).flatMap(drawn)),
    countries: Object.fromEntries(
      countries.geometries.map((shape) => [code(shape), write(ringsOf(shape).map(split))]),
    ),
  };
}

function steps(arc: Point[]): number[] {
  const out = [arc.length];
  arc.forEach(([x, y], k) => out.push(x - (k ? arc[k - 1]![0] : 0), y - (k ? arc[k - 1]![1] : 0)));
  return out;
}

/** Douglas and Peucker: the points without which the line would miss by more than a distance. */
function thinned(line: Point[], miss: number): Point[] {
  const keep = new Set([0, line.length - 1]);
  const split = (from: number, to: number, whole: boolean): void => {
    const [ax, ay] = line[from]!;
    const [bx, by] = line[to]!;
    const length = Math.hypot(bx - ax, by - ay);
    let best = -1;
    let farthest = -1;
    for (let k = from + 1; k < to; k++) {
      const [x, y] = line[k]!;
      const far =
        length === 0
          ? Math.hypot(x - ax, y - ay)
          : Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length;
      if (far > farthest) [best, farthest] = [k, far];
    }
    // A closed arc keeps its farthest point, however near: an islet must not vanish.
    if (best < 0 || (farthest <= miss && !(whole && length === 0))) return;
    keep.add(best);
    split(from, best, false);
    split(best, to, false);
  };
  split(0, line.length - 1, true);
  return line.filter((_, k) => keep.has(k));
}
