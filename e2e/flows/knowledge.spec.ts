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
    await expect(answer).toContainText("Not found: would offer a person");
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
