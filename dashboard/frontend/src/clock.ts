// The clock under the map: histogram, brush, typed dates, steps and playing. It owns the span of time
// and tells its listener; what a span means for the marks is not its business.
import { button, el, select, setIcon, span as textSpan } from "./dom.ts";
import * as logic from "./clock-logic.ts";
import { addUnits, fromTyped, toIso, type Unit } from "./days.ts";
import { ordered, type Span } from "./filter.ts";
import { countBins, paintHistogram, type Bins, type HistogramColours } from "./histogram.ts";
import type { Labels } from "./labels.ts";
import type { Payload } from "./payload.ts";
import { Brush } from "./brush.ts";

const AXIS = 18;
const BAR = 4;

export interface ClockListener {
  /** At every change, also amid a drag or while playing. */
  onSpan(span: Span): void;
  /** When the person has let go, or playing has stopped. */
  onRest(): void;
}

export class Clock {
  readonly root: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly track: HTMLElement;
  private readonly brush: Brush;
  private readonly inputs: { from: HTMLInputElement; to: HTMLInputElement };
  private readonly unit: HTMLSelectElement;
  private readonly speed: HTMLSelectElement;
  private readonly playButton: HTMLButtonElement;
  private readonly modeButton: HTMLButtonElement;
  private readonly counter: HTMLElement;
  private readonly observer: ResizeObserver;
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");

  private span: Span = { from: null, to: null };
  private mode: logic.Mode = "cumulative";
  private domain: logic.Domain = logic.domainOf(null, Math.floor(Date.now() / 86400000));
  private payload: Payload | null = null;
  private mask: Uint8Array | null = null;
  private dates: logic.Dates | null = null;
  private bins: Bins | null = null;
  private binsFor = -1;
  private asked = 0;
  private width = 0;
  private height = 0;
  private playing: logic.Playing | null = null;
  private frame = 0;
  private timer = 0;
  private before = 0;

  constructor(
    private readonly labels: Labels,
    private readonly colours: () => HistogramColours,
    private readonly listener: ClockListener,
  ) {
    this.root = el("section", "atlas-clock", { role: "group", "aria-label": labels.clock });
    const bar = el("div", "atlas-bar");
    this.playButton = button(labels.play, "play", () => this.toggle());
    this.playButton.classList.add("atlas-play");
    this.unit = select(labels.stepUnit, [
      ["day", labels.day],
      ["month", labels.month],
      ["year", labels.year],
    ]);
    this.unit.value = "month";
    this.speed = select(labels.speed, [
      ["0.5", "0.5×"],
      ["1", "1×"],
      ["2", "2×"],
      ["4", "4×"],
    ]);
    this.speed.value = "1";
    this.inputs = { from: this.input("from", labels.fromDate), to: this.input("to", labels.toDate) };
    this.modeButton = button(labels.cumulative, "cumulative", () => this.toggleMode());
    this.counter = el("output", "atlas-counter", { "aria-live": "off" });
    const group = (name: string, ...nodes: HTMLElement[]): void => {
      const box = el("div", `atlas-group atlas-group-${name}`);
      box.append(...nodes);
      bar.append(box);
    };
    group(
      "play",
      button(labels.previousRecord, "previous", () => this.jump(-1)),
      button(labels.stepBack, "back", () => this.step(-1)),
      this.playButton,
      button(labels.stepForward, "forward", () => this.step(1)),
      button(labels.nextRecord, "next", () => this.jump(1)),
    );
    group("dates", this.inputs.from, textSpan("atlas-dash", "–"), this.inputs.to);
    group(
      "how",
      this.unit,
      this.speed,
      this.modeButton,
      button(labels.fit, "fit", () => this.fit()),
      button(labels.all, "all", () => this.change({ from: null, to: null }, true)),
    );
    bar.append(this.counter);
    this.track = el("div", "atlas-track");
    this.canvas = el("canvas", "atlas-histogram", { "aria-hidden": "true" });
    this.track.append(this.canvas);
    this.brush = new Brush(this.track, labels, {
      domain: () => this.domain,
      span: () => this.span,
      onGrab: () => this.stop(false),
      onSpan: (span) => this.change(span, false),
      onRest: () => this.listener.onRest(),
    });
    this.root.append(bar, this.track);
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.track);
    this.show();
  }

  destroy(): void {
    this.stop(false);
    this.observer.disconnect();
    cancelAnimationFrame(this.asked);
    this.root.remove();
  }

  get value(): Span {
    return this.span;
  }

  get busy(): boolean {
    return this.brush.dragging;
  }

  get isPlaying(): boolean {
    return this.playing !== null;
  }

  setData(payload: Payload, mask: Uint8Array | null): void {
    this.payload = payload;
    this.domain = logic.domainOf(payload.span, Math.floor(Date.now() / 86400000));
    this.setMask(mask);
  }

  setMask(mask: Uint8Array | null): void {
    this.mask = mask;
    this.dates = this.payload ? logic.datesOf(this.payload, mask) : null;
    this.binsFor = -1;
    this.show();
  }

  /** Set from outside (Python, a test): never answered with onRest. */
  setSpan(span: Span, chooseMode = false): void {
    this.stop(false);
    this.span = ordered(span);
    if (chooseMode) this.setMode(this.span.from === null ? "cumulative" : "window");
    this.show();
    this.listener.onSpan(this.span);
  }

  setCount(text: string): void {
    this.counter.textContent = text;
  }

  private resize(): void {
    this.width = this.track.clientWidth;
    this.height = this.track.clientHeight;
    this.brush.resize(this.width);
    this.redraw();
  }

  redraw(): void {
    if (this.asked === 0) this.asked = requestAnimationFrame(() => this.paint());
  }

  private input(which: "from" | "to", label: string): HTMLInputElement {
    const node = el("input", "atlas-date", {
      type: "text",
      "aria-label": label,
      title: `${label}. ${this.labels.noDate}`,
      placeholder: which === "from" ? this.labels.openStart : this.labels.openEnd,
      maxlength: "10",
      autocomplete: "off",
      spellcheck: "false",
      inputmode: "text",
    });
    node.addEventListener("input", () => {
      const bad =
        node.value.trim() !== "" && fromTyped(node.value, which === "from" ? "start" : "end") === null;
      node.setAttribute("aria-invalid", String(bad));
    });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.typed(which);
      if (event.key === "Escape") this.restore(which);
    });
    node.addEventListener("blur", () => {
      this.typed(which);
      this.restore(which);
    });
    return node;
  }

  private typed(which: "from" | "to"): void {
    const text = this.inputs[which].value.trim();
    const day = text === "" ? null : fromTyped(text, which === "from" ? "start" : "end");
    if (text !== "" && day === null) return;
    if (day === this.span[which]) return this.restore(which);
    // A start typed after the end is taken at its word: the two change places.
    this.change(ordered({ ...this.span, [which]: day }), true);
    this.restore("from");
    this.restore("to");
  }

  private restore(which: "from" | "to"): void {
    const day = this.span[which];
    this.inputs[which].value = day === null ? "" : toIso(day);
    this.inputs[which].setAttribute("aria-invalid", "false");
  }

  private change(span: Span, rest: boolean): void {
    if (rest) this.stop(false);
    this.span = span;
    this.show();
    this.listener.onSpan(span);
    if (rest) this.listener.onRest();
  }

  private step(direction: number): void {
    this.change(logic.stepBy(this.span, this.mode, direction, this.unit.value as Unit, this.domain), true);
  }

  private jump(direction: number): void {
    if (this.dates === null) return;
    const find = direction > 0 ? logic.nextDay : logic.previousDay;
    const day = find(this.dates.records, this.span.to);
    if (day !== null) this.change(logic.endAt(this.span, this.mode, day, this.domain), true);
  }

  private fit(): void {
    if (this.dates === null || this.dates.first === null) return;
    this.change({ from: this.dates.first, to: this.dates.last }, true);
  }

  private setMode(mode: logic.Mode): void {
    this.mode = mode;
    const cumulative = mode === "cumulative";
    setIcon(
      this.modeButton,
      cumulative ? this.labels.cumulative : this.labels.moving,
      cumulative ? "cumulative" : "moving",
    );
    this.modeButton.setAttribute("aria-pressed", String(cumulative));
    this.root.dataset["mode"] = mode;
  }

  private toggleMode(): void {
    if (this.mode === "window") {
      this.setMode("cumulative");
      this.change({ from: null, to: this.span.to }, true);
      return;
    }
    this.setMode("window");
    const { from, to } = logic.closed(this.span, this.domain);
    const whole = this.domain.hi - this.domain.lo;
    // A moving window as wide as everything cannot move: it becomes a tenth, at the same end.
    if (this.span.from === null && to - from > whole / 10) {
      this.change({ from: Math.round(to - whole / 10), to: this.span.to }, true);
    }
  }

  toggle(): void {
    if (this.playing) this.stop(true);
    else this.play();
  }

  private play(): void {
    if (this.dates === null) return;
    this.playing = logic.startPlaying(this.span, this.mode, this.domain);
    setIcon(this.playButton, this.labels.pause, "pause");
    this.playButton.setAttribute("aria-pressed", "true");
    if (this.still.matches) {
      this.tickStill();
      return;
    }
    this.before = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  private stop(rest: boolean): void {
    if (this.playing === null) return;
    this.playing = null;
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    setIcon(this.playButton, this.labels.play, "play");
    this.playButton.setAttribute("aria-pressed", "false");
    if (rest) this.listener.onRest();
  }

  private tick(now: number): void {
    if (this.playing === null || this.dates === null) return;
    // A hidden tab stops frames; on return, time goes on from where it stood.
    const seconds = Math.min(0.1, (now - this.before) / 1000);
    this.before = now;
    const step = logic.advance(
      this.playing,
      this.mode,
      seconds,
      Number(this.speed.value),
      this.domain,
      this.dates,
    );
    this.playing = step.playing;
    const span = logic.playingSpan(this.span, this.mode, step.playing, this.domain);
    if (span.from !== this.span.from || span.to !== this.span.to) this.change(span, false);
    if (step.done) this.stop(true);
    else this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  /** Without motion: one record at a time, at a pace that can be read. */
  private tickStill(): void {
    if (this.playing === null || this.dates === null) return;
    const next = logic.nextDay(this.dates.records, Math.floor(this.playing.at));
    this.playing = { ...this.playing, at: next ?? this.domain.hi };
    this.change(logic.playingSpan(this.span, this.mode, this.playing, this.domain), false);
    if (next === null) this.stop(true);
    else this.timer = window.setTimeout(() => this.tickStill(), 1000 / Number(this.speed.value));
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const which = this.brush.endOf(target);
    if (event.key === " " && (which !== null || target === this.root)) {
      event.preventDefault();
      this.toggle();
      return;
    }
    if (which === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const span = this.keyed(event, which);
    if (span === null) return;
    event.preventDefault();
    this.change(span, true);
  }

  private keyed(event: KeyboardEvent, which: "from" | "to"): Span | null {
    const at = logic.closed(this.span, this.domain)[which];
    const by = (n: number, unit: Unit): Span =>
      logic.moveEnd(this.span, which, addUnits(at, n, unit), this.domain);
    const small: Unit = event.shiftKey ? "day" : "month";
    switch (event.key) {
      case "ArrowLeft":
      case "ArrowDown":
        return by(-1, small);
      case "ArrowRight":
      case "ArrowUp":
        return by(1, small);
      case "PageDown":
        return by(-1, "year");
      case "PageUp":
        return by(1, "year");
      case "Home":
        return logic.moveEnd(this.span, which, this.domain.lo, this.domain);
      case "End":
        return logic.moveEnd(this.span, which, this.domain.hi, this.domain);
      default:
        return null;
    }
  }

  private show(): void {
    for (const which of ["from", "to"] as const) {
      if (document.activeElement !== this.inputs[which]) this.restore(which);
    }
    this.brush.show();
    this.redraw();
  }

  private paint(): void {
    this.asked = 0;
    const { width, height } = this;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    if (
      this.canvas.width !== Math.round(width * ratio) ||
      this.canvas.height !== Math.round(height * ratio)
    ) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const bars = Math.max(20, Math.floor(width / BAR));
    if (this.payload !== null && this.binsFor !== bars) {
      this.bins = countBins(this.payload, this.mask, this.domain, bars);
      this.binsFor = bars;
    }
    const { from, to } = logic.closed(this.span, this.domain);
    const ctx = this.canvas.getContext("2d");
    if (ctx === null) return;
    const view = { width, height, axis: AXIS, ratio, domain: this.domain, from, to };
    paintHistogram(ctx, this.bins, view, this.colours());
  }
}
