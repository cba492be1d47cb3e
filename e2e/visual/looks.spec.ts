// How the panel looks beside the beginning of a conversation and an answer: in each theme, right to left, on a phone, enlarged.
import type { BrowserContextOptions } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { looksLike, steady } from "../support/looks.ts";
import { Panel } from "../support/panel.ts";
import { SHOP, SITE } from "./shop.ts";

const looks: [string, BrowserContextOptions, string][] = [
  ["light", {}, "en"],
  ["dark", { colorScheme: "dark" }, "en"],
  ["forced-colours", { forcedColors: "active" }, "en"],
  ["right-to-left", {}, "ar"],
  ["phone", { viewport: { width: 390, height: 844 } }, "en"],
  // A window of 1280 by 1024 at 400 %.
  ["enlarged", { viewport: { width: 320, height: 256 } }, "en"],
];

for (const [look, options, language] of looks) {
  test(`${look}: a greeting with starters, and an answer with its source`, async ({ browser, hosts, api }) => {
    const context = await browser.newContext({ viewport: { width: 1000, height: 760 }, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    await steady(page);
    const site = await api.site(SITE, SHOP);
    await page.goto(hosts.page({ head: site.tag.replace("<script ", `<script data-locale="${language}" `) }));
    await page.locator('parlance-chat [aria-haspopup="dialog"]').click();
    const frame = page.frameLocator("parlance-chat iframe");
    await expect(frame.getByRole("button", { name: "What does an inspection cost?" })).toBeVisible();
    await looksLike(page, `${look}-greeting`);
    await frame.getByRole("button", { name: "What does an inspection cost?" }).click();
    await expect(frame.getByText("89 euros").first()).toBeVisible();
    await expect(frame.locator(".answer .actions, .answer footer, .answer .sources").first()).toBeVisible();
    await looksLike(page, `${look}-answer`);
    await context.close();
  });
}

test("a picture, a document, and the ten seconds to change one's words", async ({ page, hosts, api }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await steady(page);
  const site = await api.site(SITE, SHOP);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const chooser = page.waitForEvent("filechooser");
  await panel.button("Attach a file").click();
  const { picture, textFile } = await import("../support/pictures.ts");
  await (await chooser).setFiles([picture("brake.png"), textFile("serial.txt", "A-1234")]);
  await expect(panel.frame.getByRole("list", { name: "Attachments" }).getByRole("listitem").filter({ hasText: /byte|kB/ })).toHaveCount(2);
  await panel.composer.fill("My brake looks like this");
  await looksLike(page, "files-chosen");
  await panel.composer.press("Enter");
  const own = panel.own("My brake looks like this");
  await expect(own.locator("img")).toHaveJSProperty("naturalWidth", 320);
  await expect(own).toContainText("Sent");
  await own.getByRole("button", { name: "Edit message" }).click();
  await expect(own.getByRole("textbox", { name: "Edit message" })).toBeFocused();
  await looksLike(page, "edit", true);
});
