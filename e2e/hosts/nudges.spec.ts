// Nudges and previews with the real panel: what a rule or an operator says reaches the visitor, and the thread.
import { Api } from "../support/api.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";
import type { Page } from "@playwright/test";

const bubble = (page: Page) => page.locator("parlance-chat").getByRole("status").getByRole("article");
const QUESTION = "How long do I have to return a bike?";

test("a site's rule greets the visitor, whose answer stands below its words", async ({ page, hosts, api, watch }) => {
  const site = await api.site({}, BIKES);
  await api.call("POST", "/api/nudges", { chatbotId: site.publicId, text: "Looking for a **bike**?", urlPattern: "/page-*" });
  await page.goto(hosts.page({ head: site.tag }));
  await bubble(page).getByText("Looking for a").click();
  const panel = new Panel(page);
  await expect(panel.answer("Looking for a bike?")).toBeVisible();
  // Words of the site are no message: nothing is stored before the visitor writes.
  expect((await api.conversations(site)).data).toEqual([]);
  await panel.send(QUESTION);
  await expect(panel.answer("30 days")).toBeVisible();
  const words = await panel.words();
  const places = ["Looking for a bike?", QUESTION, "30 days"].map((text) => words.findIndex((word) => word.includes(text)));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThanOrEqual(0);
  expect(watch.problems()).toEqual([]);
});

test("an operator's words come up beside a closed panel, and in the thread of an open one", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send(QUESTION);
  await expect(panel.answer("30 days")).toBeVisible();
  const { data } = await api.call<{ data: { id: string; visitor: { id: number } }[] }>("GET", `/api/conversations?status=all&site=${site.id}`);
  const { id, visitor } = data[0]!;
  await api.call("POST", `/api/visitors/${visitor.id}/nudge`, { text: "Still there?" });
  await expect(panel.answer("Still there?")).toBeVisible();
  await expect(bubble(page)).toHaveCount(0);

  await panel.button("Close chat").click();
  await api.call("POST", `/api/visitors/${visitor.id}/nudge`, { text: "Free shipping today" });
  await expect(bubble(page)).toContainText("Free shipping today");
  // A reply takes its place, by the name of who wrote it and without its markup.
  await api.reply(id, "I have **found** your order");
  await expect(bubble(page)).toContainText("I have found your order");
  await expect(panel.launcher).toHaveAccessibleName("Open chat, 1 unread message");
  await bubble(page).getByText("I have found your order").click();
  await expect(panel.answer("I have found your order")).toBeVisible();
  await expect(panel.composer).toBeFocused();
  await expect(bubble(page)).toHaveCount(0);
});

test("an operator's words that were sent while no page was open come up on the next page, and on no other", async ({ page, hosts }) => {
  const server = await Server.start({ PARLANCE_METRICS_LISTEN: "127.0.0.1:0" });
  try {
    const api = await new Api(server.origin).signIn();
    const metrics = `http://${await server.said(/metrics are served.*?(127\.0\.0\.1:\d+)/)}/metrics`;
    const streams = async () => /^parlance_live_streams (\d+)/m.exec(await (await fetch(metrics)).text())?.[1];
    await page.addInitScript(() => {
      const nudges: string[] = [];
      Object.assign(self, { nudges });
      document.addEventListener("parlance:nudge", (event) => nudges.push((event as CustomEvent<{ text: string }>).detail.text));
    });
    const shown = () => page.evaluate(() => (self as unknown as { nudges: string[] }).nudges);
    const site = await api.site({}, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await panel.send(QUESTION);
    await expect(panel.answer("30 days")).toBeVisible();
    await panel.button("Close chat").click();
    await expect.poll(streams).toBe("1");

    await page.goto(hosts.page({}));
    await expect.poll(streams).toBe("0");
    const { data } = await api.call<{ data: { visitor: { id: number } }[] }>("GET", `/api/conversations?status=all&site=${site.id}`);
    const nudge = (text: string) => api.call("POST", `/api/visitors/${data[0]!.visitor.id}/nudge`, { text });
    await nudge("Free shipping today");
    // The visitor does nothing but go on.
    await page.goto(hosts.page({ head: site.tag }));
    await expect(bubble(page)).toContainText("Free shipping today");
    expect(await shown()).toEqual(["Free shipping today"]);

    const listening = page.waitForResponse((response) => response.url().includes("/widget/events"));
    await page.goto(hosts.page({ head: site.tag }));
    await listening;
    await nudge("Until Friday");
    await expect(bubble(page)).toContainText("Until Friday");
    expect(await shown()).toEqual(["Until Friday"]);
  } finally {
    await server.stop();
  }
});
