// One request after the other, with as many tries as make sense.
import { ConnectionFailed, refusal, seconds } from "./errors.js";

/** Tries of one call, the first included. */
const TRIES = 4;
/** A server that wants a longer wait than this gets an error instead, in seconds. Limits are counted by the minute. */
const LONGEST_WAIT = 60;
/** How long the server may be silent, in milliseconds. A whole answer may take it 120 seconds. */
const PATIENCE_MS = 150_000;

/**
 * Seconds to wait before the next try; undefined where there is none. 429 means that the request was turned away before
 * anything was done, so every call may be repeated after it. After 503 and after a connection that failed only those are
 * repeated that do no harm twice.
 */
function waitBeforeRetry(method, tried, status, retryAfter) {
  if (tried >= TRIES) return undefined;
  const repeatsSafely = ["GET", "PATCH", "DELETE"].includes(method);
  if (status !== 429 && !((status === undefined || status === 503) && repeatsSafely)) return undefined;
  const wait = retryAfter ?? 0.5 * 2 ** (tried - 1) * (1 + Math.random() / 4);
  return wait <= LONGEST_WAIT ? wait : undefined;
}

/** A key that nobody else has. `crypto.randomUUID` is missing on pages without https. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const pause = (wait) => new Promise((resolve) => setTimeout(resolve, wait * 1000));

/** What all clients share: one address, one credential, retries. */
export class Client {
  #baseUrl;
  #headers;
  #fetch;

  constructor(baseUrl, headers = {}, { fetch = globalThis.fetch } = {}) {
    this.#baseUrl = String(baseUrl).replace(/\/+$/, "");
    this.#headers = headers;
    // Browsers want it called on nothing or on the window.
    this.#fetch = (...given) => fetch(...given);
  }

  /** The response to a call that was taken. */
  async send(method, path, { json, form, query, headers, signal } = {}) {
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const search = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
    const request = {
      method,
      headers: { ...this.#headers, ...headers, ...(json === undefined ? {} : { "Content-Type": "application/json" }) },
      body: form ?? (json === undefined ? undefined : JSON.stringify(json)),
    };
    for (let tried = 1; ; tried += 1) {
      let response;
      let failure;
      // Until the answer begins; a stream may then take as long as it takes.
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
      const either = signal ? AbortSignal.any([signal, patience.signal]) : patience.signal;
      try {
        response = await this.#fetch(`${this.#baseUrl}${path}${search}`, { ...request, signal: either });
      } catch (cause) {
        if (signal?.aborted) throw cause;
        failure = new ConnectionFailed("The server did not answer.", { cause });
      } finally {
        clearTimeout(timer);
      }
      if (response?.ok) return response;
      if (response) failure = refusal(response, await response.text());
      const retryAfter = response && seconds(response.headers.get("retry-after"));
      const wait = waitBeforeRetry(method, tried, response?.status, retryAfter);
      if (wait === undefined) throw failure;
      await pause(wait);
    }
  }

  /** What a call answers with. */
  async call(method, path, options) {
    const response = await this.send(method, path, options);
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  }

  /** A creating call carries a key of its own, so that a repeated one creates nothing twice. */
  create(path, json) {
    return this.call("POST", path, { json, headers: { "Idempotency-Key": newKey() } });
  }
}
