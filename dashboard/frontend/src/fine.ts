// The single records of a large layer: asked for when the view comes to rest on few enough of them, shown
// instead of its counts as long as view and window lie inside what was asked for. Where they are too many and
// the counts of the whole world are too coarse for the view, the answer is counts in smaller cells.
import type { Span } from "./filter.ts";
import { TimeLayer, type LayerLook } from "./layer.ts";
import { parsePayload, type Payload } from "./payload.ts";
import { ALWAYS, covers, includes, widened, wishFor, type Box, type Wish } from "./window.ts";

const REST_MS = 250;
const REFUSED = 12;

/** A wish and the number that its answer will bear. */
export interface Ask extends Wish {
  number: number;
}

export class Fine {
  readonly layer: TimeLayer;
  payload: Payload | null = null;
  private got: Wish | null = null;
  private asked: Ask | null = null;
  /** More than could be given singly lay there, or it could not be brought: not asked for again. */
  private refused: Wish[] = [];
  private number = 0;
  private timer = 0;

  constructor(
    look: () => LayerLook,
    name: string,
    /** Null takes the last wish back. */
    private readonly ask: (ask: Ask | null) => void,
  ) {
    this.layer = new TimeLayer(look, () => {}, name);
  }

  holds(view: Box, span: Span): boolean {
    return this.got !== null && covers(this.got, view, span);
  }

  /** The view or the window is another one: asks, once both are at rest, for what is shown best there. */
  consider(counts: Payload, view: Box, span: Span, coarse: boolean): void {
    clearTimeout(this.timer);
    const shown = this.holds(view, span);
    if (shown && this.payload?.weight === null) return this.forgo();
    if (this.asked !== null && covers(this.asked, view, span)) return;
    this.forgo();
    this.timer = window.setTimeout(() => {
      // Smaller cells say better how many there are; where they are here, only single records are more.
      const known = shown && this.payload !== null ? this.payload : counts;
      const smaller: Wish | null = coarse && !shown ? { box: widened(view), span: ALWAYS } : null;
      const wish = wishFor(known, view, span, this.refused) ?? smaller;
      if (wish === null || (wish === smaller && includes(this.refused, wish))) return;
      this.asked = { ...wish, number: ++this.number };
      this.ask(this.asked);
    }, REST_MS);
  }

  /** What is shown needs no other answer. */
  forgo(): void {
    clearTimeout(this.timer);
    if (this.asked === null) return;
    this.asked = null;
    this.ask(null);
  }

  /** Says whether the answer was waited for; one that comes too late is not. */
  receive(number: number, buffer: ArrayBuffer | null, colour: string): boolean {
    if (this.asked === null || this.asked.number !== number) return false;
    const { box, span } = this.asked;
    this.asked = null;
    const payload = buffer === null ? null : parsePayload(buffer);
    if (payload === null || payload.cut) this.refused = [{ box, span }, ...this.refused].slice(0, REFUSED);
    // Counts that are here already, of a larger part.
    const known = this.payload !== null && this.got !== null && covers(this.got, box, span);
    if (payload === null || (payload.cut && known)) return true;
    payload.kinds = payload.kinds.map((kind) => ({ ...kind, colour }));
    this.payload = payload;
    this.got = { box, span };
    this.layer.setPayload(payload, null);
    return true;
  }

  forget(): void {
    this.forgo();
    this.got = this.payload = null;
    this.refused = [];
  }
}
