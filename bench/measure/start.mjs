// How soon a fresh instance answers, and what it holds before anybody comes.
import { residentMib } from "../support/loadgen.mjs";
import { Parlance } from "../support/parlance.mjs";
import { median } from "../support/figures.mjs";

const REST_MS = 1_500;

export async function measureStart(repetitions) {
  const seconds = [];
  const resident = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const server = await Parlance.fresh("parlance at rest");
    await server.start();
    seconds.push(server.startSeconds);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    resident.push(await residentMib(server.pid));
    await server.remove();
  }
  return { seconds: median(seconds), residentMib: median(resident) };
}
