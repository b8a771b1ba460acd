// The world's edge: the land data lets lines jump from 180° to -180°. A jump drawn on a flat map is a bar
// across it, so lines are unrolled past the edge here and repeated one world away by land.ts; the square
// clips the rest.
// Lines are pairs of whole numbers, fractions of the world square in units of its `SIZE`th part.

/** Parts of the world square's side: 19 m at the equator, as fine as the shapes themselves. */
export const SIZE = 2 ** 21;

export type Point = [x: number, y: number];

/** The line without jumps: x runs on past the square. */
export function unroll(line: readonly Point[]): Point[] {
  let turn = 0;
  return line.map(([x, y], k) => {
    const step = k > 0 ? x - line[k - 1]![0] : 0;
    if (Math.abs(step) > SIZE / 2) turn -= Math.sign(step);
    return [x + turn * SIZE, y];
  });
}

/** Cuts a line into stretches that lie on the edge itself and stretches that do not: a cut is no coast. */
export function atEdge(line: readonly Point[]): { edge: boolean; points: Point[] }[] {
  const onEdge = ([x, y]: Point): boolean => x < 6 || x > SIZE - 6 || y > SIZE - 1;
  const out: { edge: boolean; points: Point[] }[] = [];
  for (let k = 1; k < line.length; k++) {
    const [a, b] = [line[k - 1]!, line[k]!];
    const edge = onEdge(a) && onEdge(b);
    const last = out[out.length - 1];
    if (last?.edge === edge) last.points.push(b);
    else out.push({ edge, points: [a, b] });
  }
  return out;
}
