// The offline basemap: land and borders, drawn on a canvas at the detail the zoom needs. The built file
// (world-write.ts) holds them projected, as arcs that neighbours share; lines are put together here.
//
// For layers that colour countries: `countryShapes(globalThis.ArsenalAtlasLand)` gives every country's rings
// by its alpha-3 code of the data (put together at the first call), `fillShape` fills one on a frame, and
// `trace` only makes its path; `clipToWorld` keeps rings that cross the date line inside the world square.
import { CanvasPane, type Frame } from "./canvas-pane.ts";
import { worldSize } from "./project.ts";
import { SIZE } from "./seam.ts";
import { Numbers } from "./vlq.ts";
import type { World } from "./world-write.ts";

/** Lines as fractions of the world square; line k has the points `start[k] … start[k + 1] - 1`. */
export interface Lines {
  x: Float64Array;
  y: Float64Array;
  start: Uint32Array;
  /** West, north, east, south of each line. */
  box: Float64Array;
}

export interface Detail {
  fill: Lines;
  coast: Lines;
  border: Lines;
  dashed: Lines;
}

interface Arcs {
  x: Int32Array;
  y: Int32Array;
  start: Uint32Array;
}

function readArcs(text: string): Arcs {
  const numbers = new Numbers(text);
  // A point takes two letters at least.
  const x = new Int32Array(text.length >> 1);
  const y = new Int32Array(text.length >> 1);
  const start = [0];
  let n = 0;
  while (numbers.more) {
    let px = 0;
    let py = 0;
    for (let k = numbers.next(); k > 0; k--, n++) {
      x[n] = px += numbers.next();
      y[n] = py += numbers.next();
    }
    start.push(n);
  }
  return { x: x.slice(0, n), y: y.slice(0, n), start: Uint32Array.from(start) };
}

/** Puts lines together out of arcs, unrolled past the world's edge and repeated where they cross it. */
class Collector {
  private x = new Float64Array(1 << 14);
  private y = new Float64Array(1 << 14);
  private n = 0;
  private readonly start = [0];
  private readonly box: number[] = [];

  constructor(private readonly arcs: Arcs) {}

  collect(text: string, rings: boolean): Lines {
    const numbers = new Numbers(text);
    while (numbers.more) {
      for (let k = numbers.next(); k > 0; k--) this.append(numbers.next());
      if (rings) this.closePole();
      this.finish();
    }
    const { n, start, box } = this;
    return {
      x: this.x.slice(0, n),
      y: this.y.slice(0, n),
      start: Uint32Array.from(start),
      box: Float64Array.from(box),
    };
  }

  private get from(): number {
    return this.start[this.start.length - 1]!;
  }

  private room(points: number): void {
    if (this.n + points <= this.x.length) return;
    const size = Math.max(this.x.length * 2, this.n + points);
    for (const name of ["x", "y"] as const) {
      const old = this[name];
      this[name] = new Float64Array(size);
      this[name].set(old);
    }
  }

  /** Adds an arc (~k: turned) so that it follows on the line without a jump. */
  private append(arc: number): void {
    const { arcs } = this;
    const at = arc < 0 ? ~arc : arc;
    const low = arcs.start[at]!;
    const high = arcs.start[at + 1]!;
    this.room(high - low);
    const { x, y } = this;
    let by = 0;
    if (this.n > this.from) {
      // Both ends are the same point of the world; the line's is repeated by the arc.
      this.n--;
      by = Math.round(x[this.n]! - arcs.x[arc < 0 ? high - 1 : low]! / SIZE);
    }
    let n = this.n;
    const step = arc < 0 ? -1 : 1;
    for (let i = arc < 0 ? high - 1 : low; i >= low && i < high; i += step, n++) {
      x[n] = arcs.x[i]! / SIZE + by;
      y[n] = arcs.y[i]! / SIZE;
    }
    this.n = n;
  }

  /** A ring that goes once around the world (Antarctica) encloses a pole: it is closed along that pole. */
  private closePole(): void {
    this.room(2);
    const { x, y, from, n } = this;
    if (n === from || Math.abs(x[n - 1]! - x[from]!) <= 0.5) return;
    const pole = y[from]! > 0.5 ? 1 : 0;
    x[n] = x[n - 1]!;
    x[n + 1] = x[from]!;
    y[n] = y[n + 1] = pole;
    this.n += 2;
  }

  /** Ends a line, and repeats it one world away where it runs past the edge. */
  private finish(): void {
    const { from } = this;
    const to = this.n;
    const length = to - from;
    this.room(length * 2);
    const { x, y } = this;
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = from; i < to; i++) {
      west = Math.min(west, x[i]!);
      east = Math.max(east, x[i]!);
      north = Math.min(north, y[i]!);
      south = Math.max(south, y[i]!);
    }
    const end = (by: number): void => {
      this.start.push(this.n);
      this.box.push(west + by, north, east + by, south);
    };
    end(0);
    for (const by of [east > 1 ? -1 : 0, west < 0 ? 1 : 0]) {
      if (by === 0) continue;
      for (let i = from; i < to; i++) {
        x[this.n] = x[i]! + by;
        y[this.n++] = y[i]!;
      }
      end(by);
    }
  }
}

/** The land's lines at the detail of a zoom, put together when it is first asked for. */
export class Land {
  private coarse: Detail | null = null;
  private fine: Detail | null = null;

  constructor(private readonly world: World) {}

  at(zoom: number): Detail {
    if (zoom <= this.world.coarseUpTo) return (this.coarse ??= this.detail(this.world.coarse));
    return (this.fine ??= this.detail(this.world.arcs));
  }

  private detail(text: string): Detail {
    const { fill, coast, border, dashed } = this.world;
    const arcs = readArcs(text);
    return {
      fill: new Collector(arcs).collect(fill, true),
      coast: new Collector(arcs).collect(coast, false),
      border: new Collector(arcs).collect(border, false),
      dashed: new Collector(arcs).collect(dashed, false),
    };
  }
}

export function readLand(data: unknown): Land {
  return new Land(data as World);
}

const shapes = new WeakMap<object, Map<string, Lines>>();

/** Rings of each country by its alpha-3 code; put together once for a file. */
export function countryShapes(data: unknown): Map<string, Lines> {
  const world = data as World;
  let known = shapes.get(world);
  if (known === undefined) {
    const arcs = readArcs(world.arcs);
    const list = Object.entries(world.countries);
    known = new Map(list.map(([a3, rings]) => [a3, new Collector(arcs).collect(rings, true)]));
    shapes.set(world, known);
  }
  return known;
}

/** Rings and lines may run past the world's edge: nothing is drawn there. Between save and restore. */
export function clipToWorld({ ctx, left, top, zoom }: Frame): void {
  const scale = worldSize(zoom);
  ctx.beginPath();
  ctx.rect(-left, -top, scale, scale);
  ctx.clip();
}

/** Fills rings with the context's style; holes stay open. */
export function fillShape(rings: Lines, frame: Frame): void {
  trace(rings, frame, true);
  frame.ctx.fill("evenodd");
}

/** Makes the lines that touch the frame the current path. */
export function trace(lines: Lines, frame: Frame, close: boolean): void {
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
  private open = false;

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
    // Not in the next frame: drawing the cold land would hold back the message that asks for the records.
    window.setTimeout(() => {
      this.open = true;
      this.pane.redraw();
    }, 30);
  }

  redraw(): void {
    this.pane.redraw();
  }

  remove(): void {
    this.pane.remove();
  }

  private draw(frame: Frame): void {
    if (!this.open) return;
    const { ctx, zoom } = frame;
    const colours = this.colours();
    const { fill, coast, border, dashed } = this.land.at(zoom);
    ctx.save();
    clipToWorld(frame);
    ctx.lineJoin = "round";
    ctx.fillStyle = colours.land;
    fillShape(fill, frame);
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
