// A button that opens a panel above the clock, and a menu of that kind. One is open at a time; Escape, a
// press elsewhere or leaving it by Tab closes it, and the focus goes back where it came from.
import { el } from "./dom.ts";

let count = 0;

export class Popover {
  readonly panel: HTMLElement;

  constructor(
    readonly button: HTMLButtonElement,
    className: string,
    attributes: Record<string, string>,
    /** What the panel hangs over; its height is what room there is above it. */
    private readonly anchor: HTMLElement,
    private readonly onOpen: () => void = () => undefined,
  ) {
    const id = `atlas-popover-${++count}`;
    this.panel = el("div", `atlas-popover ${className}`, { id, ...attributes });
    this.panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", id);
    button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    for (const node of [button, this.panel]) {
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !this.isOpen) return;
        event.stopPropagation();
        this.close();
        this.button.focus();
      });
      node.addEventListener("focusout", (event) => {
        const next = event.relatedTarget;
        // A press on bare ground has no next target: it is the document's listener that decides.
        if (next instanceof Node && !this.holds(next)) this.close();
      });
    }
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  open(): void {
    if (this.isOpen) return;
    this.onOpen();
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.place();
    document.addEventListener("pointerdown", this.onPress, true);
  }

  close(): void {
    if (!this.isOpen) return;
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", this.onPress, true);
  }

  private holds(node: Node): boolean {
    return this.panel.contains(node) || this.button.contains(node);
  }

  private place(): void {
    const box = this.anchor.getBoundingClientRect();
    const from = this.button.getBoundingClientRect();
    const { panel } = this;
    panel.style.maxHeight = `${Math.max(120, box.top - 12)}px`;
    const left = Math.min(from.left - box.left, box.width - panel.offsetWidth - 8);
    panel.style.left = `${Math.round(Math.max(8, left))}px`;
  }

  private readonly onPress = (event: Event): void => {
    if (!(event.target instanceof Node) || !this.holds(event.target)) this.close();
  };
}

export interface MenuItem {
  value: string;
  label: string;
}

/** A menu of choices of which at most one is the present one. */
export class Menu {
  readonly popover: Popover;
  private readonly items: HTMLButtonElement[];

  constructor(
    button: HTMLButtonElement,
    label: string,
    items: MenuItem[],
    anchor: HTMLElement,
    private readonly now: () => string | null,
    onChoose: (value: string) => void,
  ) {
    button.setAttribute("aria-haspopup", "menu");
    const attributes = { role: "menu", "aria-label": label };
    this.popover = new Popover(button, "atlas-menu", attributes, anchor, () => this.mark());
    this.items = items.map(({ value, label: text }) => {
      const item = el("button", "atlas-item", { type: "button", role: "menuitemradio", tabindex: "-1" });
      item.textContent = text;
      item.dataset["value"] = value;
      item.addEventListener("click", () => {
        this.popover.close();
        button.focus();
        onChoose(value);
      });
      return item;
    });
    this.popover.panel.append(...this.items);
    this.popover.panel.addEventListener("keydown", (event) => this.onKey(event));
    button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.popover.open();
      this.focus(0);
    });
    // A click by keyboard has no pointer: the focus goes into the menu.
    button.addEventListener("click", () => {
      if (this.popover.isOpen) this.focus(0);
    });
  }

  private mark(): void {
    const now = this.now();
    for (const item of this.items) item.setAttribute("aria-checked", String(item.dataset["value"] === now));
  }

  private focus(index: number): void {
    this.items[(index + this.items.length) % this.items.length]!.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.items.indexOf(document.activeElement as HTMLButtonElement);
    const last = this.items.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) {
      if (event.key !== "Tab") return;
      // Tab goes on from the button.
      this.popover.button.focus();
      this.popover.close();
      return;
    }
    event.preventDefault();
    this.focus(to);
  }
}
