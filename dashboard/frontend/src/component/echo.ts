// Which state goes which way between Python and the frame, as a machine without page or network.
// A person moves the clock, Python reruns, and its answer may arrive after the next move: an answer that
// only repeats what the frame reported must never reach the frame, however late it comes.

export type Key = "window" | "selected" | "view" | "area" | "layers" | "mode";
const REPORTED: readonly Key[] = ["window", "selected", "view", "area", "layers", "mode"];
const MOST_WAITING = 64;

export type Values = Record<string, unknown>;

/** Deep equality of JSON values; numbers to a hair, because a view passes through text and back. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b) < 1e-4;
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && same((a as Values)[key], (b as Values)[key]));
}

/** `window: null` and a window open at both ends mean the same. */
function tidy(key: string, value: unknown): unknown {
  return key === "window" && value === null ? { from: null, to: null } : value;
}

export class Echo {
  /** What Python's previous call said. */
  private python: Values = {};
  /** What the frame shows, as far as the page knows. */
  private frame: Values = {};
  /** What Streamlit holds for each key: the last value handed to setStateValue. */
  private held: Values = {};
  /** Reports that no call of Python has repeated yet, oldest first. */
  private waiting: Record<Key, unknown[]> = {
    window: [],
    selected: [],
    view: [],
    area: [],
    layers: [],
    mode: [],
  };
  private later: Values = {};

  /** Python's call: the part of its state that the frame must be told. */
  fromPython(raw: Values): Values {
    const patch: Values = {};
    for (const [key, value] of Object.entries(raw)) {
      const next = tidy(key, value);
      const known = key in this.python;
      const changed = !known || !same(this.python[key], next);
      this.python[key] = next;
      if (!changed) continue;
      if (this.isAnswer(key, next)) continue;
      if (known && key in this.frame && same(this.frame[key], next)) continue;
      patch[key] = next;
      this.frame[key] = next;
      // Runs of Python come in order: after a move of its own, a reported value is a new wish, no answer.
      if (REPORTED.includes(key as Key)) this.waiting[key as Key] = [];
    }
    return patch;
  }

  /** The whole state for a frame that starts from nothing: Python's, with the person's moves over it. */
  whole(): Values {
    return { ...this.python, ...this.frame };
  }

  private isAnswer(key: string, value: unknown): boolean {
    if (!REPORTED.includes(key as Key)) return false;
    const list = this.waiting[key as Key];
    const at = list.findIndex((report) => same(report, value));
    if (at < 0) return false;
    // Streamlit may skip runs but never reorders them: older reports will not be answered any more.
    list.splice(0, at + 1);
    return true;
  }

  /**
   * The frame's report: the keys to hand to Streamlit now. A key whose value Streamlit already holds
   * although Python has moved on would not count as a change there; it is first set to what Python says,
   * and `afterRun` gives the value itself.
   */
  fromFrame(report: Values): Values {
    const now: Values = {};
    for (const key of REPORTED) {
      if (!(key in report)) continue;
      const value = tidy(key, report[key]);
      if (same(this.frame[key] ?? null, value ?? null)) continue;
      this.frame[key] = value;
      const list = this.waiting[key];
      list.push(value);
      if (list.length > MOST_WAITING) list.shift();
      delete this.later[key];
      if (key in this.held && same(this.held[key], value)) {
        this.later[key] = value;
        now[key] = this.python[key] ?? null;
      } else {
        now[key] = value;
      }
      this.held[key] = now[key];
    }
    return now;
  }

  get hasLater(): boolean {
    return Object.keys(this.later).length > 0;
  }

  /** Values put off by `fromFrame`, once a run of Python has passed. */
  afterRun(): Values {
    const due = this.later;
    this.later = {};
    Object.assign(this.held, due);
    return due;
  }
}
