import assert from "node:assert/strict";
import { test } from "node:test";
import { LayerOrder } from "../src/layers.ts";

const ids = (order: LayerOrder): string[] => order.placed.map((layer) => layer.id);

test("records alone are shown at first, and the address says nothing", () => {
  const order = new LayerOrder();
  assert.equal(order.text, "");
  assert.ok(order.isOn("records"));
  assert.ok(!order.isOn("heat"));
});

test("the text holds the visible layers from top to bottom", () => {
  const order = new LayerOrder();
  order.show("heat", true);
  assert.equal(order.text, "records,heat");
  order.move("heat", -1);
  order.move("heat", -1);
  assert.deepEqual(ids(order), ["heat", "records", "lines", "countries"]);
  assert.equal(order.text, "heat,records");
});

test("a text gives the same map again", () => {
  for (const text of ["heat,records", "countries", "none", "", "lines,records,countries,heat"]) {
    const order = new LayerOrder();
    order.text = text;
    assert.equal(order.text, text);
  }
});

test("strange texts give what is known of them, or the default", () => {
  const order = new LayerOrder();
  order.text = "heat,heat,<b>,records";
  assert.equal(order.text, "heat,records");
  order.text = "nonsense";
  assert.equal(order.text, "");
});

test("nothing shown is not the default", () => {
  const order = new LayerOrder();
  order.show("records", false);
  assert.equal(order.text, "none");
});

test("no layer moves past the ends", () => {
  const order = new LayerOrder();
  assert.equal(order.move("records", -1), false);
  assert.equal(order.move("countries", 1), false);
  assert.equal(order.move("unknown", 1), false);
});

test("layers that come lie on top, hidden; those that go are gone", () => {
  const order = new LayerOrder();
  order.offer(["data:a", "records", "heat"]);
  assert.deepEqual(ids(order), ["data:a", "records", "heat"]);
  assert.equal(order.text, "");
});
