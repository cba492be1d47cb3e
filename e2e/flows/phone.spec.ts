// A phone: touch, a small screen, a page behind that must not move.
import { devices } from "@playwright/test";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const { defaultBrowserType: _, ...phone } = devices["Pixel 7"]!;
test.use(phone);

test("ask and close on a phone", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag, body: `<p style="height:3000px">long</p>` }));
  const panel = new Panel(page);
  await panel.launcher.tap();
  await expect(panel.composer).toBeVisible();
  const { width, height } = page.viewportSize()!;
  await expect.poll(() => page.locator("parlance-chat iframe").boundingBox()).toEqual({ x: 0, y: 0, width, height });
  const size = await panel.composer.evaluate((area) => parseFloat(getComputedStyle(area).fontSize));
  expect(size, "a smaller font makes phones zoom in").toBeGreaterThanOrEqual(16);

  await panel.composer.fill("How long do I have to return a bike?");
  await panel.button("Send message").tap();
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.button("Close chat").tap();
  await expect(panel.launcher).toBeVisible();
  await page.evaluate(() => scrollTo(0, 500));
  expect(await page.evaluate(() => scrollY)).toBe(500);
});
