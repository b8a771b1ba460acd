// The buttons that draw an area or measure a distance, with the pointer or with keys alone: Space sets a
// corner where the cross stands, Enter closes, Backspace takes the last corner back, Escape gives up.
import {
  areaText,
  distanceKm,
  greatCircle,
  kmText,
  lengthKm,
  MAX_CORNERS,
  outline,
  parseArea,
  type Area,
  type Corner,
} from "./area.ts";
import { el } from "./dom.ts";
import type { Labels } from "./labels.ts";

type Tool = "box" | "poly" | "circle" | "measure";

const SHAPES: Record<Tool | "clear", string> = {
  box: "M2 3h12v10H2zm1.6 1.6v6.8h8.8V4.6z",
  poly: "M8 1.6 14.4 6.4 12 14H4L1.6 6.4zm0 2L3.5 7l1.7 5.4h5.6L12.5 7z",
  circle:
    "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zm0 1.6a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2zM7.2 7.2h1.6v1.6H7.2z",
  measure:
    "M11 1.4 14.6 5 5 14.6 1.4 11zm0 2.2L9.9 4.7l1.2 1.2-.9.9L9 5.6 7.8 6.8l1.7 1.7-.9.9-1.7-1.7-1.2 1.2 1.2 1.2-.9.9-1.2-1.2-1.1 1.2L5 12.4 12.4 5z",
  clear: "M4 2.9 8 6.9l4-4L13.1 4l-4 4 4 4-1.1 1.1-4-4-4 4L2.9 12l4-4-4-4z",
};
const SLIP = 5; // pixels a hand may move between press and release of a click
const HIT = 10;
const DOUBLE_MS = 400;
const FOLLOW_MS = 300;
/** Corners that end a drawing. */
const MOST: Record<Tool, number> = { box: 2, circle: 2, poly: MAX_CORNERS, measure: Infinity };
const PAN = 80; // pixels a key moves the map under the cross; with Shift three times as far
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const EVENTS = ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const;
const SWALLOWED = ["mousedown", "mousemove", "mouseup", "click", "dblclick", "touchstart"] as const;

export interface DrawListener {
  /** The person drew, removed or moved the area. */
  onArea(): void;
}

export class DrawTools {
  private readonly shapes: L.LayerGroup;
  private readonly draft: L.LayerGroup;
  private readonly bar = el("div", "leaflet-bar atlas-tools", { role: "toolbar" });
  private readonly readout = el("div", "atlas-measure", { role: "status" });
  private readonly cross = el("div", "atlas-cross", { "aria-hidden": "true" });
  private readonly buttons = new Map<Tool | "clear", HTMLAnchorElement>();
  private tool: Tool | null = null;
  private corners: Corner[] = [];
  private cursor: Corner | null = null;
  private pressed: { x: number; y: number; fresh: boolean } | null = null;
  private last = { x: 0, y: 0, at: 0 };
  private byKeys = false;
  private timer = 0;
  private value: string | null = null;

  constructor(
    private readonly map: L.Map,
    shell: HTMLElement,
    private readonly labels: Labels,
    private readonly listener: DrawListener,
  ) {
    const container = map.getContainer();
    const pane = map.getPane("atlas-area") ?? map.createPane("atlas-area");
    pane.style.zIndex = "440";
    pane.style.pointerEvents = "none";
    this.shapes = L.layerGroup([], { pane: "atlas-area" }).addTo(map);
    this.draft = L.layerGroup([], { pane: "atlas-area" }).addTo(map);
    this.readout.hidden = this.cross.hidden = true;
    container.append(this.readout, this.cross);
    this.addBar();
    for (const name of EVENTS) container.addEventListener(name, this.onPointer, { capture: true });
    for (const name of SWALLOWED) container.addEventListener(name, this.swallow, { capture: true });
    shell.addEventListener("keydown", this.onKey, { capture: true });
    map.on("move", () => {
      if (this.tool !== null && this.byKeys) this.moveTo(this.centre());
    });
    map.on("moveend resize", () => this.follow());
  }

  /** The area as text, null for none. */
  get text(): string | null {
    return this.value;
  }

  /** Takes over what the page says. */
  show(text: string | null): void {
    this.value = text === "" ? null : text;
    this.paint();
    this.follow();
  }

  private get follows(): boolean {
    return this.value !== null && this.value.startsWith("view:");
  }

  private follow(): void {
    clearTimeout(this.timer);
    if (!this.follows) return;
    this.timer = window.setTimeout(() => {
      if (!this.follows) return;
      const bounds = this.map.getBounds();
      const [south, north] = [Math.max(-90, bounds.getSouth()), Math.min(90, bounds.getNorth())];
      const text = areaText({ form: "view", south, west: bounds.getWest(), north, east: bounds.getEast() });
      if (text === this.value) return;
      this.value = text;
      this.listener.onArea();
    }, FOLLOW_MS);
  }

  private addBar(): void {
    this.bar.setAttribute("aria-label", this.labels.tools);
    const names: Record<Tool | "clear", string> = {
      box: this.labels.drawBox,
      poly: this.labels.drawShape,
      circle: this.labels.drawCircle,
      measure: this.labels.measure,
      clear: this.labels.removeArea,
    };
    for (const tool of Object.keys(names) as (Tool | "clear")[]) {
      const node = el("a", `atlas-tool atlas-tool-${tool}`, {
        href: "#",
        role: "button",
        "aria-label": names[tool],
        title: names[tool],
      });
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 16 16");
      svg.setAttribute("aria-hidden", "true");
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", SHAPES[tool]);
      path.setAttribute("fill-rule", "evenodd");
      svg.append(path);
      node.append(svg);
      const press = (event: Event): void => {
        event.preventDefault();
        this.press(tool);
      };
      node.addEventListener("click", press);
      node.addEventListener("keydown", (event) => {
        if (event.key === " ") press(event);
      });
      this.buttons.set(tool, node);
      this.bar.append(node);
    }
    L.DomEvent.disableClickPropagation(this.bar);
    const control = new L.Control({ position: "topleft" });
    control.onAdd = () => this.bar;
    control.addTo(this.map);
    this.paint();
  }

  private press(tool: Tool | "clear"): void {
    if (tool === "clear") {
      this.stop();
      this.give(null);
    } else if (tool === this.tool) this.stop();
    else this.begin(tool);
    this.map.getContainer().focus({ preventScroll: true });
  }

  private begin(tool: Tool): void {
    this.stop();
    this.tool = tool;
    this.map.dragging.disable();
    this.map.doubleClickZoom.disable();
    this.map.boxZoom.disable();
    this.map.getContainer().classList.add("atlas-drawing");
    this.paint();
    this.say();
  }

  private stop(): void {
    this.tool = null;
    this.corners = [];
    this.cursor = this.pressed = null;
    this.byKeys = false;
    this.map.dragging.enable();
    this.map.doubleClickZoom.enable();
    this.map.boxZoom.enable();
    this.map.getContainer().classList.remove("atlas-drawing");
    this.draft.clearLayers();
    this.readout.hidden = this.cross.hidden = true;
    this.paint();
  }

  private give(text: string | null): void {
    if (text === this.value) return;
    this.value = text;
    this.paint();
    this.listener.onArea();
  }

  private finish(): void {
    const area = this.drafted(this.corners);
    if (this.tool === "measure") return;
    if (area === null) return;
    this.stop();
    this.give(areaText(area));
  }

  /** What the corners so far would enclose. */
  private drafted(corners: Corner[]): Area | null {
    const [a, b] = corners;
    if (this.tool === "poly") return corners.length >= 3 ? { form: "poly", corners } : null;
    if (a === undefined || b === undefined) return null;
    if (this.tool === "circle")
      return { form: "circle", lat: a[0], lon: a[1], km: Math.max(0.1, distanceKm(a, b)) };
    if (this.tool !== "box" || a[0] === b[0] || a[1] === b[1]) return null;
    const [south, north] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
    return { form: "box", south, west: Math.min(a[1], b[1]), north, east: Math.max(a[1], b[1]) };
  }

  private centre(): Corner {
    const { lat, lng } = this.map.getCenter();
    return [lat, lng];
  }

  private at(event: PointerEvent): Corner {
    const { lat, lng } = this.map.mouseEventToLatLng(event);
    return [Math.max(-90, Math.min(90, lat)), lng];
  }

  private add(corner: Corner): void {
    this.corners.push(corner);
    if (this.tool !== null && this.corners.length >= MOST[this.tool]) {
      // A last corner that encloses nothing is not kept: one more would never end the drawing.
      if (this.drafted(this.corners) === null) this.corners.pop();
      else this.finish();
    }
    this.sketch();
  }

  private moveTo(corner: Corner): void {
    this.cursor = corner;
    this.sketch();
  }

  private isOurs(event: Event): boolean {
    const target = event.target as Element;
    return (
      this.tool !== null &&
      !target.closest(".leaflet-control, .atlas-panel, button, a, input, select, summary")
    );
  }

  private readonly swallow = (event: Event): void => {
    if (!this.isOurs(event)) return;
    event.stopImmediatePropagation();
    if (event.type === "mousedown") event.preventDefault();
  };

  private readonly onPointer = (event: PointerEvent): void => {
    if (!this.isOurs(event) || !event.isPrimary) return;
    event.stopImmediatePropagation();
    if (event.type === "pointermove") {
      this.byKeys = false;
      this.cross.hidden = true;
      this.moveTo(this.at(event));
    } else if (event.type === "pointerdown") {
      if (event.button !== 0) return;
      const fresh = this.corners.length === 0;
      this.pressed = { x: event.clientX, y: event.clientY, fresh };
      this.map.getContainer().focus({ preventScroll: true });
      if ((this.tool === "box" || this.tool === "circle") && fresh) this.add(this.at(event));
    } else if (event.type === "pointerup" && this.pressed !== null) this.release(event, this.pressed);
    else this.pressed = null;
  };

  private release(event: PointerEvent, pressed: { x: number; y: number; fresh: boolean }): void {
    this.pressed = null;
    const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLIP;
    if (this.tool === "box" || this.tool === "circle") {
      // A press and a drag, or a click and another click.
      if (moved || !pressed.fresh) this.add(this.at(event));
      return;
    }
    if (moved) return;
    const again =
      event.timeStamp - this.last.at < DOUBLE_MS &&
      Math.hypot(event.clientX - this.last.x, event.clientY - this.last.y) < HIT;
    this.last = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    if (again || this.isFirst(event)) this.finish();
    else this.add(this.at(event));
  }

  private isFirst(event: PointerEvent): boolean {
    if (this.tool !== "poly" || this.corners.length < 3) return false;
    const box = this.map.getContainer().getBoundingClientRect();
    const first = this.map.latLngToContainerPoint(this.corners[0]!);
    return Math.hypot(event.clientX - box.left - first.x, event.clientY - box.top - first.y) < HIT;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (this.tool === null) return;
    const target = event.target as Element;
    const elsewhere = target.closest("a, button, input, select, summary") !== null;
    if (event.key === "Escape") this.stop();
    else if (elsewhere) return;
    else if (event.key === "Enter") {
      if (this.byKeys && (this.tool === "box" || this.tool === "circle")) this.add(this.centre());
      else this.finish();
    } else if (event.key === " ") {
      this.byKeys = true;
      this.cross.hidden = false;
      this.cursor = this.centre();
      this.add(this.centre());
    } else if (event.key === "Backspace") {
      this.corners.pop();
      this.sketch();
    } else if (this.byKeys && event.key in ARROWS) {
      // Leaflet's own keys are deaf while the map still glides from the last one.
      const step = event.shiftKey ? 3 * PAN : PAN;
      const [x, y] = ARROWS[event.key]!;
      this.map.panBy([x * step, y * step], { animate: false });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private sketch(): void {
    this.draft.clearLayers();
    if (this.tool === null) return;
    const line = this.cursor === null ? this.corners : [...this.corners, this.cursor];
    const style = { pane: "atlas-area", interactive: false, className: "atlas-draft", weight: 2 };
    const area = this.drafted(line);
    if (area !== null && this.corners.length > 0) this.paintArea(this.draft, area, "atlas-draft");
    else if (this.tool === "measure") {
      for (let i = 1; i < line.length; i++)
        L.polyline(greatCircle(line[i - 1]!, line[i]!), style).addTo(this.draft);
    } else if (this.tool === "poly" && line.length > 1) L.polyline(line, style).addTo(this.draft);
    for (const corner of this.corners)
      L.circleMarker(corner, { ...style, radius: 4, className: "atlas-corner" }).addTo(this.draft);
    this.say(line, area);
  }

  private say(line: Corner[] = [], area: Area | null = null): void {
    if (this.tool === null) return;
    const hints: Record<Tool, string> = {
      box: this.labels.hintBox,
      poly: this.labels.hintShape,
      circle: this.labels.hintCircle,
      measure: this.labels.hintMeasure,
    };
    let text = hints[this.tool];
    if (this.tool === "measure" && this.corners.length > 0) text = kmText(lengthKm(line));
    else if (area?.form === "circle" && this.corners.length > 0) text = kmText(area.km);
    this.readout.textContent = text;
    this.readout.hidden = false;
  }

  private paint(): void {
    for (const [tool, node] of this.buttons) {
      if (tool === "clear") node.hidden = this.value === null || this.follows;
      else node.setAttribute("aria-pressed", String(tool === this.tool));
    }
    this.shapes.clearLayers();
    const area = this.follows ? null : parseArea(this.value);
    if (area !== null) this.paintArea(this.shapes, area, "atlas-shape");
  }

  private paintArea(group: L.LayerGroup, area: Area, className: string): void {
    for (const ring of outline(area))
      L.polygon(ring, { pane: "atlas-area", interactive: false, className, weight: 2 }).addTo(group);
  }
}
