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
  fit: "M1.5 3h1.6v10H1.5zM12.9 3h1.6v10h-1.6zM4 8l3-2.6v1.8h2V5.4L12 8l-3 2.6V8.8H7v1.8z",
  all: "M1 8l3.4-3v2.1h7.2V5L15 8l-3.4 3V8.9H4.4V11z",
  cumulative: "M2 12.5V11h2.6v1.5zM5.4 12.5v-4H8v4zM8.8 12.5V6h2.6v6.5zM12.2 12.5v-9h1.6v9z",
  moving: "M2 4.5h1.5v7H2zM12.5 4.5H14v7h-1.5zM5 5.5h6v5H5z",
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
