// The queue of messages under whatever happens: a property, tried with many courses of events that seeds make.
import assert from "node:assert/strict";
import { register } from "node:module";
import { test } from "node:test";
import { makeBrowser, reply, settle, streamed } from "./browser.mjs";

register(new URL("./afresh.mjs", import.meta.url));

const SEEDS = 40;
const STEPS = 45;
const STYLE = { primary_color: "#4338ca", bg_color: "#ffffff", font_color: "#1c1b29", button_color: "#4338ca", theme: "light" };
const HISTORY = { messages: [], chat_ended: false, mode: "ai", has_more: false, blocked: false, cursor: 7 };

let lives = 0;

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
const randomOf = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** A server that stores a message once, whatever becomes of its replies. */
class Server {
  sessions = 0;
  known = new Set();
  stored = new Map();

  begin() {
    const session_id = `s${++this.sessions}`;
    this.known.add(session_id);
    return reply({ session_id, visitor_id: "v1", mode: "anonymous" });
  }

  knows({ headers }) {
    return this.known.has(headers.authorization?.replace("Bearer ", ""));
  }

  take({ message_id, message }) {
    if (!this.stored.has(message_id)) this.stored.set(message_id, message);
    assert.equal(this.stored.get(message_id), message, "an id stands for one message");
    const { response, say } = streamed();
    say({ type: "done", text: "I heard you." });
    return response;
  }
}

class Course {
  server = new Server();
  written = [];
  acknowledged = new Set();
  takenBack = new Set();
  /** Refused, and not sent again yet. */
  failed = new Set();
  /** Refused at least once. */
  refused = new Set();

  constructor(seed, timers) {
    this.random = randomOf(seed);
    this.timers = timers;
  }

  among(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  /** The panel's page comes, for the first time or anew: scripts of their own, and what the tab has kept. */
  async load() {
    // The page before is gone: nobody answers it, and its timers do not fire.
    const now = Date.now();
    this.timers.reset();
    const kept = this.browser?.storage ?? new Map();
    this.browser = makeBrowser();
    this.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now });
    for (const [key, value] of kept) this.browser.storage.set(key, value);
    lives += 1;
    this.line = await import(`../../src/line.js?afresh=${1_000_000 + lives}`);
    this.pauses = await import(`../../src/pauses.js?afresh=${1_000_000 + lives}`);
    await (await import(`../../src/server.js?afresh=${1_000_000 + lives}`)).fetchPart("live");
    const { line } = this;
    await settle();
    this.requests("config").forEach((request) => this.answer(request, reply({ style: STYLE })));
    await settle();
    line.start(({ type, message_id, text, files }) => {
      if (type === "accepted") this.acknowledged.add(message_id);
      if (type === "failed") [this.failed, this.refused].forEach((set) => set.add(message_id));
      // As the panel does.
      if (type === "lost") line.forget(true);
      if (type === "restore") line.send(message_id, text, files);
    });
    await settle();
  }

  requests(path) {
    return this.browser.requests.filter(({ address }) => address.startsWith(`/widget/${path}`));
  }

  /** With nothing where there is no connection. */
  answer(request, response) {
    const { requests } = this.browser;
    requests.splice(requests.indexOf(request), 1);
    if (response) request.resolve(response);
    else request.fail();
  }

  /** The ids that the tab keeps as not acknowledged. */
  kept() {
    const unsent = this.browser.storage.get("parlance:unsent");
    return unsent ? JSON.parse(unsent).messages.map(({ message_id }) => message_id) : [];
  }

  write() {
    const id = `m${this.written.length}`;
    this.written.push(id);
    this.line.send(id, `The words of ${id}`);
  }

  takeBack() {
    const id = this.among(this.kept());
    if (!id) return;
    this.takenBack.add(id);
    this.line.settle(id);
  }

  retry() {
    const id = this.among([...this.failed].filter((one) => this.kept().includes(one)));
    if (!id) return;
    this.failed.delete(id);
    this.line.send(id, `The words of ${id}`);
  }

  /** Whatever waits for the server is answered, in one way or another. */
  respond(isWell) {
    for (const request of [...this.browser.requests]) {
      const [, path] = /^\/widget\/([a-z/]+)/.exec(request.address);
      const luck = isWell ? 1 : this.random();
      if (path === "events") continue;
      else if (luck < 0.15) this.answer(request, null);
      else if (luck < 0.25) this.answer(request, reply({ code: "storage_unavailable" }, 503));
      else if (path === "session/init") this.answer(request, this.server.begin());
      else if (!this.server.knows(request)) this.answer(request, reply({ code: "invalid_session" }, 401));
      else if (path === "history") this.answer(request, reply(HISTORY));
      else if (path !== "chat") this.answer(request, reply({}));
      else this.chat(request, luck);
    }
  }

  chat(request, luck) {
    if (luck < 0.35) {
      const limited = reply({ code: "rate_limited" }, 429);
      limited.headers.set("retry-after", "20");
      this.answer(request, limited);
    } else if (luck < 0.42) {
      this.answer(request, reply({ code: "validation_failed" }, 422));
    } else if (luck < 0.55) {
      // Stored, and the word of it is lost on its way.
      this.server.take(request.body);
      this.answer(request, null);
    } else {
      this.answer(request, this.server.take(request.body));
    }
  }

  async pass(milliseconds) {
    this.timers.tick(milliseconds);
    await settle();
  }

  /** What holds at every moment: nothing that was written is anywhere but with the server, in the tab, or taken back. */
  check() {
    const kept = this.kept();
    for (const id of this.written) {
      assert.ok(this.acknowledged.has(id) || kept.includes(id) || this.takenBack.has(id), `${id} is lost`);
      if (this.acknowledged.has(id)) assert.ok(this.server.stored.has(id), `${id} is said to be sent, and is not`);
    }
  }

  async step() {
    const luck = this.random();
    if (luck < 0.35) this.write();
    else if (luck < 0.4) this.takeBack();
    else if (luck < 0.45) this.retry();
    else if (luck < 0.5) this.server.known.clear();
    else if (luck < 0.57) await this.load();
    else if (luck < 0.7) await this.pass(1_000 + this.random() * 30_000);
    else if (luck < 0.75) this.pauses.wake();
    else this.respond(false);
    await settle();
    this.check();
  }

  /** The connection is good again, and stays. */
  async recover() {
    for (let turn = 0; turn < 60; turn++) {
      this.failed.forEach((id) => this.kept().includes(id) && this.line.send(id, `The words of ${id}`));
      this.failed.clear();
      this.respond(true);
      await this.pass(31_000);
      if (this.kept().length === 0 && this.browser.requests.every(({ address }) => address.startsWith("/widget/events"))) break;
    }
    this.check();
    assert.deepEqual(this.kept(), []);
    const wanted = this.written.filter((id) => !this.takenBack.has(id));
    for (const id of wanted) assert.ok(this.acknowledged.has(id), `${id} never went out`);
    // In the order of writing: but for what was refused once, which the visitor has sent again later.
    const inOrder = (ids) => ids.filter((id) => wanted.includes(id) && !this.refused.has(id));
    assert.deepEqual(inOrder([...this.server.stored.keys()]), inOrder(this.written));
  }
}

test("whatever happens, each message arrives once, in the order of writing, or is still there to be sent", async (context) => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const course = new Course(seed, context.mock.timers);
    try {
      await course.load();
      for (let step = 0; step < STEPS; step++) await course.step();
      await course.recover();
    } catch (error) {
      error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
  }
});
