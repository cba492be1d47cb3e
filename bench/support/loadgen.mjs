// The programs of bench/server/loadgen, built by run.sh.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Child } from "./children.mjs";

const run = promisify(execFile);
const folder = process.env.BENCH_PROGRAMS;
if (!folder) throw new Error("BENCH_PROGRAMS is not set: start this with bench/run.sh or bench/soak.sh");
const program = (name) => join(folder, name);

export const startModel = (...options) => Child.start("the scripted model", program("mock-upstream"), options);

export const startBareRelay = (model) => Child.start("bare-plain", program("bare-proxy"), ["--upstream", model.address]);

/** One measurement; `options` in the form `{ visitors: 32, initUrl: "…" }`. */
export async function measure(command, options) {
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value)]);
  const { stdout } = await run(program("loadgen"), [command, ...words], { timeout: 300_000 });
  return JSON.parse(stdout);
}

export const residentMib = async (pid) => (await measure("usage", { pid })).resident_mib;
