// The clock under the map: it owns the span of time and tells its listener; what a span means for the
// marks is not its business. Bar, dates, brush, player and axis are its parts; here they meet.
import { axisOf, following, isWhole, panAxis, zoomAxis } from "./axis.ts";
import { Brush } from "./brush.ts";
import { ClockBar } from "./clock-bar.ts";
import { commandOf, type Command } from "./clock-keys.ts";
import * as logic from "./clock-logic.ts";
import { DateFields } from "./date-fields.ts";
import { addUnits, addUnitsToEnd, type Unit } from "./days.ts";
import { el } from "./dom.ts";
import { ordered, type Span } from "./filter.ts";
import type { Counted, HistogramColours } from "./histogram.ts";
import type { Labels } from "./labels.ts";
import type { Payload } from "./payload.ts";
import { Player } from "./player.ts";
import { datesOf, joinDates, nextDay, previousDay, type Dates } from "./record-days.ts";
import { Track } from "./track.ts";

export interface ClockListener {
  /** At every change, also amid a drag or while playing. */
  onSpan(span: Span): void;
  /** When the person has let go, or playing has stopped. */
  onRest(): void;
}

function today(): number {
  return Math.floor(Date.now() / 86400000);
}

export class Clock {
  readonly root: HTMLElement;
  private readonly bar: ClockBar;
  private readonly fields: DateFields;
  private readonly track: Track;
  private readonly brush: Brush;
  private readonly player: Player;
  private span: Span = { from: null, to: null };
  private mode: logic.Mode = "cumulative";
  private domain: logic.Domain = logic.domainOf(null, today());
  private axis: logic.Domain = this.domain;
  private records: Counted | null = null;
  private others: readonly Counted[] = [];
  private dated = false;
  /** Made when first asked for: it sorts every date. */
  private dates: Dates | null = null;

  constructor(
    private readonly labels: Labels,
    colours: () => HistogramColours,
    private readonly listener: ClockListener,
  ) {
    this.root = el("section", "atlas-clock", { role: "group", "aria-label": labels.clock });
    this.fields = new DateFields(labels, {
      span: () => this.span,
      onSpan: (span) => this.wish(span, true),
      onMessage: (text) => this.say(text),
    });
    this.bar = new ClockBar(
      labels,
      {
        onPlay: () => this.toggle(),
        onStep: (direction) => this.step(direction),
        onRecord: (direction) => this.jump(direction),
        onMode: (mode) => this.chooseMode(mode),
        onPreset: (preset) => this.choosePreset(preset),
        onUnit: () => this.afterUnit(),
        onLocks: () => this.afterLocks(),
        onZoom: () => this.zoomToWindow(),
        preset: () => logic.presetOf(this.span, today(), this.allDates()),
      },
      this.fields.root,
      this.root,
    );
    this.player = new Player({
      settings: () => ({
        speed: this.bar.speed,
        loop: this.bar.loop,
        skip: this.bar.skip,
        direction: this.bar.reverse ? -1 : 1,
      }),
      course: () => this.course,
      axis: () => this.axis,
      dates: () => this.allDates(),
      span: () => this.span,
      onSpan: (span) => this.change(span, false),
      onChange: (playing) => this.bar.showPlaying(playing),
      onRest: () => this.listener.onRest(),
    });
    this.track = new Track(colours, (width) => {
      this.bar.resize(this.root.clientWidth);
      this.brush.resize(width);
      this.redraw();
    });
    this.brush = new Brush(this.track.root, labels, {
      domain: () => this.domain,
      axis: () => this.axis,
      span: () => this.span,
      snap: () => this.bar.snap,
      single: () => this.mode === "asof",
      onGrab: () => this.player.stop(false),
      onSpan: (span) => this.wish(span, false),
      onRest: () => this.listener.onRest(),
    });
    this.root.append(this.bar.root, this.track.root);
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.track.root.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.setMode(this.mode);
    this.show();
  }

  destroy(): void {
    this.player.stop(false);
    this.track.destroy();
    this.root.remove();
  }

  get value(): Span {
    return this.span;
  }

  get busy(): boolean {
    return this.brush.dragging;
  }

  get isPlaying(): boolean {
    return this.player.active;
  }

  /** For tests: what the clock is set to. */
  get settings(): { mode: logic.Mode; axis: logic.Domain; whole: boolean } {
    return { mode: this.mode, axis: this.axis, whole: isWhole(this.axis, this.domain) };
  }

  setData(payload: Payload, mask: Uint8Array | null): void {
    this.records = { payload, mask };
    this.update();
  }

  setMask(mask: Uint8Array | null): void {
    if (this.records) this.setData(this.records.payload, mask);
  }

  /** Imported datasets that are shown beside the records: the axis spans them too. */
  setOthers(others: readonly Counted[]): void {
    this.others = others;
    this.update();
  }

  private update(): void {
    this.dates = null;
    const layers = this.layers;
    this.track.setData(layers);
    const spans = layers.flatMap(({ payload: { span } }) => (span === null ? [] : [span]));
    this.dated = spans.length > 0;
    const first = Math.min(...spans.map((span) => span.first));
    const last = Math.max(...spans.map((span) => span.last));
    const domain = logic.domainOf(this.dated ? { first, last } : null, today());
    if (domain.lo !== this.domain.lo || domain.hi !== this.domain.hi) {
      this.domain = domain;
      this.axis = domain;
    }
    this.say(this.records !== null && !this.dated ? this.labels.noData : "");
    this.show();
  }

  private get layers(): Counted[] {
    return this.records === null ? [] : [this.records, ...this.others];
  }

  /** Set from outside (Python, a test): never answered with onRest. */
  setSpan(span: Span, chooseMode = false): void {
    this.player.stop(false);
    this.span = ordered(span);
    const asOf = this.span.to !== null && logic.asOf(this.span.to, this.bar.unit);
    const stays = this.mode === "asof" && asOf && logic.sameSpan(asOf, this.span);
    if (chooseMode && !stays) this.setMode(logic.usualMode(this.span));
    this.show();
    this.listener.onSpan(this.span);
  }

  /** Empty for the one that the window suggests, so that an address need not say it. */
  get ownMode(): logic.Mode | "" {
    return this.mode === logic.usualMode(this.span) ? "" : this.mode;
  }

  /** Set from outside, as `setSpan` is: the window stays as it is. */
  set ownMode(mode: logic.Mode | "") {
    this.setMode(mode === "" ? logic.usualMode(this.span) : mode);
  }

  setCount(text: string): void {
    this.bar.counter.textContent = text;
  }

  redraw(): void {
    this.track.paint(this.axis, logic.closed(this.span, this.domain));
  }

  toggle(): void {
    this.say("");
    this.player.toggle();
  }

  private get course(): logic.Course {
    return { mode: this.mode, locks: this.bar.locks, unit: this.bar.unit, domain: this.domain };
  }

  private allDates(): Dates | null {
    this.dates ??= joinDates(this.layers.map(({ payload, mask }) => datesOf(payload, mask)));
    return this.dates;
  }

  private say(text: string): void {
    this.bar.message.textContent = text;
  }

  /** A change that somebody asks for: locks hold against it, and as of a day it brings its step along. */
  private wish(span: Span, rest: boolean): void {
    if (this.mode !== "asof") return this.change(logic.withLocks(span, this.span, this.bar.locks), rest);
    this.change(logic.asOf(span.to ?? this.domain.hi, this.bar.unit), rest);
  }

  private change(span: Span, rest: boolean): void {
    if (rest) {
      this.player.stop(false);
      this.say(this.isOutside(span) ? this.labels.outside : "");
      this.follow(span);
    }
    this.span = span;
    this.show();
    this.listener.onSpan(span);
    if (rest) this.listener.onRest();
  }

  private isOutside({ from, to }: Span): boolean {
    const { lo, hi } = this.domain;
    return (from !== null && from > hi) || (to !== null && to < lo);
  }

  /** Keeps the end that has just moved on a zoomed axis. */
  private follow(span: Span): void {
    if (isWhole(this.axis, this.domain)) return;
    const { from, to } = logic.closed(span, this.domain);
    const day = span.to !== this.span.to || span.from === this.span.from ? to : from;
    this.axis = following(this.axis, this.domain, day);
  }

  private step(direction: number): void {
    this.change(logic.stepBy(this.span, this.course, direction), true);
  }

  private jump(direction: number): void {
    const dates = this.allDates();
    if (dates === null) return;
    const moving = logic.movingEnds(this.mode, this.bar.locks);
    const at = moving === "from" ? logic.closed(this.span, this.domain).from : this.span.to;
    const day = (direction > 0 ? nextDay : previousDay)(dates.records, at);
    if (day === null) return this.say(this.labels.noRecord);
    this.change(logic.endAt(this.span, this.course, day), true);
  }

  private choosePreset(preset: logic.Preset): void {
    const span = logic.presetSpan(preset, today(), this.allDates());
    if (span === null) return this.say(this.labels.noData);
    if (span.from === null) this.setMode("cumulative");
    else if (preset !== "fit" || this.mode === "asof") this.setMode("window");
    this.wish(span, true);
  }

  private setMode(mode: logic.Mode): void {
    this.mode = mode;
    this.root.dataset["mode"] = mode;
    this.bar.showMode(mode);
    this.afterLocks();
  }

  private chooseMode(mode: logic.Mode): void {
    if (mode === this.mode) return;
    const span = logic.enterMode(this.span, mode, this.bar.unit, this.domain);
    this.setMode(mode);
    this.player.stop(false);
    this.wish(span, true);
  }

  private afterUnit(): void {
    if (this.mode === "asof") this.wish(this.span, true);
  }

  private afterLocks(): void {
    const { locks } = this.bar;
    this.fields.showMode(this.mode, locks);
    this.brush.showLocks(this.mode === "asof" ? logic.UNLOCKED : locks);
    const canMove = logic.movingEnds(this.mode, locks) !== "none";
    if (!canMove) this.player.stop(true);
    this.say(canMove ? "" : this.labels.bothLocked);
    this.show();
  }

  private zoomToWindow(): void {
    const whole = isWhole(this.axis, this.domain);
    this.setAxis(whole ? axisOf(this.span, this.domain) : this.domain);
  }

  private setAxis(axis: logic.Domain): void {
    this.axis = axis;
    this.player.restart();
    this.show();
  }

  private onWheel(event: WheelEvent): void {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const length = this.axis.hi - this.axis.lo;
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const turned = (sideways ? event.deltaX || event.deltaY : event.deltaY) * lines;
    const amount = Math.max(-200, Math.min(200, turned));
    const next = sideways
      ? panAxis(this.axis, this.domain, (amount / 1000) * length)
      : zoomAxis(this.axis, this.domain, Math.exp(amount / 500), this.brush.dayAt(event.clientX));
    // What the axis cannot use is the page's: it scrolls on.
    if (next.lo === this.axis.lo && next.hi === this.axis.hi) return;
    event.preventDefault();
    this.setAxis(next);
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.key === "Escape" && this.brush.cancel()) {
      event.stopPropagation();
      return;
    }
    const which = this.brush.endOf(target);
    if (event.key === " " && which !== null) {
      event.preventDefault();
      this.toggle();
      return;
    }
    if (which !== null && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const span = this.keyed(event, which);
      if (span !== null) {
        event.preventDefault();
        this.wish(span, true);
        return;
      }
    }
    const command = commandOf(event);
    if (command === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.run(command);
  }

  private run(command: Command): void {
    const middle = (): number => {
      const { from, to } = logic.closed(this.span, this.axis);
      return (from + to) / 2;
    };
    const next = logic.MODES[(logic.MODES.indexOf(this.mode) + 1) % logic.MODES.length]!;
    const commands: Record<Command, () => void> = {
      play: () => this.toggle(),
      stepBack: () => this.step(-1),
      stepForward: () => this.step(1),
      previousRecord: () => this.jump(-1),
      nextRecord: () => this.jump(1),
      mode: () => this.chooseMode(next),
      reverse: () => this.bar.flip("reverse"),
      loop: () => this.bar.flip("loop"),
      all: () => this.choosePreset("all"),
      fit: () => this.choosePreset("fit"),
      zoom: () => this.zoomToWindow(),
      zoomIn: () => this.setAxis(zoomAxis(this.axis, this.domain, 0.6, middle())),
      zoomOut: () => this.setAxis(zoomAxis(this.axis, this.domain, 1 / 0.6, middle())),
      help: () => this.bar.toggleHelp(),
    };
    commands[command]();
  }

  private keyed(event: KeyboardEvent, which: "from" | "to"): Span | null {
    const { domain } = this;
    const at = logic.closed(this.span, domain)[which];
    const add = which === "from" ? addUnits : addUnitsToEnd;
    const by = (n: number, unit: Unit): Span => logic.moveEnd(this.span, which, add(at, n, unit), domain);
    const small: Unit = event.shiftKey ? "day" : this.bar.unit;
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
        return logic.moveEnd(this.span, which, domain.lo, domain);
      case "End":
        return logic.moveEnd(this.span, which, domain.hi, domain);
      default:
        return null;
    }
  }

  private show(): void {
    this.fields.show();
    this.brush.show();
    this.redraw();
    this.bar.showZoomed(!isWhole(this.axis, this.domain));
    if (!this.player.active && !this.brush.dragging) {
      this.bar.showPreset(logic.presetOf(this.span, today(), this.dates));
    }
    const canMove = logic.movingEnds(this.mode, this.bar.locks) !== "none";
    this.bar.showReady(canMove, this.dated);
  }
}
