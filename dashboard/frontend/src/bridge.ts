// Talks to the page around the frame. The frame's origin is opaque, so no origin can be named or
// compared: what counts is the window a message comes from, and that its parts are of the right shape.

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
  area?: string | null;
  lines?: boolean;
}
export interface Report {
  window: WindowState;
  selected: string | null;
  view: View | null;
  area: string | null;
  height: number;
}

export interface BridgeListener {
  onInit(payload: ArrayBuffer, state: State): void;
  onUpdate(state: State): void;
  onError(message: string): void;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function textOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
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
  if (textOrNull(raw["area"])) state.area = raw["area"];
  if (typeof raw["lines"] === "boolean") state.lines = raw["lines"];
  if (raw["theme"] === "light" || raw["theme"] === "dark") state.theme = raw["theme"];
  return state;
}

export class Bridge {
  private readonly parent = window.parent;

  constructor(private readonly listener: BridgeListener) {
    window.addEventListener("message", this.onMessage);
  }

  close(): void {
    window.removeEventListener("message", this.onMessage);
  }

  ready(): void {
    this.post({ type: "atlas:ready" });
  }

  report(report: Report): void {
    this.post({ type: "atlas:state", ...report });
  }

  failed(message: string): void {
    this.post({ type: "atlas:failed", message });
  }

  private post(message: Record<string, unknown>): void {
    // An opaque origin cannot know its parent's; what is sent says no more than where the person looks.
    if (this.parent !== window) this.parent.postMessage(message, "*");
  }

  private readonly onMessage = (event: MessageEvent): void => {
    if (event.source !== this.parent || !isObject(event.data)) return;
    const { type, payload, message } = event.data;
    if (type === "atlas:init" && payload instanceof ArrayBuffer) {
      this.listener.onInit(payload, readState(event.data["state"]));
    } else if (type === "atlas:update") {
      this.listener.onUpdate(readState(event.data["state"]));
    } else if (type === "atlas:error") {
      this.listener.onError(typeof message === "string" ? message : "");
    }
  };
}
