import assert from "node:assert/strict";
import { test } from "node:test";
import { Arrival } from "../src/component/arrival.ts";
import { parsePayload } from "../src/payload.ts";
import { bytesOf, dealt } from "./helpers.ts";

const plain = bytesOf({
  siteMarks: 0,
  records: 400,
  rows: Array.from({ length: 400 }, (_, k) => ({ first: k, last: k, record: k })),
});
const payload = new Uint8Array(dealt(plain, 8));

/** Feeds a payload at so many bytes a second; gives what was shown early and what there was at the end. */
function fed(bytes: Uint8Array, perSecond: number, chunk = 64): { parts: ArrayBuffer[]; whole: ArrayBuffer } {
  let clock = 0;
  const arrival = new Arrival(() => clock);
  const parts: ArrayBuffer[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    arrival.push(bytes.subarray(at, at + chunk));
    const part = arrival.part();
    if (part) parts.push(part);
    clock += (chunk / perSecond) * 1000;
  }
  return { parts, whole: arrival.whole() };
}

test("a fast line shows nothing before all is there", () => {
  const { parts, whole } = fed(payload, payload.length * 2);
  assert.equal(parts.length, 0);
  assert.deepEqual(new Uint8Array(whole), payload);
});

test("a slow line shows whole blocks, more each time, not too often", () => {
  const { parts, whole } = fed(payload, payload.length / 8);
  assert.ok(parts.length >= 3 && parts.length <= 5, String(parts.length));
  const marks = parts.map((part) => parsePayload(part, true).marks);
  assert.deepEqual(
    marks,
    [...marks].sort((a, b) => a - b),
  );
  assert.ok(marks[0]! > 0 && marks.at(-1)! < 400);
  assert.equal(parsePayload(whole).marks, 400);
});

test("the last moment is waited for", () => {
  const { parts } = fed(payload, payload.length / 1.2);
  assert.equal(parts.length, 0);
});

test("how much has come is known once the header is there", () => {
  const arrival = new Arrival(() => 0);
  arrival.push(payload.subarray(0, 100));
  assert.equal(arrival.share, 0);
  arrival.push(payload.subarray(100, payload.length / 2));
  assert.ok(Math.abs(arrival.share - 0.5) < 0.01);
});

test("what is cut short or no payload arrives as it is, for the map to refuse", () => {
  for (const bytes of [
    payload.subarray(0, 5000),
    new TextEncoder().encode("<html>Sign in</html>".repeat(9)),
  ]) {
    const { parts, whole } = fed(bytes, 1e6);
    assert.equal(parts.length, 0);
    assert.equal(whole.byteLength, bytes.length);
    assert.throws(() => parsePayload(whole), /map data/i);
  }
});
