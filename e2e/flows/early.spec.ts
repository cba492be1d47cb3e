// A slow line: the visitor writes before the panel is there, and no word of it is lost.
import type { Page } from "@playwright/test";
import { violations } from "../support/axe.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const QUESTION = "How long do I have to return a bike?";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

/** Opens the panel while its program is held back; `arrive` lets it come. */
async function openEarly(page: Page, url: string) {
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(url);
  await page.locator('parlance-chat [aria-haspopup="dialog"]').click();
  const frame = page.frameLocator("parlance-chat iframe");
  const early = frame.getByRole("textbox", { name: "Write a message" });
  await expect(early).toBeFocused();
  return { arrive, early, panel: new Panel(page) };
}

test("what is typed at once stands in the composer, which goes on with the keyboard", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const refused: string[] = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  const { arrive, early, panel } = await openEarly(page, hosts.page({ head: site.tag }));
  await page.keyboard.type("How long do I have");
  await expect(early).toHaveValue("How long do I have");
  expect(await violations(page)).toEqual([]);
  arrive();
  await expect(panel.composer).toHaveValue("How long do I have");
  await expect(panel.composer).toBeFocused();
  await page.keyboard.type(" to return a bike?");
  await page.keyboard.press("Enter");
  await expect(panel.own(QUESTION)).toContainText("Sent");
  await expect(panel.answer("30 days")).toBeVisible();
  expect(refused).toEqual([]);
});

test("it can be read in the dark, and on a phone the keyboard stays up", async ({ browser, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark", reducedMotion: "reduce" });
  const page = await context.newPage();
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route("**/*.wasm", (route) => held.then(() => route.continue()));
  await page.goto(hosts.page({ head: site.tag }));
  const panel = new Panel(page);
  await panel.launcher.tap();
  const early = panel.frame.getByRole("textbox", { name: "Write a message" });
  await early.tap();
  await page.keyboard.type("Is anybody");
  expect(await violations(page)).toEqual([]);
  arrive();
  await expect(panel.composer).toBeFocused();
  await page.keyboard.type(" there?");
  await expect(panel.composer).toHaveValue("Is anybody there?");
  await context.close();
});

test("its few words are in the page's language, and it is read from where that is", async ({ page, hosts, api }) => {
  const site = await api.site({ language: "de" });
  const held = new Promise<void>(() => {});
  await page.route("**/*.wasm", () => held);
  for (const [attribute, language, direction, words] of [
    ["", "de", "ltr", { field: "Nachricht schreiben …", waiting: "Wird geladen …" }],
    ['data-locale="ar-EG"', "ar", "rtl", { field: "اكتب رسالة…", waiting: "جارٍ التحميل…" }],
    ['data-locale="sw"', "en", "ltr", { field: "Write a message…", waiting: "Loading…" }],
  ] as const) {
    await page.goto(hosts.page({ html: `<!doctype html><title>Shop</title>${site.tag.replace("<script ", `<script ${attribute} `)}` }));
    await page.locator('parlance-chat [aria-haspopup="dialog"]').click();
    const frame = page.frameLocator("parlance-chat iframe");
    await expect(frame.getByRole("textbox", { name: words.field, exact: true })).toBeFocused();
    await expect(frame.getByRole("status", { name: words.waiting, exact: true })).toBeVisible();
    await expect(frame.locator("html")).toHaveAttribute("lang", language);
    await expect(frame.locator("html")).toHaveAttribute("dir", direction);
  }
});

test("what was meant to be sent goes out once the panel is there, once", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const { arrive, early, panel } = await openEarly(page, hosts.page({ head: site.tag }));
  await page.keyboard.type(QUESTION);
  await page.keyboard.press("Enter");
  await expect(early).toHaveValue(QUESTION);
  arrive();
  await expect(panel.own(QUESTION)).toContainText("Sent");
  await expect(panel.answer("30 days")).toBeVisible();
  await expect(panel.composer).toHaveValue("");
  await expect(panel.composer).toBeFocused();
  await expect(panel.log.getByRole("article").filter({ hasText: "You:" })).toHaveCount(1);
});

test("it joins what an earlier page has left, and the conversation goes on", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const url = hosts.page({ head: site.tag });
  await page.goto(url);
  const panel = await new Panel(page).open();
  await panel.send(QUESTION);
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.composer.fill("Begun before");
  const { arrive } = await openEarly(page, url);
  await page.keyboard.type("and now");
  arrive();
  await expect(panel.composer).toHaveValue("Begun before\nand now");
  await expect(panel.own(QUESTION)).toBeVisible();
});

test("who has gone back to the page keeps the keyboard there when the panel comes", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const { arrive, panel } = await openEarly(page, hosts.page({ head: site.tag, body: `<input aria-label="Search">` }));
  await page.keyboard.type("One moment");
  const search = page.getByLabel("Search");
  await search.click();
  await page.keyboard.type("bi");
  arrive();
  await expect(panel.composer).toHaveValue("One moment");
  await expect(panel.frame.locator("#early")).toHaveCount(0);
  await page.keyboard.type("kes");
  await expect(search).toHaveValue("bikes");
  // The page's own call is a wish to write.
  await page.evaluate(() => (window as unknown as { Parlance: (name: string, text: string) => void }).Parlance("newMessage", "Hello"));
  await expect(panel.composer).toHaveValue("Hello");
  await page.keyboard.type(" there");
  await expect(panel.composer).toHaveValue("Hello there");
});

test("where the panel cannot be built, the words stay in sight", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.route("**/widget/config?bot_id=*", (route) => (route.request().frame() === page.mainFrame() ? route.continue() : route.abort()));
  const { arrive, early, panel } = await openEarly(page, hosts.page({ head: site.tag }));
  await page.keyboard.type("Is anybody there?");
  arrive();
  await expect(panel.frame.getByText("The chat could not be loaded.")).toBeVisible();
  await expect(early).toHaveValue("Is anybody there?");
  await expect(early).toBeVisible();
});
