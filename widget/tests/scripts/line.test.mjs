import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, test } from "node:test";
import { makeBrowser, reply, settle, streamed } from "./browser.mjs";

let count = 0;
let browser, line, heard;

const HISTORY = { session_id: "s1", messages: [], chat_ended: false, mode: "ai", has_more: false, blocked: false, cursor: 7 };

/** The requests that wait, by the start of their path. */
const waiting = (path) => browser.requests.filter(({ address }) => address.startsWith(`/widget/${path}`));
const answer = async (path, response) => {
  await settle();
  const [request] = waiting(path);
  assert.ok(request, `${path} was not asked for; but ${browser.requests.map(({ address }) => address)}`);
  browser.requests.splice(browser.requests.indexOf(request), 1);
  if (response) request.resolve(response);
  else request.fail();
  await settle();
  return request;
};
const words = (...types) => heard.filter(({ type }) => types.includes(type)).map(({ type, message_id, ...rest }) => [type, message_id ?? rest]);

register(new URL("./afresh.mjs", import.meta.url));

// Each test has scripts of its own: they hold one conversation.
beforeEach(async () => {
  browser = makeBrowser();
  heard = [];
  count += 1;
  line = await import(`../../src/line.js?afresh=${count}`);
});

const start = async (kept = {}) => {
  for (const name in kept) browser.storage.set(`parlance:${name}`, kept[name]);
  line.start((word) => {
    heard.push(word);
    // As the panel does.
    if (word.type === "lost") line.forget(true);
  });
  await settle();
};
const enter = (session) => reply({ session_id: session, visitor_id: "v1", mode: "anonymous" });

test("nothing is asked for or stored before the visitor's first act", async () => {
  await start();
  assert.deepEqual(words("ready"), [["ready", {}]]);
  assert.deepEqual(waiting("session"), []);
  assert.deepEqual(waiting("events"), []);
  assert.equal(browser.storage.size, 0);
});

test("messages go out one after another, in the order of writing, in one session", async () => {
  await start();
  line.send("m1", "one");
  line.send("m2", "two");
  await answer("session/init", enter("s1"));
  assert.deepEqual(waiting("session"), []);
  const first = streamed();
  const request = await answer("chat", first.response);
  assert.deepEqual(request.body, { message: "one", message_id: "m1" });
  assert.equal(request.headers.authorization, "Bearer s1");
  const second = await answer("chat", streamed().response);
  assert.deepEqual(second.body, { message: "two", message_id: "m2" });
  assert.deepEqual(words("begun", "accepted"), [
    ["begun", "m1"],
    ["accepted", "m1"],
    ["begun", "m2"],
    ["accepted", "m2"],
  ]);
  first.say({ type: "chunk", text: "Hel" });
  first.say({ type: "done", text: "Hello" });
  await settle();
  assert.deepEqual(
    heard.filter(({ type }) => type === "turn").map(({ message_id, event }) => [message_id, event.type]),
    [
      ["m1", "chunk"],
      ["m1", "done"],
    ],
  );
  assert.equal(JSON.parse(browser.storage.get("parlance:unsent")).messages.length, 0);
});

test("without a connection a message waits, and goes out under the same id", async () => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  line.send("m1", "one");
  await answer("chat", null);
  assert.deepEqual(words("queued", "accepted"), [["queued", "m1"]]);
  assert.deepEqual(JSON.parse(browser.storage.get("parlance:unsent")).messages, [{ message_id: "m1", text: "one" }]);
  line.wake();
  const again = await answer("chat", streamed().response);
  assert.equal(again.body.message_id, "m1");
  assert.deepEqual(words("queued", "accepted"), [
    ["queued", "m1"],
    ["accepted", "m1"],
  ]);
});

test("a message that is taken back while it waits is not sent, and the next one is", async () => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  line.send("m1", "one");
  line.send("m2", "two");
  await answer("chat", reply({}, 503));
  line.settle("m1");
  line.wake();
  const request = await answer("chat", streamed().response);
  assert.equal(request.body.message_id, "m2");
  await settle();
  assert.deepEqual(waiting("chat"), []);
});

test("a refusal is told with its code and holds up nobody", async () => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  line.send("m1", "one");
  line.send("m2", "two");
  await answer("chat", reply({ code: "rate_limited" }, 429));
  await answer("chat", streamed().response);
  assert.deepEqual(
    heard.filter(({ type }) => type === "failed").map(({ message_id, code }) => [message_id, code]),
    [["m1", "rate_limited"]],
  );
  assert.deepEqual(words("accepted"), [["accepted", "m2"]]);
  // It can still be retried after a reload.
  assert.deepEqual(JSON.parse(browser.storage.get("parlance:unsent")).messages, [{ message_id: "m1", text: "one" }]);
});

test("a session that the server has forgotten is replaced, and the message goes there", async () => {
  await start({ session: "s1", visitor: "v1" });
  await answer("history", reply(HISTORY));
  line.send("m1", "one");
  await answer("chat", reply({ code: "invalid_session" }, 401));
  const init = await answer("session/init", enter("s2"));
  assert.equal(init.body.visitor_id, "v1");
  const request = await answer("chat", streamed().response);
  assert.equal(request.headers.authorization, "Bearer s2");
  assert.deepEqual(request.body, { message: "one", message_id: "m1" });
  assert.deepEqual(words("accepted", "failed", "queued"), [["accepted", "m1"]]);
});

test("the live channel goes on after the last event that was heard", async (context) => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  const events = streamed();
  const first = await answer("events", events.response);
  assert.match(first.address, /after=7&/);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  events.say({ type: "blocked", blocked: false }, "8");
  events.say({ type: "chunk", answer_id: "a", offset: 0, text: "x" });
  events.end();
  await settle();
  assert.deepEqual(
    heard.filter(({ type }) => type === "event").map(({ event }) => event.type),
    ["blocked", "chunk"],
  );
  assert.deepEqual(waiting("events"), [], "everybody comes back at another moment");
  context.mock.timers.tick(1_500);
  await settle();
  assert.match(waiting("events")[0].address, /after=8&/);
});

test("a loss is told only after a grace period, and healing at once", async (context) => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  const events = streamed();
  await answer("events", events.response);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  heard.length = 0;
  events.end();
  await settle();
  context.mock.timers.tick(1_500);
  await answer("events", null);
  context.mock.timers.tick(3_499);
  assert.deepEqual(words("cut"), []);
  context.mock.timers.tick(1);
  assert.deepEqual(words("cut"), [["cut", { is_cut: true }]]);
  await settle();
  await answer("events", streamed().response);
  assert.deepEqual(words("cut").at(-1), ["cut", {}]);
});

test("a conversation that is over is not listened to anew", async (context) => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  const events = streamed();
  await answer("events", events.response);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  events.say({ type: "ended" }, "8");
  events.end();
  await settle();
  context.mock.timers.tick(60_000);
  await settle();
  assert.deepEqual(waiting("events"), []);
});

test("what an earlier life of the tab has left is offered once the server's side is known", async () => {
  const left = { draft: "half", messages: [{ message_id: "m0", text: "left" }] };
  await start({ session: "s1", unsent: JSON.stringify(left) });
  assert.deepEqual(words("restore"), []);
  await answer("history", reply(HISTORY));
  assert.deepEqual(
    heard.filter(({ type }) => type === "restore").map(({ message_id, text }) => [message_id, text]),
    [["m0", "left"]],
  );
  line.settle("m0");
  assert.deepEqual(JSON.parse(browser.storage.get("parlance:unsent")).messages, []);
});

test("where the conversation is gone, what was left is still offered", async () => {
  const left = { draft: "", messages: [{ message_id: "m0", text: "left" }] };
  await start({ session: "s1", unsent: JSON.stringify(left) });
  await answer("history", reply({ code: "invalid_session" }, 401));
  assert.deepEqual(words("restore"), [["restore", "m0"]]);
});

test("another conversation hears nothing of the one before", async () => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  line.send("m1", "one");
  const turn = streamed();
  await answer("chat", turn.response);
  line.forget(true);
  heard.length = 0;
  turn.say({ type: "done", text: "late" });
  await settle();
  assert.deepEqual(heard, []);
  assert.equal(browser.storage.get("parlance:session"), undefined);
});

test("typing ends by itself", async (context) => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  const events = streamed();
  await answer("events", events.response);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  events.say({ type: "typing", who: "operator", until });
  await settle();
  context.mock.timers.tick(14_999);
  assert.deepEqual(words("typing_over"), []);
  context.mock.timers.tick(1);
  assert.deepEqual(words("typing_over"), [["typing_over", { until }]]);
});
