// What an operator does to a visitor besides answering, as both of them see it.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test("a blocked visitor is told so at once, and may write again when it is taken back", async ({ page, operator, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await operator.openConversation(site.name);
  const details = operator.page.getByRole("complementary", { name: "Contact and page" });
  await details.getByRole("button", { name: "Block", exact: true }).click();
  const dialog = operator.page.getByRole("dialog", { name: "Block this visitor?" });
  await dialog.getByLabel("Reason").fill("Advertises");
  await dialog.getByRole("button", { name: "Block", exact: true }).click();
  await expect(details.getByText("Blocked", { exact: true })).toBeVisible();
  await expect(panel.composer).toBeHidden();
  await details.getByRole("button", { name: "Unblock" }).click();
  await expect(panel.composer).toBeVisible();
  await panel.send("Am I back?");
});

test("a block for a day says until when, in the visitor's language and time, also after a reload", async ({ browser, operator, hosts, api }) => {
  const context = await browser.newContext({ timezoneId: "Asia/Tokyo" });
  const page = await context.newPage();
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="de" ') }));
  await page.locator("parlance-chat").getByRole("button").click();
  const frame = page.frameLocator("parlance-chat iframe");
  const composer = frame.getByRole("textbox", { name: "Ihre Nachricht" });
  await composer.fill("How long do I have to return a bike?");
  await composer.press("Enter");
  await expect(frame.getByRole("article").filter({ hasText: "30 days" })).toBeVisible();
  await operator.openConversation(site.name);
  const details = operator.page.getByRole("complementary", { name: "Contact and page" });
  await details.getByRole("button", { name: "Block", exact: true }).click();
  const dialog = operator.page.getByRole("dialog", { name: "Block this visitor?" });
  await expect(dialog.getByLabel("For how long")).toHaveValue("");
  await dialog.getByLabel("For how long").selectOption({ label: "1 day" });
  await dialog.getByRole("button", { name: "Block", exact: true }).click();
  await expect(details.getByText(/^Blocked until /)).toBeVisible();

  const { data } = await api.call<{ data: { visitor: { blockedUntil: string } }[] }>("GET", `/api/conversations?status=all&site=${site.id}`);
  const { blockedUntil } = data[0]!.visitor;
  const hours = (Date.parse(blockedUntil) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThanOrEqual(24);
  const until = await page.evaluate(
    (moment) => new Intl.DateTimeFormat("de", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }).format(new Date(moment)),
    blockedUntil,
  );
  const words = `Sie können hier bis ${until} keine Nachrichten senden.`;
  await expect(frame.getByText(words)).toBeVisible();
  await expect(composer).toBeHidden();
  await page.reload();
  await page.locator("parlance-chat").getByRole("button").click();
  await expect(frame.getByText(words)).toBeVisible();
  await details.getByRole("button", { name: "Unblock" }).click();
  await expect(composer).toBeVisible();
  await context.close();
});

test("tags and a transcript of a conversation", async ({ page, operator, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await operator.openConversation(site.name);
  const details = operator.page.getByRole("complementary", { name: "Contact and page" });
  const field = details.getByRole("textbox", { name: "New tag" });
  for (const tag of ["returns", "vip"]) {
    await field.fill(tag);
    await field.press("Enter");
    await expect(details.getByRole("listitem").filter({ hasText: tag })).toBeVisible();
  }
  await details.getByRole("button", { name: "Take the tag vip away" }).click();
  await expect(details.getByRole("listitem").filter({ hasText: "vip" })).toHaveCount(0);
  await expect(details.getByRole("listitem").filter({ hasText: "returns" })).toBeVisible();

  const download = operator.page.waitForEvent("download");
  await details.getByRole("button", { name: "Transcript" }).click();
  const file = await (await download).createReadStream();
  let text = "";
  for await (const piece of file) text += String(piece);
  expect(text).toContain("How long do I have to return a bike?");
  expect(text).toContain("30 days");
});

test("a nudge is written as a rule of a site", async ({ operator, api }) => {
  const { page } = operator;
  const site = await api.site();
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/nudges`);
  await page.getByRole("button", { name: "New nudge" }).click();
  const dialog = page.getByRole("dialog", { name: "New nudge" });
  await dialog.getByLabel("Words").fill("Questions about our plans?");
  await dialog.getByLabel("Pages").fill("/pricing*");
  await dialog.getByLabel("Seconds on the page").fill("-1");
  await dialog.getByRole("button", { name: "Create the nudge" }).click();
  await expect(dialog.getByLabel("Seconds on the page")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Seconds on the page").fill("30");
  await dialog.getByRole("button", { name: "Create the nudge" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "Questions about our plans?" });
  await expect(row).toContainText("/pricing* · after 30 s · once per visitor");
  await row.getByRole("button", { name: /^Switch off/ }).click();
  await expect(row.getByText("Off", { exact: true })).toBeVisible();
  await page.reload();
  await expect(row.getByText("Off", { exact: true })).toBeVisible();
  await row.getByRole("button", { name: /^Delete/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(row).toHaveCount(0);
});
