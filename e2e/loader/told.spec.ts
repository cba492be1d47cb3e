// `setAttributes` and `track`: what a page tells of its visitor is beside the conversation for the operators.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test("operators see what the page told before the visitor wrote anything, and afterwards", async ({ page, hosts, api, operator }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const call = (name: string, ...given: unknown[]) =>
    page.evaluate(([name, given]) => (window as unknown as { Parlance(...all: unknown[]): void }).Parlance(name, ...(given as unknown[])), [name, given] as const);
  await call("setAttributes", { plan: "pro", seats: 12 });
  await call("track", "Put into the cart", { price: 12.5 });
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await operator.openConversation("30 days");
  const details = operator.page.getByRole("complementary", { name: "Contact and page" });
  await expect(details).toContainText("pro");
  await expect(details).toContainText("Put into the cart");
  await expect(details).toContainText("price: 12.5");
  await call("setAttributes", { plan: "team" });
  await expect(details).toContainText("team");
  await expect(details).not.toContainText("pro");
});
