// Ten seconds in which a visitor may change what they have sent, or take it back.
import type { Page } from "@playwright/test";
import { violations } from "../support/axe.ts";
import type { Api, Site } from "../support/api.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

type Stored = { role: string; content: string; editedAt?: string | null; removedAt?: string | null };

async function stored(api: Api, site: Site): Promise<Stored[]> {
  const { data } = await api.conversations(site);
  return (await api.messages(data[0]!.id)).data as unknown as Stored[];
}

/** Opens the panel under a clock that the test can put forward. */
async function opened(page: Page, url: string): Promise<Panel> {
  await page.clock.install();
  await page.goto(url);
  return new Panel(page).open();
}

test("other words, by the keyboard alone, here, in another tab and for the operator", async ({ page, context, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("oranges", { tokens: ["About ", "oranges."] });
  const site = await api.site();
  const url = hosts.page({ head: site.tag });
  const panel = await opened(page, url);
  await panel.send("Hello");
  await expect(panel.answer("I heard you.")).toBeVisible();
  const second = new Panel(await context.newPage());
  await second.page.goto(url);
  await second.open();
  await panel.send("Do you sell appels?");
  const own = panel.log.getByRole("article").filter({ hasText: "You:" }).last();
  await own.getByRole("button", { name: "Edit message" }).focus();
  await page.keyboard.press("Enter");
  const editor = own.getByRole("textbox", { name: "Edit message" });
  await expect(editor).toBeFocused();
  await expect(editor).toHaveValue("Do you sell appels?");
  await editor.fill("Do you sell oranges?");
  await page.keyboard.press("Enter");
  for (const shown of [panel, second]) {
    await expect(shown.own("Do you sell oranges?")).toContainText("edited");
    await expect(shown.own("appels")).toHaveCount(0);
    await expect(shown.log.getByRole("article").filter({ hasText: "You:" })).toHaveCount(2);
  }
  await expect(panel.composer).toBeFocused();
  expect((await stored(api, site)).filter(({ editedAt }) => editedAt).map(({ content }) => content)).toEqual(["Do you sell oranges?"]);
  await page.reload();
  await panel.open();
  await expect(panel.own("Do you sell oranges?")).toContainText("edited");
});

test("its time is seen running, and it breaks no rule", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  // Time stands for as long as it takes to look.
  const start = Date.now();
  await page.clock.setFixedTime(start);
  await panel.send("Where is my parcel?");
  const own = panel.own("Where is my parcel?");
  const left = own.getByText(/^\d+ secs?$/);
  await expect(left).toHaveText(/^(9|10|11) secs?$/);
  expect(await violations(page)).toEqual([]);
  await page.clock.setFixedTime(start + 5_000);
  await expect(left).toHaveText(/^[4-6] secs?$/);
  await own.getByRole("button", { name: "Edit message" }).click();
  await expect(own.getByRole("textbox", { name: "Edit message" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(own.getByRole("button", { name: "Unsend" })).toBeVisible();
  await page.clock.setFixedTime(start + 15_000);
  await expect(own.getByRole("button", { name: "Unsend" })).toHaveCount(0);
});

test("it stands in one row with how far the message has come, and nothing moves when it goes", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const start = Date.now();
  await page.clock.setFixedTime(start);
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  const own = panel.own("How long do I have");
  const unsend = own.getByRole("button", { name: "Unsend" });
  const places = () => Promise.all([own, panel.answer("30 days"), own.getByText("Sent", { exact: true })].map((place) => place.boundingBox()));
  const [before, , sent] = await places();
  const [button, answer] = [(await unsend.boundingBox())!, (await panel.answer("30 days").boundingBox())!];
  expect(button.y + button.height / 2).toBeCloseTo(sent!.y + sent!.height / 2, 0);
  await page.clock.setFixedTime(start + 15_000);
  await expect(unsend).toHaveCount(0);
  expect(await places()).toEqual([before, answer, sent]);
});

test("Escape leaves the words and the panel as they were", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const panel = await opened(page, hosts.page({ head: site.tag }));
  await panel.send("How long do I have to return a bike?");
  await panel.button("Edit message").click();
  const editor = panel.frame.getByRole("textbox", { name: "Edit message" });
  await editor.fill("Something else");
  await page.keyboard.press("Escape");
  await expect(editor).toHaveCount(0);
  await expect(panel.own("How long do I have to return a bike?")).toBeVisible();
  await expect(panel.composer).toBeFocused();
  expect((await stored(api, site))[0]!.content).toBe("How long do I have to return a bike?");
});

test("taken back while it is being answered: words and answer are gone, in every tab and after a reload", async ({ page, context, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("regret this", { tokens: ["Half ", "an ", "answer"], holdBefore: 2 });
  const site = await api.site();
  const url = hosts.page({ head: site.tag });
  const panel = await opened(page, url);
  await panel.send("Hello");
  await expect(panel.answer("I heard you.")).toBeVisible();
  const second = new Panel(await context.newPage());
  await second.page.goto(url);
  await second.open();
  const held = model.held();
  await panel.send("I may regret this");
  await held;
  for (const shown of [panel, second]) await expect(shown.answer("Half an")).toBeVisible();
  await panel.own("I may regret this").getByRole("button", { name: "Unsend" }).click();
  for (const shown of [panel, second]) {
    await expect(shown.own("I may regret this")).toHaveCount(0);
    await expect(shown.answer("Half an")).toHaveCount(0);
    await expect(shown.button("Stop the answer")).toHaveCount(0);
  }
  model.release();
  expect((await stored(api, site)).filter(({ content }) => content.includes("regret"))).toEqual([]);
  await page.reload();
  await panel.open();
  await expect(panel.answer("I heard you.")).toBeVisible();
  await expect(panel.own("I may regret this")).toHaveCount(0);
  expect(await panel.words()).toEqual(await second.words());
  // The composer is as it was.
  await panel.send("On we go");
  await expect(panel.own("On we go")).toContainText("Sent");
});

test("after ten seconds there is nothing to press any more, and what was being rewritten is not lost", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const panel = await opened(page, hosts.page({ head: site.tag }));
  await panel.send("Where is my parcel?");
  await panel.button("Edit message").click();
  await panel.frame.getByRole("textbox", { name: "Edit message" }).fill("Where is my second parcel?");
  await page.clock.fastForward(11_000);
  await expect(panel.frame.getByRole("textbox", { name: "Edit message" })).toHaveCount(0);
  await expect(panel.button("Edit message")).toHaveCount(0);
  await expect(panel.button("Unsend")).toHaveCount(0);
  await expect(panel.frame.getByText("It is too late to change this message.")).toBeVisible();
  await expect(panel.composer).toHaveValue("Where is my second parcel?");
  await expect(panel.composer).toBeFocused();
});

test("a server that says it is too late is believed, and the new words stay", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const panel = await opened(page, hosts.page({ head: site.tag }));
  await panel.send("Where is my parcel?");
  await page.route("**/widget/messages/*", (route) => route.fulfill({ status: 409, json: { detail: "Too late.", code: "too_late" } }));
  await panel.button("Edit message").click();
  await panel.frame.getByRole("textbox", { name: "Edit message" }).fill("Where is my second parcel?");
  await page.keyboard.press("Enter");
  await expect(panel.frame.getByText("It is too late to change this message.")).toBeVisible();
  await expect(panel.own("Where is my parcel?")).toBeVisible();
  await expect(panel.composer).toHaveValue("Where is my second parcel?");
});
