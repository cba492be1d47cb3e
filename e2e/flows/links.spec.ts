// Links in answers: the site's own open at once, others ask first in the site's words, and what is no address of a page is no link.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const LABEL = "You are leaving Acme Bikes. We do not know what is there.";

test("own domains open, others ask with the site's label, scripts and data are no links", async ({ page, context, hosts, api }) => {
  const site = await api.site({ websiteUrl: "https://acme.example" });
  await api.call("PATCH", `/bots/${site.id}`, { link_safety: { enabled: true, allowed_domains: ["docs.partner.example"], label: LABEL } });
  // No page of these hosts exists; that they are opened is what counts.
  await context.route(/^https:\/\//, (route) => route.fulfill({ contentType: "text/html", body: "<title>There</title>" }));
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("Where do I read more?");
  await expect(panel.own("Where do I read more?")).toContainText("Sent");
  const { data } = await api.conversations(site);
  const lines = [
    "[own](https://acme.example/help) [below](https://shop.acme.example/) [partner](https://docs.partner.example/a)",
    "[other](https://elsewhere.example/x) [alike](https://acme.example.evil.test/) [user](https://acme.example@evil.test/)",
    "[script](javascript:alert(1)) [data](data:text/html,hello) [mixed](JaVaScRiPt:alert(1))",
  ];
  await api.reply(data[0]!.id, lines.join("\n\n"));
  const answer = panel.answer("own");
  await expect(answer).toBeVisible();

  const opensAt = async (act: () => Promise<void>): Promise<string> => {
    const opened = context.waitForEvent("page");
    await act();
    const there = await opened;
    await there.waitForLoadState();
    const url = there.url();
    expect(await there.evaluate(() => window.opener === null)).toBe(true);
    await there.close();
    return url;
  };
  const dialog = panel.frame.getByRole("alertdialog", { name: "Open this link?" });
  const link = (name: string) => answer.getByRole("link", { name, exact: true });
  for (const [name, url] of [
    ["own", "https://acme.example/help"],
    ["below", "https://shop.acme.example/"],
    ["partner", "https://docs.partner.example/a"],
  ] as const) {
    expect(await opensAt(() => link(name).click())).toBe(url);
    await expect(dialog).toHaveCount(0);
  }
  for (const [name, url] of [
    ["other", "https://elsewhere.example/x"],
    ["alike", "https://acme.example.evil.test/"],
    ["user", "https://acme.example@evil.test/"],
  ] as const) {
    await link(name).click();
    await expect(dialog).toContainText(LABEL);
    await expect(dialog).toContainText(url);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toHaveCount(0);
  }
  // A click into its words and Escape put away the question, and not the chat.
  await link("other").click();
  await dialog.getByText("https://elsewhere.example/x").click();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(link("other")).toBeFocused();
  await expect(panel.launcher).toHaveAttribute("aria-expanded", "true");
  await link("other").click();
  expect(await opensAt(() => dialog.getByRole("button", { name: "Open" }).click())).toBe("https://elsewhere.example/x");
  for (const name of ["script", "data", "mixed"]) {
    await expect(answer).toContainText(name);
    await expect(link(name)).toHaveCount(0);
  }
  expect(context.pages()).toHaveLength(1);
});
