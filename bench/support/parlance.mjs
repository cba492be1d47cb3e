// A Parlance server on a free loopback port with a data folder of its own, and a site to chat with.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Child } from "./children.mjs";

const run = promisify(execFile);
const PROGRAM = process.env.PARLANCE_BIN;
const OWNER = { email: "owner@shop.example", password: "a long enough passphrase" };
const POLL_MS = 5;

/** What the assistant may know: enough that retrieval has something to choose from. */
const KNOWLEDGE = [
  { title: "Opening hours", content: "Our store opens at nine in the morning and closes at six in the evening, Monday to Saturday. On Sundays and public holidays it is closed." },
  { title: "Delivery", content: "Standard delivery takes four to five days. Express delivery takes two days to every address in Zürich, and three days elsewhere. Orders above fifty francs are delivered for free." },
  { title: "Returns", content: "Send back whatever you do not like within thirty days. The label is in the parcel. We pay the money back within a week of the parcel's arrival." },
  { title: "Payment", content: "We take cards, invoices and bank transfers. An invoice is due after thirty days." },
  { title: "Care of a tent", content: "Dry a tent before it is packed. Wash it by hand with lukewarm water, without soap. Renew the coating of the seams every other year." },
  { title: "Repairs", content: "Poles, zips and buckles are repaired in our workshop. A repair takes about ten days, and is free within the guarantee of two years." },
];

/** The environment without settings of another server; a parlance.toml is not read either, because the data folder is the working folder. */
const withoutSettings = (environment) => Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("PARLANCE_")));

export class Parlance {
  static async fresh(name, environment = {}) {
    if (!PROGRAM) throw new Error("PARLANCE_BIN is not set: start this with bench/run.sh or bench/soak.sh");
    return new Parlance(name, await mkdtemp(join(tmpdir(), "parlance-bench-")), environment);
  }

  constructor(name, folder, environment) {
    this.name = name;
    this.folder = folder;
    this.environment = {
      ...withoutSettings(process.env),
      PARLANCE_DATA_DIR: folder,
      PARLANCE_LISTEN: "127.0.0.1:0",
      PARLANCE_METRICS_LISTEN: "off",
      // All visitors come from one address, and time is what is measured.
      PARLANCE_RATE_LIMIT_SCALE: "0",
      PARLANCE_LOG: "warn,parlance=info",
      ...environment,
    };
  }

  get pid() {
    return this.child.pid;
  }

  get address() {
    return this.child.address;
  }

  /** Starts the server, and waits until it answers. */
  async start() {
    const began = performance.now();
    this.child = await Child.start(this.name, PROGRAM, ["serve"], this);
    while (!(await this.#answers())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    this.startSeconds = (performance.now() - began) / 1000;
  }

  async stop(signal) {
    return this.child?.stop(signal);
  }

  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** An account with one site; returns the site, and how its owner calls the server. Starts the server. */
  async withSite() {
    const words = ["admin", "create-account", "--email", OWNER.email, "--password", OWNER.password, "--name", "Shop"];
    await run(PROGRAM, words, { env: this.environment, cwd: this.folder });
    await this.start();
    const { access_token: token } = await this.post("/auth/login", OWNER);
    this.token = token;
    return this.post("/bots", { name: "Shop" });
  }

  async addKnowledge(site) {
    for (const { title, content } of KNOWLEDGE) {
      await this.post("/api/knowledge", { chatbotId: site.public_id, type: "text", title, content });
    }
  }

  post(path, body) {
    return this.#send("POST", path, body);
  }

  patch(path, body) {
    return this.#send("PATCH", path, body);
  }

  async #send(method, path, body) {
    const headers = { "content-type": "application/json" };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    const response = await fetch(this.address + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async #answers() {
    return fetch(`${this.address}/health`).then(
      (response) => response.ok,
      () => false,
    );
  }
}

/** The settings that make a server ask the scripted model. */
export const askModel = (model) => ({
  PARLANCE_LLM_PROVIDER: "openai",
  PARLANCE_LLM_BASE_URL: `${model.address}/v1`,
  PARLANCE_LLM_API_KEY: "scripted",
  PARLANCE_LLM_MODEL: "mock",
  PARLANCE_EGRESS_ALLOW: "127.0.0.0/8",
});
