// The bar of controls over the histogram. What is always needed lies open; the rest is in one popover,
// into which a narrow bar also puts the step, the speed and the zoom of the axis.
import { MODES, PRESETS, type Locks, type Mode, type Preset } from "./clock-logic.ts";
import { helpNodes } from "./clock-keys.ts";
import { button, check, el, icon, segments, select, setIcon, span } from "./dom.ts";
import type { Snap, Unit } from "./days.ts";
import type { Labels } from "./labels.ts";
import { Menu, Popover } from "./popover.ts";

export interface BarHost {
  onPlay(): void;
  onStep(direction: 1 | -1): void;
  onRecord(direction: 1 | -1): void;
  onMode(mode: Mode): void;
  onPreset(preset: Preset): void;
  onUnit(): void;
  onLocks(): void;
  onZoom(): void;
  preset(): Preset | null;
}

/** Below this width of the clock, step, speed and zoom move into the popover. */
const NARROW = 560;

export class ClockBar {
  readonly root = el("div", "atlas-bar");
  readonly counter = el("output", "atlas-counter", { "aria-live": "off" });
  /** What went otherwise than asked: a bad date, swapped ends. */
  readonly message = el("p", "atlas-message", { role: "alert" });
  readonly help: Popover;
  private readonly play: HTMLButtonElement;
  private readonly movers: HTMLButtonElement[];
  private readonly unitList: HTMLSelectElement;
  private readonly speedList: HTMLSelectElement;
  private readonly snapList: HTMLSelectElement;
  private readonly paceGroup = el("div", "atlas-group atlas-group-pace");
  private readonly paceHome = el("div", "atlas-pace-home");
  private readonly modes: { root: HTMLElement; set: (mode: string) => void };
  private readonly zoom: HTMLButtonElement;
  private readonly zoomField: HTMLElement;
  private readonly endGroup: HTMLElement;
  private readonly presetText = span("atlas-preset-text", "");
  private readonly boxes: Record<"loop" | "reverse" | "skip" | "from" | "to", HTMLInputElement>;
  private narrow = false;

  constructor(
    private readonly labels: Labels,
    private readonly host: BarHost,
    dates: HTMLElement,
    anchor: HTMLElement,
  ) {
    this.play = button(labels.play, "play", () => host.onPlay());
    this.play.classList.add("atlas-play");
    this.movers = [
      button(labels.previousRecord, "previous", () => host.onRecord(-1)),
      button(labels.stepBack, "back", () => host.onStep(-1)),
      button(labels.stepForward, "forward", () => host.onStep(1)),
      button(labels.nextRecord, "next", () => host.onRecord(1)),
    ];
    const units = (["day", "week", "month", "year"] as const).map((u): [string, string] => [u, labels[u]]);
    this.unitList = this.list(labels.stepUnit, units, "month", () => host.onUnit());
    const speeds = ["0.25", "0.5", "1", "2", "4", "8"].map((n): [string, string] => [n, `${n}×`]);
    this.speedList = this.list(labels.speed, speeds, "1");
    const snaps: [string, string][] = [
      ["day", labels.snapOff],
      ["month", labels.snapMonth],
      ["year", labels.snapYear],
    ];
    this.snapList = this.list(labels.snap, snaps, "day");
    this.modes = segments(
      labels.mode,
      [
        { value: "cumulative", text: labels.cumulative, title: labels.cumulativeTitle },
        { value: "window", text: labels.moving, title: labels.movingTitle },
        { value: "asof", text: labels.asOf, title: labels.asOfTitle },
      ],
      (value) => host.onMode(MODES.find((mode) => mode === value)!),
    );
    this.zoom = button(labels.zoomIn, "zoom", () => host.onZoom());
    this.zoomField = this.field(labels.axis, this.zoom);
    const presets = this.presets(anchor);
    this.boxes = this.makeBoxes();
    const more = this.more(anchor);
    this.help = this.keys(anchor);
    this.paceGroup.append(
      this.field(labels.stepUnit, this.unitList),
      this.field(labels.speed, this.speedList),
    );
    this.paceHome.append(this.paceGroup);
    const [previous, back, forward, next] = this.movers as [
      HTMLButtonElement,
      HTMLButtonElement,
      HTMLButtonElement,
      HTMLButtonElement,
    ];
    this.endGroup = this.group("end", this.zoomField, more.button, more.panel);
    this.endGroup.append(this.help.button, this.help.panel);
    this.root.append(
      this.group("play", previous, back, this.play, forward, next),
      this.group("dates", dates),
      this.group("mode", this.modes.root),
      this.group("presets", presets.popover.button, presets.popover.panel),
      this.paceHome,
      this.endGroup,
      el("div", "atlas-words"),
    );
    this.root.lastElementChild!.append(this.message, this.counter);
  }

  get unit(): Unit {
    return this.unitList.value as Unit;
  }
  get speed(): number {
    return Number(this.speedList.value);
  }
  get snap(): Snap {
    return this.snapList.value as Snap;
  }
  get loop(): boolean {
    return this.boxes.loop.checked;
  }
  get reverse(): boolean {
    return this.boxes.reverse.checked;
  }
  get skip(): boolean {
    return this.boxes.skip.checked;
  }
  get locks(): Locks {
    return { from: this.boxes.from.checked, to: this.boxes.to.checked };
  }

  flip(which: "loop" | "reverse"): void {
    const box = this.boxes[which];
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change"));
  }

  toggleHelp(): void {
    if (this.help.isOpen) this.help.close();
    else {
      this.help.open();
      this.help.panel.focus();
    }
  }

  resize(width: number): void {
    const narrow = width > 0 && width < NARROW;
    if (narrow === this.narrow) return;
    this.narrow = narrow;
    if (narrow) this.moreStart.append(this.paceGroup, this.zoomField);
    else {
      this.paceHome.append(this.paceGroup);
      this.endGroup.prepend(this.zoomField);
    }
  }

  showPlaying(playing: boolean): void {
    setIcon(this.play, playing ? this.labels.pause : this.labels.play, playing ? "pause" : "play");
  }

  /** Whether there is anything to play or to step to. */
  showReady(canMove: boolean, canPlay: boolean): void {
    this.play.disabled = !canPlay || !canMove;
    this.movers.forEach((node, k) => (node.disabled = !canMove || ((k === 0 || k === 3) && !canPlay)));
  }

  showMode(mode: Mode): void {
    this.modes.set(mode);
    this.boxes.from.disabled = this.boxes.to.disabled = mode === "asof";
  }

  showPreset(preset: Preset | null): void {
    const { presets } = this.labels;
    this.presetText.textContent = preset === null ? presets : this.labels[preset];
    const name = preset === null ? presets : `${presets}: ${this.labels[preset]}`;
    this.presetText.parentElement!.setAttribute("aria-label", name);
  }

  showZoomed(zoomed: boolean): void {
    setIcon(this.zoom, zoomed ? this.labels.zoomOut : this.labels.zoomIn, zoomed ? "whole" : "zoom");
  }

  private group(name: string, ...nodes: HTMLElement[]): HTMLElement {
    const box = el("div", `atlas-group atlas-group-${name}`);
    box.append(...nodes);
    return box;
  }

  private list(
    label: string,
    options: [string, string][],
    value: string,
    onChange?: () => void,
  ): HTMLSelectElement {
    const node = select(label, options);
    node.value = value;
    if (onChange) node.addEventListener("change", onChange);
    return node;
  }

  private field(label: string, node: HTMLElement): HTMLElement {
    const box = el("div", "atlas-field");
    const words = span("atlas-field-label", label);
    // What is labelled has a name by itself.
    words.setAttribute("aria-hidden", "true");
    box.append(words, node);
    return box;
  }

  private presets(anchor: HTMLElement): Menu {
    const { labels, host } = this;
    const node = el("button", "atlas-button atlas-text-button", { type: "button", title: labels.presets });
    node.append(icon("calendar"), this.presetText, icon("down"));
    return new Menu(
      node,
      labels.presets,
      PRESETS.map((value) => ({ value, label: labels[value] })),
      anchor,
      () => host.preset(),
      (value) => host.onPreset(value as Preset),
    );
  }

  private readonly moreStart = el("div", "atlas-more-start");
  private readonly checks = new Map<string, HTMLLabelElement>();

  private makeBoxes(): Record<"loop" | "reverse" | "skip" | "from" | "to", HTMLInputElement> {
    const { labels } = this;
    const make = (
      name: string,
      label: string,
      on = false,
      then = (): void => undefined,
    ): HTMLInputElement => {
      const node = check(label, on, then);
      this.checks.set(name, node);
      return node.querySelector("input")!;
    };
    const locks = (): void => this.host.onLocks();
    return {
      loop: make("loop", labels.loop),
      reverse: make("reverse", labels.reverse),
      skip: make("skip", labels.skip, true),
      from: make("from", labels.lockFrom, false, locks),
      to: make("to", labels.lockTo, false, locks),
    };
  }

  private more(anchor: HTMLElement): Popover {
    const { labels } = this;
    const node = button(labels.more, "more", () => undefined);
    const more = new Popover(node, "atlas-more", { role: "group", "aria-label": labels.more }, anchor);
    const section = (title: string, ...nodes: HTMLElement[]): HTMLElement => {
      const box = el("fieldset");
      const legend = el("legend");
      legend.textContent = title;
      box.append(legend, ...nodes);
      return box;
    };
    const boxes = (...names: string[]): HTMLElement[] => names.map((name) => this.checks.get(name)!);
    more.panel.append(
      this.moreStart,
      section(labels.playing, ...boxes("loop", "reverse", "skip")),
      section(labels.ends, ...boxes("from", "to")),
      section(labels.dragging, this.field(labels.snap, this.snapList), span("atlas-hint", labels.snapHint)),
    );
    return more;
  }

  private keys(anchor: HTMLElement): Popover {
    const { labels } = this;
    const node = button(labels.help, "help", () => undefined);
    node.classList.add("atlas-help-button");
    const attributes = { role: "group", "aria-label": labels.help, tabindex: "0" };
    const help = new Popover(node, "atlas-help", attributes, anchor);
    help.panel.append(...helpNodes(labels.help));
    return help;
  }
}
