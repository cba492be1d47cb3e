// The assistant's first words were written again with each message: a view that was built anew filled the element it had filled before.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test("the welcome message stands there once, however much is said", async ({ page, hosts, api }) => {
  const site = await api.site({ welcomeMessage: "Ask away." }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  for (const question of ["How long do I have to return a bike?", "What does an inspection cost?"]) await panel.send(question);
  await expect(panel.answer("89 euros")).toBeVisible();
  await expect(panel.frame.getByText("Ask away.")).toHaveCount(1);
});
