// Emoji for those whose keyboard has none.
import { violations } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const QUIET = { welcomeMessage: "", aiMode: "off" };

test("an emoji is written where the visitor writes, by keyboard and by mouse", async ({ page, hosts, api }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const site = await api.site(QUIET);
  const fetched: string[] = [];
  page.on("request", (request) => /\/parts\/emoji-/.test(request.url()) && fetched.push(request.url()));
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.composer.pressSequentially("Hi!");
  await panel.composer.press("ArrowLeft");
  expect(fetched).toEqual([]);

  const open = panel.button("Insert an emoji");
  const list = panel.frame.getByRole("dialog", { name: "Insert an emoji" });
  await open.press("Enter");
  await expect(list).toBeVisible();
  expect(fetched).toHaveLength(1);
  await expect(list.getByRole("button", { name: "😀" })).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(list.getByRole("button", { name: "😄" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowUp");
  await expect(list.getByRole("button", { name: "😃" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(list).toHaveCount(0);
  await expect(panel.composer).toHaveValue("Hi😃!");
  await expect(panel.composer).toBeFocused();

  await open.click();
  await list.getByRole("button", { name: "👍" }).click();
  await expect(panel.composer).toHaveValue("Hi😃👍!");
  await page.keyboard.press("Enter");
  await expect(panel.own("Hi😃👍!")).toContainText("Sent");
});

test("arrows reach every emoji, from the first row to the last and back", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.button("Insert an emoji").click();
  const list = panel.frame.getByRole("dialog", { name: "Insert an emoji" });
  const all = await list.getByRole("button").allInnerTexts();
  expect(new Set(all).size).toBe(all.length);
  const focused = () => list.locator(":focus").innerText();
  await expect(list.getByRole("button").first()).toBeFocused();
  const rows = await list.locator("div").evaluateAll((groups) =>
    groups.reduce((sum, group) => sum + new Set([...group.children].map((sign) => (sign as HTMLElement).offsetTop)).size, 0),
  );
  for (let row = 1; row < rows; row++) await page.keyboard.press("ArrowDown");
  const last = await list.locator("div").last().locator("button").allInnerTexts();
  expect(last).toContain(await focused());
  for (let row = 1; row < rows; row++) await page.keyboard.press("ArrowUp");
  expect(all.indexOf(await focused())).toBeLessThan(all.length / rows);
  await page.keyboard.press("End");
  expect(await focused()).toBe(all.at(-1));
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe(all.at(-1));
  await page.keyboard.press("Home");
  expect(await focused()).toBe(all[0]);
});

test("Escape, another click and the button itself put the list away, and nothing else", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const open = panel.button("Insert an emoji");
  const list = panel.frame.getByRole("dialog", { name: "Insert an emoji" });
  await open.click();
  await expect(list).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(list).toHaveCount(0);
  await expect(open).toBeFocused();
  await expect(panel.launcher).toHaveAttribute("aria-expanded", "true");
  await open.click();
  await expect(list).toBeVisible();
  await open.click();
  await expect(list).toHaveCount(0);
  await open.click();
  await expect(list).toBeVisible();
  await panel.composer.click();
  await expect(list).toHaveCount(0);
  await expect(panel.composer).toBeFocused();
});

test("a key that is held opens the list, or chooses, and does no more", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const list = panel.frame.getByRole("dialog", { name: "Insert an emoji" });
  await panel.composer.fill("Hi ");
  await panel.button("Insert an emoji").focus();
  await page.keyboard.down("Enter");
  await expect(list.getByRole("button").first()).toBeFocused();
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await expect(list).toBeVisible();
  await page.keyboard.down("Enter");
  await expect(panel.composer).toBeFocused();
  await page.keyboard.down("Enter");
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await expect(panel.composer).toHaveValue("Hi 😀");
  await page.keyboard.press("Enter");
  await expect(panel.own("Hi 😀")).toContainText("Sent");
});

test("right to left, arrows go as the eye does", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET);
  await page.goto(hosts.page({ head: site.tag.replace("<script ", `<script data-locale="he" `) }));
  const panel = new Panel(page);
  await panel.launcher.click();
  await panel.button("הוספת אמוג׳י").click();
  const list = panel.frame.getByRole("dialog", { name: "הוספת אמוג׳י" });
  await expect(list.getByRole("button", { name: "😀" })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(list.getByRole("button", { name: "😃" })).toBeFocused();
});

test("phones bring a keyboard of their own", async ({ browser, hosts, api }) => {
  const site = await api.site(QUIET);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const panel = new Panel(await context.newPage());
  await panel.page.goto(hosts.page({ head: site.tag }));
  await panel.launcher.tap();
  await expect(panel.button("Take a photo")).toBeVisible();
  await expect(panel.button("Insert an emoji")).toBeHidden();
  await context.close();
});
