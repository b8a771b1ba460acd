import assert from "node:assert/strict";
import { test } from "node:test";
import { joinedMarks } from "../src/lines.ts";
import { parsePayload } from "../src/payload.ts";
import { bytesOf } from "./helpers.ts";

test("lines go from the first place of an event to its others, never between sites or to the same spot", () => {
  const at = (record: number, lon: number, kind = 1): object => ({ record, lon, kind, first: 0, last: 0 });
  const rows = [at(0, 1, 0), at(0, 2, 0), at(1, 10), at(1, 20), at(1, 10), at(1, 30), at(2, 5)] as never[];
  const payload = parsePayload(bytesOf({ siteMarks: 2, records: 3, rows }));
  assert.deepEqual(joinedMarks(payload), [
    [2, 3],
    [2, 5],
  ]);
});
