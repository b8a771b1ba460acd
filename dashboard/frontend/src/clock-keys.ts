// The keys of the clock: one table for what they do and for the help that lists them.
// They count only while the focus is in the clock and not in a field, so that no letter is taken from
// a screen reader or from the page around.
import { el, span } from "./dom.ts";

export type Command =
  | "play"
  | "stepBack"
  | "stepForward"
  | "previousRecord"
  | "nextRecord"
  | "mode"
  | "reverse"
  | "loop"
  | "all"
  | "fit"
  | "zoom"
  | "zoomIn"
  | "zoomOut"
  | "help";

const COMMANDS: Record<string, Command> = {
  k: "play",
  ",": "stepBack",
  ".": "stepForward",
  p: "previousRecord",
  n: "nextRecord",
  m: "mode",
  r: "reverse",
  l: "loop",
  a: "all",
  f: "fit",
  z: "zoom",
  "+": "zoomIn",
  "=": "zoomIn",
  "-": "zoomOut",
  "?": "help",
};

const HELP: [string[], string][] = [
  [["Space", "K"], "play or pause (Space: on a handle)"],
  [[",", "."], "step back, step forward"],
  [["P", "N"], "previous, next record"],
  [["←", "→"], "on a handle: move it by the step"],
  [["Shift ←", "Shift →"], "on a handle: by a day"],
  [["Page ↓", "Page ↑"], "on a handle: by a year"],
  [["Home", "End"], "on a handle: open that end"],
  [["M"], "next mode: up to, window, as of"],
  [["R", "L"], "backwards, loop"],
  [["A", "F"], "all time, fit to data"],
  [["Z"], "zoom the axis to the window, and back"],
  [["+", "−"], "zoom the axis in, out (or the wheel)"],
  [["Enter", "Esc"], "take a typed date, give it up"],
  [["Esc"], "while dragging: back to where it was"],
];

const DETAILS = [
  "Dark bars: events dated within the bar. Pale: their date may reach into a neighbour.",
  "Up to: everything until the end. Window: both ends move. As of: sites as they stood on a day, events of the step that ends with it.",
  "Playing covers the axis you see: zoom it to play a part.",
];

/** In a field or a list, keys belong to it. */
function isField(target: HTMLElement): boolean {
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && target.type === "text";
}

export function commandOf(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target as HTMLElement)) return null;
  return COMMANDS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
}

export function helpNodes(title: string): HTMLElement[] {
  const heading = el("h3");
  heading.textContent = title;
  const list = el("dl", "atlas-keys");
  for (const [keys, what] of HELP) {
    const term = el("dt");
    for (const key of keys) {
      const node = el("kbd");
      node.textContent = key;
      term.append(node);
    }
    const words = el("dd");
    words.textContent = what;
    list.append(term, words);
  }
  return [heading, list, ...DETAILS.map((text) => span("atlas-hint", text))];
}
