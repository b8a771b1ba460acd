// The time layer: a Leaflet layer that shows the marks of a payload for a window of time, and answers
// the pointer. It knows nothing of clocks or messages; its owner tells it the span, mask and selection.
import { radiusOf, type CellCount } from "./cells.ts";
import { CanvasPane, type Frame } from "./canvas-pane.ts";
import { standOut } from "./colour.ts";
import { Crowd } from "./crowd.ts";
import * as draw from "./draw.ts";
import { drawFan, fanAt, makeFan, MOST, type Fan } from "./fan.ts";
import { CERTAIN, filterMarks, HIDDEN, makeVisible, type Span, type Visible } from "./filter.ts";
import { makeSheet, type Palette } from "./glyphs.ts";
import { HitGrid } from "./grid.ts";
import { MANY } from "./order.ts";
import type { Payload } from "./payload.ts";
import { projectAll, worldSize } from "./project.ts";
import type { Tally } from "./tally.ts";

export interface LayerLook extends Palette {
  land: string;
  accent: string;
}

/** What a click met: a record, something else that is dealt with, or nothing of this layer. */
export type Hit = { record: number } | "taken" | null;

export interface Hover {
  /** -1 over a counted cell. */
  mark: number;
  /** Records on the same spot, this one included. */
  here: number;
  cell?: CellCount;
  x: number;
  y: number;
}

const NEAR = 9;
const NEAR_TOUCH = 16;
const SPOT = 7;

export class TimeLayer extends L.Layer {
  private pane: CanvasPane | null = null;
  private scene: draw.Scene | null = null;
  private visible: Visible | null = null;
  private crowd: Crowd | null = null;
  private mask: Uint8Array | null = null;
  private span: Span = { from: null, to: null };
  private stale = true;
  private tallies: readonly Tally[] = [];
  private recount = true;
  private asked = 0;
  private readonly grid = new HitGrid();
  private gridStale = true;
  private selectedRecord = -1;
  private selectedMarks: number[] = [];
  private hovered = -1;
  private hoveredCell = -1;
  private fan: Fan | null = null;
  private ratio = 0;

  constructor(
    private readonly look: () => LayerLook,
    private readonly onCounts: (visible: Visible) => void,
    /** Layers of one kind need panes of their own. */
    private readonly name = "atlas-marks",
  ) {
    super();
  }

  override onAdd(map: L.Map): this {
    this.pane = new CanvasPane(map, {
      name: this.name,
      zIndex: 450,
      margin: 0,
      draw: (frame) => this.draw(frame),
    });
    map.on("zoomstart", this.closeFan, this);
    this.pane.redraw();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("zoomstart", this.closeFan, this);
    this.pane?.remove();
    this.pane = null;
    return this;
  }

  setPayload(payload: Payload, mask: Uint8Array | null): void {
    this.ratio = Math.min(3, window.devicePixelRatio || 1);
    const look = this.look();
    const scene: draw.Scene = {
      payload,
      at: projectAll(payload.lon, payload.lat),
      ...this.painted(payload, look),
      ringOf: draw.ringKinds(payload),
    };
    this.scene = scene;
    this.visible = makeVisible(payload.marks, payload.records);
    this.crowd = payload.marks > MANY || payload.weight !== null ? new Crowd(scene, this.visible) : null;
    this.crowd?.repaint(look, this.ratio);
    this.crowd?.listen(this.tallies);
    this.selectedRecord = -1;
    this.selectedMarks = [];
    this.hovered = -1;
    this.hoveredCell = -1;
    this.fan = null;
    this.setMask(mask);
  }

  setMask(mask: Uint8Array | null): void {
    this.mask = mask;
    this.recount = true;
    this.refresh();
  }

  setSpan(span: Span): void {
    this.span = span;
    this.refresh();
  }

  /** Where it lies among the map's panes, and whether it is seen; hidden, it goes on counting. */
  place(zIndex: number, on: boolean): void {
    this.pane?.place(zIndex, on);
    if (!on) this.closeFan();
  }

  /** Layers that count what this one shows. */
  setTallies(tallies: readonly Tally[]): void {
    const fresh = tallies.filter((tally) => !this.tallies.includes(tally));
    // Up to date before they listen: a step tells only what changes.
    this.current();
    this.tallies = tallies;
    this.tell(fresh);
    this.crowd?.listen(tallies);
  }

  private tell(tallies: readonly Tally[]): void {
    const { scene, visible } = this;
    if (scene === null || visible === null) return;
    for (const tally of tallies) {
      tally.recount(scene.payload, scene.at, visible, this.mask);
      tally.settle();
    }
  }

  private painted(payload: Payload, look: LayerLook): Pick<draw.Scene, "colours" | "sheet"> {
    const colours = payload.kinds.map((kind) => standOut(kind.colour, look.land));
    return { colours, sheet: makeSheet(payload, colours, look, this.ratio) };
  }

  /** Theme or screen density changed: the signs are painted anew. */
  repaint(): void {
    if (this.scene === null) return;
    this.ratio = Math.min(3, window.devicePixelRatio || 1);
    const look = this.look();
    Object.assign(this.scene, this.painted(this.scene.payload, look));
    this.crowd?.repaint(look, this.ratio);
    this.pane?.redraw();
  }

  select(record: number): void {
    if (this.selectedRecord === record) return;
    this.selectedRecord = record;
    this.selectedMarks = this.marksOf(record);
    this.pane?.redraw();
  }

  get selected(): number {
    return this.selectedRecord;
  }

  /** The marks of the present window; filtered now if a change is waiting for its frame. */
  current(): Visible | null {
    if (this.scene !== null && this.visible !== null && this.stale) {
      if (this.crowd) this.crowd.move(this.mask, this.span);
      else filterMarks(this.scene.payload, this.mask, this.span, this.visible);
      this.stale = false;
      this.gridStale = true;
      if (this.crowd === null || this.recount) this.tell(this.tallies);
      else for (const tally of this.tallies) tally.settle();
      this.recount = false;
      this.onCounts(this.visible);
    }
    return this.visible;
  }

  /** Bounds of the visible marks, or null when there are none. */
  bounds(): L.LatLngBounds | null {
    const visible = this.current();
    if (this.scene === null || visible === null || visible.count === 0) return null;
    const { lon, lat } = this.scene.payload;
    let west = 180;
    let east = -180;
    let south = 90;
    let north = -90;
    for (let i = 0; i < lon.length; i++) {
      if (visible.grade[i] === HIDDEN) continue;
      west = Math.min(west, lon[i]!);
      east = Math.max(east, lon[i]!);
      south = Math.min(south, lat[i]!);
      north = Math.max(north, lat[i]!);
    }
    return L.latLngBounds([south, west], [north, east]);
  }

  /** The mark that stands for a record: a visible one if there is any, else its first; -1 without marks. */
  markOf(record: number): number {
    if (this.scene === null || record < 0) return -1;
    const visible = this.current();
    const marks = record === this.selectedRecord ? this.selectedMarks : this.marksOf(record);
    return marks.find((i) => visible !== null && visible.grade[i] !== HIDDEN) ?? marks[0] ?? -1;
  }

  private marksOf(record: number): number[] {
    const out: number[] = [];
    if (this.scene === null || record < 0) return out;
    const column = this.scene.payload.record;
    for (let i = 0; i < column.length; i++) if (column[i] === record) out.push(i);
    return out;
  }

  closeFan(): boolean {
    if (this.fan === null) return false;
    this.fan = null;
    this.hover(-1);
    this.pane?.redraw();
    return true;
  }

  private refresh(): void {
    this.stale = true;
    if (this.pane === null || this.pane.shown) this.pane?.redraw();
    // Hidden, it draws nothing, but the layers that count by it follow the clock all the same.
    else if (this.asked === 0) {
      this.asked = requestAnimationFrame(() => {
        this.asked = 0;
        this.current();
      });
    }
  }

  private draw(frame: Frame): void {
    if (this.scene === null) return;
    if (frame.ratio !== this.ratio) this.repaint();
    const visible = this.current();
    if (visible === null) return;
    this.gridStale = true;
    const { scene } = this;
    if (!this.crowd?.draw(visible, frame)) {
      draw.drawSigns(scene, visible, frame, this.selectedRecord, this.fan !== null);
    }
    if (this.selectedRecord >= 0) {
      draw.drawSelected(scene, visible, frame, this.selectedMarks, this.look().accent);
    }
    if (this.fan !== null) {
      drawFan(scene, visible, frame, this.fan, this.look().ink, this.hovered);
    } else if (this.hovered >= 0 && visible.grade[this.hovered] !== HIDDEN) {
      this.drawHovered(scene, visible, frame, this.hovered);
    } else if (this.hoveredCell >= 0) this.drawCellRim(frame, this.hoveredCell);
  }

  private drawHovered(scene: draw.Scene, visible: Visible, frame: Frame, mark: number): void {
    const scale = worldSize(frame.zoom);
    if (scene.ringOf[mark] !== draw.RING_NONE) draw.drawRing(scene, frame, mark, true);
    const px = scene.at.x[mark]! * scale - frame.left;
    const py = scene.at.y[mark]! * scale - frame.top;
    draw.drawSign(scene, frame, mark, visible.grade[mark] === CERTAIN ? 1 : 0, px, py, 1.25);
  }

  private drawCellRim({ ctx, left, top }: Frame, cell: number): void {
    const cells = this.crowd?.cells;
    const marks = cells?.total[cell] ?? 0;
    if (cells === undefined || marks < 2) return;
    ctx.beginPath();
    ctx.arc(cells.worldX(cell) - left, cells.worldY(cell) - top, radiusOf(marks) + 2, 0, Math.PI * 2);
    ctx.strokeStyle = this.look().accent;
    ctx.lineWidth = 2.5;
    ctx.stroke();
  }

  private hits(point: L.Point, reach: number): number[] {
    const frame = this.pane?.drawn;
    const visible = this.current();
    if (!frame || this.scene === null || visible === null) return [];
    if (this.gridStale) {
      const { x, y } = this.scene.at;
      const scale = worldSize(frame.zoom);
      this.grid.build(
        visible.index,
        visible.listed,
        x,
        y,
        scale,
        frame.left,
        frame.top,
        frame.width,
        frame.height,
      );
      this.gridStale = false;
    }
    return this.grid.near(point.x, point.y, reach);
  }

  /** One mark per record among the marks that share the spot of the first. */
  private spot(hits: number[]): number[] {
    const frame = this.pane?.drawn;
    if (!frame || this.scene === null || hits.length === 0) return [];
    const scale = worldSize(frame.zoom);
    const { x, y } = this.scene.at;
    const head = hits[0]!;
    return this.onePerRecord(
      hits.filter((i) => Math.hypot(x[i]! - x[head]!, y[i]! - y[head]!) * scale <= SPOT),
    );
  }

  private onePerRecord(marks: number[]): number[] {
    const { record } = this.scene!.payload;
    const seen = new Set<number>();
    return marks.filter((i) => !seen.has(record[i]!) && seen.add(record[i]!));
  }

  get shown(): boolean {
    return this.pane?.shown ?? false;
  }

  click(event: L.LeafletMouseEvent, touch: boolean): Hit {
    if (this.scene === null || this.pane?.drawn == null || !this.shown) return null;
    const { payload, at } = this.scene;
    const point = event.containerPoint;
    if (this.fan !== null) {
      const mark = fanAt(this.fan, this.pane.drawn, point.x, point.y);
      if (mark >= 0) return { record: payload.record[mark]! };
      this.closeFan();
    }
    const cell = this.cellUnder(point, touch ? 6 : 1);
    if (payload.weight !== null) {
      // Its records are not here: nearer, they can be asked for.
      if (cell >= 0)
        this._map.setView(event.latlng, Math.min(this._map.getZoom() + 2, this._map.getMaxZoom()));
      return cell >= 0 ? "taken" : null;
    }
    let marks: number[];
    if (cell >= 0) {
      const inside = this.crowd!.cells.marksOf(cell, this.visible!.grade);
      if (this.goInto(inside)) return "taken";
      marks = this.onePerRecord(inside);
    } else {
      marks = this.spot(this.hits(point, touch ? NEAR_TOUCH : NEAR));
    }
    if (marks.length === 0) return null;
    if (marks.length === 1) return { record: payload.record[marks[0]!]! };
    if (marks.length > MOST && this._map.getZoom() + 2 <= this._map.getMaxZoom() && !this.oneSpot(marks)) {
      this._map.setView(event.latlng, this._map.getZoom() + 2);
    } else {
      this.fan = makeFan(marks, at.x[marks[0]!]!, at.y[marks[0]!]!);
      this.hover(-1);
      this.pane.redraw();
    }
    return "taken";
  }

  private cellUnder(point: L.Point, reach: number): number {
    const frame = this.pane?.drawn;
    return frame && this.crowd?.counted ? this.crowd.cells.under(frame, point.x, point.y, reach) : -1;
  }

  /** A click on a cell goes nearer, unless its marks stand on one spot or the map goes no nearer. */
  private goInto(marks: number[]): boolean {
    const { lon, lat } = this.scene!.payload;
    if (marks.length < 2 || this._map.getZoom() >= this._map.getMaxZoom() || this.oneSpot(marks))
      return false;
    const bounds = L.latLngBounds(marks.map((i) => [lat[i]!, lon[i]!]));
    const zoom = Math.max(this._map.getZoom() + 1, this._map.getBoundsZoom(bounds.pad(0.1)));
    this._map.setView(bounds.getCenter(), Math.min(zoom, this._map.getMaxZoom()));
    return true;
  }

  private oneSpot(marks: number[]): boolean {
    const { x, y } = this.scene!.at;
    return marks.every((i) => Math.hypot(x[i]! - x[marks[0]!]!, y[i]! - y[marks[0]!]!) < 1e-6);
  }

  /** What lies under the pointer, if it is of this layer. */
  point(event: L.LeafletMouseEvent): Hover | null {
    if (this.pane?.drawn == null || !this.shown) return null;
    const point = event.containerPoint;
    if (this.fan !== null) {
      const mark = fanAt(this.fan, this.pane.drawn, point.x, point.y);
      this.hover(mark);
      return mark < 0 ? null : { mark, here: 1, x: point.x, y: point.y };
    }
    const cell = this.cellUnder(point, 1);
    const cells = this.crowd?.cells;
    if (cells !== undefined && cell >= 0 && cells.total[cell]! > 1) {
      this.hover(-1, cell);
      return { mark: -1, here: 1, cell: cells.countOf(cell), x: point.x, y: point.y };
    }
    const marks = cell < 0 ? this.spot(this.hits(point, NEAR)) : [cells!.lone[cell]!];
    const mark = marks[0] ?? -1;
    this.hover(mark);
    return mark < 0 ? null : { mark, here: marks.length, x: point.x, y: point.y };
  }

  /** The pointer is elsewhere. */
  leave(): void {
    this.hover(-1);
  }

  private hover(mark: number, cell = -1): void {
    if (mark === this.hovered && cell === this.hoveredCell) return;
    this.hovered = mark;
    this.hoveredCell = cell;
    this.pane?.redraw();
  }
}
