// The Streamlit components v2 module: mounts the map document in a sandboxed frame, brings it the
// payload, and carries state both ways. Streamlit calls the default export again at every rerun;
// the frame must outlive that, so what belongs to a mount lives in a WeakMap by its parent element.
import { Parts, Wholes } from "./dataset.ts";
import { arrive, type Arrival } from "./arrival.ts";
import { Echo, type Values } from "./echo.ts";
import { Leaving } from "./leaving.ts";

interface Data {
  document: string;
  payload: string;
  /** Addresses of the imported datasets by layer. */
  datasets: Record<string, string>;
  /** Addresses of single records of large layers by layer. */
  windows?: Record<string, string>;
  state: Values;
  height: number;
}

interface Component {
  data: Data;
  parentElement: HTMLElement | ShadowRoot;
  setStateValue(name: string, value: unknown): void;
}

const mounts = new WeakMap<object, Mount>();
const LATER_MS = 1500;

const DARK = "#10151b";
const LIGHT = "#dfe8ee";

function sizeText(bytes: number): string {
  return bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

class Mount {
  private readonly box = document.createElement("div");
  private readonly frame = document.createElement("iframe");
  private readonly status = document.createElement("p");
  private readonly words = document.createElement("span");
  private readonly retry = document.createElement("button");
  private readonly echo = new Echo();
  private readonly leaving = new Leaving();
  private readonly parts = new Parts();
  private readonly wholes = new Wholes();
  /** Values that wait until it is clear whether the person has left the page. */
  private waiting: Values = {};
  private component: Component;
  private ready = false;
  private started = false;
  /** Whether the frame shows a part of the records while the rest is on its way. */
  private partial = false;
  private wanted = "";
  private buffer: ArrayBuffer | null = null;
  private fetching: AbortController | null = null;
  private timer = 0;
  private waitingTimer = 0;
  private document = "";
  private failed = false;

  constructor(component: Component) {
    this.component = component;
    this.frame.setAttribute("sandbox", "allow-scripts");
    this.frame.title = "Map and clock of sites and events";
    this.frame.referrerPolicy = "no-referrer";
    this.retry.type = "button";
    this.retry.textContent = "Try again";
    this.retry.hidden = true;
    this.retry.addEventListener("click", () => void this.load());
    this.status.setAttribute("role", "status");
    this.status.append(this.words, this.retry);
    this.status.hidden = true;
    // Set one by one through the object model: a style attribute would need unsafe-inline.
    Object.assign(this.box.style, { position: "relative", width: "100%" });
    Object.assign(this.frame.style, {
      display: "block",
      width: "100%",
      border: "none",
      borderRadius: "8px",
      colorScheme: "normal",
    });
    Object.assign(this.status.style, {
      position: "absolute",
      left: "50%",
      top: "12px",
      transform: "translateX(-50%)",
      margin: "0",
      padding: "6px 12px",
      borderRadius: "6px",
      font: "14px/1.4 system-ui, sans-serif",
      boxShadow: "0 1px 4px rgb(0 0 0 / 25%)",
      maxWidth: "calc(100% - 32px)",
      zIndex: "1",
    });
    Object.assign(this.retry.style, { marginLeft: "10px", font: "inherit", cursor: "pointer" });
    this.box.append(this.frame, this.status);
    window.addEventListener("message", this.onMessage);
    window.addEventListener("click", this.onClick, { capture: true });
  }

  attach(parent: HTMLElement | ShadowRoot): void {
    // Moving a frame reloads it, so it is put in place once only.
    if (this.box.parentNode !== parent) parent.append(this.box);
  }

  destroy(): void {
    window.removeEventListener("message", this.onMessage);
    window.removeEventListener("click", this.onClick, { capture: true });
    this.fetching?.abort();
    this.parts.stop();
    this.wholes.stop();
    clearTimeout(this.timer);
    clearTimeout(this.waitingTimer);
    this.box.remove();
  }

  run(component: Component): void {
    this.component = component;
    const { document: address, payload, state, height } = component.data;
    this.frame.style.height = `${height}px`;
    this.paint(state["theme"] === "dark");
    const patch = this.echo.fromPython(state);
    const moved = address !== this.document;
    if (moved) {
      this.document = address;
      this.ready = this.started = this.partial = false;
      this.frame.src = address;
    }
    // A new document needs the records again: the buffer went to the old one.
    if (payload !== this.wanted || moved) {
      this.wanted = payload;
      void this.load();
    } else if (this.ready && this.started && Object.keys(patch).length > 0) {
      this.post({ type: "atlas:update", state: patch });
    }
    this.later();
  }

  private paint(dark: boolean): void {
    this.frame.style.background = dark ? DARK : LIGHT;
    this.status.style.background = dark ? "#1d252e" : "#ffffff";
    this.status.style.color = dark ? "#e8edf2" : "#1b2733";
  }

  private say(text: string | null, retry = false): void {
    this.status.hidden = text === null;
    this.words.textContent = text ?? "";
    this.retry.hidden = !retry;
  }

  private async load(): Promise<void> {
    this.fetching?.abort();
    const control = new AbortController();
    this.fetching = control;
    this.buffer = null;
    this.failed = this.partial = false;
    this.say("Loading the map's records…");
    try {
      const response = await fetch(this.wanted, { credentials: "same-origin", signal: control.signal });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const size = Number(response.headers.get("content-length"));
      if (size > 0) this.say(`Loading ${sizeText(size)}…`);
      let said = 0;
      const buffer = await arrive(response, (arrival) => {
        if (control.signal.aborted) return;
        if (size > 0 && arrival.share - said > 0.02) {
          said = arrival.share;
          this.say(`Loading ${sizeText(size * said)} of ${sizeText(size)}…`);
        }
        this.show(arrival);
      });
      if (control.signal.aborted) return;
      this.buffer = buffer;
      this.say(null);
      this.start();
    } catch (error) {
      if (control.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      this.say(`The map's records could not be loaded. ${why}`, true);
      this.failed = true;
      this.tellFailure();
    }
  }

  /** Hands over the marks that have come, if the line is slow enough for that. */
  private show(arrival: Arrival): void {
    // A frame that has all records of an older version keeps them until the newer ones have come.
    if (!this.ready || (this.started && !this.partial)) return;
    const part = arrival.part();
    if (part === null) return;
    this.started = this.partial = true;
    this.post({ type: "atlas:init", payload: part, partial: true, state: this.echo.whole() }, [part]);
  }

  private tellFailure(): void {
    if (this.failed && this.ready && (!this.started || this.partial)) {
      this.post({ type: "atlas:error", message: "Its records could not be loaded." });
    }
  }

  private start(): void {
    if (!this.ready || this.buffer === null) return;
    const payload = this.buffer;
    this.buffer = null;
    this.started = true;
    this.partial = false;
    this.post({ type: "atlas:init", payload, state: this.echo.whole() }, [payload]);
  }

  private post(message: Values, transfer: Transferable[] = []): void {
    // The sandboxed frame's origin is opaque: no address can be named as the target.
    this.frame.contentWindow?.postMessage(message, "*", transfer);
  }

  private readonly onMessage = (event: MessageEvent): void => {
    if (event.source !== this.frame.contentWindow || typeof event.data !== "object" || event.data === null)
      return;
    const message = event.data as Values;
    if (message["type"] === "atlas:ready") {
      this.ready = true;
      // A frame that says ready twice was reloaded and has lost the buffer given to it.
      if (this.started) {
        this.started = false;
        void this.load();
      } else {
        this.start();
        this.tellFailure();
      }
    } else if (message["type"] === "atlas:state") {
      this.hand(this.echo.fromFrame(message));
      if (this.echo.hasLater) {
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.later(), LATER_MS);
      }
    } else if (message["type"] === "atlas:want" && typeof message["layer"] === "string") {
      const { layer, part } = message;
      const { datasets, windows } = this.component.data;
      const post = (answer: Values, parts?: Transferable[]): void => this.post(answer, parts);
      if (part === undefined) void this.wholes.bring(layer, datasets[layer], post);
      else void this.parts.bring(layer, windows?.[layer], part, post);
    } else if (message["type"] === "atlas:failed" && typeof message["message"] === "string") {
      this.say(message["message"], true);
    }
  };

  private later(): void {
    clearTimeout(this.timer);
    if (this.echo.hasLater) this.hand(this.echo.afterRun());
  }

  private readonly onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (link !== null) this.leaving.clicked(link.getAttribute("href") ?? "", location.href);
  };

  private hand(values: Values): void {
    const { rest } = this.leaving;
    if (rest > 0) {
      Object.assign(this.waiting, values);
      clearTimeout(this.waitingTimer);
      this.waitingTimer = window.setTimeout(() => this.hand({}), rest + 1);
      return;
    }
    values = { ...this.waiting, ...values };
    this.waiting = {};
    for (const [key, value] of Object.entries(values)) this.component.setStateValue(key, value);
  }
}

export default function (component: Component): () => void {
  const { parentElement } = component;
  let mount = mounts.get(parentElement);
  if (mount === undefined) {
    mount = new Mount(component);
    mounts.set(parentElement, mount);
  }
  mount.attach(parentElement);
  mount.run(component);
  return () => {
    // Streamlit 1.67 also cleans up after a call that the next one overtook, while the element stays.
    if (parentElement.isConnected) return;
    mounts.get(parentElement)?.destroy();
    mounts.delete(parentElement);
  };
}
