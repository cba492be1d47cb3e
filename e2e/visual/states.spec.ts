// The panel in the states that a conversation goes through.
import { expect, test } from "../support/fixtures.ts";
import { looksLike, steady } from "../support/looks.ts";
import { Panel } from "../support/panel.ts";
import { SHOP, SITE } from "./shop.ts";

test.use({ viewport: { width: 1000, height: 760 }, contextOptions: { reducedMotion: "reduce" } });
test.beforeEach(({ page }) => steady(page));

const CLOSED = Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, "closed"]));
const FIELDS = [
  { name: "email", label: "Your email", type: "email", required: true },
  { name: "topic", label: "About", type: "select", required: true, options: ["Sales", "Repairs"] },
];

test("an answer that streams, and one that failed", async ({ page, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("light", { tokens: ["A front light of **40 lux** is enough in town. ", "On unlit roads ", "take 100."], holdBefore: 2 });
  model.script("broken", { tokens: [], fault: 500 });
  const site = await api.site(SITE);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const held = model.held();
  await panel.send("Which light do I need?");
  await held;
  await expect(panel.answer("On unlit").or(panel.answer("40 lux")).first()).toBeVisible();
  await expect(panel.own("Which light")).toContainText("Sent");
  await looksLike(page, "streaming");
  model.release();
  await expect(panel.answer("take 100.")).toBeVisible();
  await panel.send("My lamp is broken");
  await expect(panel.button("Ask again")).toBeVisible();
  await expect(panel.button("Stop the answer")).toHaveCount(0);
  await looksLike(page, "error");
});

test("a person is waited for, comes, and is rated", async ({ page, hosts, api }) => {
  const site = await api.site(SITE, SHOP);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("My order has not come");
  await expect(panel.own("My order has not come")).toContainText("Sent");
  await panel.button("More options").click();
  await looksLike(page, "menu");
  await panel.button("Talk to a human").first().click();
  await expect(panel.frame.getByRole("textbox", { name: "Email" })).toBeVisible();
  await looksLike(page, "waiting");
  const { data } = await api.conversations(site);
  await api.act(data[0]!.id, "takeover");
  await api.reply(data[0]!.id, "I have found your order: it leaves **today**.");
  await expect(panel.answer("it leaves today")).toBeVisible();
  await looksLike(page, "operator");
  await api.act(data[0]!.id, "resolve");
  await expect(panel.frame.getByText("This conversation has ended.")).toBeVisible();
  await expect(panel.frame.getByRole("radiogroup").or(panel.frame.getByRole("group")).first()).toBeVisible();
  await looksLike(page, "rating");
});

test("what a site asks before the first message", async ({ page, hosts, api }) => {
  const asking = await api.site({ ...SITE, preChatFields: FIELDS }, SHOP);
  await page.goto(hosts.page({ head: asking.tag }));
  await (await new Panel(page).open()).button("What does an inspection cost?").click();
  await expect(page.frameLocator("parlance-chat iframe").getByLabel("Your email")).toBeFocused();
  await looksLike(page, "fields");

  const consenting = await api.site({ ...SITE, consent: { text: "We keep what you write for 30 days." } }, SHOP);
  await page.goto(hosts.page({ head: consenting.tag }));
  await (await new Panel(page).open()).button("What does an inspection cost?").click();
  await expect(page.frameLocator("parlance-chat iframe").getByText("for 30 days")).toBeVisible();
  await looksLike(page, "consent");
});

test("where nobody answers, a form", async ({ page, hosts, api }) => {
  const site = await api.site({ ...SITE, aiMode: "off", offlineMessage: "Back after the holidays.", businessHours: { timezone: "UTC", ...CLOSED } });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await expect(panel.frame.getByRole("form", { name: "How can we reach you?" })).toBeVisible();
  await looksLike(page, "away");
});

test("the visitor's conversations, and a network that is gone", async ({ page, context, hosts, api }) => {
  const site = await api.site(SITE, SHOP);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.newConversation();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.button("More options").click();
  await panel.button("Your conversations").click();
  const list = panel.frame.getByRole("region", { name: "Your conversations" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await looksLike(page, "conversations");
  await list.press("Escape");
  await expect(list).toBeHidden();
  await context.setOffline(true);
  await panel.composer.fill("And on a Sunday?");
  await panel.composer.press("Enter");
  await page.clock.runFor(60_000);
  await expect(panel.frame.locator(".connection")).toBeVisible();
  await expect(panel.own("And on a Sunday?")).toContainText("Waiting for a connection");
  await looksLike(page, "offline");
});
