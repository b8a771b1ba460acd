// Layers that count the marks shown, instead of drawing each, follow the clock mark by mark: whoever
// filters tells them every mark whose grade changes, so a step costs what changed.
import type { Visible } from "./filter.ts";
import type { Sink } from "./index.ts";
import type { Payload } from "./payload.ts";
import type { Projected } from "./project.ts";

export interface Tally extends Sink {
  /** Counts anew: another payload, another mask, or a step in a payload that is too small for an index. */
  recount(payload: Payload, at: Projected, visible: Visible, mask: Uint8Array | null): void;
  /** The step is over. */
  settle(): void;
}

/** One sink that passes everything on to several. */
export function fork(sinks: readonly Sink[]): Sink {
  return {
    change(mark, before, after) {
      for (const sink of sinks) sink.change(mark, before, after);
    },
  };
}
