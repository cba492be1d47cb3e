// The dashboard's pages and the landing page, judged by axe.
import type { Page } from "@playwright/test";
import { violations } from "../support/axe.ts";
import { Dashboard } from "../support/dashboard.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";

/** On a screen with room for everything and on a narrow phone, where nothing may stand beyond the edge. */
async function judgedAtEveryWidth(page: Page): Promise<void> {
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await violations(page), `${width}`).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`${colorScheme} colours`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("landing page", async ({ page, server }) => {
      await page.goto(server.origin);
      await expect(new Panel(page).launcher).toBeVisible();
      await judgedAtEveryWidth(page);
    });

    test("set-up", async ({ page }) => {
      const server = await Server.fresh();
      try {
        await page.goto(`${server.origin}/dashboard/setup`);
        await expect(page.getByLabel("Set-up token")).toBeVisible();
        await judgedAtEveryWidth(page);
        // What the server says against it is judged as well.
        for (const [label, words] of [["Set-up token", "wrong"], ["Your name", "Maria"], ["Email address", "maria@x.example"], ["Password", "a long enough one"]] as const) {
          await page.getByLabel(label).fill(words);
        }
        await page.getByRole("button", { name: "Create the account" }).click();
        await expect(page.getByRole("alert").first()).toBeVisible();
        expect(await violations(page)).toEqual([]);
      } finally {
        await server.stop();
      }
    });

    test("dialogs", async ({ operator, api }) => {
      const { page } = operator;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const site = await api.site({}, BIKES);
      for (const [path, opener, name] of [
        ["sites", "New site", "New site"],
        [`sites/${site.publicId}/knowledge`, "Question & answer", "Question & answer"],
        ["developers/keys", "New key", "New API key"],
        ["developers/webhooks", "New endpoint", "New endpoint"],
      ] as const) {
        await test.step(name, async () => {
          await page.goto(`${operator.origin}/dashboard/${path}`);
          await page.getByRole("button", { name: opener, exact: true }).first().click();
          const dialog = page.getByRole("dialog");
          await expect(dialog.getByRole("heading")).toBeVisible();
          await judgedAtEveryWidth(page);
          expect(await dialog.evaluate((dialog) => dialog.getBoundingClientRect().right)).toBeLessThanOrEqual(360);
          await page.setViewportSize({ width: 1440, height: 800 });
        });
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
      const judge = (name: string) => test.step(name, () => judgedAtEveryWidth(operator.page));
      await operator.page.goto(`${server.origin}/dashboard/sign-in`);
      await expect(operator.page.getByRole("button", { name: "Sign in" })).toBeVisible();
      await judge("sign in");
      await operator.signIn();
      await expect(operator.row(site.name).first()).toBeVisible();
      await judge("inbox");
      await operator.openConversation(site.name);
      await expect(operator.message("89 euros")).toBeVisible();
      await judge("conversation");
      await operator.page.setViewportSize({ width: 360, height: 800 });
      await operator.page.getByRole("button", { name: "Contact and page" }).click();
      await expect(operator.page.getByRole("heading", { name: "Contact" })).toBeVisible();
      await judge("details");
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
        await judge(path);
      }
      await operator.close();
    });
  });
}
