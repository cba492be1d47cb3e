// Opening and closing costs nothing that stays.
import type { CDPSession } from "@playwright/test";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const OPENINGS = 10;
/** What the collector of garbage leaves lying about, in bytes. */
const NOISE = 64 * 1024;

type Size = { heap: number; nodes: number; listeners: number };

test("the heap after ten openings is as it was after the first", async ({ page, context, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  // By the page's own calls: what the test's own clicks leave in the page is not ours.
  const openAndClose = (times: number) =>
    page.evaluate(async (times) => {
      const parlance = (window as unknown as { Parlance: { open(): void; close(): void } }).Parlance;
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let opening = 0; opening < times; opening++) {
        parlance.close();
        for (let wait = 0; wait < 3; wait++) await frame();
        parlance.open();
        for (let wait = 0; wait < 3; wait++) await frame();
      }
    }, times);
  // Code that runs for the first time is compiled.
  await openAndClose(OPENINGS);
  const frame = page.frames().find((frame) => frame.url().includes("/widget/frame"))!;
  const places = { page: await context.newCDPSession(page), panel: await context.newCDPSession(frame) };
  const before = { page: await sizeOf(places.page), panel: await sizeOf(places.panel) };
  await openAndClose(OPENINGS);
  for (const [place, session] of Object.entries(places)) {
    const [was, is] = [before[place as keyof typeof before], await sizeOf(session)];
    console.log(`${place}: ${was.heap} → ${is.heap} bytes, ${was.nodes} → ${is.nodes} nodes, ${was.listeners} → ${is.listeners} listeners`);
    expect(is.heap - was.heap, `bytes of the ${place}`).toBeLessThan(NOISE);
    // What each opening leaves shows ten times; a node that the collector has not come to yet, once.
    expect(is.nodes - was.nodes, `nodes of the ${place}`).toBeLessThan(OPENINGS);
    expect(is.listeners - was.listeners, `listeners of the ${place}`).toBeLessThan(OPENINGS);
  }
});

async function sizeOf(session: CDPSession): Promise<Size> {
  for (let pass = 0; pass < 3; pass++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = (await session.send("Runtime.getHeapUsage")) as { usedSize: number; backingStorageSize?: number };
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  // The module's own memory is a buffer of the heap.
  return { heap: usedSize + (backingStorageSize ?? 0), nodes, listeners: jsEventListeners };
}
