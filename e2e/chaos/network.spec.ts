// Networks that go away, come back and break: nothing is lost, doubled or out of order, on either side.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { Proxy } from "../support/proxy.ts";
import { expectSameSides } from "../support/sides.ts";
import type { Site } from "../support/api.ts";

const QUIET = { welcomeMessage: "" };
const tokens = (count: number, name = "word") => Array.from({ length: count }, (_, index) => `${name}${index} `);
const through = (proxy: Proxy, origin: string, site: Site) => site.tag.replaceAll(origin, proxy.origin);

test("a minute without a network: a notice after a grace period, then everything that was said on both sides, in order", async ({ page, context, hosts, api }) => {
  test.slow();
  const site = await api.site(QUIET, BIKES);
  await page.clock.install();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  const [conversation] = (await api.conversations(site)).data;
  await api.act(conversation!.id, "takeover");
  await api.reply(conversation!.id, "I am here.");
  await expect(panel.answer("I am here.")).toBeVisible();

  await context.setOffline(true);
  const notice = panel.frame.locator(".connection");
  await expect(notice).toHaveCount(0);
  await page.clock.runFor(10_000);
  await expect(notice).toBeVisible();
  await panel.send("one");
  await api.reply(conversation!.id, "While you were away.");
  await panel.send("two");
  await expect(panel.own("two")).toContainText("Sending");
  await expect(panel.own("one")).toContainText("Waiting for a connection");
  await page.clock.runFor(50_000);
  expect(await panel.lines()).toHaveLength(5);
  await context.setOffline(false);
  await expect(panel.own("two")).toContainText("Sent");
  await expect(notice).toHaveCount(0);
  const said = await expectSameSides(api, site, panel);
  expect(said.filter((text) => ["one", "two"].includes(text))).toEqual(["one", "two"]);
});

test("a cut that heals at once is not worth a word", async ({ page, hosts, server, api }) => {
  const proxy = await Proxy.start(server.origin);
  const site = await api.site(QUIET, BIKES);
  await page.goto(hosts.page({ head: through(proxy, server.origin, site) }));
  const panel = await new Panel(page).open();
  await panel.send("Hello");
  await expect(panel.own("Hello")).toContainText("Sent");
  // Whatever stands there for a moment would be written down.
  await panel.frame.locator("body").evaluate((body) => {
    new MutationObserver(() => {
      if (body.querySelector(".connection")) body.dataset.noticed = "yes";
    }).observe(body, { childList: true, subtree: true });
  });
  proxy.cut();
  const { data } = await api.conversations(site);
  await api.reply(data[0]!.id, "Still here.");
  await expect(panel.answer("Still here.")).toBeVisible();
  await expect(panel.frame.locator("body")).not.toHaveAttribute("data-noticed");
  await expectSameSides(api, site, panel);
  await proxy.stop();
});

test("every connection is cut each five seconds, in the middle of every answer", async ({ page, hosts, modelled }) => {
  test.slow();
  const { server, api, model } = modelled;
  const proxy = await Proxy.start(server.origin);
  const site = await api.site(QUIET);
  await page.goto(hosts.page({ head: through(proxy, server.origin, site) }));
  const panel = await new Panel(page).open();
  proxy.cutEvery(5_000);
  for (const round of [1, 2, 3, 4]) {
    model.script(`round ${round}`, { tokens: tokens(30, `r${round}w`), holdBefore: 15 });
    const held = model.held();
    await panel.send(`round ${round}`);
    await held;
    await proxy.nextCut();
    model.release();
    await expect(panel.answer(`r${round}w29`)).toBeVisible({ timeout: 20_000 });
  }
  const said = await expectSameSides(api, site, panel);
  expect(said.filter((_, index) => index % 2 === 1)).toEqual([1, 2, 3, 4].map((round) => tokens(30, `r${round}w`).join("").trim()));
  await proxy.stop();
});

test("a network that changed without a word: the channel is opened anew as soon as the browser says so", async ({ page, hosts, server, api }) => {
  const proxy = await Proxy.start(server.origin);
  const site = await api.site(QUIET, BIKES);
  await page.goto(hosts.page({ head: through(proxy, server.origin, site) }));
  const panel = await new Panel(page).open();
  await panel.send("Hello");
  await expect(panel.own("Hello")).toContainText("Sent");
  const { data } = await api.conversations(site);
  await api.act(data[0]!.id, "takeover");
  await expectSameSides(api, site, panel);
  proxy.silence();
  await api.reply(data[0]!.id, "Do you hear me?");
  await panel.frame.locator("body").evaluate(() => dispatchEvent(new Event("online")));
  await expect(panel.answer("Do you hear me?")).toBeVisible({ timeout: 10_000 });
  await panel.send("Loud and clear");
  await expect(panel.own("Loud and clear")).toContainText(/Sent|Seen/);
  await expectSameSides(api, site, panel);
  await proxy.stop();
});

test("a computer that slept: what was said meanwhile is there when it wakes", async ({ page, context, hosts, server, api }) => {
  const proxy = await Proxy.start(server.origin);
  const site = await api.site(QUIET, BIKES);
  await page.clock.install();
  await page.goto(hosts.page({ head: through(proxy, server.origin, site) }));
  const panel = await new Panel(page).open();
  await panel.send("Hello");
  await expect(panel.own("Hello")).toContainText("Sent");
  const { data } = await api.conversations(site);
  await api.act(data[0]!.id, "takeover");
  await expectSameSides(api, site, panel);

  const browser = await context.newCDPSession(page);
  const state = (name: "frozen" | "active") => browser.send("Page.setWebLifecycleState", { state: name });
  await state("frozen");
  proxy.silence();
  for (const words of ["one", "two", "three"]) await api.reply(data[0]!.id, words);
  await state("active");
  // An hour has passed in one moment.
  await page.clock.fastForward(3_600_000);
  await expect(panel.answer("three")).toBeVisible();
  await expectSameSides(api, site, panel);
  await proxy.stop();
});

test("the part of the loader that talks to the panel comes late: the conversation is the page's all the same", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET, BIKES);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/loader/panel*.js*", async (route) => {
    await held;
    await route.continue();
  });
  await page.clock.install();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = new Panel(page);
  await panel.launcher.click();
  await expect(panel.frame.locator("section textarea")).toBeAttached();
  // Longer than a panel without a host page waits for one.
  await page.clock.runFor(10_000);
  release();
  await expect(panel.composer).toBeFocused();
  await panel.send("Hello");
  await expect(panel.own("Hello")).toContainText("Sent");
  await expect(panel.button("Close chat")).toBeVisible();
  await page.reload();
  const again = await new Panel(page).open();
  await expect(again.own("Hello")).toBeVisible();
  await expectSameSides(api, site, again);
});
