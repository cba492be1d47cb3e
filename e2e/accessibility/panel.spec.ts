// The panel in each of its states, judged by axe.
import { violations } from "../support/axe.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`${colorScheme} colours`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("no state of the panel breaks a rule", async ({ page, hosts, api }) => {
      test.slow();
      const site = await api.site({ starterQuestions: ["How long do I have to return a bike?", "What does an inspection cost?"] }, BIKES);
      await page.goto(hosts.page({ head: site.tag }));
      const panel = new Panel(page);
      await expect(panel.launcher).toBeVisible();
      await test.step("closed", async () => expect(await violations(page)).toEqual([]));
      await panel.open();
      await test.step("greeting and suggestions", async () => expect(await violations(page)).toEqual([]));
      await panel.button("What does an inspection cost?").click();
      await expect(panel.answer("89 euros")).toBeVisible();
      await test.step("an answer with a source", async () => expect(await violations(page)).toEqual([]));
      await panel.button("More options").click();
      await test.step("the menu", async () => expect(await violations(page)).toEqual([]));
      await page.keyboard.press("Escape");
      await panel.button("Talk to a human").first().click();
      await expect(panel.frame.getByText(/ESC-\d+/).first()).toBeVisible();
      await test.step("waiting, with the contact form", async () => expect(await violations(page)).toEqual([]));
      await page.route("**/widget/chat*", (route) => route.abort());
      await panel.send("lost words");
      await expect(panel.own("lost words")).toContainText("Waiting for a connection");
      await test.step("a message that was not sent", async () => expect(await violations(page)).toEqual([]));
      await page.unroute("**/widget/chat*");
      const { data } = await api.conversations(site);
      await api.act(data[0]!.id, "resolve");
      await expect(panel.frame.getByText("This conversation has ended.")).toBeVisible();
      await test.step("ended, with the rating", async () => expect(await violations(page)).toEqual([]));
    });
  });
}
