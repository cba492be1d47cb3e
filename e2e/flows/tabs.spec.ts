// Several tabs of one visitor: one live channel for all, and the same in each of them.
import type { BrowserContext, Request } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { expectSameSides } from "../support/sides.ts";

const QUIET = { welcomeMessage: "", aiMode: "off" };

/** How many live channels the tabs hold at a time. */
function channels(context: BrowserContext): () => number {
  const open = new Set<Request>();
  context.on("request", (request) => request.url().includes("/widget/events") && open.add(request));
  for (const end of ["requestfinished", "requestfailed"] as const) context.on(end as "requestfailed", (request) => open.delete(request));
  // Nobody says of a request that its page took it along.
  return () => [...open].filter((request) => !request.frame().page().isClosed()).length;
}

test("one tab holds the live channel; where it goes, another goes on without a gap", async ({ page, context, hosts, api }) => {
  test.slow();
  const open = channels(context);
  const site = await api.site(QUIET);
  const url = hosts.beside(hosts.page({ head: site.tag }));
  const panels = [new Panel(page), new Panel(await context.newPage()), new Panel(await context.newPage())];
  await page.goto(url);
  await page.bringToFront();
  await panels[0]!.open();
  await panels[0]!.send("Hello");
  await expect(panels[0]!.own("Hello")).toContainText("Sent");
  for (const panel of panels.slice(1)) {
    await panel.page.goto(url);
    // A conversation is followed on every page, open or not.
    await expect(panel.frame.locator(".own")).toHaveCount(1);
  }
  const [conversation] = (await api.conversations(site)).data;
  await api.act(conversation!.id, "takeover");
  await api.reply(conversation!.id, "one");
  for (const panel of panels) await expect(panel.frame.locator(".answer").filter({ hasText: "one" })).toBeAttached();
  await expect.poll(open).toBe(1);

  await page.close();
  for (const words of ["two", "three"]) await api.reply(conversation!.id, words);
  await expectSameSides(api, site, ...panels.slice(1));
  await expect.poll(open).toBe(1);
});

test("opened and closed in one tab is opened and closed in the others, and takes nobody's focus there", async ({ page, context, hosts, api }) => {
  const site = await api.site(QUIET);
  const url = hosts.page({ head: site.tag, body: `<input aria-label="Search">` });
  await page.goto(url);
  const first = await new Panel(page).open();
  await first.send("Hello");
  await expect(first.own("Hello")).toContainText("Sent");
  await first.button("Close chat").click();
  const second = new Panel(await context.newPage());
  await second.page.goto(url);
  await expect(second.frame.locator(".own")).toHaveCount(1);
  await second.page.getByLabel("Search").focus();
  // Visitors act in the tab that they see.
  await page.bringToFront();
  await first.open();
  await expect(second.launcher).toHaveAttribute("aria-expanded", "true");
  await expect(second.page.getByLabel("Search")).toBeFocused();
  await first.button("Close chat").click();
  await expect(first.launcher).toHaveAttribute("aria-expanded", "false");
  await expect(second.launcher).toHaveAttribute("aria-expanded", "false");
  await expect(second.page.getByLabel("Search")).toBeFocused();
});

test("what is read in one tab is unread in none", async ({ page, context, hosts, api }) => {
  const site = await api.site(QUIET);
  const url = hosts.beside(hosts.page({ head: site.tag }));
  await page.goto(url);
  const first = await new Panel(page).open();
  await first.send("Hello");
  await expect(first.own("Hello")).toContainText("Sent");
  await first.button("Close chat").click();
  const second = new Panel(await context.newPage());
  await second.page.goto(url);
  await expect(second.frame.locator(".own")).toHaveCount(1);
  const [conversation] = (await api.conversations(site)).data;
  await api.reply(conversation!.id, "Good morning!");
  for (const panel of [first, second]) await expect(panel.launcher).toHaveAccessibleName(/1/);
  await second.open();
  for (const panel of [first, second]) await expect(panel.launcher).not.toHaveAccessibleName(/1/);
});

test("sent, seen, and still seen after a reload", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET);
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  await panel.send("Hello");
  await expect(panel.own("Hello")).toContainText("Sent");
  const [conversation] = (await api.conversations(site)).data;
  await api.call("POST", `/api/conversations/${conversation!.id}/read`, { seq: 1 });
  await expect(panel.own("Hello")).toContainText("Seen");
  await page.reload();
  panel = await new Panel(page).open();
  await expect(panel.own("Hello")).toContainText("Seen");
});

test("where tabs cannot hear of each other, each has a channel of its own", async ({ page, context, hosts, api }) => {
  await context.addInitScript(() => {
    Object.defineProperty(navigator, "locks", { value: undefined });
    Object.assign(window, { BroadcastChannel: undefined });
  });
  const open = channels(context);
  const site = await api.site(QUIET);
  const url = hosts.beside(hosts.page({ head: site.tag }));
  await page.goto(url);
  const first = await new Panel(page).open();
  await first.send("Hello");
  await expect(first.own("Hello")).toContainText("Sent");
  const second = new Panel(await context.newPage());
  await second.page.goto(url);
  await second.open();
  await second.send("And again");
  await expect(first.own("And again")).toBeVisible();
  await expectSameSides(api, site, first, second);
  await expect.poll(open).toBe(2);
});
