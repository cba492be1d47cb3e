// What the real tag costs a page's main thread before anybody shows interest.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { shiftOf } from "../support/shift.ts";

/** From here on a browser calls a task long. */
const LONG_TASK_MS = 50;

test("before intent: no long task, not even on a processor four times slower, and nothing moves", async ({ page, context, hosts, api }) => {
  const site = await api.site();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const scripts = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "ScriptDuration")!.value * 1_000;
  await page.goto(hosts.page({ head: "" }));
  const without = await scripts();
  await page.goto(hosts.page({ head: site.tag }));
  await expect(new Panel(page).launcher).toBeVisible();
  const spent = (await scripts()) - without;
  console.log(`scripts of the page before intent: ${spent.toFixed(1)} ms of processor time`);
  // In processor time, all of it together: whatever else the machine does, no single task can be long.
  expect(spent * 4).toBeLessThan(LONG_TASK_MS);
  expect(await shiftOf(page)).toBe(0);
});
