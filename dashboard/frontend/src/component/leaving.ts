// Whether the person is on the way to another page. Between the click on its link and Streamlit's switch a
// report of the map would still be sent for this page, and bring it back.

/** Milliseconds for which a click on a link counts: a slow server needs that long to switch. */
const PATIENCE_MS = 3000;

export class Leaving {
  private until = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes note of a click on a link, by the address it leads to and the one shown now. */
  clicked(to: string, from: string): void {
    if (!URL.canParse(to, from)) return;
    const [there, here] = [new URL(to, from), new URL(from)];
    if (there.origin === here.origin && there.pathname !== here.pathname) {
      this.until = this.now() + PATIENCE_MS;
    }
  }

  /** Milliseconds for which nothing should be reported. */
  get rest(): number {
    return Math.max(0, this.until - this.now());
  }
}
