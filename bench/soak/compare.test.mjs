// node --test bench/soak
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./compare.mjs";

const user = (content, seq) => ({ role: "user", content, seq, status: "complete" });
const assistant = (content, seq, status = "complete") => ({ role: "assistant", content, seq, status });
const sent = [
  { text: "one", acknowledged: true, answer: "A" },
  { text: "two", acknowledged: true },
  { text: "three", acknowledged: false },
];

test("what was acknowledged is there, and what was not may be there or not", () => {
  const history = [user("one", 1), assistant("A", 2), user("two", 3), assistant("B", 4, "interrupted")];
  assert.deepEqual(compare(sent, history), { problems: [], unanswered: 0 });
  const more = [...history, user("three", 5)];
  assert.deepEqual(compare(sent, more), { problems: [], unanswered: 1 });
});

test("a lost message and a lost answer are found", () => {
  const { problems } = compare(sent, [user("one", 1)]);
  assert.equal(problems.length, 2);
  assert.match(problems.join(), /lost although acknowledged: "two"/);
  assert.match(problems.join(), /the answer to "one" is lost/);
});

test("what is doubled, swapped, changed or missing in between is found", () => {
  const find = (history) => compare(sent, history).problems.join("; ");
  const good = [user("one", 1), assistant("A", 2), user("two", 3)];
  assert.match(find([user("one", 1), user("one", 2), assistant("A", 3), user("two", 4)]), /doubled: "one"/);
  assert.match(find([user("two", 1), user("one", 2), assistant("A", 3)]), /out of order or doubled: "one"/);
  assert.match(find([user("one", 1), assistant("A", 2), assistant("A", 3), user("two", 4)]), /2 answers to "one"/);
  assert.match(find([user("one", 1), assistant("X", 2), user("two", 3)]), /another than the one/);
  assert.match(find([...good.slice(0, 2), user("two", 4)]), /a gap before position 4/);
  assert.match(find([...good, user("four", 4)]), /nobody wrote "four"/);
});
