// Small helpers for building the document. Text goes in as text nodes only; nothing here takes HTML.

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export function span(className: string, text: string): HTMLSpanElement {
  const node = el("span", className);
  node.textContent = text;
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** Paths on a 16 by 16 square, filled with the current colour. */
export const ICONS = {
  play: "M4 2.5v11l9.5-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  back: "M10.5 2.8 5.3 8l5.2 5.2 1.2-1.2-4-4 4-4z",
  forward: "M5.5 2.8 10.7 8l-5.2 5.2L4.3 12l4-4-4-4z",
  previous: "M3 3h1.8v10H3zM13 3v10L5.8 8z",
  next: "M11.2 3H13v10h-1.8zM3 3l7.2 5L3 13z",
  down: "M3.6 5.6 8 10l4.4-4.4 1.1 1.1L8 12.2 2.5 6.7z",
  up: "M3.6 10.4 8 6l4.4 4.4 1.1-1.1L8 3.8 2.5 9.3z",
  calendar: "M4.5 1.5H6V3h4V1.5h1.5V3H14v11H2V3h2.5zM3.6 6.5v5.9h8.8V6.5zM5 8h2.2v2.2H5z",
  zoom: "M6.8 1.8a5 5 0 0 1 4 8l3.5 3.5-1.2 1.2-3.5-3.5a5 5 0 1 1-2.8-9.2zm0 1.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6zM6.1 4.9h1.4v1.2h1.2v1.4H7.5v1.2H6.1V7.5H4.9V6.1h1.2z",
  whole:
    "M6.8 1.8a5 5 0 0 1 4 8l3.5 3.5-1.2 1.2-3.5-3.5a5 5 0 1 1-2.8-9.2zm0 1.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6zM4.9 6.1h3.8v1.4H4.9z",
  more: "M3.2 6.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm4.8 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm4.8 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z",
  help: "M8 2.2c2.2 0 3.8 1.3 3.8 3.2 0 1.5-.8 2.2-1.8 2.9-.8.6-1.1.9-1.1 1.7H7.1c0-1.7.8-2.3 1.6-2.9.7-.5 1.2-.8 1.2-1.6S9.2 3.9 8 3.9c-1.2 0-2 .7-2.1 1.9H4.1C4.2 3.6 5.8 2.2 8 2.2zm-1 9.1h2v2.2H7z",
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "atlas-icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.appendChild(path);
  return svg;
}

export function button(label: string, name: IconName, onClick: () => void): HTMLButtonElement {
  const node = el("button", "atlas-button", { type: "button", "aria-label": label, title: label });
  node.appendChild(icon(name));
  node.addEventListener("click", onClick);
  return node;
}

export function setIcon(node: HTMLButtonElement, label: string, name: IconName): void {
  node.setAttribute("aria-label", label);
  node.title = label;
  node.replaceChildren(icon(name));
}

export function select(label: string, options: [string, string][]): HTMLSelectElement {
  const node = el("select", "atlas-select", { "aria-label": label, title: label });
  for (const [value, text] of options) {
    const option = el("option", "", { value });
    option.textContent = text;
    node.append(option);
  }
  return node;
}

/** A labelled check box: the browser's own, so that it speaks for itself. */
export function check(label: string, checked: boolean, onChange: (on: boolean) => void): HTMLLabelElement {
  const node = el("label", "atlas-check");
  const box = el("input", "", { type: "checkbox" });
  box.checked = checked;
  box.addEventListener("change", () => onChange(box.checked));
  node.append(box, span("", label));
  return node;
}

/** One choice out of few, as radio buttons side by side; gives its element and a way to set it. */
export function segments(
  label: string,
  options: { value: string; text: string; title: string }[],
  onChoose: (value: string) => void,
): { root: HTMLElement; set: (value: string) => void } {
  const root = el("div", "atlas-segments", { role: "radiogroup", "aria-label": label });
  const boxes = options.map(({ value, text, title }) => {
    const item = el("label", "atlas-segment", { title });
    const box = el("input", "", { type: "radio", name: `atlas-${label}`, value });
    box.addEventListener("change", () => onChoose(value));
    item.append(box, span("", text));
    root.append(item);
    return box;
  });
  return {
    root,
    set: (value) => boxes.forEach((box) => (box.checked = box.value === value)),
  };
}
