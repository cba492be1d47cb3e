// Many at once: tabs of one visitor, and operators.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { expectSameSides } from "../support/sides.ts";

const QUIET = { welcomeMessage: "", aiMode: "off" };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test("three tabs write in turn and at once: all show one conversation", async ({ page, context, hosts, api }) => {
  test.slow();
  const site = await api.site(QUIET);
  const url = hosts.beside(hosts.page({ head: site.tag }));
  const panels = [new Panel(page), new Panel(await context.newPage()), new Panel(await context.newPage())];
  for (const panel of panels) {
    await panel.page.goto(url);
    await panel.page.bringToFront();
    await panel.open();
  }
  await panels[0]!.send("the first word");
  for (const panel of panels) await expect(panel.own("the first word")).toBeVisible();
  for (const [index, panel] of panels.entries()) await panel.send(`in turn ${index}`);
  await Promise.all(panels.map((panel, index) => panel.send(`at once ${index}`)));
  const said = await expectSameSides(api, site, ...panels);
  expect(said.slice(1, 4)).toEqual(numbers(3).map((index) => `in turn ${index}`));
  expect(said.slice(4).sort()).toEqual(numbers(3).map((index) => `at once ${index}`));
});

test("three tabs begin at the same moment: one conversation, and no word is lost", async ({ page, context, hosts, api }) => {
  test.slow();
  const site = await api.site(QUIET);
  const url = hosts.beside(hosts.page({ head: site.tag }));
  const panels = [new Panel(page), new Panel(await context.newPage()), new Panel(await context.newPage())];
  for (const panel of panels) {
    await panel.page.goto(url);
    await panel.page.bringToFront();
    await panel.open();
  }
  for (const [index, panel] of panels.entries()) await panel.composer.fill(`me first ${index}`);
  await Promise.all(panels.map((panel) => panel.composer.press("Enter")));
  for (const panel of panels) await expect.poll(() => panel.lines(), { timeout: 30_000 }).toHaveLength(3);
  const said = await expectSameSides(api, site, ...panels);
  expect(said.sort()).toEqual(numbers(3).map((index) => `me first ${index}`));
});

test("five writers at once: three tabs and two operators", async ({ page, context, hosts, api }) => {
  test.slow();
  const site = await api.site(QUIET);
  const url = hosts.beside(hosts.page({ head: site.tag }));
  await page.goto(url);
  const first = await new Panel(page).open();
  await first.send("Is anybody there?");
  await expect(first.own("Is anybody there?")).toContainText("Sent");
  const [conversation] = (await api.conversations(site)).data;
  await api.act(conversation!.id, "takeover");
  const panels = [first, new Panel(await context.newPage()), new Panel(await context.newPage())];
  for (const panel of panels.slice(1)) {
    await panel.page.goto(url);
    await panel.page.bringToFront();
    await panel.open();
    await expect(panel.own("Is anybody there?")).toBeVisible();
  }
  const operator = async (name: string) => {
    for (const index of numbers(10)) await api.reply(conversation!.id, `${name} ${index}`);
  };
  const visitor = async (panel: Panel, name: string) => {
    for (const index of numbers(10)) await panel.send(`${name} ${index}`);
  };
  await Promise.all([operator("anna"), operator("ben"), ...panels.map((panel, index) => visitor(panel, `tab${index}`))]);
  await expect(async () => expect((await api.messages(conversation!.id)).data.filter(({ role }) => role !== "system")).toHaveLength(51)).toPass({ timeout: 30_000 });
  const said = await expectSameSides(api, site, ...panels);
  for (const name of ["anna", "ben", "tab0", "tab1", "tab2"]) {
    expect(said.filter((text) => text.startsWith(`${name} `))).toEqual(numbers(10).map((index) => `${name} ${index}`));
  }
});
