// The main job, end to end: ask, get a streamed answer, reach a person, and everything on the way back.
import type { Api } from "../support/api.ts";
import { Dashboard } from "../support/dashboard.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import type { Hosts } from "../support/hosts.ts";
import { Panel } from "../support/panel.ts";
import type { Browser, Page } from "@playwright/test";

type Stage = { page: Page; browser: Browser; hosts: Hosts; api: Api; origin: string; question: string; answer: RegExp; again: string };

async function wholePath({ page, browser, hosts, api, origin, question, answer, again }: Stage): Promise<void> {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  await panel.send(question);
  await expect(panel.answer(answer)).toBeVisible();
  await expect(panel.own(question)).toContainText("Sent");

  await test.step("a reload keeps the history", async () => {
    await page.reload();
    panel = await new Panel(page).open();
    await expect(panel.own(question)).toHaveCount(1);
    await expect(panel.answer(answer)).toHaveCount(1);
  });

  await test.step("the visitor asks for a person and gets a ticket", async () => {
    await panel.button("Talk to a human").click();
    // Once is enough.
    await expect(panel.frame.getByText(/ESC-\d+/)).toHaveCount(1);
    await expect(panel.frame.getByText(/ESC-\d+/)).toBeVisible();
    await expect(panel.frame.getByText("Waiting for a person")).toBeVisible();
  });

  const operator = await (await Dashboard.open(browser, origin)).signIn();
  await test.step("an operator finds it in the inbox and takes over", async () => {
    await expect(operator.row(site.name)).toContainText("Waiting");
    await operator.openConversation(site.name);
    await expect(operator.message(question).first()).toBeVisible();
    await expect(operator.message(answer)).toBeVisible();
    await operator.page.getByRole("button", { name: "Take over" }).first().click();
    await expect(operator.action("Hand back")).toBeVisible();
  });

  await test.step("both see each other's messages at once", async () => {
    await operator.reply("Hello, this is Maria. What is the order number?");
    await expect(panel.answer("this is Maria")).toBeVisible();
    await expect(panel.frame.getByText("is talking with you")).toBeVisible();
    await panel.send("It is 4711.");
    await expect(operator.message("It is 4711.")).toBeVisible();
    await operator.reply("Found it, thank you!");
    await expect(panel.answer("Found it, thank you!")).toBeVisible();
    // While a person has the conversation, the assistant says nothing.
    expect((await panel.words()).at(-1)).toBe("Found it, thank you!");
  });

  await test.step("handed back, the assistant answers again", async () => {
    await operator.action("Hand back").click();
    await expect(panel.button("Talk to a human")).toBeVisible();
    await panel.send(again);
    await expect(panel.answer(answer)).toHaveCount(2);
    await expect(operator.message(again).last()).toBeVisible();
  });

  await test.step("resolved, the visitor rates it, and the operator sees the rating", async () => {
    await operator.action("Resolve").click();
    await expect(panel.frame.getByText("This conversation has ended.")).toBeVisible();
    await panel.frame.locator("label").filter({ hasText: "5: Very good" }).click();
    await panel.frame.getByRole("textbox", { name: "Anything to add?" }).fill("Quick and kind");
    await panel.frame.getByRole("button", { name: "Send", exact: true }).click();
    await expect(panel.frame.getByText("Thank you for your rating.")).toBeVisible();
    await operator.page.getByText("Closed", { exact: true }).click();
    await operator.openConversation(site.name);
    await expect(operator.page.getByRole("img", { name: "5 of 5" })).toBeVisible();
    await expect(operator.page.getByText("Quick and kind")).toBeVisible();
  });
  await operator.close();
}

test("ask, escalate, take over, hand back, resolve, rate: answered from the knowledge alone", async ({ page, browser, hosts, server, api }) => {
  test.slow();
  const question = "How long do I have to return a bike?";
  await wholePath({ page, browser, hosts, api, origin: server.origin, question, answer: /You have 30 days/, again: question });
});

test("ask, escalate, take over, hand back, resolve, rate: answered by a model", async ({ page, browser, hosts, modelled }) => {
  test.slow();
  const { server, api, model } = modelled;
  model.script("gift", { tokens: ["A ", "gift? ", "Then **no** ", "invoice ", "is needed. ", "🚲"] });
  await wholePath({
    page,
    browser,
    hosts,
    api,
    origin: server.origin,
    question: "Can I return a bike that was a gift?",
    answer: /A gift\? Then no invoice is needed\. 🚲/,
    again: "And another gift?",
  });
});

test("an answer from a text names its source", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How much does a full inspection cost?");
  const answer = panel.answer("89 euros");
  await expect(answer).toBeVisible();
  await expect(answer.getByText("Workshop", { exact: true })).toBeVisible();
});

test("what the assistant does not know it says, and offers a person", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("Which telescope shows the rings of Saturn?");
  await expect(panel.own("telescope")).toContainText("Sent");
  await expect(panel.log.getByRole("article")).toHaveCount(3);
  const words = (await panel.words()).at(-1)!;
  expect(words).not.toContain("30 days");
  expect(words).not.toContain("89 euros");
  await expect(panel.button("Talk to a human").first()).toBeVisible();
});

test("a thumb and contact details reach the operator", async ({ page, hosts, api, operator }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await panel.button("Helpful").first().click();
  await panel.button("Talk to a human").click();
  await panel.frame.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
  await panel.frame.getByRole("textbox", { name: "Email" }).fill("ada@shop.example");
  await panel.button("Save").click();

  await expect(operator.row("Ada Lovelace")).toBeVisible();
  await operator.openConversation("Ada Lovelace");
  await expect(operator.page.getByRole("link", { name: "ada@shop.example" })).toBeVisible();
  await expect(operator.message("You have 30 days")).toContainText("Helpful");
  await expect(operator.page.getByRole("link", { name: new RegExp(`shop\\.localhost.*page-`) })).toBeVisible();
});
