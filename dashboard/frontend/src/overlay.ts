// What lies over the map in words: the hover card, the "nothing here" line, the error, the live sentence.
import { el, span } from "./dom.ts";
import type { Labels } from "./labels.ts";

export interface Card {
  name: string;
  lines: string[];
  colour: string;
  note: string;
}

export class Overlay {
  readonly live = el("p", "atlas-live", { role: "status", "aria-live": "polite" });
  private readonly tip = el("div", "atlas-tip", { "aria-hidden": "true" });
  private readonly note = el("p", "atlas-note");
  private readonly error = el("p", "atlas-error", { role: "alert" });

  constructor(
    private readonly host: HTMLElement,
    private readonly labels: Labels,
  ) {
    this.tip.hidden = true;
    this.note.hidden = true;
    this.error.hidden = true;
    host.append(this.tip, this.note, this.error);
  }

  card(card: Card | null, x: number, y: number): void {
    this.tip.hidden = card === null;
    if (card === null) return;
    const name = el("strong");
    name.textContent = card.name;
    this.tip.style.borderLeftColor = card.colour;
    const lines = card.lines.filter(Boolean).map((line) => span("atlas-tip-line", line));
    this.tip.replaceChildren(name, ...lines);
    if (card.note) this.tip.append(span("atlas-tip-note", card.note));
    const { clientWidth, clientHeight } = this.host;
    const { offsetWidth, offsetHeight } = this.tip;
    const left = x + 16 + offsetWidth > clientWidth ? x - 16 - offsetWidth : x + 16;
    const top = Math.min(clientHeight - offsetHeight - 6, Math.max(6, y - offsetHeight / 2));
    this.tip.style.transform = `translate(${Math.round(Math.max(6, left))}px, ${Math.round(top)}px)`;
  }

  loading(): void {
    this.note.textContent = this.labels.loading;
    this.note.hidden = false;
  }

  empty(isEmpty: boolean): void {
    this.note.textContent = this.labels.empty;
    this.note.hidden = !isEmpty;
  }

  /** Something that went wrong beside the map, for a while. */
  say(message: string): void {
    this.note.textContent = message;
    this.note.hidden = false;
  }

  fail(message: string | null): void {
    this.error.hidden = message === null;
    this.error.textContent = message === null ? "" : `${this.labels.failed} ${message}`.trim();
    if (message !== null) this.note.hidden = true;
  }
}
