// Talks to the page around the frame. The frame's origin is opaque, so no origin can be named or
// compared: what counts is the window a message comes from, and that its parts are of the right shape.

import { MODES, type Mode } from "./clock-logic.ts";
import type { DatasetInfo } from "./datasets.ts";
import { toIso } from "./days.ts";
import { ordered } from "./filter.ts";
import type { Ask } from "./fine.ts";

export interface View {
  lat: number;
  lng: number;
  zoom: number;
}
export interface WindowState {
  from: string | null;
  to: string | null;
}
export interface State {
  window?: WindowState;
  selected?: string | null;
  view?: View | null;
  mask?: string | null;
  theme?: "light" | "dark";
  moveTo?: string | null;
  /** Counts the wishes to see all that is shown, wherever the person had moved the map. */
  fit?: number;
  area?: string | null;
  /** Visible layers from top to bottom (layers.ts). */
  layers?: string;
  /** What moves with the clock; empty for what the window suggests. */
  mode?: Mode | "";
  datasets?: DatasetInfo[];
  /** Filters of the datasets by layer, as `mask` is for the atlas. */
  masks?: Record<string, string | null>;
}
export interface Report {
  window: WindowState;
  selected: string | null;
  view: View | null;
  area: string | null;
  layers: string;
  mode: Mode | "";
  height: number;
}

export interface BridgeListener {
  /** A partial payload lacks marks and all texts: the whole follows. */
  onInit(payload: ArrayBuffer, state: State, partial: boolean): void;
  onUpdate(state: State): void;
  onError(message: string): void;
  /** The records of a dataset, or why there are none; with the number of the wish for a part of them. */
  onDataset(id: string, records: ArrayBuffer | string, ask: number | null): void;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function textOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isDataset(raw: unknown): raw is DatasetInfo {
  if (!isObject(raw)) return false;
  if (!["undefined", "boolean"].includes(typeof raw["windowed"])) return false;
  if (!["undefined", "string"].includes(typeof raw["licence"])) return false;
  const texts = ["id", "label", "colour", "version"].every((key) => typeof raw[key] === "string");
  return texts && /^#[0-9a-f]{6}$/i.test(raw["colour"] as string) && /^data:/.test(raw["id"] as string);
}

/** Keeps the keys that have the right shape; anything else is dropped. */
export function readState(raw: unknown): State {
  const state: State = {};
  if (!isObject(raw)) return state;
  const { window: span, view } = raw;
  if (span === null) state.window = { from: null, to: null };
  else if (isObject(span) && textOrNull(span["from"] ?? null) && textOrNull(span["to"] ?? null)) {
    state.window = {
      from: (span["from"] ?? null) as string | null,
      to: (span["to"] ?? null) as string | null,
    };
  }
  if (view === null) state.view = null;
  else if (isObject(view) && [view["lat"], view["lng"], view["zoom"]].every(Number.isFinite)) {
    state.view = { lat: view["lat"] as number, lng: view["lng"] as number, zoom: view["zoom"] as number };
  }
  if (textOrNull(raw["selected"])) state.selected = raw["selected"];
  if (textOrNull(raw["mask"])) state.mask = raw["mask"];
  if (textOrNull(raw["moveTo"])) state.moveTo = raw["moveTo"];
  if (typeof raw["fit"] === "number") state.fit = raw["fit"];
  if (textOrNull(raw["area"])) state.area = raw["area"];
  if (typeof raw["layers"] === "string") state.layers = raw["layers"];
  const mode = ["", ...MODES].find((one) => one === raw["mode"]);
  if (mode !== undefined) state.mode = mode as Mode | "";
  if (Array.isArray(raw["datasets"])) state.datasets = raw["datasets"].filter(isDataset);
  const { masks } = raw;
  if (isObject(masks) && Object.values(masks).every(textOrNull)) {
    state.masks = masks as Record<string, string | null>;
  }
  if (raw["theme"] === "light" || raw["theme"] === "dark") state.theme = raw["theme"];
  return state;
}

/** An opaque origin cannot know its parent's; what is sent says no more than where the person looks. */
export function tell(message: Record<string, unknown>): void {
  if (window.parent !== window) window.parent.postMessage(message, "*");
}

export class Bridge {
  private readonly parent = window.parent;

  constructor(private readonly listener: BridgeListener) {
    window.addEventListener("message", this.onMessage);
  }

  close(): void {
    window.removeEventListener("message", this.onMessage);
  }

  report(report: Report): void {
    this.post({ type: "atlas:state", ...report });
  }

  failed(message: string): void {
    this.post({ type: "atlas:failed", message });
  }

  want(layer: string, part?: Ask | null): void {
    if (part === undefined) return this.post({ type: "atlas:want", layer });
    if (part === null) return this.post({ type: "atlas:want", layer, part });
    const { west, south, east, north } = part.box;
    const day = (at: number | null): string => (at === null ? "" : toIso(at));
    const { from, to } = ordered(part.span);
    const box = [west, south, east, north].map((side) => side.toFixed(5)).join(",");
    this.post({ type: "atlas:want", layer, part: { box, from: day(from), to: day(to), ask: part.number } });
  }

  private post(message: Record<string, unknown>): void {
    tell(message);
  }

  private readonly onMessage = (event: MessageEvent): void => {
    if (event.source !== this.parent || !isObject(event.data)) return;
    const { type, payload, message, layer } = event.data;
    if (type === "atlas:init" && payload instanceof ArrayBuffer) {
      this.listener.onInit(payload, readState(event.data["state"]), event.data["partial"] === true);
    } else if (type === "atlas:update") {
      this.listener.onUpdate(readState(event.data["state"]));
    } else if (type === "atlas:layer" && typeof layer === "string") {
      const { ask } = event.data;
      this.listener.onDataset(
        layer,
        payload instanceof ArrayBuffer ? payload : String(message ?? ""),
        typeof ask === "number" ? ask : null,
      );
    } else if (type === "atlas:error") {
      this.listener.onError(typeof message === "string" ? message : "");
    }
  };
}
