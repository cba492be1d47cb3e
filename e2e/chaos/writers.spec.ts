// Many at once: tabs of one visitor, and operators.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { expectSameSides } from "../support/sides.ts";

const QUIET = { welcomeMessage: "", aiMode: "off" };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test("five writers at once: three tabs and two operators", async ({ page, context, hosts, api }) => {
  test.slow();
  const site = await api.site(QUIET);
  const url = hosts.page({ head: site.tag });
  await page.goto(url);
  const first = await new Panel(page).open();
  await first.send("Is anybody there?");
  await expect(first.own("Is anybody there?")).toContainText("Sent");
  const [conversation] = (await api.conversations(site)).data;
  await api.act(conversation!.id, "takeover");
  const panels = [first, new Panel(await context.newPage()), new Panel(await context.newPage())];
  for (const panel of panels.slice(1)) {
    await panel.page.goto(url);
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
