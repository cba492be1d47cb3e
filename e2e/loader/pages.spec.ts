// Pages that are hard on a widget.
import type { Locator } from "@playwright/test";
import { expect, launcher, panel, panelFrame, say, test } from "./fixtures.ts";

const strict = (origin: string) =>
  `default-src 'none'; script-src ${origin}; frame-src ${origin}; connect-src ${origin}; require-trusted-types-for 'script'; trusted-types 'none'`;

test("a page with the strictest content policy and three allowances: nothing is violated", async ({ page, chat, hosts, watch }) => {
  const site = chat.site({}, { glow_size: "large", glow_strength: "strong" });
  await page.goto(hosts.page({ head: chat.tag(site), headers: { "content-security-policy": strict(chat.origin) } }));
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  // The panel grows into its place: its size counts once it has come to rest.
  await expect.poll(async () => (await panel(page).boundingBox())?.width).toBe(400);
  await say(await panelFrame(page), { type: "session", session_id: "s-1", visitor_id: "v-1" });
  await say(await panelFrame(page), { type: "close" });
  await expect(panel(page)).toBeHidden();
  expect(watch.problems()).toEqual([]);
});

const hostile: [string, string][] = [
  ["aggressive resets", `<style>*{display:none!important;position:static!important;all:unset!important}div:empty{display:none}html{font-size:62.5%}</style>`],
  ["a transformed body", `<style>body{transform:translateX(50px) scale(.5);filter:blur(1px);contain:paint;height:10px;overflow:hidden}</style>`],
  ["a war of z-index", `<style>main{position:fixed;inset:0;z-index:2147483647;background:#eee}</style>`],
];
for (const [name, head] of hostile) {
  test(`it looks and works the same on a page with ${name}`, async ({ page, chat, hosts }) => {
    await page.goto(hosts.page({ head: head + chat.tag(chat.site()) }));
    await expect.poll(() => launcher(page).boundingBox()).toEqual({ x: 1124, y: 724, width: 56, height: 56 });
    await launcher(page).click();
    await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 780, y: 72, width: 400, height: 640 });
    const top = await page.evaluate(() => document.elementFromPoint(900, 300)?.localName);
    expect(top).toBe("parlance-chat");
  });
}

test("a router that swaps the body leaves an open panel alone", async ({ page, chat, hosts }) => {
  const site = chat.site();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  await launcher(page).click();
  const frame = await panelFrame(page);
  await page.evaluate(() => {
    const body = document.createElement("body");
    body.textContent = "another page";
    document.body.replaceWith(body);
    history.pushState({}, "", "/another");
  });
  await expect(panel(page)).toBeVisible();
  await expect
    .poll(() => frame.evaluate(() => (self as unknown as { heard: object[] }).heard.at(-1)))
    .toEqual({ type: "page_view", page_url: `${hosts.origin}/another` });
  expect(chat.seen(site).filter((path) => path === "/widget/frame")).toHaveLength(1);
});

for (const position of ["bottom-left", "top-right", "top-left"] as const) {
  test(`the launcher stands ${position}, the panel beside it`, async ({ page, chat, hosts }) => {
    await page.goto(hosts.page({ head: chat.tag(chat.site({}, { position })) }));
    const [edge, side] = position.split("-");
    const x = side === "left" ? 20 : 1124;
    await expect.poll(() => launcher(page).boundingBox()).toMatchObject({ x, y: edge === "top" ? 20 : 724 });
    await launcher(page).click();
    await expect
      .poll(() => panel(page).boundingBox())
      .toEqual({ x: side === "left" ? 20 : 780, y: edge === "top" ? 88 : 72, width: 400, height: 640 });
  });
}

test("launcher and panel keep the distance from the edges that the site asks for", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site({}, { offset_x: 0, offset_y: 100 })) }));
  await expect.poll(() => launcher(page).boundingBox()).toEqual({ x: 1144, y: 644, width: 56, height: 56 });
  await launcher(page).click();
  await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 800, y: 20, width: 400, height: 612 });
});

test("the hint stands beside the launcher, wherever the site puts it", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site({}, { offset_x: 200, offset_y: 300 })) }));
  await launcher(page).hover();
  const hint = page.locator("parlance-chat span");
  await expect(hint).toBeVisible();
  const [sign, words] = [await launcher(page).boundingBox(), await hint.boundingBox()];
  expect(words!.x + words!.width).toBeLessThan(sign!.x);
  expect(words!.x + words!.width).toBeGreaterThan(sign!.x - 20);
  expect(words!.y).toBeGreaterThanOrEqual(sign!.y - 10);
  expect(words!.y + words!.height).toBeLessThanOrEqual(sign!.y + sign!.height + 10);
});

for (const [width, offset] of [[390, 120], [360, 400], [320, 20]] as const) {
  test(`a distance of ${offset} px leaves launcher and nudge on a screen of ${width} px`, async ({ page, chat, hosts }) => {
    await page.setViewportSize({ width, height: 700 });
    const nudge = { id: 1, text: "Hi there, need a hand with anything at all?", url_pattern: "", seconds_on_page: 0, first_visit: false, max_per_visitor: 9, pause_hours: 0 };
    await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [nudge] }, { offset_x: offset })) }));
    const bubble = page.locator("parlance-chat article");
    await expect(bubble).toBeVisible();
    for (const box of [await launcher(page).boundingBox(), await bubble.boundingBox()]) {
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.x + box!.width).toBeLessThanOrEqual(width);
    }
    expect((await bubble.boundingBox())!.width).toBeGreaterThanOrEqual(280);
  });
}

for (const [width, height] of [[1280, 720], [600, 500], [390, 700], [700, 430], [320, 256]] as const) {
  for (const position of ["bottom-right", "top-left"]) {
    test(`the largest distances leave launcher, nudge and panel on a screen of ${width} by ${height} px, ${position}`, async ({ page, chat, hosts }) => {
      await page.setViewportSize({ width, height });
      const nudge = { id: 1, text: "Hi there, need a hand? ".repeat(20), url_pattern: "", seconds_on_page: 0, first_visit: false, max_per_visitor: 9, pause_hours: 0 };
      await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [nudge] }, { offset_x: 400, offset_y: 400, position })) }));
      const bubble = page.locator("parlance-chat article");
      await expect(bubble).toBeVisible();
      const isWhole = async (element: Locator) => {
        const box = (await element.boundingBox())!;
        return box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
      };
      await expect.poll(() => isWhole(launcher(page))).toBe(true);
      await expect.poll(() => isWhole(bubble)).toBe(true);
      await launcher(page).click();
      await expect(panel(page)).toBeVisible();
      await expect.poll(() => isWhole(panel(page))).toBe(true);
      expect((await panel(page).boundingBox())!.height).toBeGreaterThanOrEqual(Math.min(height, 200));
    });
  }
}

test("on a screen with a notch and a home bar, launcher and panel keep out of both", async ({ page, chat, hosts }) => {
  const session = await page.context().newCDPSession(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await session.send("Emulation.setSafeAreaInsetsOverride", { insets: { top: 47, bottom: 34, left: 0, right: 25 } });
  await page.goto(hosts.page({ head: chat.tag(chat.site({}, { offset_x: 0, offset_y: 0 })) }));
  await expect.poll(() => launcher(page).boundingBox()).toEqual({ x: 390 - 56 - 25, y: 844 - 56 - 34, width: 56, height: 56 });
  await launcher(page).click();
  await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 0, y: 47, width: 390 - 25, height: 844 - 47 - 34 });
});

test("colours and shape are those of the config, and the icon can always be seen", async ({ page, chat, hosts }) => {
  const style = { button_color: "#fd0", corner_style: "square", drop_shadow: "none", glow_size: "medium", glow_strength: "soft", glow_color: "#ff0000" };
  await page.goto(hosts.page({ head: chat.tag(chat.site({}, style)) }));
  const looks = await launcher(page).evaluate((button) => {
    const { backgroundColor, borderRadius, color, boxShadow } = getComputedStyle(button);
    return { backgroundColor, borderRadius, color, boxShadow };
  });
  expect(looks).toMatchObject({ backgroundColor: "rgb(255, 221, 0)", borderRadius: "4px", color: "rgb(22, 22, 30)" });
  expect(looks.boxShadow).toContain("srgb 1 0 0 / 0.4");
});

test("a value that is no colour does not reach the style sheet", async ({ page, chat, hosts }) => {
  const style = { button_color: "red;}button{display:none", bg_color: "url(https://elsewhere.example)", glow_color: "#12" };
  await page.goto(hosts.page({ head: chat.tag(chat.site({}, style)) }));
  await expect(launcher(page)).toBeVisible();
  await expect(launcher(page)).toHaveCSS("background-color", "rgb(67, 56, 202)");
});
