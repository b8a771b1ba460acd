// The brush over the histogram: two handles (sliders for keyboard and screen reader) and the stretch
// between them, which can be dragged as a whole. Dragging on bare ground draws a new window.
import { el } from "./dom.ts";
import { closed, moveEnd, opened, slideTo, type Domain } from "./clock-logic.ts";
import { toIso } from "./days.ts";
import type { Span } from "./filter.ts";
import type { Labels } from "./labels.ts";

export interface BrushHost {
  domain(): Domain;
  span(): Span;
  onGrab(): void;
  onSpan(span: Span): void;
  onRest(): void;
}

type Part = "from" | "to" | "middle" | "new";

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
  private readonly ends: { from: HTMLElement; to: HTMLElement };
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
  endOf(target: HTMLElement): "from" | "to" | null {
    if (target === this.ends.from) return "from";
    return target === this.ends.to ? "to" : null;
  }

  resize(width: number): void {
    this.width = width;
    this.show();
  }

  show(): void {
    const domain = this.host.domain();
    const span = this.host.span();
    const { from, to } = closed(span, domain);
    const { width } = this;
    const left = this.pixel(from, domain, width);
    const right = this.pixel(to, domain, width);
    this.ends.from.style.transform = `translateX(${left}px)`;
    this.ends.to.style.transform = `translateX(${right}px)`;
    this.middle.style.transform = `translateX(${left}px)`;
    this.middle.style.width = `${Math.max(1, right - left)}px`;
    this.shades[0].style.width = `${left}px`;
    this.shades[1].style.width = `${Math.max(0, width - right)}px`;
    this.track.classList.toggle("atlas-whole", span.from === null && span.to === null);
    this.describe("from", from, span, domain);
    this.describe("to", to, span, domain);
  }

  private handle(which: "from" | "to", label: string): HTMLElement {
    const node = el("div", `atlas-handle atlas-handle-${which}`, {
      role: "slider",
      tabindex: "0",
      "aria-label": label,
      "aria-orientation": "horizontal",
    });
    node.append(el("div", "atlas-grip"));
    return node;
  }

  private describe(which: "from" | "to", day: number, span: Span, domain: Domain): void {
    const node = this.ends[which];
    const open = which === "from" ? this.labels.openStart : this.labels.openEnd;
    node.setAttribute("aria-valuemin", String(domain.lo));
    node.setAttribute("aria-valuemax", String(domain.hi));
    node.setAttribute("aria-valuenow", String(day));
    const set = span[which];
    node.setAttribute("aria-valuetext", set === null ? open : toIso(set));
  }

  private pixel(day: number, domain: Domain, width: number): number {
    return ((day - domain.lo) / (domain.hi - domain.lo)) * width;
  }

  private day(event: PointerEvent): number {
    const box = this.track.getBoundingClientRect();
    const domain = this.host.domain();
    const part = (event.clientX - box.left) / Math.max(1, box.width);
    return Math.round(domain.lo + part * (domain.hi - domain.lo));
  }

  private partAt(event: PointerEvent): Part {
    const target = event.target as HTMLElement;
    const end = this.endOf(target.closest<HTMLElement>(".atlas-handle") ?? target);
    if (end !== null) {
      const { from, to } = closed(this.host.span(), this.host.domain());
      const { width } = this;
      const domain = this.host.domain();
      const apart = this.pixel(to, domain, width) - this.pixel(from, domain, width);
      // Handles that lie on each other: the side of the pointer says which one is meant.
      if (apart < 8) return this.day(event) < (from + to) / 2 ? "from" : "to";
      return end;
    }
    const span = this.host.span();
    if (target === this.middle && !(span.from === null && span.to === null)) return "middle";
    return "new";
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0 || this.drag !== null) return;
    this.host.onGrab();
    const part = this.partAt(event);
    const span = this.host.span();
    this.drag = {
      part,
      pointer: event.pointerId,
      day: this.day(event),
      x: event.clientX,
      span,
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
    const domain = this.host.domain();
    const day = this.day(event);
    const start = closed(drag.span, domain);
    const shift = day - drag.day;
    if (drag.part === "from") this.host.onSpan(moveEnd(drag.span, "from", start.from + shift, domain));
    else if (drag.part === "to") this.host.onSpan(moveEnd(drag.span, "to", start.to + shift, domain));
    else if (drag.part === "middle") this.host.onSpan(slideTo(drag.span, start.from + shift, domain));
    else {
      const hold = (value: number): number => Math.min(domain.hi, Math.max(domain.lo, value));
      const ends = { from: hold(Math.min(drag.day, day)), to: hold(Math.max(drag.day, day)) };
      this.host.onSpan(opened(ends, domain));
    }
  }

  private onUp(event: PointerEvent): void {
    const drag = this.drag;
    if (drag === null || event.pointerId !== drag.pointer) return;
    this.drag = null;
    this.track.classList.remove("atlas-dragging");
    if (this.track.hasPointerCapture(event.pointerId)) this.track.releasePointerCapture(event.pointerId);
    if (drag.moved) this.host.onRest();
    else if (drag.part === "new" && event.type === "pointerup") this.click(drag);
  }

  /** A click on bare ground brings the nearer end there. */
  private click(drag: Drag): void {
    const domain = this.host.domain();
    const { from, to } = closed(drag.span, domain);
    const nearStart = drag.span.from !== null && Math.abs(drag.day - from) < Math.abs(drag.day - to);
    this.host.onSpan(moveEnd(drag.span, nearStart ? "from" : "to", drag.day, domain));
    this.host.onRest();
  }
}
