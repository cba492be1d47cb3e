// A visitor who numbers messages, and remembers what the server has acknowledged.
import { compare } from "./compare.mjs";

/** An answer that the kill broke off must have found its end by then. */
const SETTLE_LIMIT_MS = 20_000;
const POLL_MS = 100;

export class Visitor {
  #sessions = [];

  constructor(index, botId) {
    this.index = index;
    this.botId = botId;
    this.count = { messages: 0, answers: 0, resent: 0 };
  }

  get session() {
    return this.#sessions.at(-1);
  }

  async beginSession(address) {
    const response = await fetch(`${address}/widget/session/init`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ bot_id: this.botId }),
    });
    const { session_id: id } = await response.json();
    this.#sessions.push({ id, messages: [] });
  }

  /** Writes one message after another until told to stop or cut off. What was cut off unacknowledged is sent again first. */
  async write(address, stopped) {
    const { messages } = this.session;
    while (!stopped.aborted) {
      const unfinished = messages.at(-1)?.acknowledged === false ? messages.at(-1) : undefined;
      const message = unfinished ?? { number: messages.length + 1, acknowledged: false };
      if (unfinished) this.count.resent += 1;
      else messages.push(message);
      try {
        await this.#turn(address, message);
      } catch (error) {
        if (!stopped.aborted) throw error;
      }
    }
  }

  async check(address) {
    return this.#checkSession(address, this.session);
  }

  async checkEverything(address) {
    const found = [];
    for (const session of this.#sessions) found.push(...(await this.#checkSession(address, session)));
    return found;
  }

  text(message) {
    return `This is message ${message.number} of visitor ${this.index}.`;
  }

  async #turn(address, message) {
    const response = await fetch(`${address}/widget/chat?bot_id=${this.botId}&session_id=${this.session.id}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `soak-${this.index}-${this.session.id}-${message.number}` },
      body: JSON.stringify({ message: this.text(message) }),
    });
    if (!response.ok) throw new Error(`visitor ${this.index}, message ${message.number}: ${response.status} ${await response.text()}`);
    // The headers of the answer are the acknowledgement of the message, `done` is that of the answer.
    message.acknowledged = true;
    this.count.messages += 1;
    const done = lastEvent(await response.text());
    if (done?.type !== "done") throw new Error(`visitor ${this.index}, message ${message.number}: ended with ${JSON.stringify(done)}`);
    message.answer = done.text;
    this.count.answers += 1;
  }

  async #checkSession(address, session) {
    const deadline = Date.now() + SETTLE_LIMIT_MS;
    for (;;) {
      const history = await this.#history(address, session);
      const sent = session.messages.map((message) => ({ ...message, text: this.text(message) }));
      const { problems, unanswered } = compare(sent, history);
      if (problems.length === 0 && unanswered > 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        continue;
      }
      if (unanswered > 0) problems.push(`${unanswered} messages have neither an answer nor a broken-off one`);
      return problems.map((problem) => `visitor ${this.index}: ${problem}`);
    }
  }

  async #history(address, session) {
    const response = await fetch(`${address}/widget/history?bot_id=${this.botId}&session_id=${session.id}&limit=500`);
    if (!response.ok) throw new Error(`history: ${response.status} ${await response.text()}`);
    return (await response.json()).messages;
  }
}

function lastEvent(stream) {
  const data = stream.split("\n").findLast((line) => line.startsWith("data: "));
  return data && JSON.parse(data.slice("data: ".length));
}
