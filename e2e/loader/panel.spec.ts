// Opening, closing, focus, the handshake and the session's key.
import { expect, heard, launcher, panel, panelFrame, parlance, say, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

const stored = (page: Page, site: string) =>
  page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? "null"), `parlance:${site.replace("site_", "ch_")}`);
const isFrameFocused = (page: Page) =>
  page.evaluate(() => document.querySelector("parlance-chat")?.shadowRoot?.activeElement?.localName === "iframe");

for (const intent of ["hover", "focus", "touch"] as const) {
  test(`the frame is prepared on ${intent}`, async ({ browser, chat, hosts }) => {
    const context = await browser.newContext({ hasTouch: intent === "touch" });
    const page = await context.newPage();
    const site = chat.site();
    await page.goto(hosts.page({ head: chat.tag(site) }));
    await expect(launcher(page)).toBeVisible();
    expect(chat.seen(site)).not.toContain("/widget/frame");
    if (intent === "hover") await launcher(page).hover();
    if (intent === "focus") await launcher(page).focus();
    if (intent === "touch") await launcher(page).dispatchEvent("touchstart");
    const [init] = await heard(await panelFrame(page));
    expect(init).toMatchObject({ type: "init", open: false });
    await expect(panel(page)).toBeHidden();
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await context.close();
  });
}

test("a click opens, Escape closes, and focus goes in and comes back", async ({ page, chat, hosts, watch }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  const button = launcher(page);
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await expect(button).toHaveAttribute("aria-haspopup", "dialog");

  await button.click();
  await expect(panel(page)).toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await expect(button).toHaveAccessibleName("Close chat");
  expect(await isFrameFocused(page)).toBe(true);

  // Once the panel is there: as it comes it is given the keyboard once more.
  await panelFrame(page);
  await page.locator("h1").click();
  await page.keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();
  await expect(button).toHaveAccessibleName("Open chat");
  expect((await heard(await panelFrame(page))).at(-1)).toEqual({ type: "close" });
  expect(watch.problems()).toEqual([]);
});

test("the keyboard alone opens it, and closing gives the focus back to the launcher", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(launcher(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel(page)).toBeVisible();
  expect(await isFrameFocused(page)).toBe(true);
  await say(await panelFrame(page), { type: "close" });
  await expect(panel(page)).toBeHidden();
  await expect(launcher(page)).toBeFocused();
  // A closed panel cannot be reached with the keyboard.
  await page.keyboard.press("Tab");
  expect(await isFrameFocused(page)).toBe(false);
});

test("focus returns to the page's own button that opened the panel", async ({ page, chat, hosts }) => {
  const body = `<button onclick="Parlance.open()">Ask us</button>`;
  await page.goto(hosts.page({ head: chat.tag(chat.site(), `async data-launcher="none"`), body }));
  await page.waitForFunction(() => "Parlance" in window);
  await page.getByRole("button", { name: "Ask us" }).click();
  await expect(panel(page)).toBeVisible();
  expect(await isFrameFocused(page)).toBe(true);
  await say(await panelFrame(page), { type: "close" });
  await expect(page.getByRole("button", { name: "Ask us" })).toBeFocused();
});

test("nobody but our own frame gets the port", async ({ page, chat, hosts }) => {
  const site = chat.site();
  const foreign = hosts.page({
    html: `<script>
      addEventListener("message", (event) => { self.gotPort ||= event.ports.length > 0; });
      parent.postMessage({ parlance: "hello" }, "*");
    </script>`,
  });
  await page.goto(hosts.page({ head: chat.tag(site), body: `<iframe src="${foreign}" title="foreign"></iframe>` }));
  await launcher(page).click();
  await panelFrame(page);
  await page.evaluate(() => window.postMessage({ parlance: "hello" }, "*"));
  const other = page.frames().find((frame) => frame.url() === foreign)!;
  await other.evaluate(() => parent.postMessage({ parlance: "hello" }, "*"));
  await other.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  expect(await other.evaluate(() => Boolean((self as unknown as { gotPort?: boolean }).gotPort))).toBe(false);
  const frame = await panelFrame(page);
  expect(await frame.evaluate(() => (self as unknown as { hostOrigin: string }).hostOrigin)).toBe(hosts.origin);
});

test("the session's key is kept after the visitor's first act, and handed over on the next page", async ({ page, chat, hosts }) => {
  const site = chat.site();
  const url = hosts.page({ head: chat.tag(site) });
  await page.goto(url);
  await launcher(page).click();
  const frame = await panelFrame(page);
  expect(await stored(page, site)).toBeNull();
  await say(frame, { type: "session", session_id: "s-1", visitor_id: "v-1" });
  await expect.poll(() => stored(page, site)).toMatchObject({ session_id: "s-1", visitor_id: "v-1" });

  // Who is in a conversation hears of replies on every page: no intent is needed there.
  await page.goto(url);
  const [init] = await heard(await panelFrame(page));
  expect(init).toMatchObject({ type: "init", session_id: "s-1", visitor_id: "v-1", open: false, page_url: url });

  await say(await panelFrame(page), { type: "session", session_id: null, visitor_id: null });
  await expect.poll(() => stored(page, site)).toBeNull();
});

test("where storage is blocked the session lasts as long as the page", async ({ page, chat, hosts, watch }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("blocked", "SecurityError");
      },
    });
  });
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await say(await panelFrame(page), { type: "session", session_id: "s-1", visitor_id: "v-1" });
  await parlance(page, "close");
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("a conversation begun in one tab is taken up by the other", async ({ page, context, chat, hosts }) => {
  const site = chat.site();
  const url = hosts.page({ head: chat.tag(site) });
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(url);
    await launcher(tab).click();
    await panelFrame(tab);
  }
  await say(await panelFrame(other), { type: "session", session_id: "s-2", visitor_id: "v-2" });
  // The panel goes on as it is: what is being written there stays.
  await expect.poll(async () => (await heard(await panelFrame(page))).at(-1)).toMatchObject({ type: "session", session_id: "s-2", visitor_id: "v-2" });
  expect((await heard(await panelFrame(page)))[0]).toMatchObject({ type: "init", open: true });
  // Where one has ended it, the other begins anew.
  await say(await panelFrame(other), { type: "session" });
  await expect.poll(async () => (await heard(await panelFrame(page))).map(({ type }) => type)).toEqual(["init"]);
});

test("unread messages stand in the launcher's name and go when it is opened", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).hover();
  const frame = await panelFrame(page);
  await say(frame, { type: "unread", count: 1 });
  await expect(launcher(page)).toHaveAccessibleName("Open chat, 1 unread message");
  await say(frame, { type: "unread", count: 120 });
  await expect(launcher(page)).toHaveAccessibleName("Open chat, 120 unread messages");
  await expect(launcher(page)).toHaveText("99+");
  await launcher(page).click();
  await expect(launcher(page)).toHaveAccessibleName("Close chat");
  await expect(launcher(page)).toHaveText("");
});

test("a panel page that could not be loaded is fetched again", async ({ page, chat, hosts }) => {
  const site = chat.site();
  chat.fault(site, { frame: "unavailable" });
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  await page.clock.runFor(1_000);
  await launcher(page).click();
  await expect.poll(() => chat.seen(site).filter((path) => path === "/widget/frame")).toHaveLength(1);
  chat.release(site);
  await expect(async () => {
    await page.clock.runFor(3_000);
    expect(chat.seen(site).filter((path) => path === "/widget/frame").length).toBeGreaterThan(1);
  }).toPass();
  const [init] = await heard(await panelFrame(page));
  expect(init).toMatchObject({ type: "init", open: true });
});
