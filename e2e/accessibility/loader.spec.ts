// What stands on the host page itself, judged by axe: launcher, count, hint and bubble, in light, dark and forced colours, and enlarged.
import { violations } from "../support/axe.ts";
import { expect, launcher, panelFrame, say, test } from "../loader/fixtures.ts";

const NUDGE = { id: 1, text: "Need a hand?", url_pattern: "", seconds_on_page: 0, first_visit: false, max_per_visitor: 9, pause_hours: 0 };
const schemes: [string, object][] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["forced colours", { forcedColors: "active" }],
];
for (const [name, options] of schemes) {
  test(`${name}: nothing on the page breaks a rule`, async ({ browser, chat, hosts }) => {
    const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [NUDGE] })) }));
    const bubble = page.locator("parlance-chat").getByRole("article");
    await expect(bubble).toBeVisible();
    await test.step("a nudge", async () => expect(await violations(page)).toEqual([]));
    await page.locator("parlance-chat").getByRole("button", { name: "Dismiss" }).click();
    await launcher(page).hover();
    const frame = await panelFrame(page);
    await test.step("the hint", async () => expect(await violations(page)).toEqual([]));
    await say(frame, { type: "unread", count: 2 });
    await say(frame, { type: "preview", author: "Anna", text: "Hello" });
    await expect(bubble).toContainText("Anna");
    await test.step("unread, with a preview", async () => expect(await violations(page)).toEqual([]));
    await context.close();
  });
}

test("enlarged to 400 %, the bubble and the launcher stay on the screen", async ({ page, chat, hosts }) => {
  // A window of 1280 by 1024 at 400 %.
  await page.setViewportSize({ width: 320, height: 256 });
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [NUDGE] })) }));
  const bubble = page.locator("parlance-chat").getByRole("article");
  await expect(bubble).toBeVisible();
  for (const element of [bubble, launcher(page)]) {
    const box = (await element.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(320);
    expect(box.y + box.height).toBeLessThanOrEqual(256);
  }
  await launcher(page).click();
  await expect.poll(() => page.locator("parlance-chat iframe").boundingBox()).toEqual({ x: 0, y: 0, width: 320, height: 256 });
});

const luminance = ([red, green, blue]: number[]) => {
  const part = (value: number) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(red!) + 0.7152 * part(green!) + 0.0722 * part(blue!);
};
const contrast = (one: number[], other: number[]) => {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright! + 0.05) / (dim! + 0.05);
};
const numbers = (color: string) => color.match(/[\d.]+/g)!.slice(0, 3).map(Number);

test("whatever colours an owner takes, signs and words can be read", async ({ page, chat, hosts }) => {
  test.slow();
  for (const color of ["#000000", "#ffffff", "#ff0000", "#ffd400", "#808080", "#777777", "#00b894", "#3b82f6", "#f97316", "#9ca3af", "#6d28d9", "#8a8a00"]) {
    await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [NUDGE] }, { button_color: color, bg_color: color })) }));
    const words = page.locator("parlance-chat article");
    await expect(words).toBeVisible();
    const [sign, text] = await Promise.all(
      [launcher(page), words].map((element) =>
        element.evaluate((node) => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor] as const),
      ),
    );
    expect(contrast(numbers(sign![0]), numbers(sign![1])), `sign on ${color}`).toBeGreaterThanOrEqual(3);
    expect(contrast(numbers(text![0]), numbers(text![1])), `words on ${color}`).toBeGreaterThanOrEqual(4.5);
  }
});
