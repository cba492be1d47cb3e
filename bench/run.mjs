// The whole of `make bench`, in order. run.sh sets it up; README.md says what is measured and how.
import { holdChannels } from "./measure/channels.mjs";
import { measurePage } from "./measure/page.mjs";
import { measureStart } from "./measure/start.mjs";
import { builtInTarget, measureTurns, modelTarget, parlanceTarget, relayTarget, visitorTarget } from "./measure/turns.mjs";
import { measureWebhooks } from "./measure/webhooks.mjs";
import { currentLoad, report } from "./report.mjs";
import { stopAll } from "./support/children.mjs";
import { startBareRelay, startModel } from "./support/loadgen.mjs";
import { Parlance, askModel } from "./support/parlance.mjs";

const full = Boolean(process.env.BENCH_FULL);
const VISITORS = [1, 32, 256];
const PLAN = full
  ? { starts: 7, visits: 5, repetitions: 5, seconds: 8, channels: 10_000, slow: true }
  : { starts: 3, visits: 3, repetitions: 3, seconds: 2, channels: 1_000, slow: true };
const RESULTS = new URL("results", import.meta.url).pathname;

const began = performance.now();
const step = (words) => console.log(`   ${Math.round((performance.now() - began) / 1000)} s  ${words}`);

async function withServers(work) {
  const model = await startModel();
  const relay = await startBareRelay(model);
  const asking = await Parlance.fresh("Parlance with the scripted model", askModel(model));
  const answering = await Parlance.fresh("Parlance with the built-in answerer");
  try {
    const sites = [];
    for (const server of [asking, answering]) {
      const site = await server.withSite();
      await server.addKnowledge(site);
      sites.push(site);
    }
    return await work({ model, relay, asking, answering, sites });
  } finally {
    await Promise.all([asking.remove(), answering.remove(), relay.stop(), model.stop()]);
  }
}

/** On a server of its own: an assistant that answers would be measured along. */
async function webhooks() {
  const server = await Parlance.fresh("Parlance with a webhook", { PARLANCE_EGRESS_ALLOW: "127.0.0.0/8" });
  try {
    const site = await server.withSite();
    await server.patch("/api/sites", { siteId: site.id, aiMode: "off" });
    return await measureWebhooks(server, site);
  } finally {
    await server.remove();
  }
}

async function measureEverything() {
  const figures = { at: new Date().toISOString(), full, load: [currentLoad()] };
  step(`start and rest: ${PLAN.starts} fresh instances`);
  figures.start = await measureStart(PLAN.starts);
  await withServers(async ({ model, relay, asking, answering, sites: [site, builtInSite] }) => {
    step(`the widget on a page: ${PLAN.visits} cold visits to each of three pages`);
    figures.page = await measurePage(process.env.PARLANCE_CHROMIUM, answering, builtInSite, { repetitions: PLAN.visits, slow: PLAN.slow });
    // Before the turns: a process that has worked has room to spare, and what channels take would not show.
    step(`${PLAN.channels.toLocaleString("en-US")} idle live channels`);
    figures.relayChannels = await holdChannels(relayTarget(relay), PLAN.channels);
    figures.channels = await holdChannels(parlanceTarget(asking, site), PLAN.channels);
    figures.turns = [];
    for (const visitors of VISITORS) {
      step(`chat turns with ${visitors} visitors at once`);
      const targets = [relayTarget(relay), parlanceTarget(asking, site), builtInTarget(answering, builtInSite), visitorTarget(asking, site)];
      if (visitors === 1) targets.push(modelTarget(model));
      const [bare, asked, builtIn, byVisitorApi, itself] = await measureTurns(targets, { visitors, repetitions: PLAN.repetitions, seconds: PLAN.seconds });
      figures.turns.push({ visitors, relay: bare, model: asked, builtIn, byVisitorApi, itself });
    }
  });
  step("webhook deliveries");
  figures.webhooks = await webhooks();
  figures.load.push(currentLoad());
  return figures;
}

try {
  const bars = report(await measureEverything(), RESULTS);
  step("done; the figures are in bench/results/latest.md");
  if (bars.length > 0) {
    console.error(`\nfailed: ${bars.length} over a bar, see above`);
    process.exitCode = 1;
  }
} finally {
  await stopAll();
}
