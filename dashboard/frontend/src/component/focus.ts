// Keeps the keyboard's place on the page. A button that decides about something is another one for the next
// thing, so that a late click decides nothing unseen (dashboard/ui/wishes.py); the browser would give the focus
// of the one that is gone to the page as a whole, and the next Tab would begin at its top. A key that
// is held down decides once.
import { stemOf, isOf } from "./stems.ts";

/** Milliseconds after which what is gone is not replaced any more. */
const PATIENCE_MS = 1500;
/** Milliseconds for which a press still means the thing of before. */
const SETTLING_MS = 400;

const BELOW_THE_HEADER = "5rem";
const FIELDS = "button, textarea, input, select";
const TYPED_INTO = "textarea, input, select, [contenteditable]";
const HEADINGS = "h1, h2, h3, h4, h5, h6";

interface Held {
  element: Element;
  /** Its tag: beside a field there may be the button of its help. */
  tag: string;
  /** Begins the class of the button or field, and of what takes its place. */
  stem: string;
  /** Classes of what stands around it, from within. */
  around: string[];
  /** Whether it only waits in the place of a button that may yet come. */
  waits: boolean;
}

class Keeper {
  private held: Held | null = null;
  private timer = 0;
  private moved = -Infinity;
  private movedTo: Element | null = null;
  private named = 0;

  constructor() {
    document.addEventListener("focusin", (event) => this.came(event.target));
    document.addEventListener("focusout", (event) => this.left(event.target));
    document.addEventListener("keydown", (event) => this.pressed(event), { capture: true });
    new MutationObserver(() => this.look()).observe(document.body, { childList: true, subtree: true });
  }

  private came(target: EventTarget | null): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.held = target instanceof Element ? hold(target) : null;
  }

  /** Whoever leaves it by themselves has nothing to be kept; what was taken away is looked for. */
  private left(target: EventTarget | null): void {
    const held = this.held;
    if (held === null || held.element !== target) return;
    window.setTimeout(() => {
      const gone = held.element.isConnected && document.activeElement !== held.element;
      if (gone && this.held === held) this.held = null;
    });
  }

  private get lost(): boolean {
    const at = document.activeElement;
    if (this.held === null) return false;
    if (this.held.element.isConnected) return this.held.waits && at === this.held.element;
    return at === null || at === document.body;
  }

  private look(): void {
    if (this.held === null || !this.lost) return;
    const next = fieldOf(this.held);
    if (next !== null) this.move(next, headingIn(this.held));
    else if (this.timer === 0 && !this.held.element.isConnected)
      this.timer = window.setTimeout(() => this.settle(), PATIENCE_MS);
  }

  /** Nothing takes its place: what stood around it does, or the heading of the page. */
  private settle(): void {
    this.timer = 0;
    const held = this.held;
    if (held === null || held.element.isConnected || !this.lost) return;
    const around = held.around.map((name) => document.getElementsByClassName(name).item(0));
    const place = around.find((one) => one !== null) ?? document.querySelector("[data-testid=stMain] h1");
    if (!(place instanceof HTMLElement)) return;
    place.tabIndex = -1;
    this.move(place, null);
    // The page may still be on its way: what stood around it may go too, and the next button come.
    this.held = { ...held, element: place, waits: true };
  }

  private move(to: HTMLElement, heading: Element | null): void {
    to.focus({ preventScroll: true });
    if (heading instanceof HTMLElement) {
      // The same word on the same button: what it is about now is read out with it, and in sight.
      heading.id ||= `focus-heading-${++this.named}`;
      to.setAttribute("aria-describedby", heading.id);
      heading.style.scrollMarginTop = BELOW_THE_HEADER;
      heading.scrollIntoView({ block: "nearest" });
    }
    this.movedTo = to;
    this.moved = performance.now();
  }

  /** A key that is held down, or pressed twice, decides about one thing and not about the next ones. */
  private pressed(event: KeyboardEvent): void {
    if (!isHeldLetter(event) && !this.isAgain(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private isAgain(event: KeyboardEvent): boolean {
    if (event.key !== "Enter" && event.key !== " ") return false;
    const onButton = this.held?.element instanceof HTMLButtonElement;
    const decides = onButton || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
    const soon = this.movedTo === document.activeElement && performance.now() - this.moved < SETTLING_MS;
    return decides && (event.repeat || soon);
  }
}

/** Letters press buttons of the page, which may decide: Streamlit presses them again at each repetition. */
function isHeldLetter(event: KeyboardEvent): boolean {
  if (!event.repeat || event.ctrlKey || event.metaKey || event.altKey || !/^\p{L}$/u.test(event.key))
    return false;
  const at = event.composedPath()[0];
  return !(at instanceof Element && at.closest(TYPED_INTO) !== null);
}

function keysOf(element: Element): string[] {
  return [...element.classList].filter((name) => name.startsWith("st-key-"));
}

function hold(element: Element): Held | null {
  if (!element.matches(FIELDS)) return null; // a table keeps its own place
  const around: string[] = [];
  let stem = "";
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const keys = keysOf(at);
    if (keys.length > 0 && stem === "") {
      stem = keys.map(stemOf).find((found) => found !== "") ?? "";
      if (stem === "") return null;
    } else around.push(...keys);
  }
  return stem === "" ? null : { element, tag: element.localName, stem, around, waits: false };
}

function fieldOf(held: Held): HTMLElement | null {
  for (const box of document.querySelectorAll(`[class*="${CSS.escape(held.stem)}"]`)) {
    if (!keysOf(box).some((key) => isOf(key, held.stem))) continue;
    const field = box.querySelector<HTMLElement>(held.tag);
    if (field !== null && !field.matches(":disabled")) return field;
  }
  return null;
}

function headingIn(held: Held): Element | null {
  for (const name of held.around) {
    const heading = document.getElementsByClassName(name).item(0)?.querySelector(HEADINGS);
    if (heading) return heading;
  }
  return null;
}

let keeper: Keeper | null = null;

/** Streamlit calls it at every drawing; what it does concerns the whole document, once. */
export default function mount(): void {
  keeper ??= new Keeper();
}
