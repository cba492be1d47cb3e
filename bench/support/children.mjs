// Programs that a run starts: each says its address in its output, and each is ended by its process id when the run ends, however it ends.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 12_000;
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;
const LINES_KEPT = 40;

const running = new Set();

export class Child {
  /** Starts a program and waits until a line of its output names a loopback address. */
  static async start(name, program, args, options = {}) {
    const child = new Child(name, program, args, options);
    try {
      child.address = await child.#announced();
    } catch (error) {
      await child.stop("SIGKILL");
      throw error;
    }
    return child;
  }

  constructor(name, program, args, { environment = process.env, folder } = {}) {
    this.name = name;
    this.lines = [];
    this.process = spawn(program, args, { env: environment, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    running.add(this);
    this.ended = new Promise((resolve) => {
      this.process.once("error", (error) => resolve(`could not be started: ${error.message}`));
      this.process.once("exit", (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
    }).finally(() => running.delete(this));
  }

  get pid() {
    return this.process.pid;
  }

  /** Asks the program to end, and kills it when it does not. Returns how it ended. */
  async stop(signal = "SIGTERM") {
    this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill("SIGKILL"), STOP_LIMIT_MS);
    const how = await this.ended;
    clearTimeout(timer);
    return how;
  }

  #announced() {
    return new Promise((resolve, reject) => {
      const fail = (how) => reject(new Error(`${this.name} ${how}\n  ${this.lines.join("\n  ")}`));
      const timer = setTimeout(() => fail(`did not say its address within ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
      void this.ended.then((how) => {
        clearTimeout(timer);
        fail(how);
      });
      for (const stream of [this.process.stdout, this.process.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          this.lines.push(line);
          if (this.lines.length > LINES_KEPT) this.lines.shift();
          const found = line.match(ADDRESS);
          if (!found) return;
          clearTimeout(timer);
          resolve(found[0]);
        });
      }
    });
  }
}

export async function stopAll() {
  await Promise.all([...running].map((child) => child.stop()));
}

process.on("exit", () => {
  for (const child of running) child.process.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => void stopAll().finally(() => process.exit(1)));
}
