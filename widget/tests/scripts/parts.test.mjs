import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { filledIn } from "../../parts/before.js";
import { contactOf } from "../../parts/contact.js";
import { mayBegin } from "../../parts/conversations.js";

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

test("the site's fields are filled in as it asks", () => {
  const fields = [
    { name: "email", label: "Your email", type: "email", required: true },
    { name: "order", label: "Order", type: "text", required: false },
    { name: "phone", label: "Phone", type: "phone", required: false },
  ];
  const wrong = (...values) => filledIn(fields, values).wrong?.name;
  assert.equal(wrong("", "7", ""), "email");
  assert.equal(wrong("   ", "7", ""), "email");
  assert.equal(wrong("a@", "7", ""), "email");
  assert.equal(wrong("a@b.example", "", "call me"), "phone", "what is not asked for but given must hold too");
  assert.equal(wrong("a@b.example", "", ""), undefined);
  assert.deepEqual(filledIn(fields, [" a@b.example ", " ", ""]).given, { email: "a@b.example" });
});

test("another conversation is begun only within the site's limit", () => {
  const open = { chat_ended: false };
  const over = { chat_ended: true };
  assert.ok(mayBegin(0, [open, open, open]));
  assert.ok(mayBegin(undefined, [open]));
  assert.ok(mayBegin(2, [open, over, over]));
  assert.ok(!mayBegin(2, [open, open, over]));
});

test("fields are bounded as the server bounds them", () => {
  const source = new URL("../../../shared/src/limits.rs", import.meta.url);
  const limits = new Map([...readFileSync(source, "utf8").matchAll(/pub const (\w+): \w+ = ([\d_]+);/g)].map(([, name, value]) => [name, value.replaceAll("_", "")]));
  let count = 0;
  for (const part of ["before", "contact", "mail", "rating"]) {
    const code = readFileSync(new URL(`../../parts/${part}.js`, import.meta.url), "utf8");
    for (const [, name, value] of code.matchAll(/const (\w+_CHARS) = (\d+);/g)) {
      assert.equal(value, limits.get(name), name);
      count += 1;
    }
  }
  assert.equal(count, 7);
});

test("files are refused by kind and size before they are sent", async () => {
  globalThis.document = { createElement: () => ({ setAttribute() {}, append() {} }) };
  globalThis.Text = { FileKind: "kind", FileTooLarge: "size" };
  const { refusal } = await import("../../parts/files.js");
  const file = (name, type = "", size = 10) => ({ name, type, size });
  for (const fine of [file("a.png"), file("A.JPEG"), file("report.PDF"), file("blob", "image/webp"), file("notes.md", "", 10_485_760)]) assert.equal(refusal(fine), undefined, fine.name);
  for (const other of [file("a.exe"), file("a.svg", "image/svg+xml"), file("a.heic", "image/heic"), file("pdf"), file("a.png.zip")]) assert.equal(refusal(other), "kind", other.name);
  assert.equal(refusal(file("film.png", "image/png", 10_485_761)), "size");
});

test("files are bounded as the server bounds them", () => {
  const limits = readFileSync(new URL("../../../shared/src/limits.rs", import.meta.url), "utf8");
  const code = readFileSync(new URL("../../parts/files.js", import.meta.url), "utf8");
  const number = (text, pattern) => Number(pattern.exec(text)[1].replaceAll("_", ""));
  assert.equal(number(code, /MOST_BYTES = ([\d_]+);/), number(limits, /UPLOAD_BYTES: usize = (\d+) << 20;/) << 20);
  assert.equal(number(code, /MOST_FILES = (\d+);/), number(limits, /FILES_PER_MESSAGE: usize = (\d+);/));
});
