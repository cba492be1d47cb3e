import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contactOf } from "../../parts/contact.js";

const empty = { name: "", email: "", phone: "" };

test("a contact needs a way to reach somebody", () => {
  assert.equal(contactOf({ ...empty, name: "Anna" }), null);
  assert.ok(contactOf({ ...empty, email: "a@b.example" }));
  assert.ok(contactOf({ ...empty, phone: "+49 30 1234" }));
});

test("slips are caught", () => {
  for (const email of ["a", "a@", "@b.example", "a@b", "a@.b", "a@b.", "a@b@c.example"]) {
    assert.equal(contactOf({ ...empty, email, phone: "0301234" }), null, email);
  }
  assert.equal(contactOf({ ...empty, email: "a@b.example", phone: "none" }), null);
});

test("what is empty is not sent", () => {
  assert.deepEqual(contactOf({ name: "  ", email: " a@b.example ", phone: "" }), { email: "a@b.example" });
});

test("fields are bounded as the server bounds them", () => {
  const source = new URL("../../../shared/src/limits.rs", import.meta.url);
  const limits = new Map([...readFileSync(source, "utf8").matchAll(/pub const (\w+): \w+ = ([\d_]+);/g)].map(([, name, value]) => [name, value.replaceAll("_", "")]));
  let count = 0;
  for (const part of ["contact", "rating"]) {
    const code = readFileSync(new URL(`../../parts/${part}.js`, import.meta.url), "utf8");
    for (const [, name, value] of code.matchAll(/const (\w+_CHARS) = (\d+);/g)) {
      assert.equal(value, limits.get(name), name);
      count += 1;
    }
  }
  assert.equal(count, 4);
});
