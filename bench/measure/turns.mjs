// Chat turns per second, and how long the first text takes, beside a bare relay that does nothing but relay.
import { measure } from "../support/loadgen.mjs";

const BUILT_IN_QUESTION = "When do you open, and how long does express delivery take?";

/** Where a load is put: the parts of a `loadgen turns` call that say so. */
export function relayTarget(relay) {
  return { name: "bare-plain", url: `${relay.address}/widget/chat`, initUrl: `${relay.address}/widget/session/init`, botId: "1", pid: relay.pid };
}

export function modelTarget(model) {
  return { name: "the model itself", url: `${model.address}/v1/chat/completions`, pid: model.pid };
}

export function parlanceTarget(server, site) {
  return {
    name: server.name,
    url: `${server.address}/widget/chat`,
    initUrl: `${server.address}/widget/session/init`,
    botId: site.public_id,
    pid: server.pid,
  };
}

/** The same by the visitor API, whose callers make their own sessions. */
export const visitorTarget = (server, site) => ({
  name: `${server.name}, visitor API`,
  url: `${server.address}/api/v1/chat/stream`,
  siteKey: site.public_id.replace(/^ch_/, "sk_"),
  pid: server.pid,
});

/** The same with an answer that is not the scripted model's. */
export const builtInTarget = (server, site) => ({ ...parlanceTarget(server, site), tokens: 0, message: BUILT_IN_QUESTION });

/**
 * Measures all targets one after another, several times over: a busy second of the machine then hits a part of every row, and ratios are taken
 * between neighbours. Gives the results of each target in the order of `targets`.
 */
export async function measureTurns(targets, { visitors, repetitions, seconds }) {
  const results = targets.map(() => []);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    // There and back again, so that no target always comes first.
    const order = repetition % 2 === 0 ? targets.keys() : [...targets.keys()].reverse();
    for (const index of order) {
      const { name, ...target } = targets[index];
      const result = await measure("turns", { ...target, visitors, seconds });
      result.notes = complaints(name, visitors, result);
      results[index][repetition] = result;
    }
  }
  return results;
}

function complaints(name, visitors, result) {
  const at = `${name}, ${visitors} visitors`;
  const notes = Object.entries(result.failures).map(([failure, count]) => `${at}: ${count} × ${failure}`);
  if (result.wrong_texts > 0) notes.push(`${at}: ${result.wrong_texts} answers had a wrong text`);
  if (result.turns === 0) notes.push(`${at}: no turn was finished`);
  return notes;
}
