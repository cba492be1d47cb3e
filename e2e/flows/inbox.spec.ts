// The inbox as operators live in it: find, filter, read, type, close, open again.
import type { Browser } from "@playwright/test";
import { Api, type Site } from "../support/api.ts";
import { Dashboard } from "../support/dashboard.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import type { Hosts } from "../support/hosts.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";

/** A visitor in a browser of their own, who has asked something and was answered. */
async function visitor(browser: Browser, hosts: Hosts, site: Site, question: string): Promise<Panel> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send(question);
  await expect(panel.own(question)).toContainText("Sent");
  return panel;
}

test("an address of no conversation says so", async ({ operator }) => {
  const { page } = operator;
  await page.goto(`${operator.origin}/dashboard/inbox/conv_nope`);
  await expect(page.getByText("No such conversation")).toBeVisible();
  await expect(operator.composer).toHaveCount(0);
  await page.getByRole("button", { name: "Back to the list" }).last().click();
  await expect(page).toHaveURL(/\/dashboard\/inbox$/);
});

test("search and lists show what they say", async ({ browser, hosts, api, operator }) => {
  const site = await api.site({}, BIKES);
  const tandem = await visitor(browser, hosts, site, "Do you rent a tandem?");
  const unicycle = await visitor(browser, hosts, site, "Do you rent a unicycle?");
  const { page } = operator;
  const rows = page.getByRole("region", { name: "Conversations" }).getByRole("link").filter({ hasText: site.name });
  const list = (name: string) => page.getByRole("list", { name: "Lists" }).getByRole("link", { name });
  await expect(rows).toHaveCount(2);

  await test.step("search finds by what was said", async () => {
    await page.getByRole("searchbox", { name: "Search conversations" }).fill("unicycle");
    await expect(rows).toHaveCount(1);
    await rows.click();
    await expect(operator.message("Do you rent a unicycle?").first()).toBeVisible();
    await page.getByRole("searchbox", { name: "Search conversations" }).fill("");
    await expect(rows).toHaveCount(2);
  });

  await test.step("waiting: who asked for a person, until one comes", async () => {
    await unicycle.button("Talk to a human").first().click();
    await expect(unicycle.frame.getByText(/ESC-\d+/).first()).toBeVisible();
    await list("Waiting").click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("Waiting");
    await rows.click();
    await expect(operator.message("Do you rent a unicycle?").first()).toBeVisible();
    await page.getByRole("button", { name: "Take over" }).first().click();
    await expect(operator.action("Hand back")).toBeVisible();
    await expect(rows).toHaveCount(0);
  });

  await test.step("whose conversation it is can be read on every screen", async () => {
    const name = page.getByRole("region", { name: "Conversation", exact: true }).getByRole("heading", { level: 2 });
    for (const width of [1600, 1440, 1366, 1365, 1280, 1024, 860, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => name.evaluate((heading) => heading.scrollWidth - heading.clientWidth), { message: `${width}` }).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await test.step("mine: what I have taken over", async () => {
    await list("Mine").click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("You");
  });

  await test.step("closed, and open again", async () => {
    await operator.action("Resolve").click();
    await expect(rows).toHaveCount(0);
    await list("Closed").click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("Resolved");
    await expect(unicycle.frame.getByText("This conversation has ended.")).toBeVisible();
    await operator.action("Reopen").click();
    await expect(rows).toHaveCount(0);
    await list("Open").click();
    await expect(rows).toHaveCount(2);
    await expect(unicycle.frame.getByText("This conversation has ended.")).toHaveCount(0);
    await expect(unicycle.composer).toBeEnabled();
  });
  for (const panel of [tandem, unicycle]) await panel.page.context().close();
});

test("what is new is counted until it is opened", async ({ browser, hosts }) => {
  // A server of its own: the count is of all conversations.
  const server = await Server.start();
  try {
    const site = await (await new Api(server.origin).signIn()).site({}, BIKES);
    const panel = await visitor(browser, hosts, site, "How long do I have to return a bike?");
    const operator = await (await Dashboard.open(browser, server.origin)).signIn();
    const row = operator.row(site.name);
    const menu = operator.page.getByRole("link", { name: /^Inbox/ });
    await operator.openConversation(site.name);
    await expect(row.getByText("unread")).toHaveCount(0);
    await expect(menu).not.toContainText("unread");
    // Not looked at while another page is shown.
    await operator.page.getByRole("link", { name: "Sites" }).click();
    await expect(operator.thread).toHaveCount(0);
    await panel.send("Even without the box?");
    await expect(menu).toContainText("1 unread");
    await menu.click();
    await expect(row).toContainText("1 unread");
    await operator.openConversation(site.name);
    await expect(row.getByText("unread")).toHaveCount(0);
    await expect(menu).not.toContainText("unread");
    await operator.close();
    await panel.page.context().close();
  } finally {
    await server.stop();
  }
});

test("typing shows on both sides, and the end of the thread stays in view", async ({ browser, hosts, api, operator }) => {
  const site = await api.site({}, BIKES);
  const panel = await visitor(browser, hosts, site, "How long do I have to return a bike?");
  for (const question of ["What does an inspection cost?", "How long does it take?", "Which days are you open?", "Do you repair punctures?"]) {
    await panel.send(question);
    await expect(panel.own(question)).toContainText("Sent");
  }
  await operator.openConversation(site.name);
  await operator.reply("One moment, I look it up.");
  await expect(panel.answer("One moment, I look it up.")).toBeVisible();
  const { thread } = operator;
  expect(await thread.evaluate((log) => log.scrollHeight > log.clientHeight), "more than fits").toBe(true);

  await panel.composer.pressSequentially("Thanks");
  const mark = thread.getByText("is typing");
  await expect(mark).toBeInViewport({ ratio: 1 });
  await operator.composer.pressSequentially("It is");
  await expect(panel.frame.getByText("is writing…")).toBeAttached();

  // A reply of several lines takes room from the thread; so does the word that the conversation is resolved.
  await operator.composer.fill("It\nis\na\nlong\nstory");
  await expect(thread.getByText("Seen")).toBeInViewport({ ratio: 1 });
  await operator.composer.fill("");
  await operator.action("Resolve").click();
  await expect(operator.page.getByText("Resolved. A reply opens it again.")).toBeVisible();
  await expect(thread.getByText("Seen")).toBeInViewport({ ratio: 1 });
  await panel.page.context().close();
});

test("who reads further up is left there", async ({ browser, hosts, api, operator }) => {
  const site = await api.site({}, BIKES);
  const panel = await visitor(browser, hosts, site, "How long do I have to return a bike?");
  for (const question of ["What does an inspection cost?", "How long does it take?", "Which days are you open?", "Do you repair punctures?"]) {
    await panel.send(question);
    await expect(panel.own(question)).toContainText("Sent");
  }
  await operator.openConversation(site.name);
  const { thread } = operator;
  await expect(operator.message("Do you repair punctures?").last()).toBeInViewport();
  await thread.hover();
  await operator.page.mouse.wheel(0, -5_000);
  await expect.poll(() => thread.evaluate((log) => log.scrollTop)).toBe(0);
  await panel.send("Are you still there?");
  await expect(operator.message("Are you still there?").first()).toBeAttached();
  expect(await thread.evaluate((log) => log.scrollTop)).toBe(0);
  await panel.page.context().close();
});

test("a reply in Markdown is listed by its words", async ({ browser, hosts, api, operator }) => {
  const site = await api.site({}, BIKES);
  const panel = await visitor(browser, hosts, site, "How long do I have to return a bike?");
  const { data } = await api.conversations(site);
  await api.reply(data[0]!.id, "| code | status |\n|---|---|\n| **not_found** | 404 |");
  await expect(operator.row(site.name)).toContainText("code status not_found 404");
  await panel.page.context().close();
});
