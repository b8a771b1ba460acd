// The list of layers on the map: which are shown and which lies over which. Real check boxes and buttons,
// so that it works by keyboard and speaks for itself.
import { button, check, el } from "./dom.ts";
import type { Labels } from "./labels.ts";
import type { LayerOrder } from "./layers.ts";

export class LayerPanel {
  readonly root = el("details", "atlas-panel atlas-layers");
  private readonly list = el("ul");

  constructor(
    private readonly labels: Labels,
    private readonly order: LayerOrder,
    private readonly name: (id: string) => string,
    private readonly onChange: () => void,
  ) {
    const summary = el("summary");
    summary.textContent = labels.layers;
    this.root.append(summary, this.list);
    L.DomEvent.disableClickPropagation(this.root);
    L.DomEvent.disableScrollPropagation(this.root);
    this.draw();
  }

  draw(): void {
    this.list.replaceChildren(...this.order.placed.map(({ id, on }, at) => this.row(id, on, at)));
  }

  private row(id: string, on: boolean, at: number): HTMLElement {
    const row = el("li", "", { "data-layer": id });
    const label = this.name(id);
    const box = check(label, on, (now) => {
      this.order.show(id, now);
      this.onChange();
    });
    const up = button(`${this.labels.layerUp}: ${label}`, "up", () => this.move(id, -1));
    const down = button(`${this.labels.layerDown}: ${label}`, "down", () => this.move(id, 1));
    up.disabled = at === 0;
    down.disabled = at === this.order.placed.length - 1;
    row.append(box, up, down);
    return row;
  }

  private move(id: string, by: -1 | 1): void {
    if (!this.order.move(id, by)) return;
    this.draw();
    // The list was made anew: the focus goes to the same button, or to its twin at an end of the list.
    const buttons = this.list.querySelectorAll<HTMLButtonElement>(`[data-layer="${CSS.escape(id)}"] button`);
    const [up, down] = [buttons[0]!, buttons[1]!];
    const wanted = by === -1 ? up : down;
    (wanted.disabled ? (wanted === up ? down : up) : wanted).focus();
    this.onChange();
  }
}
