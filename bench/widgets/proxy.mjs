// The proxy that all of the browser's traffic passes through: it counts requests and bytes, lets nothing out of this machine, and can be as
// slow as a poor line.
import http from "node:http";
import { SharedLine } from "./line.mjs";

const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Requests that hang for longer are not waited for. */
const PATIENCE_MS = 8_000;

export class CountingProxy {
  #server;
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  #known = new WeakSet();

  /** `shape`: `{ bytesPerSecond, roundTripMs }`, or nothing for as fast as it goes. */
  static async start(shape) {
    const proxy = new CountingProxy(shape);
    await new Promise((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    proxy.port = proxy.#server.address().port;
    return proxy;
  }

  constructor(shape) {
    this.shape = shape;
    this.line = shape && new SharedLine(shape.bytesPerSecond, shape.roundTripMs);
    this.reset();
    this.#server = http.createServer((request, response) => this.#relay(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  reset() {
    this.requests = [];
    this.lastActivity = Date.now();
  }

  /** Whether something is still being fetched; streams that stay open do not count. */
  isBusy() {
    const now = Date.now();
    return this.requests.some((entry) => !entry.done && !entry.stream && now - entry.at < PATIENCE_MS);
  }

  stop() {
    this.#agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #relay(request, response) {
    const entry = { at: Date.now(), method: request.method, url: request.url, bytes: 0, done: false };
    this.requests.push(entry);
    this.lastActivity = entry.at;
    const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
    if (!url || !LOOPBACK.test(url.hostname)) {
      entry.refused = true;
      entry.done = true;
      response.writeHead(502, { "content-length": 0 }).end();
      return;
    }
    const opensConnection = !this.#known.has(request.socket);
    this.#known.add(request.socket);
    const { roundTripMs } = this.shape ?? { roundTripMs: 0 };
    // Half a round trip for the request, and a whole one more for a new connection.
    const delay = roundTripMs / 2 + (opensConnection ? roundTripMs : 0);
    const body = [];
    request.on("data", (part) => body.push(part));
    request.on("end", () => setTimeout(() => this.#forward(url, request, Buffer.concat(body), response, entry), delay));
  }

  #forward(url, request, body, response, entry) {
    const headers = { ...request.headers, host: url.host };
    delete headers["proxy-connection"];
    const options = { host: "127.0.0.1", port: url.port || 80, method: request.method, path: url.pathname + url.search, headers, agent: this.#agent };
    const upstream = http.request(options, (answer) => this.#answer(answer, response, entry));
    upstream.on("error", () => {
      entry.done = true;
      entry.failed = true;
      if (!response.headersSent) response.writeHead(502, { "content-length": 0 });
      response.end();
    });
    response.on("close", () => {
      if (entry.done) return;
      entry.done = true;
      upstream.destroy();
    });
    upstream.end(body);
  }

  #answer(answer, response, entry) {
    entry.status = answer.statusCode;
    entry.type = answer.headers["content-type"] ?? "";
    entry.encoding = answer.headers["content-encoding"] ?? "";
    entry.stream = entry.type.includes("event-stream");
    const begin = () => {
      if (!response.headersSent) response.writeHead(answer.statusCode, answer.rawHeaders);
    };
    const write = (bytes) => {
      begin();
      this.lastActivity = Date.now();
      response.write(bytes);
    };
    const end = () => {
      begin();
      entry.done = true;
      entry.endedAt = this.lastActivity = Date.now();
      response.end();
    };
    const flow = this.line ? this.line.open(write, end) : { push: write, end };
    answer.on("data", (bytes) => {
      entry.bytes += bytes.length;
      flow.push(bytes);
    });
    answer.on("end", () => flow.end());
    answer.on("error", () => flow.end());
  }
}
