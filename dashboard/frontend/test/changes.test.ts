import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory, StatusHistory } from "../src/changes.ts";
import { filterMarks, makeVisible, type Span } from "../src/filter.ts";
import { parsePayload } from "../src/payload.ts";
import { changeText, statusText } from "../src/summary.ts";
import { bytesOf, FUTURE, PAST } from "./helpers.ts";

const payload = parsePayload(
  bytesOf({
    siteMarks: 5,
    records: 4,
    rows: [
      // One site: planned, then operating for sure, and perhaps already before.
      { first: 100, last: 199, record: 0, status: 0 },
      { first: 150, last: 300, record: 0, status: 1, certain: 0 },
      { first: 200, last: FUTURE, record: 0, status: 1 },
      // Another: operating until it goes.
      { first: PAST, last: 400, record: 1, status: 1 },
      { first: 500, last: FUTURE, record: 2, status: 2 },
      { first: 120, last: 120, record: 3 },
    ],
    names: ["Plant", "Yard", "Range", "Visit"],
    header: {
      statuses: [
        { code: "planned", label: "planned" },
        { code: "operating", label: "operating" },
        { code: "unknown", label: "unknown" },
      ],
    },
  }),
);
const history = new StatusHistory(payload);

test("sites with another status at the window's end", () => {
  const texts = (was: number | null, is: number | null, mask: Uint8Array | null = null): string[] =>
    history.between(was, is, mask, 10)!.map((change) => `${change.record} ${statusText(payload, change)}`);
  assert.deepEqual(texts(50, 120), ["0 new: planned"]);
  // What is only possible does not outdo what is certain.
  assert.deepEqual(texts(120, 180), []);
  assert.deepEqual(texts(180, 200), ["0 planned → operating"]);
  assert.deepEqual(texts(200, 180), ["0 operating → planned"]);
  assert.deepEqual(texts(400, 401), ["1 operating → not there"]);
  assert.deepEqual(texts(401, 400), ["1 new: operating"]);
  assert.deepEqual(texts(450, null), ["2 new: status unknown"]);
  assert.deepEqual(texts(300, 300), []);
  assert.deepEqual(texts(180, 200, Uint8Array.of(0b10)), []);
  assert.equal(history.between(50, null, null, 1), null);
});

test("the sentence says what came, went and changed", () => {
  const visible = makeVisible(payload.marks, payload.records);
  const memory = new Memory();
  const say = (span: Span, mask: Uint8Array | null = null): string | null => {
    filterMarks(payload, mask, span, visible);
    const change = memory.compare(payload, visible, span, mask);
    return change && changeText(payload, change, history.between(change.was.to, span.to, mask, 10));
  };
  assert.equal(say({ from: null, to: 110 }), null);
  assert.equal(say({ from: null, to: 130 }), "+1 event.");
  assert.equal(say({ from: 130, to: 210 }), "−1 event, Plant: planned → operating.");
  assert.equal(say({ from: 130, to: 210 }), "");
  assert.equal(say({ from: null, to: 210 }, Uint8Array.of(255)), null, "other records, nothing to compare");
  assert.equal(
    changeText(payload, { was: { from: null, to: 1 }, came: 0, went: 0 }, null),
    "many sites changed.",
  );
});
