// What the loader fetches when somebody shows interest, and what it does when that cannot be had.
import { expect, heard, launcher, panel, panelFrame, parlance, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

const partsOf = (requests: string[], origin: string) =>
  requests.filter((url) => url.startsWith(`${origin}/loader/`)).map((url) => new URL(url).pathname);

test("interest fetches the frame and the part that talks to it, side by side and once", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  await expect(launcher(page)).toBeVisible();
  expect(partsOf(watch.requests, chat.origin)).toEqual([]);
  // The part does not come: the frame is made all the same.
  await page.route("**/loader/panel.js*", () => {});
  await launcher(page).hover();
  await expect.poll(() => chat.seen(site)).toContain("/widget/frame");
  await launcher(page).click();
  await expect(launcher(page)).toHaveAttribute("aria-busy", "true");
});

test("calls that are in no hurry fetch nothing", async ({ page, chat, hosts, watch }) => {
  // A language chosen after the launcher is drawn changes its name; one chosen before costs nothing.
  const early = `<script>(window.Parlance = function () { (Parlance.q = Parlance.q || []).push(arguments); })("setLocale", "de");</script>`;
  await page.goto(hosts.page({ head: early + chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  for (const [name, value] of [["identify", "token"], ["setTheme", "dark"], ["setAttributes", { plan: "pro" }], ["pageView", "/x"]] as const) {
    await parlance(page, name, value);
  }
  await parlance(page, "track", "seen");
  await parlance(page, "close");
  expect(partsOf(watch.requests, chat.origin)).toEqual([]);
  await launcher(page).click();
  const said = await heard(await panelFrame(page));
  expect(said[0]).toMatchObject({ type: "init", identity_token: "token", locale: "de", theme: "dark", open: true });
  expect(said).toContainEqual({ type: "set_attributes", attributes: { plan: "pro" } });
  expect(said).toContainEqual({ type: "track", name: "seen", page_url: page.url() });
});

test("a part whose name belongs to an earlier version comes under its plain name", async ({ page, chat, hosts }) => {
  await page.route("**/loader/panel.js", (route) => route.fulfill({ status: 404 }));
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
});

test("a part that could not be had is asked for again at the next click", async ({ page, chat, hosts, watch }) => {
  let isAway = true;
  await page.route("**/loader/panel.js*", (route) => (isAway ? route.abort() : route.continue()));
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await expect.poll(() => watch.warnings().filter((text) => text.startsWith("Parlance:")).length).toBeGreaterThan(0);
  await expect(launcher(page)).not.toHaveAttribute("aria-busy", "true");
  isAway = false;
  await launcher(page).click();
  await expect(launcher(page)).not.toHaveAttribute("aria-busy", "true");
  await expect.poll(() => parlance(page, "state")).toMatchObject({ open: true });
  await expect(panel(page)).toBeVisible();
  expect(watch.errors).toEqual([]);
});

test("an impatient second click does not close what the first one opens", async ({ page, chat, hosts }) => {
  let letIn = () => {};
  const isIn = new Promise<void>((resolve) => (letIn = resolve));
  await page.route("**/loader/panel.js*", async (route) => {
    await isIn;
    await route.continue();
  });
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await expect(launcher(page)).toHaveAttribute("aria-busy", "true");
  await launcher(page).click();
  letIn();
  await expect(launcher(page)).not.toHaveAttribute("aria-busy", "true");
  expect(await parlance(page, "state")).toMatchObject({ open: true });
  await launcher(page).click();
  expect(await parlance(page, "state")).toMatchObject({ open: false });
});

const ask = `<a class="ask" href="/contact">Ask us</a> <button class="ask"><b>Chat</b></button>`;
const inPage = (page: Page, name: string) => page.getByRole(name === "Ask us" ? "link" : "button", { name });

test("elements of the page's own open and close the chat", async ({ page, chat, hosts }) => {
  const url = hosts.page({ head: chat.tag(chat.site(), `async data-launcher=".ask"`), body: ask });
  await page.goto(url);
  await page.waitForFunction(() => "Parlance" in window);
  await parlance(page, "ready");
  await expect(launcher(page)).toHaveCount(0);
  await inPage(page, "Chat").hover();
  await panelFrame(page);
  await expect(panel(page)).toBeHidden();
  await inPage(page, "Chat").click();
  await expect(panel(page)).toBeVisible();
  await inPage(page, "Ask us").click();
  await expect(panel(page)).toBeHidden();
  expect(page.url()).toBe(url);
});

test("a launcher that is no selector is told of, and no click of the page throws", async ({ page, chat, hosts, watch }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site(), `async data-launcher="##"`) }));
  await expect.poll(() => watch.warnings()).toHaveLength(1);
  expect(await parlance(page, "ready")).toMatchObject({ ready: false, open: false });
  await page.locator("h1").click();
  expect(watch.errors).toEqual([]);
});

for (const [how, interest] of [
  ["keyboard", (page: Page) => inPage(page, "Chat").focus()],
  ["touch", (page: Page) => inPage(page, "Chat").dispatchEvent("touchstart")],
] as const) {
  test(`an element of the page's own shows interest by ${how} as well`, async ({ page, chat, hosts }) => {
    await page.goto(hosts.page({ head: chat.tag(chat.site(), `async data-launcher=".ask"`), body: ask }));
    await page.waitForFunction(() => "Parlance" in window);
    await parlance(page, "ready");
    await interest(page);
    await panelFrame(page);
    await expect(panel(page)).toBeHidden();
  });
}

test("inline: the panel stands in the page when the visitor comes near it, and nothing closes it", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  const body = `<p style="height:3000px">long</p><div id="help" style="width:600px;height:500px"></div>`;
  await page.goto(hosts.page({ head: chat.tag(site, `async data-mode="inline" data-target="#help"`), body }));
  await expect(page.locator("#help parlance-chat")).toHaveCount(1);
  expect(chat.seen(site)).toEqual(["/widget/config"]);
  await page.locator("#help").scrollIntoViewIfNeeded();
  const [init] = await heard(await panelFrame(page));
  expect(init).toMatchObject({ type: "init", inline: true });
  await expect.poll(async () => (await panel(page).boundingBox())?.width).toBe(600);
  expect((await panel(page).boundingBox())?.height).toBe(500);
  await expect(launcher(page)).toHaveCount(0);
  await page.keyboard.press("Escape");
  await parlance(page, "close");
  await expect(panel(page)).toBeVisible();
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  expect(watch.problems()).toEqual([]);
});

test("inline: a target that a framework draws later, and draws anew", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site(), `async data-mode="inline" data-target="#help"`) }));
  await parlance(page, "ready");
  const draw = () =>
    page.evaluate(() => {
      document.querySelector("#help")?.remove();
      const target = document.createElement("div");
      target.id = "help";
      document.querySelector("h1")!.after(target);
    });
  await draw();
  await panelFrame(page);
  await draw();
  await expect(panel(page)).toBeVisible();
  await expect.poll(async () => (await heard(await panelFrame(page)))[0]).toMatchObject({ type: "init" });
});
