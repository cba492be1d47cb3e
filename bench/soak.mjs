// Visitors write and number their messages; the server is killed with SIGKILL at a random moment and started again; every visitor then compares
// the history with what had been acknowledged. Each round takes about two seconds; the number of rounds bounds the run.
import { stopAll } from "./support/children.mjs";
import { startModel } from "./support/loadgen.mjs";
import { Parlance, askModel } from "./support/parlance.mjs";
import { median, number } from "./support/figures.mjs";
import { randomNumbers } from "./soak/random.mjs";
import { Visitor } from "./soak/visitor.mjs";

const rounds = Number(process.argv[2]);
const visitors = Number(process.env.SOAK_CLIENTS ?? 16);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("usage: bench/soak.sh ROUNDS");

/** Milliseconds of load before a kill, from and to; an answer of the scripted model takes 200. */
const LOAD_MS = [100, 1_500];
const TOKEN_DELAY_MS = 5;
const READY_LIMIT_SECONDS = 2;
/** After so many rounds a visitor begins a new conversation, so that histories stay readable in one piece. */
const ROUNDS_PER_SESSION = 10;

const random = randomNumbers(seed);
const problems = [];
const readySeconds = [];

async function loadAndKill(server, all) {
  const stopping = new AbortController();
  const writing = all.map((visitor) => visitor.write(server.address, stopping.signal));
  const [from, to] = LOAD_MS;
  await new Promise((resolve) => setTimeout(resolve, from + random() * (to - from)));
  const ended = server.stop("SIGKILL");
  stopping.abort();
  await ended;
  await Promise.all(writing);
}

async function restart(server, round) {
  await server.start();
  readySeconds.push(server.startSeconds);
  if (server.startSeconds > READY_LIMIT_SECONDS) problems.push(`round ${round}: ready after ${number(server.startSeconds)} s`);
}

async function everyoneChecks(server, all, round) {
  for (const found of await Promise.all(all.map((visitor) => visitor.check(server.address)))) {
    for (const problem of found) problems.push(`round ${round}: ${problem}`);
  }
}

async function soak(server, site) {
  const all = Array.from({ length: visitors }, (_, index) => new Visitor(index, site.public_id));
  for (let round = 1; round <= rounds; round++) {
    if (round % ROUNDS_PER_SESSION === 1) await Promise.all(all.map((visitor) => visitor.beginSession(server.address)));
    await loadAndKill(server, all);
    await restart(server, round);
    await everyoneChecks(server, all, round);
    process.stdout.write(`\r   round ${round} of ${rounds}, ${problems.length} problems `);
    if (problems.length > 20) break;
  }
  // Once more at the end, over every conversation of the run.
  await Promise.all(all.map((visitor) => visitor.checkEverything(server.address).then((found) => problems.push(...found))));
  return all;
}

const model = await startModel("--delay-ms", String(TOKEN_DELAY_MS));
const database = process.env.SOAK_DATABASE_URL ? { PARLANCE_DATABASE_URL: process.env.SOAK_DATABASE_URL } : {};
const server = await Parlance.fresh("Parlance", { ...askModel(model), ...database });
console.log(`   ${rounds} rounds, ${visitors} visitors, SOAK_SEED=${seed}, ${process.env.SOAK_DATABASE_URL ? "PostgreSQL" : "SQLite"}`);
try {
  const all = await soak(server, await server.withSite());
  const total = (name) => all.reduce((sum, visitor) => sum + visitor.count[name], 0);
  console.log(`\n   messages acknowledged ${total("messages")}, answers ${total("answers")}, sent again after a kill ${total("resent")}`);
  console.log(`   ready again after ${number(median(readySeconds))} s, at worst ${number(Math.max(...readySeconds))} s`);
  for (const problem of problems) console.error(`   ${problem}`);
  console.log(problems.length === 0 ? "   nothing lost, nothing doubled, order kept" : `\nfailed: ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await server.remove();
  await stopAll();
}
