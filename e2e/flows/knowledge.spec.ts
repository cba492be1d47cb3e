// What the assistant is taught it says, with its source; what it was made to forget it no longer does.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test("a text and a file are learnt and forgotten", async ({ page: visitor, operator, api, hosts }) => {
  const site = await api.site();
  const { page } = operator;
  const ask = async (question: string) => {
    await page.getByRole("textbox", { name: "Question", exact: true }).fill(question);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
  };
  const answer = page.locator(".knowledge-side .answer");
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/knowledge`);

  await test.step("a text is added", async () => {
    await page.getByRole("button", { name: "Text", exact: true }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Title").fill("Moorings");
    await dialog.getByLabel("Text").fill("A mooring for one night costs 23 euros. Electricity is included in the price of the mooring.");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "Moorings" })).toBeVisible();
    await ask("What does a mooring cost for one night?");
    await expect(answer).toContainText("23 euros");
    await expect(answer).toContainText("Moorings");
  });

  await test.step("a Markdown file is uploaded", async () => {
    const text = "# Sauna\n\nThe sauna of the harbour opens at **five** in the afternoon and closes at ten.\n";
    await page.locator('input[type="file"]').setInputFiles({ name: "sauna.md", mimeType: "text/markdown", buffer: Buffer.from(text) });
    await expect(page.getByRole("listitem").filter({ hasText: "sauna" })).toBeVisible();
    await ask("When does the sauna open?");
    await expect(answer).toContainText("five in the afternoon");
  });

  await test.step("a visitor is answered from it", async () => {
    await visitor.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(visitor).open();
    await panel.send("When does the sauna open?");
    await expect(panel.answer("five in the afternoon")).toBeVisible();
  });

  await test.step("deleted, it is gone at once: the miss is honest", async () => {
    await page.getByRole("button", { name: /^Delete .*sauna/i }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "sauna" })).toHaveCount(0);
    await ask("When does the sauna open?");
    await expect(answer).toContainText("A person would be offered");
    await expect(answer).not.toContainText("five in the afternoon");
    const fresh = await new Panel(visitor).newConversation();
    await fresh.send("When does the sauna open?");
    await expect(fresh.own("sauna")).toContainText("Sent");
    await expect(fresh.button("Talk to a human").first()).toBeVisible();
    await expect(fresh.answer("five in the afternoon")).toHaveCount(0);
    await ask("What does a mooring cost for one night?");
    await expect(answer).toContainText("23 euros");
  });
});

test("pages of the owner's website are read: one of them, and the whole site", async ({ operator, api, hosts }) => {
  const site = await api.site();
  const { page } = operator;
  const address = (path: string) => hosts.origin.replace("shop.localhost", "127.0.0.1") + path;
  const article = (title: string, text: string) => `<!doctype html><html lang="en"><title>${title}</title><main><h1>${title}</h1><p>${text}</p></main>`;
  const html = "text/html; charset=utf-8";
  hosts.file("/crane", article("Crane", "The crane of the harbour lifts boats of up to twelve tons on weekdays."), html);
  hosts.file("/slipway", article("Slipway", "The slipway may be used free of charge by members of the club."), html);
  hosts.file("/harbour", article("Harbour", `The harbour has a crane. <a href="/crane">Crane</a> <a href="/slipway">Slipway</a>`), html);
  const ask = async (question: string) => {
    await page.getByRole("textbox", { name: "Question", exact: true }).fill(question);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
  };
  const answer = page.locator(".knowledge-side .answer");
  const dialog = page.getByRole("dialog");
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/knowledge`);

  await test.step("an address that cannot be read is refused where it was written", async () => {
    await page.getByRole("button", { name: "Web pages" }).click();
    await dialog.getByLabel("Address").fill(address("/nowhere"));
    await dialog.getByRole("button", { name: "Read it" }).click();
    await expect(dialog.getByText(/answers with status 404/)).toBeVisible();
    await expect(dialog.getByLabel("Address")).toHaveValue(address("/nowhere"));
  });

  await test.step("one page", async () => {
    await dialog.getByLabel("Address").fill(address("/crane"));
    await dialog.getByRole("button", { name: "Read it" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("listitem").filter({ hasText: "Crane" })).toBeVisible();
    await ask("What does the crane of the harbour lift?");
    await expect(answer).toContainText("twelve tons");
  });

  await test.step("the whole site, with how far it is", async () => {
    await page.getByRole("button", { name: "Web pages" }).click();
    await dialog.getByRole("radio", { name: "The whole site" }).check();
    await dialog.getByLabel("Address").fill(address("/harbour"));
    await dialog.getByRole("button", { name: "Read it" }).click();
    const reading = page.getByRole("listitem").filter({ hasText: address("/harbour") }).filter({ hasText: "Done" });
    await expect(reading).toContainText("3 pages read", { timeout: 30_000 });
    await expect(page.getByRole("listitem").filter({ hasText: "Slipway" })).toBeVisible();
    await ask("Who may use the slipway free of charge?");
    await expect(answer).toContainText("members of the club");
    await reading.getByRole("button", { name: /^Dismiss/ }).click();
    await expect(reading).toHaveCount(0);
  });
});
