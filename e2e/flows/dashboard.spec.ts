// An owner on a fresh instance: from the first account to an answer on a page.
import { Api } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { OWNER, Server } from "../support/server.ts";

test("the first account is made with the token that the start prints", async ({ page }) => {
  const server = await Server.fresh();
  try {
    const link = await server.said(/make the first account here: (\S+)/);
    // Whoever comes without the token is led to the form, too, and needs it there.
    await page.goto(`${server.origin}/dashboard`);
    await expect(page).toHaveURL(/\/dashboard\/setup$/);
    await expect(page.getByLabel("Set-up token")).toHaveValue("");
    await page.goto(link);
    await expect(page).toHaveURL(/\/dashboard\/setup$/);
    await page.getByLabel("Your name").fill("Maria");
    await page.getByLabel("Email address").fill(OWNER.email);
    await page.getByLabel("Password").fill(OWNER.password);
    await page.getByRole("button", { name: "Create the account" }).click();
    await expect(page).toHaveURL(/\/dashboard\/(inbox|sites)/);
    await new Api(server.origin).signIn();
  } finally {
    await server.stop();
  }
});

test("an owner makes a site, teaches it, tries it, and pastes its tag", async ({ page: visitor, operator, hosts }) => {
  const { page } = operator;
  await page.goto(`${operator.origin}/dashboard/sites`);
  await page.getByRole("button", { name: /^(New|Create a) site$/ }).first().click();
  await page.getByRole("dialog").getByLabel("Name").fill("Harbour Books");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page).toHaveURL(/\/dashboard\/sites\/ch_[^/]+\/install/);
  const tag = await page.getByRole("group", { name: "Tag to paste" }).innerText();

  await page.getByRole("link", { name: "Knowledge" }).click();
  await page.getByRole("button", { name: "Question & answer" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Question").fill("When does the shop open?");
  await dialog.getByLabel("Answer").fill("We open at **nine** every morning.");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(page.getByText("When does the shop open?").first()).toBeVisible();

  await page.getByRole("textbox", { name: "Question" }).fill("When do you open the shop?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("We open at nine every morning.").first()).toBeVisible();

  await visitor.goto(hosts.page({ head: tag }));
  const panel = await new Panel(visitor).open();
  await expect(panel.frame.getByRole("heading", { name: "Harbour Books" })).toBeVisible();
  await panel.send("When does the shop open?");
  await expect(panel.answer("We open at nine every morning.")).toBeVisible();
});

test("a wrong password is refused, and the address stays where it leads", async ({ page, server }) => {
  await page.goto(`${server.origin}/dashboard/sites`);
  await expect(page).toHaveURL(/sign-in\?return=/);
  await page.getByLabel("Email address").fill(OWNER.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/dashboard\/sites$/);
});
