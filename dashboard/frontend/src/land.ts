// The offline basemap: land and borders from TopoJSON, drawn on a canvas at the detail the zoom needs.
// Borders that the data's makers or a claimant dispute are dashed (docs/borders.md decides which).
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, GeometryObject, Topology } from "topojson-specification";
import type { MultiLineString, MultiPolygon, Polygon, Position } from "geojson";
import { CanvasPane, type Frame } from "./canvas-pane.ts";
import { cutLine, cutRing, offEdge } from "./seam.ts";
import { mercatorX, mercatorY, worldSize } from "./project.ts";

type Country = { a3?: string };

/** Pairs of neighbours (ISO 3166-1 alpha-3 of the data) whose common line is dashed. */
const DASHED = new Set(["ESH|MAR", "SRB|XKX", "CYN|CYP", "SOL|SOM"]);

interface Lines {
  x: Float64Array;
  y: Float64Array;
  start: Uint32Array;
  /** West, north, east, south of each line. */
  box: Float64Array;
}

function collect(lines: Position[][]): Lines {
  const total = lines.reduce((sum, line) => sum + line.length, 0);
  const out: Lines = {
    x: new Float64Array(total),
    y: new Float64Array(total),
    start: new Uint32Array(lines.length + 1),
    box: new Float64Array(lines.length * 4),
  };
  let n = 0;
  lines.forEach((line, k) => {
    out.start[k] = n;
    out.box.set([Infinity, Infinity, -Infinity, -Infinity], k * 4);
    for (const [lon, lat] of line as [number, number][]) {
      const x = mercatorX(lon);
      const y = mercatorY(lat);
      out.x[n] = x;
      out.y[n] = y;
      n++;
      out.box[k * 4] = Math.min(out.box[k * 4]!, x);
      out.box[k * 4 + 1] = Math.min(out.box[k * 4 + 1]!, y);
      out.box[k * 4 + 2] = Math.max(out.box[k * 4 + 2]!, x);
      out.box[k * 4 + 3] = Math.max(out.box[k * 4 + 3]!, y);
    }
  });
  out.start[lines.length] = n;
  return out;
}

function rings(geometry: Polygon | MultiPolygon): Position[][] {
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

export interface Land {
  fill: Lines;
  coast: Lines;
  border: Lines;
  dashed: Lines;
}

export function readLand(topology: unknown): Land {
  const world = topology as Topology<{ land: GeometryCollection; countries: GeometryCollection<Country> }>;
  const shapes = feature(world, world.objects.land).features;
  const code = (geometry: GeometryObject<Country>): string =>
    (geometry.properties as Country | undefined)?.a3 ?? "";
  const isDashed = (a: GeometryObject<Country>, b: GeometryObject<Country>): boolean =>
    DASHED.has([code(a), code(b)].sort().join("|"));
  const { countries } = world.objects;
  const lines = (keep: (a: GeometryObject<Country>, b: GeometryObject<Country>) => boolean): Position[][] =>
    (mesh(world, countries, keep as never) as MultiLineString).coordinates;
  const stroked = (list: Position[][]): Lines => collect(list.flatMap(offEdge).flatMap(cutLine));
  return {
    fill: collect(
      shapes.flatMap((shape) => rings(shape.geometry as Polygon | MultiPolygon).flatMap(cutRing)),
    ),
    coast: stroked((mesh(world, world.objects.land) as MultiLineString).coordinates),
    border: stroked(lines((a, b) => a !== b && !isDashed(a, b))),
    dashed: stroked(lines((a, b) => a !== b && isDashed(a, b))),
  };
}

/** Adds the lines that touch the frame to the current path. */
function trace(lines: Lines, frame: Frame, close: boolean): void {
  const { ctx, left, top, width, height } = frame;
  const scale = worldSize(frame.zoom);
  const { x, y, start, box } = lines;
  const step = 0.6;
  ctx.beginPath();
  for (let k = 0; k + 1 < start.length; k++) {
    const b = k * 4;
    if (box[b]! * scale - left > width + 4 || box[b + 2]! * scale - left < -4) continue;
    if (box[b + 1]! * scale - top > height + 4 || box[b + 3]! * scale - top < -4) continue;
    const from = start[k]!;
    const to = start[k + 1]!;
    let lastX = x[from]! * scale - left;
    let lastY = y[from]! * scale - top;
    let lastOut = outside(lastX, lastY, width, height);
    ctx.moveTo(lastX, lastY);
    for (let i = from + 1; i < to; i++) {
      const px = x[i]! * scale - left;
      const py = y[i]! * scale - top;
      const out = outside(px, py, width, height);
      const final = i === to - 1;
      // A run of points beyond one and the same edge of the frame may be replaced by its ends.
      if (!final && out !== 0 && (out & lastOut) !== 0) {
        const nextOut = outside(x[i + 1]! * scale - left, y[i + 1]! * scale - top, width, height);
        if ((out & lastOut & nextOut) !== 0) continue;
      }
      if (!final && Math.abs(px - lastX) < step && Math.abs(py - lastY) < step) continue;
      ctx.lineTo(px, py);
      lastX = px;
      lastY = py;
      lastOut = out;
    }
    if (close) ctx.closePath();
  }
}

function outside(px: number, py: number, width: number, height: number): number {
  return (px < -4 ? 1 : px > width + 4 ? 2 : 0) | (py < -4 ? 4 : py > height + 4 ? 8 : 0);
}

export interface LandColours {
  land: string;
  coast: string;
  border: string;
}

export class LandLayer {
  private readonly pane: CanvasPane;

  constructor(
    map: L.Map,
    private readonly land: Land,
    private readonly colours: () => LandColours,
  ) {
    this.pane = new CanvasPane(map, {
      name: "atlas-land",
      zIndex: 150,
      margin: 0.3,
      draw: (frame) => this.draw(frame),
    });
    this.pane.redraw();
  }

  redraw(): void {
    this.pane.redraw();
  }

  remove(): void {
    this.pane.remove();
  }

  private draw(frame: Frame): void {
    const { ctx, zoom } = frame;
    const colours = this.colours();
    const { fill, coast, border, dashed } = this.land;
    const scale = worldSize(zoom);
    ctx.save();
    ctx.beginPath();
    ctx.rect(-frame.left, -frame.top, scale, scale);
    ctx.clip();
    ctx.lineJoin = "round";
    trace(fill, frame, true);
    ctx.fillStyle = colours.land;
    ctx.fill("evenodd");
    const thin = Math.min(1.1, 0.45 + zoom * 0.09);
    ctx.lineWidth = thin;
    ctx.strokeStyle = colours.coast;
    trace(coast, frame, false);
    ctx.stroke();
    ctx.strokeStyle = colours.border;
    trace(border, frame, false);
    ctx.stroke();
    ctx.setLineDash([3, 3]);
    trace(dashed, frame, false);
    ctx.stroke();
    ctx.restore();
  }
}
