// The two typed dates. A field says at once when it cannot be read, takes what it holds on Enter or when it
// is left, and gives it up on Escape.
import { el, span as words } from "./dom.ts";
import { fromTyped, toIso } from "./days.ts";
import { ordered, type Span } from "./filter.ts";
import type { Labels } from "./labels.ts";
import type { Locks, Mode } from "./clock-logic.ts";

type End = "from" | "to";

export interface DatesHost {
  span(): Span;
  onSpan(span: Span): void;
  /** What is wrong or was put right; an empty text takes it back. */
  onMessage(text: string): void;
}

export class DateFields {
  readonly root = el("div", "atlas-dates");
  private readonly inputs: Record<End, HTMLInputElement>;

  constructor(
    private readonly labels: Labels,
    private readonly host: DatesHost,
  ) {
    this.inputs = {
      from: this.input("from", labels.fromDate, labels.openStart),
      to: this.input("to", labels.toDate, labels.openEnd),
    };
    this.root.append(this.inputs.from, words("atlas-dash", "–"), this.inputs.to);
  }

  /** Shows the window, but not in the field that is being written in. */
  show(): void {
    for (const which of ["from", "to"] as const) {
      if (document.activeElement !== this.inputs[which]) this.restore(which);
    }
  }

  showMode(mode: Mode, locks: Locks): void {
    const single = mode === "asof";
    this.root.classList.toggle("atlas-single", single);
    this.inputs.to.setAttribute("aria-label", single ? this.labels.asOfDate : this.labels.toDate);
    this.inputs.from.readOnly = locks.from && !single;
    this.inputs.to.readOnly = locks.to && !single;
  }

  private input(which: End, label: string, placeholder: string): HTMLInputElement {
    const node = el("input", "atlas-date", {
      type: "text",
      "aria-label": label,
      title: this.labels.noDate,
      placeholder,
      maxlength: "12",
      autocomplete: "off",
      spellcheck: "false",
      inputmode: "text",
    });
    node.addEventListener("input", () => {
      const bad = this.read(which) === undefined;
      node.setAttribute("aria-invalid", String(bad));
      if (!bad) this.host.onMessage("");
    });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.take(which);
      if (event.key === "Escape") {
        this.restore(which);
        this.host.onMessage("");
      }
    });
    node.addEventListener("blur", () => {
      this.take(which);
      this.restore(which);
    });
    return node;
  }

  /** The day that a field holds, null for an open end, undefined when it is none. */
  private read(which: End): number | null | undefined {
    const text = this.inputs[which].value.trim();
    if (text === "") return null;
    return fromTyped(text, which === "from" ? "start" : "end") ?? undefined;
  }

  private take(which: End): void {
    const day = this.read(which);
    const now = this.host.span();
    if (day === undefined) {
      this.host.onMessage(this.labels.badDate);
      return;
    }
    if (day === now[which]) return this.restore(which);
    const typed = { ...now, [which]: day };
    const single = this.root.classList.contains("atlas-single");
    const next = single ? typed : ordered(typed);
    this.host.onSpan(next);
    // A start typed after the end is taken at its word: the two change places, and that is said.
    if (next !== typed) this.host.onMessage(this.labels.swapped);
    this.restore("from");
    this.restore("to");
  }

  private restore(which: End): void {
    const day = this.host.span()[which];
    this.inputs[which].value = day === null ? "" : toIso(day);
    this.inputs[which].setAttribute("aria-invalid", "false");
  }
}
