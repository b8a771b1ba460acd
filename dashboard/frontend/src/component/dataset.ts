// Brings the records of an imported dataset to the map, when the map asks for them, and of a large layer those
// of a view and a window.
import type { Values } from "./echo.ts";

type Post = (message: Values, transfer?: Transferable[]) => void;

/** Records of whole layers: the last wish for a layer is the only one that is answered. */
export class Wholes {
  private readonly under = new Map<string, AbortController>();

  async bring(layer: string, address: string | undefined, post: Post): Promise<void> {
    this.under.get(layer)?.abort();
    const control = new AbortController();
    this.under.set(layer, control);
    try {
      if (address === undefined) throw new Error("The page does not offer it any more.");
      const response = await fetch(address, { credentials: "same-origin", signal: control.signal });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const payload = await response.arrayBuffer();
      if (!control.signal.aborted) post({ type: "atlas:layer", layer, payload }, [payload]);
    } catch (error) {
      if (control.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      post({ type: "atlas:layer", layer, message });
    }
  }

  stop(): void {
    for (const control of this.under.values()) control.abort();
    this.under.clear();
  }
}

/** A part of a large layer, as the frame words it. */
interface Part {
  box: string;
  from: string;
  to: string;
  ask: number;
}

function isPart(raw: unknown): raw is Part {
  if (typeof raw !== "object" || raw === null) return false;
  const { box, from, to, ask } = raw as Record<string, unknown>;
  return [box, from, to].every((text) => typeof text === "string") && typeof ask === "number";
}

/** Single records of large layers: the last wish for a layer is the only one that is answered. */
export class Parts {
  private readonly under = new Map<string, AbortController>();

  async bring(layer: string, address: string | undefined, part: unknown, post: Post): Promise<void> {
    this.under.get(layer)?.abort();
    this.under.delete(layer);
    if (!isPart(part)) return;
    const control = new AbortController();
    this.under.set(layer, control);
    const { box, from, to, ask } = part;
    try {
      if (address === undefined) throw new Error("The page does not offer it any more.");
      const query = new URLSearchParams({ box, ...(from && { from }), ...(to && { to }) });
      // Filters of the page may stand there already.
      const response = await fetch(`${address}${address.includes("?") ? "&" : "?"}${query}`, {
        credentials: "same-origin",
        signal: control.signal,
      });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const payload = await response.arrayBuffer();
      if (!control.signal.aborted) post({ type: "atlas:layer", layer, ask, payload }, [payload]);
    } catch (error) {
      if (control.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      post({ type: "atlas:layer", layer, ask, message });
    }
  }

  stop(): void {
    for (const control of this.under.values()) control.abort();
    this.under.clear();
  }
}
