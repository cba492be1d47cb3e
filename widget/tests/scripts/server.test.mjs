// node --test widget/tests/scripts
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBrowser, reply, settle, streamed } from "./browser.mjs";

const { requests } = makeBrowser();
const { ask, isLost, isPassing, open, untilMoment } = await import("../../src/server.js");
const { eventParser, streamOf } = await import("../../parts/stream.js");
const stream = streamOf(open);

const bytes = (text) => new TextEncoder().encode(text);
const parse = (...pieces) => {
  const parser = eventParser();
  return { records: pieces.flatMap((piece) => parser.push(typeof piece === "string" ? bytes(piece) : piece)), retry: parser.retry };
};

test("an event ends with an empty line", () => {
  const parser = eventParser();
  assert.deepEqual(parser.push(bytes('id: 7\ndata: {"a":1}\n')), []);
  assert.deepEqual(parser.push(bytes("\n")), [{ id: "7", event: { a: 1 } }]);
});

test("the id stays until another is named", () => {
  const { records } = parse("id: 7\ndata: 1\n\ndata: 2\n\nid:8\ndata:3\n\n");
  assert.deepEqual(
    records.map(({ id, event }) => [id, event]),
    [
      ["7", 1],
      ["7", 2],
      ["8", 3],
    ],
  );
});

test("comments, unknown fields and what is no JSON are skipped", () => {
  assert.deepEqual(parse(": ping\n\nevent: x\nfoo\n\n").records, []);
  assert.deepEqual(parse("data\n\ndata: {\n\ndata: 1\n\n").records, [{ id: undefined, event: 1 }]);
});

test("several lines of data are joined", () => {
  assert.deepEqual(parse("data: [1,\ndata:  2]\n\n").records[0].event, [1, 2]);
});

test("all three line endings count", () => {
  for (const end of ["\n", "\r", "\r\n"]) assert.equal(parse(`data: 5${end}${end}`).records[0].event, 5);
  // Each byte in a piece of its own, and empty pieces between them.
  for (const end of ["\n", "\r", "\r\n"]) {
    const pieces = [...`data: 5${end}${end}data: 6${end}${end}`].flatMap((letter) => [letter, ""]);
    assert.deepEqual(parse(...pieces).records.map(({ event }) => event), [5, 6]);
  }
});

test("every split of the bytes gives the same events", () => {
  const whole = bytes('id: 1\r\ndata: {"text":"Grüße 👩‍👩‍👧 你好"}\r\n\r\nretry: 2500\ndata: 2\n\n');
  const { records } = parse(whole);
  assert.equal(records.length, 2);
  for (let first = 0; first < whole.length; first++) {
    for (let second = first; second < whole.length; second++) {
      const cut = parse(whole.slice(0, first), whole.slice(first, second), whole.slice(second));
      assert.deepEqual(cut.records, records, `${first} ${second}`);
      assert.equal(cut.retry, 2500);
    }
  }
});

test("a retry that is no number changes nothing", () => {
  assert.equal(parse("retry: 2000\nretry: soon\nretry: -1\n").retry, 2000);
});

test("a request names site, session and what it says", async () => {
  const asked = ask("POST", "rate", "s1", { score: 5 });
  const request = requests.pop();
  assert.equal(request.address, "/widget/rate?bot_id=ch_1");
  assert.equal(request.method, "POST");
  assert.deepEqual(request.headers, { authorization: "Bearer s1", "content-type": "application/json" });
  assert.deepEqual(request.body, { score: 5 });
  assert.equal(request.keepalive, true);
  request.resolve(reply({ ok: true }));
  assert.deepEqual(await asked, { ok: true });
});

test("what goes wrong carries the code of the error table", async () => {
  const refused = ask("GET", "history?before=3", "s1");
  const request = requests.pop();
  assert.equal(request.address, "/widget/history?before=3&bot_id=ch_1");
  request.resolve(reply({ detail: "gone", code: "invalid_session" }, 401));
  const error = await refused.catch((error) => error);
  assert.deepEqual(error, { code: "invalid_session", status: 401, wait: 0 });
  assert.ok(isLost(error) && !isPassing(error));

  const down = ask("GET", "history", "s1");
  requests.pop().resolve(new Response("no JSON", { status: 502 }));
  assert.ok(isPassing(await down.catch((error) => error)));

  const offline = ask("GET", "history", "s1");
  requests.pop().fail();
  const lost = await offline.catch((error) => error);
  assert.equal(lost.code, "network");
  assert.ok(isPassing(lost) && !isLost(lost));
});

test("a server that does not answer is given up after 30 s", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = ask("GET", "history", "s1").catch((error) => error);
  context.mock.timers.tick(29_999);
  assert.equal(requests.pop().signal.aborted, false);
  context.mock.timers.tick(1);
  assert.equal((await asked).code, "network");
});

test("a stream gives what the network brings and ends with it", async () => {
  const opened = stream("GET", "events?after=0", "s1");
  const { response, say, write, end } = streamed();
  requests.pop().resolve(response);
  const { pieces, retry } = await opened;
  say({ type: "ended" }, "4");
  assert.deepEqual((await pieces.next()).value, [{ id: "4", event: { type: "ended" } }]);
  write(": still here\nretry: 700\n\n");
  assert.deepEqual((await pieces.next()).value, []);
  assert.equal(retry(), 700);
  end();
  assert.equal((await pieces.next()).done, true);
});

test("a stream that is silent for 40 s is cut, one that is not listened to is hung up", async (context) => {
  const opened = stream("GET", "events?after=0", "s1");
  const request = requests.pop();
  const { response, write } = streamed();
  request.resolve(response);
  const { pieces } = await opened;
  write(": hello\n\n");
  await pieces.next();
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const next = pieces.next();
  assert.equal(request.signal.aborted, false);
  context.mock.timers.tick(40_000);
  assert.equal(request.signal.aborted, true);
  await settle();
  void next;

  context.mock.timers.reset();
  const second = stream("GET", "events?after=0", "s1");
  const other = requests.pop();
  const reading = streamed();
  other.resolve(reading.response);
  const { pieces: others } = await second;
  reading.write(": hello\n\n");
  await others.next();
  await others.return();
  assert.equal(other.signal.aborted, true);
});

test("moments are the server's, whatever the visitor's clock says", async () => {
  const asked = ask("GET", "history", "s1");
  const ahead = new Date(Date.now() + 3_600_000).toUTCString();
  requests.pop().resolve(new Response("{}", { headers: { date: ahead } }));
  await asked;
  const left = untilMoment(new Date(Date.parse(ahead) + 5_000).toISOString());
  assert.ok(left > 3_000 && left <= 6_000, String(left));
});
