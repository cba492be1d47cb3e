// Headless Chromium over its DevTools pipe; no driver package is needed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const VIEW = { width: 1280, height: 800 };

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
  "--disable-extensions",
  "--mute-audio",
  "--hide-scrollbars",
  "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication",
  // Frames of another site get a process of their own, as on a real desktop: their work is not the host page's.
  "--site-per-process",
  "--remote-debugging-pipe",
  `--window-size=${VIEW.width},${VIEW.height}`,
];

export class Browser {
  #next = 0;
  #waiting = new Map();
  #listeners = new Set();

  constructor(program) {
    this.profile = mkdtempSync(join(tmpdir(), "parlance-bench-browser-"));
    this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    this.killed = () => this.process.kill("SIGKILL");
    process.on("exit", this.killed);
    this.process.once("exit", (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the browser ended with ${signal ?? code}`));
    });
    this.process.stdio[3].on("error", () => {});
    const parts = [];
    this.process.stdio[4].on("data", (data) => {
      let start = 0;
      for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, start)) {
        parts.push(data.subarray(start, end));
        this.#receive(JSON.parse(Buffer.concat(parts.splice(0)).toString()));
        start = end + 1;
      }
      if (start < data.length) parts.push(data.subarray(start));
    });
  }

  /** One command, to the browser or to a session of it. */
  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#next;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, method }));
  }

  /** Calls `listener` with every event; returns how to stop that. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    const timer = setTimeout(this.killed, 3_000);
    this.send("Browser.close").catch(() => {});
    await ended;
    clearTimeout(timer);
    process.off("exit", this.killed);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(message) {
    if (!message.id) {
      for (const listener of [...this.#listeners]) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else waiting?.resolve(message.result);
  }
}
