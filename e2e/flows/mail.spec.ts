// The conversation by mail, where the server has a mail server to send it with.
import { Api } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { BIKES, expect, test as base } from "../support/fixtures.ts";
import { Mail } from "../support/mail.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";

type Mailing = { mail: Mail; api: Api };

const test = base.extend<object, { mailing: Mailing }>({
  mailing: [
    async ({}, use) => {
      const mail = await Mail.start();
      const server = await Server.start(mail.settings);
      await use({ mail, api: await new Api(server.origin).signIn() });
      await server.stop();
      await mail.stop();
    },
    { scope: "worker", timeout: 30_000 },
  ],
});

test("the visitor gets the conversation by mail, and is told so", async ({ page, hosts, mailing: { mail, api } }) => {
  test.slow();
  const site = await api.site({ displayName: "Wheels & Co" }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.button("More options").click();
  await expect(panel.button("Email transcript"), "there is nothing to mail yet").toHaveCount(0);
  await page.keyboard.press("Escape");
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();

  await panel.button("More options").click();
  await panel.button("Email transcript").click();
  const form = panel.frame.getByRole("form", { name: "Email this conversation" });
  const email = form.getByRole("textbox", { name: "Email" });
  await expect(email).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await email.fill("grace@");
  await email.press("Enter");
  await expect(form.getByRole("alert")).toHaveText("Please enter a valid email address.");
  await expect(email).toHaveAttribute("aria-invalid", "true");
  await expect(email).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await email.fill("grace@example.com");
  await email.press("Enter");
  await expect(form.getByRole("status")).toHaveText("On its way to grace@example.com. It may take a few minutes.");
  const done = form.getByRole("button", { name: "Done" });
  await expect(done).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await expect.poll(() => mail.letters.map(({ to }) => to)).toContain("grace@example.com");
  const letter = mail.letters.find(({ to }) => to === "grace@example.com")!;
  expect(letter.subject).toBe("Your conversation with Wheels & Co");
  expect(letter.text).toContain("You:\n    What does an inspection cost?");
  expect(letter.text).toContain("89 euros");
  await done.press("Enter");
  await expect(form).toHaveCount(0);
  await expect(panel.composer).toBeFocused();
});

test("the address that was left is offered, and the letter speaks the visitor's language and time", async ({ browser, hosts, mailing: { mail, api } }) => {
  const context = await browser.newContext({ timezoneId: "Asia/Tokyo" });
  const page = await context.newPage();
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="de" ') }));
  await page.locator("parlance-chat").getByRole("button").click();
  const frame = page.frameLocator("parlance-chat iframe");
  const choose = async (item: string) => {
    await frame.getByRole("button", { name: "Weitere Optionen" }).click();
    await frame.getByRole("button", { name: item }).click();
  };
  const composer = frame.getByRole("textbox", { name: "Ihre Nachricht" });
  await composer.fill("What does an inspection cost?");
  await composer.press("Enter");
  await expect(frame.getByRole("article").filter({ hasText: "89 euros" })).toBeVisible();
  await choose("Kontaktdaten hinterlassen");
  await frame.getByRole("textbox", { name: "E-Mail" }).fill("hopper@example.com");
  await frame.getByRole("button", { name: "Speichern" }).click();
  await expect(frame.getByRole("textbox", { name: "E-Mail" })).toHaveCount(0);
  await choose("Verlauf per E-Mail senden");
  const form = frame.getByRole("form", { name: "Gespräch per E-Mail senden" });
  await expect(form.getByRole("textbox")).toHaveValue("hopper@example.com");
  await form.getByRole("textbox").press("Enter");
  await expect(form.getByRole("status")).toContainText("hopper@example.com");
  await expect.poll(() => mail.letters.map(({ to }) => to)).toContain("hopper@example.com");
  const { subject, text, raw } = mail.letters.find(({ to }) => to === "hopper@example.com")!;
  expect(subject).toMatch(/^Ihr Gespräch mit /);
  expect(text).toContain("Zeiten: Asia/Tokyo");
  expect(text).toContain("Assistent (KI):");
  expect(raw).toContain("text/html");
  await context.close();
});

test("what does not go is said: no connection, and one address too many", async ({ page, hosts }) => {
  const mail = await Mail.start();
  // Of its own, with the limits as they are.
  const server = await Server.start({ ...mail.settings, PARLANCE_RATE_LIMIT_SCALE: "1" });
  const api = await new Api(server.origin).signIn();
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.button("More options").click();
  await panel.button("Email transcript").click();
  const form = panel.frame.getByRole("form", { name: "Email this conversation" });
  const email = form.getByRole("textbox", { name: "Email" });
  await page.route(/\/widget\/transcript\?/, (route) => route.abort());
  await email.fill("one@example.com");
  await email.press("Enter");
  await expect(panel.frame.getByRole("alert").filter({ hasText: "No connection" })).toBeVisible();
  await expect(email, "nothing has to be typed again").toHaveValue("one@example.com");
  await page.unroute(/\/widget\/transcript\?/);
  for (const to of ["one@example.com", "two@example.com", "three@example.com"]) {
    await email.fill(to);
    await email.press("Enter");
    await form.getByRole("button", { name: "Done" }).click();
    await panel.button("More options").click();
    await panel.button("Email transcript").click();
  }
  await email.fill("four@example.com");
  await email.press("Enter");
  await expect(form.getByRole("alert")).toHaveText("This conversation has already gone to several addresses. Please use one of those.");
  // There are a few within a minute, and a few within a day.
  await expect(async () => {
    if (await form.getByRole("button", { name: "Done" }).isVisible()) {
      await form.getByRole("button", { name: "Done" }).click();
      await panel.button("More options").click();
      await panel.button("Email transcript").click();
    }
    await email.fill("one@example.com");
    await email.press("Enter");
    await expect(form.getByRole("alert")).toContainText(/Please try again in \d+ (second|minute|hour)s?/, { timeout: 1_000 });
  }).toPass();
  await expect.poll(() => mail.letters.filter(({ to }) => to === "three@example.com").length).toBe(1);
  expect(mail.letters.map(({ to }) => to)).not.toContain("four@example.com");
  await server.stop();
  await mail.stop();
});

test("without a mail server it is not offered", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.button("More options").click();
  await expect(panel.button("Download transcript")).toBeVisible();
  await expect(panel.button("Email transcript")).toHaveCount(0);
});
