// The end of a conversation, what is heard of it while nobody looks, and who says that an answer is the assistant's.
import type { Page } from "@playwright/test";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const QUESTION = "How was this conversation?";

test("the rating is asked for once: not after a reload, not in another tab; the menu still has it", async ({ page, context, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const url = hosts.page({ head: site.tag });
  await page.goto(url);
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  // Nobody is looking when it ends: nobody is asked yet.
  await panel.button("Close chat").click();
  const { data } = await api.conversations(site);
  await api.act(data[0]!.id, "resolve");
  await panel.launcher.click();
  await expect(panel.frame.getByRole("group", { name: QUESTION })).toBeVisible();

  const second = new Panel(await context.newPage());
  await second.page.goto(url);
  await second.launcher.click();
  await expect(second.frame.getByText("This conversation has ended.")).toBeVisible();
  await expect(second.frame.getByText(QUESTION)).toHaveCount(0);
  // It goes on standing where it was asked.
  await expect(panel.frame.getByRole("group", { name: QUESTION })).toBeVisible();
  await page.bringToFront();
  await page.reload();
  await panel.launcher.click();
  await expect(panel.launcher).toHaveAttribute("aria-expanded", "true");
  await expect(panel.frame.getByText("This conversation has ended.")).toBeVisible();
  await expect(panel.frame.getByText(QUESTION)).toHaveCount(0);
  await panel.button("More options").click();
  await panel.button("Rate this conversation").click();
  // Words come after the stars.
  const comment = panel.frame.getByRole("group", { name: QUESTION }).locator("xpath=..").getByRole("textbox");
  await expect(panel.frame.getByRole("group", { name: QUESTION })).toBeVisible();
  await expect(comment).toHaveCount(0);
  await panel.rate("4: Good");
  await expect(comment).toBeVisible();
  await panel.frame.getByRole("group", { name: QUESTION }).locator("xpath=..").getByRole("button", { name: "Send" }).click();
  await expect(panel.frame.getByText("Thank you for your rating.")).toBeVisible();
});

test("every answer of the assistant says that it is one: while it is written, when it breaks off, after a reload; a person's does not", async ({ page, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("slowly", { tokens: ["One ", "two ", "three"], holdBefore: 2 });
  model.script("break off", { tokens: ["Half "], fault: "cut" });
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const held = model.held();
  await panel.send("slowly, please");
  await held;
  const disclosed = (words: string) => panel.answer(words).getByText("AI", { exact: true });
  await expect(disclosed("One two")).toBeVisible();
  model.release();
  await expect(disclosed("One two three")).toBeVisible();
  await expect(disclosed("One two three")).toHaveAttribute("title", "Written by an AI assistant");
  // Said aloud as well.
  await expect(panel.frame.getByRole("status").filter({ hasText: /AI\): One two three/ })).toHaveCount(1);
  await panel.send("break off, please");
  await expect(panel.answer("broke off")).toBeVisible();
  const answers = panel.log.getByRole("article").filter({ hasNotText: "You:" }).filter({ has: page.locator("time") });
  const { data } = await api.conversations(site);
  await api.reply(data[0]!.id, "A person here.");
  await expect(panel.answer("A person here.")).toBeVisible();
  for (let round = 0; round < 2; round++) {
    const told = await answers.evaluateAll((all) => all.map((one) => [Boolean(one.querySelector(".avatar.person")), Boolean(one.querySelector(".tag"))]));
    expect(told.length).toBeGreaterThanOrEqual(3);
    for (const [isPerson, isMarked] of told) expect(isMarked).toBe(!isPerson);
    await page.reload();
    await panel.open();
    await expect(panel.answer("A person here.")).toBeVisible();
  }
});

/** Counts the tones that are played, in whatever frame. */
async function listenFor(page: Page): Promise<() => number> {
  let count = 0;
  await page.exposeFunction("toneBegins", () => void count++);
  await page.addInitScript(() => {
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) {
      (self as unknown as { toneBegins(): void }).toneBegins();
      start.apply(this, at);
    };
  });
  return () => count;
}

test("a message that comes while nobody looks is heard, until the visitor switches that off, for good", async ({ page, hosts, api }) => {
  const tones = await listenFor(page);
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  const { data } = await api.conversations(site);
  await api.reply(data[0]!.id, "While you look");
  await expect(panel.answer("While you look")).toBeVisible();
  expect(tones(), "who looks at it needs no sound").toBe(0);
  await panel.button("Close chat").click();
  await api.reply(data[0]!.id, "While you do not");
  await expect.poll(tones).toBe(2);

  await panel.open();
  await panel.button("More options").click();
  await panel.button("Turn sound off").click();
  await panel.button("Close chat").click();
  await api.reply(data[0]!.id, "In silence");
  await expect(panel.launcher).toHaveAccessibleName(/1/);
  expect(tones()).toBe(2);
  await page.reload();
  // A conversation that is going on keeps its panel ready.
  await api.reply(data[0]!.id, "Still in silence");
  await expect(panel.launcher).toHaveAccessibleName(/2/);
  expect(tones()).toBe(2);
  await panel.open();
  await panel.button("More options").click();
  await panel.button("Turn sound on").click();
  await panel.button("Close chat").click();
  await api.reply(data[0]!.id, "Aloud again");
  await expect.poll(tones).toBe(4);
});

test("the switch for the sound leaves no trace before the visitor has used it", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  await new Panel(page).open();
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
});
