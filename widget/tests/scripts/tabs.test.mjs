// Several tabs of one visitor: one of them holds the live channel, and no word is lost when it goes.
import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, test } from "node:test";
import { makeBrowser, makeTabs, reply, settle, streamed } from "./browser.mjs";

register(new URL("./afresh.mjs", import.meta.url));

const SESSION = JSON.stringify({ session_id: "s1", visitor_id: "v1" });

let count = 1_000;
let browser;

const history = (cursor) => reply({ session_id: "s1", messages: [], chat_ended: false, mode: "ai", has_more: false, blocked: false, cursor });
const events = () => browser.requests.filter(({ address }) => address.startsWith("/widget/events"));
const after = ({ address }) => /after=(\d+)/.exec(address)[1];
const answer = async (path, response) => {
  await settle();
  const at = browser.requests.findIndex(({ address }) => address.startsWith(`/widget/${path}`));
  assert.ok(at >= 0, `${path} was not asked for; but ${browser.requests.map(({ address }) => address)}`);
  const [request] = browser.requests.splice(at, 1);
  request.resolve(response);
  await settle();
  return request;
};

/** A tab with scripts of its own. */
const open = async (cursor) => {
  const heard = [];
  const line = await import(`../../src/line.js?afresh=${++count}`);
  // Fetched when it is used: here it is at hand.
  await (await import(`../../src/server.js?afresh=${count}`)).fetchPart("live");
  line.start((word) => heard.push(word));
  if (cursor !== undefined) await answer("history", history(cursor));
  await settle();
  return { line, heard, events: () => heard.filter(({ type }) => type === "event").map(({ event }) => event.id ?? event.type) };
};

beforeEach(() => {
  browser = makeBrowser({ tabs: makeTabs() });
});

test("one tab holds the channel, the other hears the same from it", async () => {
  browser.storage.set("parlance:session", SESSION);
  const first = await open(7);
  await answer("events", streamed().response);
  const second = await open(9);
  // The one that has come is told what is under way: the channel is opened anew, and by the tab that leads.
  assert.equal(events().length, 1);
  const channel = streamed();
  await answer("events", channel.response);
  channel.say({ type: "removed", id: 1 }, "12");
  // What is not stored carries the number of what came before it.
  channel.say({ type: "chunk", answer_id: "a", offset: 0, text: "x" }, "12");
  await settle();
  for (const tab of [first, second]) assert.deepEqual(tab.events(), [1, "chunk"]);
  assert.deepEqual(events(), []);
});

test("what one that has come has heard of already is not said to it twice", async () => {
  browser.storage.set("parlance:session", SESSION);
  await open(7);
  await answer("events", streamed().response);
  const second = await open(12);
  const channel = streamed();
  assert.equal(after(await answer("events", channel.response)), "7");
  channel.say({ type: "removed", id: 1 }, "12");
  channel.say({ type: "removed", id: 2 }, "13");
  await settle();
  assert.deepEqual(second.events(), [2]);
});

test("where the leader goes, the next goes on after the last that it heard", async () => {
  browser.storage.set("parlance:session", SESSION);
  const first = await open(7);
  await answer("events", streamed().response);
  const second = await open(7);
  const channel = streamed();
  await answer("events", channel.response);
  channel.say({ type: "removed", id: 1 }, "12");
  await settle();
  first.line.forget(true);
  await settle();
  assert.equal(events().length, 1);
  assert.equal(after(events()[0]), "12");
  const next = streamed();
  await answer("events", next.response);
  next.say({ type: "removed", id: 2 }, "13");
  await settle();
  assert.deepEqual(second.events(), [1, 2]);
});

test("the lead of a tab that says nothing any more is taken", async (context) => {
  browser.storage.set("parlance:session", SESSION);
  await open(7);
  await answer("events", streamed().response);
  await open(7);
  await answer("events", streamed().response);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  // Its first word after that starts the clock that is watched here.
  const third = await open(7);
  const channel = streamed();
  await answer("events", channel.response);
  context.mock.timers.tick(59_999);
  await settle();
  assert.deepEqual(events(), []);
  context.mock.timers.tick(1);
  await settle();
  assert.equal(events().length, 1);
  const own = streamed();
  await answer("events", own.response);
  own.say({ type: "removed", id: 3 }, "20");
  await settle();
  assert.deepEqual(third.events(), [3]);
});

test("a connection that is lost and found is told in every tab", async (context) => {
  browser.storage.set("parlance:session", SESSION);
  await open(7);
  await answer("events", streamed().response);
  const second = await open(7);
  const channel = streamed();
  await answer("events", channel.response);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  channel.end();
  await settle();
  context.mock.timers.tick(5_000);
  await settle();
  const cuts = () => second.heard.filter(({ type }) => type === "cut").map(({ is_cut }) => is_cut);
  assert.equal(cuts().at(-1), true);
  await answer("events", streamed().response);
  assert.equal(cuts().at(-1), false);
});

test("tabs that begin at the same moment begin one conversation", async () => {
  const [first, second] = [await open(), await open()];
  first.line.send("m1", "one");
  second.line.send("m2", "two");
  await settle();
  assert.equal(browser.requests.filter(({ address }) => address.startsWith("/widget/session/init")).length, 1);
  await answer("session/init", reply({ session_id: "s1", visitor_id: "v1", mode: "anonymous" }));
  await settle();
  const sent = browser.requests.filter(({ address }) => address.startsWith("/widget/chat"));
  assert.deepEqual(sent.map(({ body, headers }) => [body.message, headers.authorization]).sort(), [
    ["one", "Bearer s1"],
    ["two", "Bearer s1"],
  ]);
});

test("who begins anew is not taken back to the conversation of another tab", async () => {
  browser.storage.set("parlance:session", SESSION);
  const [first] = [await open(7), await open(7)];
  first.line.forget(true);
  first.line.send("m1", "anew");
  await answer("session/init", reply({ session_id: "s2", visitor_id: "v1", mode: "anonymous" }));
  const chat = await answer("chat", streamed().response);
  assert.equal(chat.headers.authorization, "Bearer s2");
});
