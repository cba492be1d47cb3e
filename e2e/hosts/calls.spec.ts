// The page's own calls, through to what the panel and the server make of them.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import type { Page } from "@playwright/test";

const parlance = (page: Page, ...given: unknown[]) =>
  page.evaluate((all) => (window as unknown as { Parlance: (...all: unknown[]) => unknown }).Parlance(...all), given);

test("newMessage writes, sendMessage asks, escalate fetches a person", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = new Panel(page);
  await expect(panel.launcher).toBeVisible();
  await parlance(page, "newMessage", "Half a question");
  await expect(panel.composer).toHaveValue("Half a question");
  await expect(panel.composer).toBeFocused();
  await parlance(page, "sendMessage", "How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await expect(panel.composer).toHaveValue("Half a question");
  await parlance(page, "escalate");
  await expect(panel.frame.getByText(/ESC-\d+/).first()).toBeVisible();
});

test("an operator's word is counted on the launcher of the next page", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const read = page.waitForResponse((response) => response.url().includes("/widget/read"));
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await read;
  await page.goto(hosts.page({ head: site.tag }));
  await expect(panel.launcher).toHaveAccessibleName("Open chat");
  await expect(panel.log).toBeAttached();
  const { data } = await api.conversations(site);
  await api.reply(data[0]!.id, "One more thing");
  await expect(panel.launcher).toHaveAccessibleName("Open chat, 1 unread message");
  await panel.open();
  await expect(panel.answer("One more thing")).toBeVisible();
  await expect(panel.launcher).toHaveAccessibleName("Close chat");
});

test("language and theme of the page reach the panel", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag.replace("async", `async data-locale="de" data-theme="dark"`) }));
  const panel = new Panel(page);
  await panel.launcher.click();
  await expect(panel.frame.getByRole("textbox", { name: "Ihre Nachricht" })).toBeVisible();
  const ground = () =>
    panel.frame.getByRole("dialog").evaluate((element) => {
      const [red, green, blue] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g)!.map(Number);
      return red! + green! + blue!;
    });
  expect(await ground()).toBeLessThan(150);
  await parlance(page, "setTheme", "light");
  await expect.poll(ground).toBeGreaterThan(600);
  await parlance(page, "setLocale", "fr");
  await expect(panel.frame.getByRole("textbox", { name: "Votre message" })).toBeVisible();
});

test("the owner's words in the panel follow the language that the page changes to", async ({ page, hosts, api }) => {
  const site = await api.site({
    welcomeMessage: "Ask us anything.",
    starterQuestions: ["What does it cost?"],
    translations: { fr: { welcome_message: "Posez vos questions.", starter_questions: ["Combien ça coûte ?"] } },
  });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await expect(panel.button("What does it cost?")).toBeVisible();
  await panel.composer.fill("Half a question");
  await parlance(page, "setLocale", "fr");
  await expect(panel.button("Combien ça coûte ?")).toBeVisible();
  await expect(panel.frame.getByText("Posez vos questions.")).toBeVisible();
  await expect(panel.frame.getByRole("textbox", { name: "Votre message" })).toHaveValue("Half a question");
  await parlance(page, "setLocale", "en");
  await expect(panel.button("What does it cost?")).toBeVisible();
});
