// The brush over the histogram: two handles (sliders for keyboard and screen reader) and the stretch
// between them, which can be dragged as a whole. Dragging on bare ground draws a new window.
import { el } from "./dom.ts";
import { isWhole } from "./axis.ts";
import { closed, held, moveEnd, opened, slideTo, type Domain } from "./clock-logic.ts";
import { snapDay, toIso, type Snap } from "./days.ts";
import type { Span } from "./filter.ts";
import type { Labels } from "./labels.ts";

export interface BrushHost {
  domain(): Domain;
  /** The part of the domain on the screen. */
  axis(): Domain;
  span(): Span;
  snap(): Snap;
  /** As of a day: one handle, and every drag moves it. */
  single(): boolean;
  onGrab(): void;
  onSpan(span: Span): void;
  onRest(): void;
}

type End = "from" | "to";
type Part = End | "middle" | "new";

interface Drag {
  part: Part;
  pointer: number;
  /** Day under the pointer when it went down. */
  day: number;
  x: number;
  span: Span;
  moved: boolean;
}

export class Brush {
  private readonly ends: Record<End, HTMLElement>;
  private readonly middle: HTMLElement;
  private readonly shades: [HTMLElement, HTMLElement];
  private drag: Drag | null = null;
  /** Kept, because reading it anew at every frame of playing would force a layout. */
  private width = 0;

  constructor(
    private readonly track: HTMLElement,
    private readonly labels: Labels,
    private readonly host: BrushHost,
  ) {
    this.middle = el("div", "atlas-middle", { title: labels.windowMiddle });
    this.shades = [el("div", "atlas-shade"), el("div", "atlas-shade")];
    this.ends = { from: this.handle("from", labels.windowStart), to: this.handle("to", labels.windowEnd) };
    track.append(this.middle, ...this.shades, this.ends.from, this.ends.to);
    track.addEventListener("pointerdown", (event) => this.onDown(event));
    track.addEventListener("pointermove", (event) => this.onMove(event));
    track.addEventListener("pointerup", (event) => this.onUp(event));
    track.addEventListener("pointercancel", (event) => this.onUp(event));
    track.addEventListener("lostpointercapture", (event) => this.onUp(event));
  }

  get dragging(): boolean {
    return this.drag !== null;
  }

  /** Which end an element is the handle of. */
  endOf(target: HTMLElement): End | null {
    if (target === this.ends.from) return "from";
    return target === this.ends.to ? "to" : null;
  }

  resize(width: number): void {
    this.width = width;
    this.show();
  }

  /** Gives up a drag; the window is again what it was. */
  cancel(): boolean {
    const { drag } = this;
    if (drag === null) return false;
    this.end(drag);
    this.host.onSpan(drag.span);
    this.host.onRest();
    return true;
  }

  showLocks(locks: Record<End, boolean>): void {
    for (const which of ["from", "to"] as const) {
      this.ends[which].classList.toggle("atlas-locked", locks[which]);
      this.ends[which].setAttribute("aria-disabled", String(locks[which]));
    }
  }

  show(): void {
    const domain = this.host.domain();
    const axis = this.host.axis();
    const span = this.host.span();
    const single = this.host.single();
    const { from, to } = closed(span, domain);
    const { width } = this;
    const left = Math.min(width, Math.max(0, this.pixel(from)));
    const right = Math.min(width, Math.max(0, this.pixel(to)));
    this.ends.from.style.transform = `translateX(${left}px)`;
    this.ends.to.style.transform = `translateX(${right}px)`;
    this.middle.style.transform = `translateX(${left}px)`;
    this.middle.style.width = `${Math.max(1, right - left)}px`;
    this.shades[0].style.width = `${left}px`;
    this.shades[1].style.width = `${Math.max(0, width - right)}px`;
    this.track.classList.toggle("atlas-whole", span.from === null && span.to === null);
    this.ends.from.hidden = single;
    // A handle beyond the axis waits, faint, at its edge.
    this.ends.from.classList.toggle("atlas-beyond", from < axis.lo || from > axis.hi);
    this.ends.to.classList.toggle("atlas-beyond", to < axis.lo || to > axis.hi);
    this.describe("from", from, span, domain);
    this.describe("to", to, span, domain);
  }

  private handle(which: End, label: string): HTMLElement {
    const node = el("div", `atlas-handle atlas-handle-${which}`, {
      role: "slider",
      tabindex: "0",
      "aria-label": label,
      "aria-orientation": "horizontal",
    });
    node.append(el("div", "atlas-grip"));
    return node;
  }

  private describe(which: End, day: number, span: Span, domain: Domain): void {
    const node = this.ends[which];
    const open = which === "from" ? this.labels.openStart : this.labels.openEnd;
    node.setAttribute("aria-valuemin", String(domain.lo));
    node.setAttribute("aria-valuemax", String(domain.hi));
    node.setAttribute("aria-valuenow", String(day));
    const set = span[which];
    node.setAttribute("aria-valuetext", set === null ? open : toIso(set));
  }

  private pixel(day: number): number {
    const axis = this.host.axis();
    return ((day - axis.lo) / (axis.hi - axis.lo)) * this.width;
  }

  /** The day under the pointer. */
  dayAt(clientX: number): number {
    const box = this.track.getBoundingClientRect();
    const axis = this.host.axis();
    const part = (clientX - box.left) / Math.max(1, box.width);
    return Math.round(axis.lo + part * (axis.hi - axis.lo));
  }

  private partAt(event: PointerEvent): Part {
    if (this.host.single()) return "to";
    const target = event.target as HTMLElement;
    const end = this.endOf(target.closest<HTMLElement>(".atlas-handle") ?? target);
    const span = this.host.span();
    if (end !== null) {
      const { from, to } = closed(span, this.host.domain());
      // Handles that lie on each other: the side of the pointer says which one is meant.
      if (this.pixel(to) - this.pixel(from) < 8) {
        return this.dayAt(event.clientX) < (from + to) / 2 ? "from" : "to";
      }
      return end;
    }
    if (target === this.middle && !(span.from === null && span.to === null)) return "middle";
    return "new";
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0 || this.drag !== null) return;
    this.host.onGrab();
    const part = this.partAt(event);
    this.drag = {
      part,
      pointer: event.pointerId,
      day: this.dayAt(event.clientX),
      x: event.clientX,
      span: this.host.span(),
      moved: false,
    };
    this.track.setPointerCapture(event.pointerId);
    this.track.classList.add("atlas-dragging");
    // The pointer's focus goes to the end it moves, so that the keyboard continues from there.
    this.ends[part === "from" ? "from" : "to"].focus({ preventScroll: true });
    event.preventDefault();
  }

  private onMove(event: PointerEvent): void {
    const drag = this.drag;
    if (drag === null || event.pointerId !== drag.pointer) return;
    if (!drag.moved && Math.abs(event.clientX - drag.x) < 2) return;
    drag.moved = true;
    this.host.onSpan(
      this.dragged(drag, this.dayAt(event.clientX), event.shiftKey ? "day" : this.host.snap()),
    );
  }

  private dragged(drag: Drag, day: number, snap: Snap): Span {
    const domain = this.host.domain();
    const axis = this.host.axis();
    const start = closed(drag.span, domain);
    // From a handle that waits at the edge the pointer itself counts, not the distance from the grip.
    const onAxis = (value: number): number => (value < axis.lo || value > axis.hi ? drag.day : value);
    const put = (value: number, side: "start" | "end"): number => {
      const there = isWhole(axis, domain) ? value : held(value, axis);
      // The edge of the clock stays in reach: there an end is open.
      return there <= domain.lo || there >= domain.hi ? there : snapDay(there, snap, side);
    };
    const shift = day - drag.day;
    switch (drag.part) {
      case "from":
        return moveEnd(drag.span, "from", put(onAxis(start.from) + shift, "start"), domain);
      case "to":
        return moveEnd(drag.span, "to", put(onAxis(start.to) + shift, "end"), domain);
      case "middle":
        return slideTo(drag.span, snapDay(start.from + shift, snap, "start"), domain);
      case "new": {
        const ends = { from: put(Math.min(drag.day, day), "start"), to: put(Math.max(drag.day, day), "end") };
        return opened({ from: held(ends.from, domain), to: held(ends.to, domain) }, domain);
      }
    }
  }

  private end(drag: Drag): void {
    this.drag = null;
    this.track.classList.remove("atlas-dragging");
    if (this.track.hasPointerCapture(drag.pointer)) this.track.releasePointerCapture(drag.pointer);
  }

  private onUp(event: PointerEvent): void {
    const drag = this.drag;
    if (drag === null || event.pointerId !== drag.pointer) return;
    this.end(drag);
    if (drag.moved) this.host.onRest();
    else if (event.type === "pointerup") this.click(drag, event);
  }

  /** A click on bare ground brings the nearer end there; as of a day, any click its day. */
  private click(drag: Drag, event: PointerEvent): void {
    const onHandle = (event.target as HTMLElement).closest(".atlas-handle") !== null;
    const single = this.host.single() && !onHandle;
    if (drag.part !== "new" && !single) return;
    const domain = this.host.domain();
    const { from, to } = closed(drag.span, domain);
    const nearStart =
      !single && drag.span.from !== null && Math.abs(drag.day - from) < Math.abs(drag.day - to);
    const which = nearStart ? "from" : "to";
    const day = snapDay(drag.day, event.shiftKey ? "day" : this.host.snap(), nearStart ? "start" : "end");
    const span = single ? { from: null, to: drag.span.to } : drag.span;
    this.host.onSpan(moveEnd(span, which, day, domain));
    this.host.onRest();
  }
}
