// The release program as a process of its own, with a data folder that goes away afterwards.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PROGRAM = process.env.PARLANCE_BIN ?? fileURLToPath(new URL("../../bin/parlance", import.meta.url));
const START_MS = 15_000;

export const OWNER = { email: "owner@shop.example", password: "correct horse battery" };

export class Server {
  private process: ChildProcess | undefined;
  private address = "127.0.0.1:0";
  private readonly log: string[] = [];
  private constructor(
    private readonly folder: string,
    private readonly settings: Record<string, string>,
  ) {}

  /** Without an account yet. */
  static async fresh(): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "parlance-e2e-")), {});
    await server.run();
    return server;
  }

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "parlance-e2e-")), settings);
    const account = ["admin", "create-account", "--email", OWNER.email, "--password", OWNER.password, "--plan", "pro"];
    await promisify(execFile)(PROGRAM, account, { env: server.environment() });
    await server.run();
    return server;
  }

  get origin(): string {
    return `http://${this.address}`;
  }

  /** Starts it, at the address it had before. */
  async run(): Promise<void> {
    const started = spawn(PROGRAM, ["serve"], { env: this.environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.process = started;
    createInterface({ input: started.stderr! }).on("line", (line) => this.log.push(line));
    const lines = createInterface({ input: started.stdout! });
    this.address = await new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${PROGRAM} ${why}\n${this.log.join("\n")}`));
      const timer = setTimeout(fail, START_MS, "did not say that it listens");
      started.once("exit", (code) => fail(`ended with ${code} before it listened`));
      started.once("error", (error) => fail(error.message));
      lines.on("line", (line) => {
        this.log.push(line);
        const listening = /^listening on http:\/\/(\S+)/.exec(line);
        if (!listening) return;
        clearTimeout(timer);
        resolve(listening[1]!);
      });
    });
  }

  /** Ends it the hard way, or politely. */
  async end(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const ending = this.process;
    this.process = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The part in brackets of a line that it printed, or prints. */
  async said(pattern: RegExp): Promise<string> {
    const until = Date.now() + START_MS;
    while (Date.now() < until) {
      const found = this.log.map((line) => pattern.exec(line)).find(Boolean);
      if (found) return found[1]!;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${PROGRAM} did not say ${pattern}\n${this.log.join("\n")}`);
  }

  private environment(): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PARLANCE_")));
    return {
      ...inherited,
      PARLANCE_LISTEN: this.address,
      PARLANCE_DATA_DIR: this.folder,
      PARLANCE_METRICS_LISTEN: "off",
      PARLANCE_RATE_LIMIT_SCALE: "0",
      PARLANCE_EGRESS_ALLOW: "127.0.0.0/8",
      ...this.settings,
    };
  }
}
