// What the marks say in words and numbers: the card over a counted cell, and the list that tests compare
// with Python's own filter.
import type { CellCount } from "./cells.ts";
import { HIDDEN, type Visible } from "./filter.ts";
import type { Labels } from "./labels.ts";
import type { Card } from "./overlay.ts";
import { textOf, type Payload } from "./payload.ts";

const MOST_KINDS = 4;

function number(n: number): string {
  return n.toLocaleString("en");
}

export function cellCard(cell: CellCount, payload: Payload, labels: Labels): Card {
  const sites = cell.kinds
    .filter(({ kind }) => payload.kinds[kind]!.group === "site")
    .reduce((sum, { marks }) => sum + marks, 0);
  const groups: [number, string][] = [
    [cell.marks - sites, labels.events],
    [sites, labels.sites],
  ];
  const parts = groups.filter(([n]) => n > 0).map(([n, name]) => `${number(n)} ${name.toLowerCase()}`);
  const lines = cell.kinds
    .slice(0, MOST_KINDS)
    .map(({ kind, marks }) => `${payload.kinds[kind]!.label}: ${number(marks)}`);
  const rest = cell.kinds.slice(MOST_KINDS).reduce((sum, { marks }) => sum + marks, 0);
  if (rest > 0) lines.push(`+ ${number(rest)}`);
  const sure = `${number(cell.marks - cell.possible)} ${labels.certainHere}`;
  lines.push(`${sure} · ${number(cell.possible)} ${labels.possibleHere}`);
  const top = cell.kinds[0];
  return {
    name: parts.join(", "),
    lines,
    colour: top ? payload.kinds[top.kind]!.colour : "#888888",
    note: labels.goNearer,
  };
}

/** The card of one mark; `source` names the dataset of an imported record. */
export function markCard(
  payload: Payload,
  mark: number,
  certain: boolean,
  here: number,
  labels: Labels,
  source = "",
): Card {
  const record = payload.record[mark]!;
  const kind = payload.kinds[payload.kind[mark]!]!;
  const words = [
    kind.label,
    payload.statuses[payload.status[mark]!]!.label,
    certain ? "" : labels.possibleHere,
  ];
  return {
    name: textOf(payload.names, record) || textOf(payload.ids, record) || kind.label,
    lines: [textOf(payload.details, record), words.filter(Boolean).join(" · "), source],
    colour: kind.colour,
    note: here > 1 ? `+${here - 1} ${labels.moreHere}` : "",
  };
}

export interface Grades extends Record<string, number[]> {
  record: number[];
  grade: number[];
  status: number[];
}

/** Every visible record once, by rising number, with its best grade and that mark's status. */
export function gradesOf(payload: Payload, visible: Visible): Grades {
  const best = new Int32Array(payload.records).fill(-1);
  for (let i = 0; i < payload.marks; i++) {
    const grade = visible.grade[i]!;
    if (grade === HIDDEN) continue;
    const held = best[payload.record[i]!]!;
    if (held < 0 || grade > visible.grade[held]!) best[payload.record[i]!] = i;
  }
  const out: Grades = { record: [], grade: [], status: [] };
  for (let r = 0; r < payload.records; r++) {
    const mark = best[r]!;
    if (mark < 0) continue;
    out.record.push(r);
    out.grade.push(visible.grade[mark]!);
    out.status.push(payload.status[mark]!);
  }
  return out;
}
