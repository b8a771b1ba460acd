// Events over time: counted into bars, and painted on the clock's canvas with the axis under it.
// A bar's dark part holds events whose whole date lies inside the bar; the pale part those that may lie
// in a neighbour, which makes rough dates look rough at every width of the clock.
import { ticksBetween } from "./days.ts";
import type { Domain } from "./clock-logic.ts";
import { OPEN_FUTURE, OPEN_PAST, inMask, type Payload } from "./payload.ts";

export interface Bins {
  sure: Uint32Array;
  rough: Uint32Array;
  top: number;
}

/** Records of one layer and which of them the filters leave. */
export interface Counted {
  payload: Payload;
  mask: Uint8Array | null;
}

export function countBins(layers: readonly Counted[], domain: Domain, bars: number): Bins {
  const bins: Bins = { sure: new Uint32Array(bars), rough: new Uint32Array(bars), top: 0 };
  for (const layer of layers) addBins(bins, layer, domain, bars);
  for (let k = 0; k < bars; k++) bins.top = Math.max(bins.top, bins.sure[k]! + bins.rough[k]!);
  return bins;
}

function addBins({ sure, rough }: Bins, { payload, mask }: Counted, domain: Domain, bars: number): void {
  const scale = bars / (domain.hi - domain.lo + 1);
  const binOf = (day: number): number => Math.floor((day - domain.lo) * scale);
  for (let i = payload.siteMarks; i < payload.marks; i++) {
    if (!inMask(mask, payload.record[i]!)) continue;
    const a = payload.first[i]!;
    const b = payload.last[i]!;
    if (a === OPEN_PAST && b === OPEN_FUTURE) continue;
    const middle = a === OPEN_PAST ? b : b === OPEN_FUTURE ? a : Math.floor((a + b) / 2);
    const bin = binOf(middle);
    if (bin < 0 || bin >= bars) continue;
    const many = payload.weight?.[i] ?? 1;
    const [low, high] = [binOf(a), binOf(b)];
    if (low === bin && high === bin) sure[bin]! += many;
    else if (payload.weight === null || a === OPEN_PAST || b === OPEN_FUTURE) rough[bin]! += many;
    else spread(rough, low, high, many);
  }
}

/** What was counted over a stretch of time is taken to lie evenly in it; not one is lost to rounding. */
function spread(bars: Uint32Array, low: number, high: number, many: number): void {
  const n = high - low + 1;
  for (let k = 0; k < n; k++) {
    const bin = low + k;
    if (bin < 0 || bin >= bars.length) continue;
    bars[bin]! += Math.floor((many * (k + 1)) / n) - Math.floor((many * k) / n);
  }
}

/** The bar at a part (0 to 1) of the axis, if anything is in it; a near one counts too, bars are thin. */
export function barAt(
  bins: Bins,
  axis: Domain,
  part: number,
): { from: number; to: number; sure: number; rough: number } | null {
  const bars = bins.sure.length;
  const here = Math.floor(part * bars);
  const k = [here, here - 1, here + 1].find((n) => (bins.sure[n] ?? 0) + (bins.rough[n] ?? 0) > 0);
  if (k === undefined) return null;
  const days = (axis.hi - axis.lo + 1) / bars;
  const from = Math.ceil(axis.lo + k * days);
  const to = Math.max(from, Math.ceil(axis.lo + (k + 1) * days) - 1);
  return { from, to, sure: bins.sure[k]!, rough: bins.rough[k]! };
}

export interface HistogramColours {
  bar: string;
  barOut: string;
  axis: string;
  grid: string;
  text: string;
}

export interface HistogramView {
  width: number;
  height: number;
  /** Room for the axis at the bottom. */
  axis: number;
  ratio: number;
  domain: Domain;
  from: number;
  to: number;
}

function paintAxis(ctx: CanvasRenderingContext2D, view: HistogramView, colours: HistogramColours): void {
  const { width, height, axis, domain } = view;
  const base = height - axis;
  const scale = width / (domain.hi - domain.lo);
  ctx.font = "11px system-ui, sans-serif";
  ctx.textBaseline = "alphabetic";
  let free = 0;
  for (const tick of ticksBetween(domain.lo, domain.hi, Math.max(2, width / 76))) {
    const x = Math.round((tick.day - domain.lo) * scale) + 0.5;
    ctx.strokeStyle = colours.grid;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(x, tick.major ? 0 : base - 3);
    ctx.lineTo(x, base + 4);
    ctx.stroke();
    const half = ctx.measureText(tick.label).width / 2;
    if (x - half < free || x - half < 0 || x + half > width) continue;
    ctx.fillStyle = colours.text;
    ctx.textAlign = "center";
    ctx.fillText(tick.label, x, height - 3);
    free = x + half + 8;
  }
  ctx.strokeStyle = colours.axis;
  ctx.beginPath();
  ctx.moveTo(0, base + 0.5);
  ctx.lineTo(width, base + 0.5);
  ctx.stroke();
}

export function paintHistogram(
  ctx: CanvasRenderingContext2D,
  bins: Bins | null,
  view: HistogramView,
  colours: HistogramColours,
): void {
  const { width, height, axis, domain, ratio } = view;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  paintAxis(ctx, view, colours);
  if (bins === null || bins.top === 0) return;
  const base = height - axis;
  const bars = bins.sure.length;
  const step = width / bars;
  const body = Math.max(1, step - 1);
  // A lone event is a short bar, not a tower.
  const unit = (base - 4) / Math.max(4, bins.top);
  const days = (domain.hi - domain.lo + 1) / bars;
  for (let k = 0; k < bars; k++) {
    const sure = bins.sure[k]!;
    const all = sure + bins.rough[k]!;
    if (all === 0) continue;
    const start = domain.lo + k * days;
    const inside = start + days > view.from && start <= view.to;
    const tall = Math.max(2.5, all * unit);
    const dark = (tall * sure) / all;
    ctx.fillStyle = inside ? colours.bar : colours.barOut;
    ctx.globalAlpha = inside ? 0.45 : 0.5;
    ctx.fillRect(k * step, base - tall, body, tall - dark);
    ctx.globalAlpha = 1;
    ctx.fillRect(k * step, base - dark, body, dark);
  }
}
