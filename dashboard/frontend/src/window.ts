// Which part of a large layer to ask for: the view and some of its surroundings, for all time if that holds few
// enough records, else for the clock's window. The counts that the map has already say how many there will be.
import { ordered, type Span } from "./filter.ts";
import { OPEN_FUTURE, OPEN_PAST, type Payload } from "./payload.ts";

/** Degrees: west and east between -180 and 180, for the map draws one world. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}
/** What is asked for: a box, and a span whose open ends are all time. */
export interface Wish {
  box: Box;
  span: Span;
}

/** Fewer than the server gives, for counts lie in the middle of what they count. */
export const MOST = 15000;
/** Part of the view's size that is asked for beyond each of its edges. */
const MARGIN = 0.25;

export const ALWAYS: Span = { from: null, to: null };

type Counts = Pick<Payload, "marks" | "lon" | "lat" | "first" | "last" | "weight">;

/** The box on the world that is drawn; null when none of it is in view. */
export function held(box: Box): Box | null {
  const out = {
    west: Math.max(-180, box.west),
    south: Math.max(-90, box.south),
    east: Math.min(180, box.east),
    north: Math.min(90, box.north),
  };
  return out.west < out.east && out.south < out.north ? out : null;
}

export function widened(box: Box): Box {
  const aside = (box.east - box.west) * MARGIN;
  const above = (box.north - box.south) * MARGIN;
  const wide = {
    west: box.west - aside,
    south: box.south - above,
    east: box.east + aside,
    north: box.north + above,
  };
  return held(wide) ?? box;
}

export function covers(wish: Wish, view: Box, span: Span): boolean {
  const { box } = wish;
  const around =
    box.west <= view.west && box.south <= view.south && box.east >= view.east && box.north >= view.north;
  const [outer, inner] = [ordered(wish.span), ordered(span)];
  return (
    around &&
    (outer.from ?? OPEN_PAST) <= (inner.from ?? OPEN_PAST) &&
    (outer.to ?? OPEN_FUTURE) >= (inner.to ?? OPEN_FUTURE)
  );
}

/** How many records the counts place in a box and a span. */
export function estimate(counts: Counts, { box, span }: Wish): number {
  const { from, to } = ordered(span);
  const low = from ?? OPEN_PAST;
  const high = to ?? OPEN_FUTURE;
  const { lon, lat, first, last, weight } = counts;
  let sum = 0;
  for (let i = 0; i < counts.marks; i++) {
    if (first[i]! > high || last[i]! < low) continue;
    if (lon[i]! < box.west || lon[i]! > box.east || lat[i]! < box.south || lat[i]! > box.north) continue;
    sum += weight?.[i] ?? 1;
  }
  return sum;
}

export function includes(wishes: readonly Wish[], wish: Wish): boolean {
  const text = JSON.stringify(wish);
  return wishes.some((one) => JSON.stringify(one) === text);
}

/** What to ask for, or null while there is too much to show singly; not what was refused before. */
export function wishFor(counts: Counts, view: Box, span: Span, refused: readonly Wish[] = []): Wish | null {
  const wide = widened(view);
  for (const wish of [
    { box: wide, span: ALWAYS },
    { box: wide, span },
    { box: view, span },
  ]) {
    if (!includes(refused, wish) && estimate(counts, wish) <= MOST) return wish;
  }
  return null;
}
