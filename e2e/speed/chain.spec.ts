// What an opened panel needs comes side by side: nothing waits for something else that it does not need.
import type { Page, Route } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const GLUE = /\/widget\/assets\/widget-[\da-f]+\.js/;
const MODULE = /\/widget\/assets\/widget-[\da-f]+\.wasm/;
const SHEET = /\/widget\/assets\/widget-[\da-f]+\.css/;
const LOADER_PART = /\/loader\/panel-?[\da-f]*\.js/;
const FRAME = /\/widget\/frame\?/;

/** Holds a request until another has been made, however it ends. */
async function holdUntil(page: Page, held: RegExp, other: RegExp): Promise<void> {
  const asked = page.waitForRequest(other);
  await page.route(held, async (route: Route) => {
    await asked;
    await route.continue();
  });
}

for (const [what, held, other] of [
  ["the module while the glue is on its way", GLUE, MODULE],
  ["the glue while the module is on its way", MODULE, GLUE],
  ["the glue while the style sheet is on its way", SHEET, GLUE],
  ["the frame while the loader's part is on its way", LOADER_PART, FRAME],
  ["the loader's part while the frame is on its way", FRAME, LOADER_PART],
] as const) {
  test(`asked for: ${what}`, async ({ page, hosts, api }) => {
    const site = await api.site();
    await page.goto(hosts.page({ head: site.tag }));
    await holdUntil(page, held, other);
    await new Panel(page).open();
  });
}

test("the browser itself reports it: the module's request began before the glue's had ended", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag }));
  await page.route(GLUE, async (route) => {
    const reply = await route.fetch();
    await route.fulfill({ response: reply });
  });
  await new Panel(page).open();
  const frame = page.frames().find((frame) => FRAME.test(frame.url()))!;
  const entries = await frame.evaluate(() => (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).map(({ name, startTime, responseEnd }) => ({ name, startTime, responseEnd })));
  const [glue, module] = [GLUE, MODULE].map((pattern) => entries.find(({ name }) => pattern.test(name))!);
  expect(module!.startTime).toBeLessThan(glue!.responseEnd);
  // One of each, though they were asked for beforehand.
  for (const pattern of [GLUE, MODULE]) expect(entries.filter(({ name }) => pattern.test(name))).toHaveLength(1);
});
