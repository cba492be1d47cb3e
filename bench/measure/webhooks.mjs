// Webhook deliveries per second: a backlog is made while the receiver keeps everybody waiting, then the receiver lets go.
import { Agent, createServer, request } from "node:http";
import { once } from "node:events";

/** Conversations, and messages of each. Deliveries of one conversation go one after another. */
const CONVERSATIONS = 64;
const MESSAGES = 30;
/** What one endpoint is told side by side; the bare sender does the same. */
const SIDE_BY_SIDE = 8;
const PATIENCE_MS = 60_000;

/** A receiver that answers nobody before it is let go. */
class Receiver {
  #waiting = [];
  #open = false;
  #expected;
  count = 0;

  async start() {
    this.server = createServer((asked, answer) => {
      asked.resume();
      asked.on("end", () => {
        if (this.#open) this.#take(answer);
        else this.#waiting.push(answer);
      });
    });
    this.server.keepAliveTimeout = PATIENCE_MS;
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}/hook`;
  }

  #take(answer) {
    answer.writeHead(204).end();
    this.count += 1;
    if (this.count === this.#expected?.count) this.#expected.resolve();
  }

  /** Answers from now on; gives the seconds until so many have come. */
  async letGo(count) {
    const began = performance.now();
    const all = new Promise((resolve, reject) => {
      this.#expected = { count, resolve };
      setTimeout(() => reject(new Error(`${this.count} of ${count} deliveries came`)), PATIENCE_MS).unref();
    });
    this.#open = true;
    for (const answer of this.#waiting.splice(0)) this.#take(answer);
    await all;
    return (performance.now() - began) / 1000;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

async function fill(server, site) {
  const conversation = async (number) => {
    const { session_id } = await server.post("/widget/session/init", { bot_id: site.public_id });
    for (let message = 0; message < MESSAGES; message++) {
      const body = { message: `Message ${message} of visitor ${number}` };
      const response = await fetch(`${server.address}/widget/chat?${new URLSearchParams({ bot_id: site.public_id, session_id })}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`POST /widget/chat: ${response.status}`);
      await response.text();
    }
  };
  await Promise.all(Array.from({ length: CONVERSATIONS }, (_, number) => conversation(number)));
}

/** Posts as many bodies as there were deliveries, with nothing around it: what the receiver and the loopback allow. */
async function postBare(count) {
  const receiver = new Receiver();
  await receiver.start();
  const agent = new Agent({ keepAlive: true, maxSockets: SIDE_BY_SIDE });
  const done = receiver.letGo(count);
  const body = JSON.stringify({ event: "new_message", data: { message: "Message 1 of visitor 1" } });
  const post = () =>
    new Promise((resolve, reject) => {
      const sent = request(receiver.url, { method: "POST", agent }, (answer) => answer.resume().on("end", resolve));
      sent.on("error", reject);
      sent.end(body);
    });
  const sender = async (share) => {
    for (let sent = 0; sent < share; sent++) await post();
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => sender(count / SIDE_BY_SIDE)));
  const seconds = await done;
  agent.destroy();
  receiver.stop();
  return count / seconds;
}

/** `server` is running, with a site whose assistant is off. */
export async function measureWebhooks(server, site) {
  const receiver = new Receiver();
  await receiver.start();
  try {
    await server.post("/api/webhooks", { url: receiver.url, events: ["new_message"] });
    await fill(server, site);
    const count = CONVERSATIONS * MESSAGES;
    const seconds = await receiver.letGo(count);
    return { deliveries: count, perSecond: count / seconds, barePerSecond: await postBare(count) };
  } finally {
    receiver.stop();
  }
}
