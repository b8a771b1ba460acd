// Colours live in atlas-map.css; a canvas cannot use them by name, so they are read out once per theme.
import type { ShadeColours } from "./country-layer.ts";
import type { HistogramColours } from "./histogram.ts";
import type { LandColours } from "./land.ts";
import type { LayerLook } from "./layer.ts";

export type Look = LayerLook & LandColours & HistogramColours & ShadeColours;

export function readLook(root: HTMLElement): Look {
  const style = getComputedStyle(root);
  const of = (name: string): string => style.getPropertyValue(`--atlas-${name}`).trim() || "#888888";
  return {
    paper: of("halo"),
    ink: of("ink"),
    land: of("land"),
    accent: of("accent"),
    shade: of("country"),
    coast: of("coast"),
    border: of("border"),
    bar: of("bar"),
    barOut: of("bar-out"),
    axis: of("axis"),
    grid: of("grid"),
    text: of("muted"),
  };
}
