// The first page that anybody sees, with the demo's assistant on it.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test("the landing page's question is answered from the project's own documentation", async ({ page, server, watch }) => {
  await page.goto(server.origin);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText("{{demo_tag}}")).toHaveCount(0);
  await page.getByRole("button", { name: "How do I connect a model?" }).click();
  const panel = new Panel(page);
  await expect(panel.own("How do I connect a model?")).toBeVisible();
  await expect(panel.answer("PARLANCE_LLM")).toBeVisible();
  await expect(panel.answer("PARLANCE_LLM").getByText("Sources")).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("its links lead where they say", async ({ page, server }) => {
  await page.goto(server.origin);
  const targets = await page.locator("a[href]").evaluateAll((links) => [...new Set(links.map((link) => (link as HTMLAnchorElement).href))]);
  for (const target of targets.filter((url) => url.startsWith(server.origin))) {
    expect((await page.request.get(target)).status(), target).toBe(200);
  }
});

test("on a phone, the button that copies code covers none of it", async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(server.origin);
  const button = (await page.getByRole("button", { name: "Copy" }).boundingBox())!;
  const lines = await page.locator("#model-code").evaluate((code) => {
    const range = document.createRange();
    range.selectNodeContents(code);
    return [...range.getClientRects()].map(({ top, right }) => ({ top, right }));
  });
  expect(lines.length).toBeGreaterThan(1);
  for (const { top, right } of lines) expect(top >= button.y + button.height || right <= button.x, `a line that ends at ${right}, ${top}`).toBe(true);
});
