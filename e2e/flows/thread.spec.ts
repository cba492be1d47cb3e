// What a visitor sees of the messages themselves: when they were written, and what has come while reading further up.
import type { Api, Site } from "../support/api.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const DAY = 86_400_000;
const ZONE = { timeZone: "Europe/Berlin" };

async function conversationOf(api: Api, site: Site): Promise<string> {
  return (await api.conversations(site)).data[0]!.id;
}

test("messages tell when they were written, and days stand above them", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  const time = panel.own("How long").locator("time");
  await expect.poll(() => time.getAttribute("datetime")).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  const { data } = await api.messages(await conversationOf(api, site));
  const written = new Date((data[0] as unknown as { createdAt: string }).createdAt);

  // Beside the pointer only; always in the text.
  await expect(time).toHaveText(new Intl.DateTimeFormat("en-GB", { timeStyle: "short", ...ZONE }).format(written));
  await expect(time).toHaveAttribute("title", new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short", ...ZONE }).format(written));
  await panel.composer.hover();
  await expect(time).toHaveCSS("opacity", "0");
  await panel.own("How long").hover();
  await expect(time).toHaveCSS("opacity", "1");
  await panel.composer.hover();
  await expect(time).toHaveCSS("opacity", "0");
  await panel.composer.press("Shift");
  await panel.log.focus();
  await expect(time).toHaveCSS("opacity", "1");

  const names: [number, string][] = [
    [0, "Today"],
    [1, "Yesterday"],
    [2, new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", ...ZONE }).format(written)],
    [400, new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", ...ZONE }).format(written)],
  ];
  for (const [days, name] of names) {
    await page.clock.setFixedTime(new Date(written.getTime() + days * DAY));
    await page.reload();
    panel = await new Panel(page).open();
    await expect(panel.log.locator(".day")).toHaveText([name]);
    await expect(panel.own("How long").locator(".day")).toHaveText(name);
  }
});

test("a new day is named above its first message, wherever messages come in", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  const { data } = await api.messages(await conversationOf(api, site));
  const written = new Date((data[0] as unknown as { createdAt: string }).createdAt);
  // The first two are told to be of the day before.
  await page.route("**/widget/history*", async (route) => {
    const reply = await route.fetch();
    const history = (await reply.json()) as { messages: { seq: number; created_at: string }[] };
    for (const message of history.messages) if (message.seq <= 2) message.created_at = new Date(written.getTime() - DAY).toISOString();
    await route.fulfill({ response: reply, json: history });
  });
  await page.clock.setFixedTime(written);
  await page.reload();
  await panel.open();
  await expect(panel.log.locator(".day")).toHaveText(["Yesterday"]);
  await panel.send("And an inspection?");
  await expect(panel.log.locator(".day")).toHaveText(["Yesterday", "Today"]);
  await expect(panel.own("And an inspection?").locator(".day")).toHaveText("Today");
});

test("who reads further up is told how many messages have come, and led to the first of them", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("Hello, is anybody there?");
  await expect(panel.own("Hello")).toContainText("Sent");
  const conversation = await conversationOf(api, site);
  const long = (name: string) => `${name}\n\n${"A paragraph that takes room. ".repeat(30)}`;
  await api.reply(conversation, long("Reply 1"));
  await api.reply(conversation, long("Reply 2"));
  await expect(panel.answer("Reply 2")).toBeVisible();
  await expect(panel.button(/new message/)).toHaveCount(0);

  await panel.scrollUp();
  await api.reply(conversation, long("Reply 3"));
  await expect(panel.button("1 new message")).toBeVisible();
  await api.reply(conversation, long("Reply 4"));
  await expect(panel.button("2 new messages")).toBeVisible();
  // Reading on is left alone.
  expect(await panel.log.evaluate((log) => log.scrollTop)).toBe(0);

  await panel.button("2 new messages").click();
  await expect(panel.answer("Reply 3").getByText("Reply 3")).toBeInViewport();
  await expect(panel.answer("Reply 4").getByText("Reply 4")).not.toBeInViewport();
  await expect(panel.log).toBeFocused();
  await expect(panel.button("Close chat")).toBeInViewport();
  await panel.button("Latest messages").click();
  await expect(panel.button("Latest messages")).toBeHidden();
  await expect(panel.button(/new message/)).toHaveCount(0);
});

test("who is at the end stays there, however fast messages come", async ({ page, hosts, api }) => {
  const site = await api.site({ aiMode: "off" });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("Hello, is anybody there?");
  await expect(panel.own("Hello")).toContainText("Sent");
  const conversation = await conversationOf(api, site);
  const long = "A paragraph that takes room. ".repeat(30);
  for (let round = 1; round <= 3; round++) {
    await Promise.all([1, 2, 3, 4, 5, 6].map((number) => api.reply(conversation, `Reply ${round}.${number}\n\n${long}`)));
    await expect(panel.answer(`Reply ${round}.`)).toHaveCount(6);
    await expect.poll(() => panel.log.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight))).toBeLessThan(3);
    await expect(panel.button(/new message/)).toHaveCount(0);
  }
});

test("the end stays in sight where the thread loses room, and gives none back twice", async ({ page, hosts, api }) => {
  const site = await api.site({ aiMode: "off" });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) await panel.send(`Line ${number}\nand a second one`);
  const left = () => panel.log.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));
  await expect.poll(left).toBeLessThan(3);
  // The composer grows and, once its words are sent, shrinks.
  await panel.composer.fill("one\ntwo\nthree\nfour\nfive\nsix");
  await expect.poll(left).toBeLessThan(3);
  await panel.composer.press("Enter");
  await expect(panel.own("six")).toContainText("Sent");
  await expect.poll(left).toBeLessThan(3);
  // A keyboard comes and goes.
  for (const height of [420, 800]) {
    await page.setViewportSize({ width: 1200, height });
    await expect.poll(left).toBeLessThan(3);
  }
  // Who reads further up is left there.
  await panel.scrollUp();
  await page.setViewportSize({ width: 1200, height: 700 });
  await expect(panel.button("Latest messages")).toBeVisible();
});
