// The dashboard's pages and the landing page, judged by axe.
import { violations } from "../support/axe.ts";
import { Dashboard } from "../support/dashboard.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`${colorScheme} colours`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("landing page", async ({ page, server }) => {
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(server.origin);
        await expect(new Panel(page).launcher).toBeVisible();
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    });

    test("dashboard", async ({ page, browser, hosts, api, server }) => {
      test.slow();
      const site = await api.site({}, BIKES);
      await page.goto(hosts.page({ head: site.tag }));
      const panel = await new Panel(page).open();
      await panel.send("How much does a full inspection cost?");
      await expect(panel.answer("89 euros")).toBeVisible();
      await panel.button("Talk to a human").first().click();
      await expect(panel.frame.getByText(/ESC-\d+/).first()).toBeVisible();

      const operator = await Dashboard.open(browser, server.origin, { colorScheme, reducedMotion: "reduce" });
      await operator.page.goto(`${server.origin}/dashboard/sign-in`);
      await expect(operator.page.getByRole("button", { name: "Sign in" })).toBeVisible();
      await test.step("sign in", async () => expect(await violations(operator.page)).toEqual([]));
      await operator.signIn();
      await expect(operator.row(site.name).first()).toBeVisible();
      await test.step("inbox", async () => expect(await violations(operator.page)).toEqual([]));
      await operator.openConversation(site.name);
      await expect(operator.message("89 euros")).toBeVisible();
      await test.step("conversation", async () => expect(await violations(operator.page)).toEqual([]));
      for (const [path, sign] of [
        ["sites", site.name],
        [`sites/${site.publicId}/install`, "Paste this tag"],
        [`sites/${site.publicId}/settings`, site.name],
        [`sites/${site.publicId}/knowledge`, "Workshop"],
        [`sites/${site.publicId}/nudges`, "No nudge yet"],
        [`sites/${site.publicId}/identity`, "Identity secret"],
        ["developers/keys", "No key yet"],
        ["developers/webhooks", "No endpoint yet"],
        ["nowhere", ""],
      ] as const) {
        await operator.page.goto(`${server.origin}/dashboard/${path}`);
        await expect(operator.page.getByText(sign).first()).toBeAttached();
        await expect(operator.page.getByRole("heading").first()).toBeVisible();
        await test.step(path, async () => expect(await violations(operator.page)).toEqual([]));
      }
      await operator.close();
    });
  });
}
