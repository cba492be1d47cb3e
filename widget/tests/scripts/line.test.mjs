import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, test } from "node:test";
import { makeBrowser, reply, settle, streamed } from "./browser.mjs";

let count = 0;
let browser, line, pauses, asks, heard;

const HISTORY = { session_id: "s1", messages: [], chat_ended: false, mode: "ai", has_more: false, blocked: false, cursor: 7 };

const STYLE = { primary_color: "#4338ca", bg_color: "#ffffff", font_color: "#1c1b29", button_color: "#4338ca", theme: "light" };

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
  pauses = await import(`../../src/pauses.js?afresh=${count}`);
  // Fetched when it is used: here it is at hand.
  await (await import(`../../src/server.js?afresh=${count}`)).fetchPart("live");
  asks = await import(`../../src/asks.js?afresh=${count}`);
});

const start = async (kept = {}) => {
  const { session, visitor = "v1", unsent, config = {}, ...more } = kept;
  if (session) browser.storage.set("parlance:session", JSON.stringify({ session_id: session, visitor_id: visitor, ...more }));
  if (unsent) browser.storage.set("parlance:unsent", unsent);
  await answer("config", reply({ style: STYLE, ...config }));
  line.start((word) => {
    heard.push(word);
    // As the panel does.
    if (word.type === "lost") line.forget(true);
    if (word.type === "dictated") line.keepDraft(word.text);
  });
  await settle();
};
/** What the host page would keep. */
const keptSession = () => JSON.parse(browser.storage.get("parlance:session") ?? "null");
const enter = (session) => reply({ session_id: session, visitor_id: "v1", mode: "anonymous" });

test("nothing is asked for or stored before the visitor's first act", async () => {
  await start();
  assert.deepEqual(words("ready"), [["ready", {}]]);
  assert.deepEqual(waiting("session"), []);
  assert.deepEqual(waiting("events"), []);
  assert.equal(browser.storage.size, 0);
});

for (const [what, readOnly, kept, draft, said] of [
  ["is a draft", false, "", "Where is it?", ["dictated"]],
  ["goes out where the visitor has sent it", true, "", "Where is it?", ["dictated", "send_draft"]],
  ["joins what an earlier page has left, and is looked at first", true, "Hello", "Hello\nWhere is it?", ["dictated"]],
]) {
  test(`what was written before the panel was there ${what}`, async () => {
    Object.assign(browser.area, { value: "Where is it?", readOnly });
    await start({ unsent: JSON.stringify({ draft: kept, messages: [] }) });
    assert.deepEqual(heard.map(({ type }) => type).filter((type) => ["dictated", "send_draft"].includes(type)), said);
    assert.equal(JSON.parse(browser.storage.get("parlance:unsent")).draft, draft);
  });
}

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
  assert.deepEqual(JSON.parse(browser.storage.get("parlance:unsent")).messages, [{ message_id: "m1", text: "one", files: [] }]);
  pauses.wake();
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
  pauses.wake();
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
  await answer("chat", reply({ code: "validation_failed" }, 422));
  await answer("chat", streamed().response);
  assert.deepEqual(
    heard.filter(({ type }) => type === "failed").map(({ message_id, code }) => [message_id, code]),
    [["m1", "validation_failed"]],
  );
  assert.deepEqual(words("accepted"), [["accepted", "m2"]]);
  // It can still be retried after a reload.
  assert.deepEqual(JSON.parse(browser.storage.get("parlance:unsent")).messages, [{ message_id: "m1", text: "one", files: [] }]);
});

test("one message too many waits for its time with those behind it, and goes out with its files", async (context) => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  line.send("m1", "one", [{ id: 7, filename: "photo.png" }]);
  line.send("m2", "two");
  const limited = reply({ code: "rate_limited" }, 429);
  limited.headers.set("retry-after", "40");
  await answer("chat", limited);
  const held = () => heard.filter(({ type }) => type === "held").map(({ message_id, until }) => [message_id, until]);
  assert.deepEqual(held(), [
    ["m1", 1_040_000],
    ["m2", 1_040_000],
  ]);
  line.send("m3", "three");
  await settle();
  assert.deepEqual(held().at(-1), ["m3", 1_040_000]);
  context.mock.timers.tick(39_000);
  await settle();
  assert.deepEqual(waiting("chat"), []);
  context.mock.timers.tick(1_000);
  const request = await answer("chat", streamed().response);
  assert.deepEqual(request.body, { message: "one", message_id: "m1", files: [7] });
  assert.deepEqual(line.settle("m2"), []);
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

test("a nudge that waited for the channel is heard, and none is heard twice", async (context) => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  const events = streamed();
  await answer("events", events.response);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const nudge = (id, cursor) => events.say({ type: "nudge", nudge: { id, text: `nudge ${id}` } }, cursor);
  // Sent before this page, and before what its history held.
  nudge(1, "7");
  nudge(2, "7");
  nudge(3, "8");
  // What had waited comes as what happened, too; and a tab that missed more makes the channel go back.
  nudge(2, "9");
  nudge(3, "9");
  nudge(4, "8");
  await settle();
  assert.deepEqual(
    heard.filter(({ event }) => event?.type === "nudge").map(({ event }) => event.nudge.id),
    [1, 2, 3],
  );
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
  assert.deepEqual(words("cut").at(-1), ["cut", { is_cut: false }]);
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
  assert.equal(keptSession().session_id, null);
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

test("another conversation of the same browser is proved by the key of the one before", async () => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  assert.ok(line.hasEarlier());
  line.forget(true);
  assert.deepEqual(keptSession(), { session_id: null, visitor_id: "v1", previous_id: "s1" });
  assert.ok(line.hasEarlier());
  line.send("m1", "one");
  const init = await answer("session/init", enter("s2"));
  assert.equal(init.body.session_id, "s1");
  line.forget(false);
  assert.ok(!line.hasEarlier());
  assert.equal(keptSession(), null);
});

test("where the site allows no other conversation, the open one is shown and goes on", async () => {
  await start({ session: "s1" });
  await answer("history", reply(HISTORY));
  line.forget(true);
  line.send("m1", "one");
  await answer("session/init", reply({ session_id: "s1", visitor_id: "v1", mode: "anonymous", continued: true }));
  await answer("history", reply({ ...HISTORY, cursor: 9 }));
  assert.equal(heard.filter(({ type }) => type === "history").length, 2);
  const request = await answer("chat", streamed().response);
  assert.equal(request.headers.authorization, "Bearer s1");
});

test("an earlier conversation goes on where it was", async () => {
  await start({ session: "s2", previous_id: "s1" });
  await answer("history", reply(HISTORY));
  line.forget(true);
  line.goOn("s1");
  const history = await answer("history", reply(HISTORY));
  assert.equal(history.headers.authorization, "Bearer s1");
  assert.equal(keptSession().session_id, "s1");
  assert.equal(keptSession().previous_id, "s2");
  assert.equal(heard.at(-1).type, "ready");
});

test("consent goes with one message, and is kept once the server has it", async () => {
  const consent = { text: "We store what you write.", version: 3 };
  await start({ config: { consent } });
  assert.deepEqual(asks.asks(false), { consent, fields: [] });
  line.report({ type: "agreed", consent_version: 3 });
  assert.ok(!asks.mustAsk(false), "nobody is asked twice while it is on its way");
  line.send("m1", "one");
  line.send("m2", "two");
  await answer("session/init", enter("s1"));
  assert.equal(keptSession().asked.consent_version, undefined, "not before the server has it");
  const first = await answer("chat", streamed().response);
  assert.equal(first.body.consent_version, 3);
  assert.equal(keptSession().asked.consent_version, 3);
  const second = await answer("chat", streamed().response);
  assert.equal(second.body.consent_version, undefined);
});

test("another version of the consent is asked for again, fields are not", async () => {
  const config = { consent: { text: "New words.", version: 4 }, pre_chat_fields: [{ name: "order", label: "Order", type: "text" }] };
  await start({ session: "s1", asked: { consent_version: 3, has_fields: true }, config });
  await answer("history", reply(HISTORY));
  const { consent, fields } = asks.asks(false);
  assert.equal(consent.version, 4);
  assert.deepEqual(fields, []);
});

test("fields are asked for only before the first message", async () => {
  const field = { name: "order", label: "Order", type: "text", required: true };
  await start({ config: { pre_chat_fields: [field] } });
  assert.deepEqual(asks.asks(false).fields, [field]);
  assert.ok(asks.mustAsk(false));
  assert.ok(!asks.mustAsk(true));
});

test("outside its hours the site says when people are back, by the server's clock", async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const away = async (hours) => {
    browser = makeBrowser();
    count += 1;
    line = await import(`../../src/line.js?afresh=${count}`);
    asks = await import(`../../src/asks.js?afresh=${count}`);
    await start({ config: { hours } });
    return asks.away();
  };
  assert.equal(await away(undefined), null);
  assert.equal(await away({ is_open: true, next_change_at: inAnHour }), null);
  assert.equal(await away({ is_open: false }), "");
  assert.match(await away({ is_open: false, next_change_at: inAnHour }), /\d/);
  assert.equal(await away({ is_open: false, next_change_at: anHourAgo }), null, "they are back by now");
  assert.equal(await away({ is_open: true, next_change_at: anHourAgo }), "", "they have gone by now");
});
