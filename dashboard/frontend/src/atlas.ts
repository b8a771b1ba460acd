// One map document: joins the layer, the clock, the legend and the bridge, and holds their common state.
import { Bridge, readState, type State, type View } from "./bridge.ts";
import { Captions } from "./captions.ts";
import { Memory, StatusHistory } from "./changes.ts";
import { Clock } from "./clock.ts";
import { standOut } from "./colour.ts";
import { fromIso, toIso } from "./days.ts";
import { el } from "./dom.ts";
import { DrawTools } from "./draw-tools.ts";
import { CERTAIN, HIDDEN, type Span, type Visible } from "./filter.ts";
import { readEmbedded } from "./embedded.ts";
import { withLabels } from "./labels.ts";
import { LandLayer, readLand } from "./land.ts";
import { cellCard, gradesOf, markCard, type Grades } from "./readout.ts";
import { TimeLayer, type Hover } from "./layer.ts";
import { Pointer } from "./pointer.ts";
import { LayerControl } from "./layer-control.ts";
import { Lines } from "./lines.ts";
import { Overlay } from "./overlay.ts";
import { parseMask, parsePayload, rowOfId, textOf, type Payload } from "./payload.ts";
import { changeText, countText, sentence, statusText } from "./summary.ts";
import { takeSize } from "./resize.ts";
import { readLook, type Look } from "./theme.ts";

export interface Options {
  embedded?: boolean;
  basemap?: "land" | "none";
  labels?: unknown;
  state?: unknown;
}

const REST_MS = 250;
/** More sites than these changing at once are counted, not captioned. */
const CHANGES = 60;

declare global {
  var ArsenalAtlasLand: unknown;
}

export class Atlas {
  private readonly shell = el("div", "atlas-shell");
  private readonly layer: TimeLayer;
  private readonly clock: Clock;
  private readonly overlay: Overlay;
  private readonly tools: DrawTools;
  private readonly lines: Lines;
  private readonly layers: LayerControl;
  private readonly bridge: Bridge | null;
  private land: LandLayer | null = null;
  private look: Look;
  private payload: Payload | null = null;
  private mask: Uint8Array | null = null;
  private selectedId: string | null = null;
  /** What the parent knows of the view: null until somebody has moved the map. */
  private view: View | null = null;
  private touched = false;
  /** Whether it was moved by hand since a view was set. */
  private byHand = false;
  private goingTo: string | null = null;
  private timer = 0;
  private started = false;
  private readonly captions: Captions;
  /** Made once the map stands: it sorts every site's dates. */
  private history: StatusHistory | null = null;
  private readonly memory = new Memory();
  private shownSpan: Span | null = null;
  private readonly observer: ResizeObserver;

  constructor(
    readonly map: L.Map,
    private readonly options: Options,
  ) {
    const labels = withLabels(options.labels);
    const container = map.getContainer();
    container.parentElement!.insertBefore(this.shell, container);
    container.classList.add("atlas-map");
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", labels.map);
    this.shell.append(container);
    this.shell.dataset["state"] = "loading";
    this.setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light", true);
    this.look = readLook(this.shell);
    this.clock = new Clock(labels, () => this.look, {
      onSpan: (span) => this.onSpan(span),
      onRest: () => this.rest(),
    });
    this.overlay = new Overlay(container, labels);
    this.captions = new Captions(map);
    this.shell.append(this.clock.root, this.overlay.live);
    this.layer = new TimeLayer(
      () => this.look,
      (visible) => this.counts(visible),
    );
    this.setUpMap();
    this.layer.addTo(map);
    this.lines = new Lines(map);
    this.layers = new LayerControl(map, labels, this.layer, this.lines, () => this.look, {
      onArrange: () => {
        this.lines.show(this.payload, this.layer.current());
        this.report();
      },
      onWant: (id, part) => this.bridge?.want(id, part),
      onChange: () => {
        this.clock.setOthers(this.layers.datasets.shown);
        this.layers.datasets.select(this.selectedId);
        const visible = this.payload === null ? null : this.layer.current();
        if (visible?.count === 0) this.overlay.empty(!this.layers.datasets.showsAny);
      },
    });
    new Pointer(map, () => this.layers.signs, {
      onPick: (layer, record) => this.pick(layer, record),
      onHover: (layer, hover, at) => this.hover(layer, hover, at),
    });
    this.layers.openLegend(this.shell.clientWidth >= 900 && this.shell.clientHeight >= 560);
    this.tools = new DrawTools(map, this.shell, labels, { onArea: () => this.report() });
    this.observer = new ResizeObserver(() => takeSize(map, this.touched ? null : this.view, this.byHand));
    this.observer.observe(container);
    this.overlay.loading();
    const guarded = (work: () => void): void => this.guard(work);
    this.bridge = options.embedded
      ? new Bridge({
          onInit: (payload, state, partial) => guarded(() => this.start(payload, state, partial)),
          onUpdate: (state) => guarded(() => this.apply(state)),
          onDataset: (id, records, ask) => this.receive(id, records, ask),
          // The page knows already: it is the one that says so.
          onError: (message) => this.showFailure(message),
        })
      : null;
    if (this.bridge === null) void this.startAlone();
  }

  private setUpMap(): void {
    const { map } = this;
    const container = map.getContainer();
    map.attributionControl?.setPrefix(false);
    if (this.options.basemap !== "none" && globalThis.ArsenalAtlasLand) {
      this.guard(() => {
        this.land = new LandLayer(map, readLand(globalThis.ArsenalAtlasLand), () => this.look);
        map.attributionControl?.addAttribution("Natural Earth / visionscarto");
        // Drawn land has no tiles that blur between whole zooms.
        map.options.zoomSnap = 0.25;
        map.options.wheelPxPerZoomLevel = 90;
      });
    }
    map.invalidateSize({ pan: false });
    map.setMaxBounds([
      [-89, -220],
      [89, 220],
    ]);
    map.options.maxBoundsViscosity = 0.8;
    const touched = (): void => {
      this.touched = this.byHand = true;
    };
    for (const name of ["pointerdown", "wheel", "keydown"]) {
      container.addEventListener(name, touched, { capture: true, passive: true });
    }
    map.on("moveend", () => {
      if (!this.touched) return;
      this.view = this.readView();
      this.rest();
    });
    this.shell.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target instanceof HTMLInputElement) return;
      if (!this.layer.closeFan()) this.pick(null, -1);
    });
  }

  private readView(): View {
    const { lat, lng } = this.map.getCenter();
    const round = (value: number, digits: number): number => Number(value.toFixed(digits));
    return { lat: round(lat, 5), lng: round(lng, 5), zoom: round(this.map.getZoom(), 2) };
  }

  private async startAlone(): Promise<void> {
    try {
      const payload = await readEmbedded();
      this.start(payload, readState(this.options.state ?? {}));
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private receive(id: string, records: ArrayBuffer | string, ask: number | null): void {
    const { datasets } = this.layers;
    try {
      // Without the single records its counts stay where they are.
      if (ask !== null) return datasets.receivePart(id, ask, typeof records === "string" ? null : records);
      if (typeof records === "string") throw new Error(records);
      datasets.receive(id, records);
      if (this.goingTo !== null) this.moveTo(this.goingTo);
    } catch (error) {
      datasets.fail(id);
      const name = datasets.infos.find((info) => info.id === id)?.label ?? id;
      const why = error instanceof Error ? error.message : String(error);
      this.overlay.say(`${name}: ${withLabels(this.options.labels).datasetFailed}. ${why}`);
    }
  }

  private showFailure(message: string): void {
    this.shell.dataset["state"] = "failed";
    this.overlay.fail(message);
  }

  private fail(message: string): void {
    this.showFailure(message);
    this.bridge?.failed(message);
  }

  private start(buffer: ArrayBuffer, state: State, partial = false): void {
    const payload = parsePayload(buffer, partial);
    const mask = parseMask(state.mask ?? null, payload.records);
    this.payload = payload;
    this.mask = mask;
    this.history = null;
    this.shownSpan = null;
    this.captions.clear();
    window.setTimeout(() => {
      if (this.payload === payload) this.history = new StatusHistory(payload);
    }, REST_MS);
    if (state.theme) this.setTheme(state.theme);
    this.layer.setPayload(payload, mask);
    this.clock.setData(payload, mask);
    this.lines.setPayload();
    this.layers.setPayload(payload);
    if (state.datasets !== undefined) this.layers.offer(state.datasets);
    if (state.masks !== undefined) this.layers.datasets.setMasks(state.masks);
    if (state.layers !== undefined) this.layers.text = state.layers;
    if (state.area !== undefined) this.tools.show(state.area);
    this.overlay.fail(null);
    const first = !this.started;
    this.started = true;
    // A later payload keeps what the person has set unless the page says otherwise.
    const span = state.window ? readSpan(state.window) : this.clock.value;
    if (!this.clock.busy) {
      this.clock.setSpan(span, first);
      if (state.mode) this.clock.ownMode = state.mode;
    }
    this.layer.setSpan(this.clock.value);
    this.setSelected(state.selected !== undefined ? state.selected : this.selectedId);
    if (state.view !== undefined || first) this.setView(state.view ?? null);
    if (state.moveTo) this.moveTo(state.moveTo);
    this.layer.current();
    this.announce();
    this.shell.dataset["state"] = partial ? "partial" : "ready";
  }

  private apply(state: State): void {
    if (state.theme) this.setTheme(state.theme);
    if (this.payload === null) return;
    if (state.mask !== undefined) {
      this.mask = parseMask(state.mask, this.payload.records);
      this.layer.setMask(this.mask);
      this.clock.setMask(this.mask);
    }
    if (state.datasets !== undefined) this.layers.offer(state.datasets);
    if (state.masks !== undefined) this.layers.datasets.setMasks(state.masks);
    // The hand on the clock wins over the page.
    if (!this.clock.busy) {
      if (state.window) this.clock.setSpan(readSpan(state.window), true);
      if (state.mode !== undefined) this.clock.ownMode = state.mode;
    }
    if (state.selected !== undefined) this.setSelected(state.selected);
    if (state.area !== undefined) this.tools.show(state.area);
    if (state.layers !== undefined) {
      this.layers.text = state.layers;
      this.lines.show(this.payload, this.layer.current());
    }
    if (state.view !== undefined) this.setView(state.view);
    else if (state.fit !== undefined) this.setView(null);
    if (state.moveTo) this.moveTo(state.moveTo);
    this.layer.current();
    this.announce();
  }

  private setTheme(theme: "light" | "dark", early = false): void {
    document.documentElement.dataset["theme"] = theme;
    if (early) return;
    this.look = readLook(this.shell);
    this.layer.repaint();
    this.land?.redraw();
    this.clock.redraw();
    this.layers.repaint();
  }

  private setView(view: View | null): void {
    this.touched = this.byHand = false;
    this.view = view;
    if (view) {
      this.map.setView([view.lat, view.lng], view.zoom, { animate: false });
      return;
    }
    const bounds = this.layer.bounds();
    if (bounds === null) {
      this.map.fitWorld({ animate: false });
      return;
    }
    const right = this.layers.width > 0 ? this.layers.width + 24 : 28;
    this.map.fitBounds(bounds, {
      paddingTopLeft: [52, 28],
      paddingBottomRight: [right, 28],
      maxZoom: 7,
      animate: false,
    });
  }

  private moveTo(id: string): void {
    if (this.payload === null) return;
    const mark = this.layer.markOf(rowOfId(this.payload.ids, id));
    const place: [number, number] | null =
      mark < 0 ? this.layers.datasets.placeOf(id) : [this.payload.lat[mark]!, this.payload.lon[mark]!];
    // A dataset's records may come later than the wish to see one of them.
    this.goingTo = place === null ? id : null;
    if (place === null) return;
    this.touched = true;
    this.byHand = false;
    this.map.setView(place, Math.max(5, this.map.getZoom()));
  }

  private setSelected(id: string | null): void {
    this.selectedId = id;
    this.layer.select(id === null || this.payload === null ? -1 : rowOfId(this.payload.ids, id));
    this.layers.datasets.select(id);
  }

  private pick(layer: TimeLayer | null, record: number): void {
    // Marks that came before their texts have no ids to report.
    if (this.payload === null || this.shell.dataset["state"] === "partial") return;
    const id =
      layer === null || layer === this.layer
        ? textOf(this.payload.ids, record)
        : this.layers.datasets.idOf(layer, record);
    if ((id || null) === this.selectedId) return;
    this.setSelected(id || null);
    clearTimeout(this.timer);
    this.report();
  }

  private onSpan(span: Span): void {
    clearTimeout(this.timer);
    this.layer.setSpan(span);
    this.layers.datasets.setSpan(span);
    this.caption(span);
  }

  /** Sites whose status is another one now say so beside their marks. */
  private caption(span: Span): void {
    const was = this.shownSpan;
    this.shownSpan = span;
    const { payload, history } = this;
    if (payload === null || history === null || was === null) return;
    const changes = history.between(was.to, span.to, this.mask, CHANGES);
    if (changes === null || changes.length === 0) return;
    this.captions.show(
      changes.map((change) => ({
        record: change.record,
        lat: payload.lat[change.mark]!,
        lng: payload.lon[change.mark]!,
        text: statusText(payload, change),
        colour: standOut(payload.kinds[payload.kind[change.mark]!]!.colour, this.look.land),
      })),
    );
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.clock.busy || this.clock.isPlaying) return;
      this.layer.current();
      this.announce();
      this.report();
    }, REST_MS);
  }

  private report(): void {
    const { from, to } = this.clock.value;
    this.bridge?.report({
      window: { from: from === null ? null : toIso(from), to: to === null ? null : toIso(to) },
      selected: this.selectedId,
      view: this.view,
      area: this.tools.text,
      layers: this.layers.text,
      mode: this.clock.ownMode,
      height: this.shell.offsetHeight,
    });
  }

  private counts(visible: Visible): void {
    this.clock.setCount(countText(visible));
    this.overlay.empty(visible.count === 0 && !this.layers.datasets.showsAny);
    this.lines.show(this.payload, visible);
  }

  private announce(): void {
    const visible = this.layer.current();
    const { payload, mask } = this;
    if (visible === null || payload === null) return;
    const span = this.clock.value;
    const change = this.memory.compare(payload, visible, span, mask);
    const sites = change && this.history ? this.history.between(change.was.to, span.to, mask, CHANGES) : [];
    const changed = change ? changeText(payload, change, sites) : "";
    const text = `${sentence(span, visible)} ${changed}`.trim();
    if (changed || !this.overlay.live.textContent?.startsWith(sentence(span, visible))) {
      this.overlay.live.textContent = text;
    }
  }

  private hover(layer: TimeLayer | null, hover: Hover | null, at: L.LeafletMouseEvent | null): void {
    this.map.getContainer().classList.toggle("atlas-pointing", hover !== null);
    const imported = layer === null || layer === this.layer ? null : this.layers.datasets.behind(layer);
    const payload = imported?.payload ?? this.payload;
    if (hover === null || layer === null || payload === null) {
      const card = at === null ? null : this.layers.countryCard(at.latlng);
      this.overlay.card(card, at?.containerPoint.x ?? 0, at?.containerPoint.y ?? 0);
      return;
    }
    const labels = withLabels(this.options.labels);
    const sure = hover.cell === undefined && layer.current()?.grade[hover.mark] === CERTAIN;
    const card = hover.cell
      ? cellCard(hover.cell, payload, labels)
      : markCard(payload, hover.mark, sure, hover.here, labels, imported?.label);
    this.overlay.card(card, hover.x, hover.y);
  }

  /** For tests and the benchmark. */
  setWindow(from: string | null, to: string | null): void {
    this.clock.setSpan(readSpan({ from, to }));
  }

  inspect(): Record<string, unknown> {
    const visible = this.layer.current();
    const { from, to } = this.clock.value;
    return {
      state: this.shell.dataset["state"],
      window: { from: from === null ? null : toIso(from), to: to === null ? null : toIso(to) },
      playing: this.clock.isPlaying,
      clock: this.clock.settings,
      selected: this.selectedId,
      view: this.readView(),
      area: this.tools.text,
      visible: {
        sites: visible?.sites ?? 0,
        events: visible?.events ?? 0,
        possible: (visible?.possibleSites ?? 0) + (visible?.possibleEvents ?? 0),
        certain:
          (visible?.sites ?? 0) +
          (visible?.events ?? 0) -
          (visible?.possibleSites ?? 0) -
          (visible?.possibleEvents ?? 0),
        marks: visible?.count ?? 0,
      },
      ...this.layers.inspect(),
      markAt: (id: string) => this.markAt(id),
    };
  }

  /** For tests: every visible record once, with its best grade. */
  grades(): Grades {
    const visible = this.layer.current();
    return this.payload && visible ? gradesOf(this.payload, visible) : { record: [], grade: [], status: [] };
  }

  markAt(id: string): Record<string, unknown> | null {
    const { payload } = this;
    if (payload === null) return null;
    const mark = this.layer.markOf(rowOfId(payload.ids, id));
    if (mark < 0) return null;
    const grade = this.layer.current()!.grade[mark]!;
    const box = this.map.getContainer().getBoundingClientRect();
    const point = this.map.latLngToContainerPoint([payload.lat[mark]!, payload.lon[mark]!]);
    return {
      x: box.left + point.x,
      y: box.top + point.y,
      visible: grade !== HIDDEN,
      certain: grade === CERTAIN,
      status: payload.statuses[payload.status[mark]!]!.code,
      kind: payload.kinds[payload.kind[mark]!]!.code,
    };
  }
}

function readSpan(raw: { from: string | null; to: string | null }): Span {
  const day = (text: string | null): number | null => (text === null ? null : fromIso(text));
  return { from: day(raw.from), to: day(raw.to) };
}
