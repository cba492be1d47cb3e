// Networks that go away, come back and break: nothing is lost, doubled or out of order, on either side.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { Proxy } from "../support/proxy.ts";
import { expectSameSides } from "../support/sides.ts";
import type { Site } from "../support/api.ts";

const QUIET = { welcomeMessage: "" };
const tokens = (count: number, name = "word") => Array.from({ length: count }, (_, index) => `${name}${index} `);
const through = (proxy: Proxy, origin: string, site: Site) => site.tag.replaceAll(origin, proxy.origin);

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
