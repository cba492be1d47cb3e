import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBrowser } from "./browser.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The script, with words and time in the test's hands, and what it tells the panel. */
const begin = async (t) => {
  makeBrowser();
  navigator.languages = ["en-GB"];
  globalThis.Text = { BlockedUntil: 0, ErrorBlocked: 1 };
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-01-05T10:00:00Z") });
  const { adopt } = await import("../../src/language.js");
  adopt("en-GB", ["until {name}", "for good"]);
  const { blockedFor, blockedWords, noticeBlock } = await import("../../src/block.js");
  const told = [];
  const hear = (word) => {
    told.push(word);
    noticeBlock(word, hear);
  };
  const notice = async (word) => {
    noticeBlock(word, hear);
    await Promise.resolve();
  };
  return { blockedFor, blockedWords, notice, told };
};

const blocked = (until) => ({ type: "event", event: { type: "blocked", blocked: true, until } });
const over = { type: "event", event: { type: "blocked", blocked: false } };
const words = (until) => `until ${new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(new Date(until))}`;

test("a block is over when its time is, once, also one that is longer than browsers wait", async (t) => {
  const { notice, told, blockedWords } = await begin(t);
  await notice(blocked("2026-01-06T10:00:00Z"));
  assert.equal(blockedWords(), words("2026-01-06T10:00:00Z"));
  t.mock.timers.tick(DAY - 1);
  assert.deepEqual(told, []);
  t.mock.timers.tick(1);
  assert.deepEqual(told, [over]);
  t.mock.timers.tick(40 * DAY);
  assert.equal(told.length, 1);

  await notice(blocked(new Date(Date.now() + 60 * DAY).toISOString()));
  t.mock.timers.tick(59 * DAY);
  assert.equal(told.length, 1);
  t.mock.timers.tick(DAY);
  assert.equal(told.length, 2);
});

test("the history says it after a reload, and a later word counts", async (t) => {
  const { notice, told, blockedWords } = await begin(t);
  await notice({ type: "history", reply: { blocked: true, blocked_until: "2026-01-05T11:00:00Z" } });
  await notice(blocked(undefined));
  assert.equal(blockedWords(), "for good");
  t.mock.timers.tick(2 * HOUR);
  assert.deepEqual(told, []);
  await notice({ type: "history", reply: { blocked: true, blocked_until: new Date(Date.now() + HOUR).toISOString() } });
  await notice(over);
  t.mock.timers.tick(2 * HOUR);
  assert.deepEqual(told, [], "it was taken back before");
});

test("a refusal says how long, and one without an end is for good", async (t) => {
  const { notice, told, blockedFor, blockedWords } = await begin(t);
  await notice({ type: "failed", code: "visitor_blocked", wait: 60 });
  t.mock.timers.tick(60_000);
  assert.deepEqual(told, [over]);
  await notice({ type: "failed", code: "visitor_blocked", wait: 0 });
  assert.equal(blockedWords(), "for good");
  await notice({ type: "failed", code: "rate_limited", wait: 5 });
  assert.equal(blockedWords(), "for good", "another refusal says nothing of a block");
  blockedFor(60);
  assert.match(blockedWords(), /^until /);
});
