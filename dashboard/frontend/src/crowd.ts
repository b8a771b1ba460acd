// What the layer keeps for a payload of many marks: the clock's index, the counted cells, and the choice
// between cells and single signs. Small payloads have none of it and look as they always did.
import { beginPixels, endPixels, pixelsTurn } from "./blit.ts";
import type { Frame } from "./canvas-pane.ts";
import { Cells } from "./cells.ts";
import { makeDiscs, paintCells, type Discs } from "./discs.ts";
import type { Scene } from "./draw.ts";
import type { Span, Visible } from "./filter.ts";
import type { Palette } from "./glyphs.ts";
import { TimeIndex, type Sink } from "./index.ts";
import { MANY } from "./order.ts";
import { fork } from "./tally.ts";

// Two limits, so that a clock that plays does not flicker between cells and signs.
const COUNT_ABOVE = MANY;
const SIGNS_BELOW = 4500;
/** After the first picture, and before a hand is likely to be on the clock. */
const REST_MS = 300;

export class Crowd {
  readonly cells: Cells;
  /** Whether the last frame showed cells. */
  counted = false;
  private readonly index: TimeIndex;
  private discs: Discs | null = null;
  private turn = -1;
  private painted = -1;
  private left = 0;
  private top = 0;

  constructor(
    private readonly scene: Scene,
    visible: Visible,
  ) {
    this.cells = new Cells(scene.payload, scene.at);
    this.index = new TimeIndex(scene.payload, visible);
    this.index.sink = this.cells;
    window.setTimeout(() => this.index.prepare(), REST_MS);
  }

  /** Who else is told of each mark that changes. */
  listen(others: readonly Sink[]): void {
    this.index.sink = others.length === 0 ? this.cells : fork([this.cells, ...others]);
  }

  repaint(palette: Palette, ratio: number): void {
    this.discs = makeDiscs(this.scene.colours, palette, ratio);
    this.turn = -1;
  }

  move(mask: Uint8Array | null, span: Span): void {
    this.index.move(mask, span);
  }

  /** Counts the view's surroundings if need be, then paints cells, or lists the signs to draw and says false. */
  draw(visible: Visible, frame: Frame): boolean {
    const { cells, scene, discs } = this;
    if (!cells.covers(frame)) cells.build(frame, visible.grade);
    // Marks that stand for many are never drawn as if each were one.
    const always = scene.payload.weight !== null;
    this.counted = always || cells.inside > (this.counted ? SIGNS_BELOW : COUNT_ABOVE);
    if (!this.counted || discs === null) {
      visible.listed = cells.shown(visible.grade, visible.index);
      return false;
    }
    visible.listed = 0;
    const moved = frame.left !== this.left || frame.top !== this.top;
    // A pointer that hovers asks for frames in which no mark has changed: the pixels are still there.
    if (moved || this.painted !== cells.version || this.turn !== pixelsTurn(frame)) {
      const words = beginPixels(frame);
      paintCells(words, frame, cells, discs, scene.sheet, scene.at, visible.grade);
      this.turn = pixelsTurn(frame);
      this.painted = cells.version;
      this.left = frame.left;
      this.top = frame.top;
    }
    endPixels(frame);
    return true;
  }
}
