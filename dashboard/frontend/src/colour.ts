// Arithmetic of #rrggbb colours. Kinds have one colour each, chosen for paper; on dark land some of them
// would drown, so a colour is moved towards white or black until it stands out.

type Rgb = [number, number, number];

function parse(colour: string): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return [128, 128, 128];
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as Rgb;
}

function write(rgb: Rgb): string {
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

function blend(a: Rgb, b: Rgb, part: number): Rgb {
  return a.map((value, k) => value + (b[k]! - value) * part) as Rgb;
}

export function mix(colour: string, other: string, part: number): string {
  return write(blend(parse(colour), parse(other), part));
}

/** Relative luminance, WCAG 2. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour, moved only as far as a contrast of `least` with its ground needs. */
export function standOut(colour: string, ground: string, least = 3): string {
  const target = luminance(parse(ground)) > 0.18 ? "#000000" : "#ffffff";
  for (let part = 0; part < 1; part += 0.05) {
    const moved = mix(colour, target, part);
    if (contrast(moved, ground) >= least) return moved;
  }
  return target;
}

/** The colour as a word of a little-endian RGBA pixel buffer. */
export function pixelWord(colour: string): number {
  const [r, g, b] = parse(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Words of little-endian RGBA pixels, evenly from the first to the last of some colours. */
export function ramp(stops: readonly string[], steps: number): Uint32Array {
  return Uint32Array.from({ length: steps }, (_, k) => {
    const at = (k / Math.max(1, steps - 1)) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(at));
    return pixelWord(mix(stops[left]!, stops[left + 1]!, at - left));
  });
}
