// Nudges by rule and from operators, and previews of what has come unread: the bubble beside the launcher.
import { expect, heard, launcher, panel, panelFrame, parlance, say, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

const rule = (changes: Record<string, unknown> = {}) => ({
  id: 1,
  text: "Need a hand?",
  url_pattern: "",
  seconds_on_page: 0,
  first_visit: false,
  max_per_visitor: 1,
  pause_hours: 24,
  ...changes,
});
const bubble = (page: Page) => page.locator("parlance-chat").getByRole("status").getByRole("article");
const dismiss = (page: Page) => page.locator("parlance-chat").getByRole("button", { name: "Dismiss" });
const HOUR = 3_600_000;
const parts = (watch: { requests: string[] }) => watch.requests.filter((url) => url.includes("/loader/nudges"));

/** On a page whose clock is the test's: the launcher stands. */
const begun = async (page: Page) => {
  await page.waitForFunction(() => "Parlance" in window);
  await expect(async () => {
    await page.clock.runFor(1_000);
    await expect(launcher(page).or(panel(page)).first()).toBeVisible({ timeout: 500 });
  }).toPass();
};
/** A rule's time has come, but its part may still be on its way. */
const shows = (page: Page, words: string) =>
  expect(async () => {
    await page.clock.runFor(100);
    await expect(bubble(page)).toContainText(words, { timeout: 500 });
  }).toPass();

test("a rule shows its words, a click opens the panel with them in the thread", async ({ page, chat, hosts, watch }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [rule()] })) }));
  await expect(bubble(page)).toContainText("Need a hand?");
  await expect(bubble(page)).toContainText("Shop assistant");
  const [outer, words] = await Promise.all([bubble(page), bubble(page).getByRole("button").first()].map((part) => part.boundingBox()));
  expect(words!.width).toBeLessThanOrEqual(outer!.width);
  await bubble(page).getByText("Need a hand?").click();
  await expect(panel(page)).toBeVisible();
  await expect(bubble(page)).toHaveCount(0);
  await expect.poll(async () => (await heard(await panelFrame(page))).slice(1)).toEqual([{ type: "nudge", text: "Need a hand?" }]);
  expect(watch.problems()).toEqual([]);
});

test("a site without rules fetches no code for them", async ({ page, chat, hosts, watch }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await panelFrame(page);
  expect(watch.requests.filter((url) => url.includes("/loader/nudges"))).toEqual([]);
});

test("rules cost nothing before one may be due: no third request on other pages, nor before the time", async ({ page, chat, hosts, watch }) => {
  const rules = [
    rule({ id: 1, url_pattern: "/pricing", seconds_on_page: 0 }),
    rule({ id: 2, url_pattern: "/pricing/*?plan=pro", seconds_on_page: 0 }),
    rule({ id: 3, url_pattern: "/", seconds_on_page: 0 }),
    rule({ id: 4, url_pattern: "/page-*", seconds_on_page: 30, text: "Still here?" }),
  ];
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: rules })) }));
  await begun(page);
  await page.clock.runFor(25_000);
  await page.evaluate(() => history.replaceState({}, "", "?from=/pricing-list"));
  await page.clock.runFor(2_000);
  expect(parts(watch)).toEqual([]);
  await page.clock.runFor(5_000);
  await shows(page, "Still here?");
  expect(parts(watch)).toHaveLength(1);
});

test("a page that writes its hash and query anew is the same page: the time goes on", async ({ page, chat, hosts }) => {
  const rules = [rule({ id: 1, text: "First", seconds_on_page: 10 }), rule({ id: 2, text: "Second", seconds_on_page: 30 })];
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: rules })) }));
  await begun(page);
  const scroll = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await page.evaluate((at) => (at % 2 ? history.replaceState({}, "", `?section=${at}`) : (location.hash = `part-${at}`)), second);
      await page.clock.runFor(1_000);
    }
  };
  // Before the part has come, which judges rules, and afterwards.
  await scroll(10);
  await shows(page, "First");
  await dismiss(page).click();
  await scroll(20);
  await shows(page, "Second");
});

test("a rule that comes due in a hidden tab shows once when the tab is seen, and leaves no listener", async ({ page, chat, hosts }) => {
  await page.addInitScript(() => Object.defineProperty(document, "hidden", { get: () => (self as unknown as { isAway?: boolean }).isAway ?? false }));
  const turn = (isAway: boolean) =>
    page.evaluate((value) => {
      (self as unknown as { isAway: boolean }).isAway = value;
      document.dispatchEvent(new Event("visibilitychange"));
    }, isAway);
  const session = await page.context().newCDPSession(page);
  const listeners = async () => {
    const { result } = await session.send("Runtime.evaluate", { expression: "document" });
    const found = await session.send("DOMDebugger.getEventListeners", { objectId: result.objectId! });
    return found.listeners.filter(({ type }) => type === "visibilitychange").length;
  };
  const rules = [rule({ seconds_on_page: 0, max_per_visitor: 9, pause_hours: 0 }), rule({ id: 2, text: "Later", seconds_on_page: 20, max_per_visitor: 9, pause_hours: 0 })];
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: rules })) }));
  await begun(page);
  await shows(page, "Need a hand?");
  await dismiss(page).click();
  await turn(true);
  await page.clock.runFor(60_000);
  await expect(bubble(page)).toHaveCount(0);
  expect(await listeners()).toBe(1);
  await turn(false);
  await expect(bubble(page)).toContainText("Later");
  expect(await listeners()).toBe(0);
  await dismiss(page).click();
  await turn(true);
  await turn(false);
  await expect(bubble(page)).toHaveCount(0);
});

test("dismissed stays dismissed, on the next page too", async ({ page, chat, hosts }) => {
  const url = hosts.page({ head: chat.tag(chat.site({ nudges: [rule({ max_per_visitor: 9, pause_hours: 0 })] })) });
  await page.goto(url);
  await dismiss(page).click();
  await expect(bubble(page)).toHaveCount(0);
  await expect(launcher(page)).toBeFocused();
  const part = page.waitForResponse((response) => response.url().includes("/loader/nudges"));
  await page.goto(url);
  await part;
  await parlance(page, "triggerNudge", 1);
  await expect(launcher(page)).toBeVisible();
  await expect(bubble(page)).toHaveCount(0);
});

test("shown no more often than the rule says, with its pause between", async ({ page, chat, hosts }) => {
  const url = hosts.page({ head: chat.tag(chat.site({ nudges: [rule({ max_per_visitor: 2, pause_hours: 5 })] })) });
  await page.clock.install({ time: new Date("2026-01-05T10:00:00Z") });
  const visit = async () => {
    await page.goto(url);
    await page.waitForFunction(() => "Parlance" in window);
    await page.clock.runFor(2_000);
    await expect(launcher(page)).toBeVisible();
  };
  await visit();
  await expect(bubble(page)).toHaveCount(1);
  await page.clock.setFixedTime(new Date("2026-01-05T14:00:00Z"));
  const shown = async () => {
    await page.reload();
    await page.waitForFunction(() => "Parlance" in window);
    await page.clock.runFor(6_000);
    await parlance(page, "ready");
    // The rules are judged when their part has come; a call that waits for it comes after that.
    await page.waitForFunction(() => document.querySelector("parlance-chat")?.shadowRoot?.querySelector("section"));
    await page.clock.runFor(1_000);
    return bubble(page).count();
  };
  expect(await shown()).toBe(0);
  await page.clock.setFixedTime(new Date(Date.parse("2026-01-05T10:00:00Z") + 6 * HOUR));
  expect(await shown()).toBe(1);
  await page.clock.setFixedTime(new Date(Date.parse("2026-01-05T10:00:00Z") + 24 * HOUR));
  expect(await shown()).toBe(0);
});

test("a rule waits its seconds on the page that it is about, and a route of the application is a page", async ({ page, chat, hosts }) => {
  const rules = [rule({ id: 1, text: "Prices?", url_pattern: "/pricing*", seconds_on_page: 20 })];
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: rules })) }));
  await begun(page);
  await page.clock.runFor(60_000);
  await expect(bubble(page)).toHaveCount(0);
  const goTo = (path: string) => page.evaluate((to) => history.pushState({}, "", to), path);
  await goTo("/pricing/pro");
  await page.clock.runFor(15_000);
  await goTo("/cart");
  await page.clock.runFor(60_000);
  await expect(bubble(page)).toHaveCount(0);
  await goTo("/pricing/pro");
  await page.clock.runFor(21_000);
  await shows(page, "Prices?");
});

test("a rule for first visits holds during the first one only", async ({ page, chat, hosts }) => {
  const rules = [rule({ first_visit: true, max_per_visitor: 9, pause_hours: 0 })];
  const url = hosts.page({ head: chat.tag(chat.site({ nudges: rules })) });
  await page.clock.setFixedTime(new Date("2026-01-05T10:00:00Z"));
  await page.goto(url);
  await expect(bubble(page)).toHaveCount(1);
  await page.clock.setFixedTime(new Date("2026-01-05T10:10:00Z"));
  await page.reload();
  await expect(bubble(page)).toHaveCount(1);
  await page.clock.setFixedTime(new Date("2026-01-06T10:00:00Z"));
  const part = page.waitForResponse((response) => response.url().includes("/loader/nudges"));
  await page.reload();
  await part;
  await page.waitForFunction(() => document.querySelector("parlance-chat")?.shadowRoot?.querySelector("section"));
  await expect(bubble(page)).toHaveCount(0);
});

test("never over an open panel, and the panel's opening takes a bubble away", async ({ page, chat, hosts }) => {
  const rules = [rule({ seconds_on_page: 30 })];
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: rules }), "async data-open") }));
  await begun(page);
  await expect(panel(page)).toBeVisible();
  await page.clock.runFor(31_000);
  await page.waitForFunction(() => document.querySelector("parlance-chat")?.shadowRoot?.querySelector("section"));
  await page.clock.runFor(60_000);
  await parlance(page, "triggerNudge", 1);
  await expect(bubble(page)).toHaveCount(0);
  await parlance(page, "close");
  await parlance(page, "triggerNudge", 1);
  await expect(bubble(page)).toHaveCount(1);
  await parlance(page, "open");
  await expect(bubble(page)).toHaveCount(0);
});

test("a rule can be fired by the page, which hears of it; one that is not there is told of", async ({ page, chat, hosts, watch }) => {
  const rules = [rule({ id: 7, text: "Cart trouble?", url_pattern: "/nowhere" })];
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: rules })) }));
  await page.evaluate(() =>
    document.addEventListener("parlance:nudge", (event) => ((self as unknown as { nudged: unknown }).nudged = (event as CustomEvent).detail)),
  );
  await parlance(page, "triggerNudge", 7);
  await expect(bubble(page)).toContainText("Cart trouble?");
  expect(await page.evaluate(() => (self as unknown as { nudged: unknown }).nudged)).toEqual({ id: 7, text: "Cart trouble?" });
  await parlance(page, "triggerNudge", 8);
  await expect.poll(() => watch.warnings()).toHaveLength(1);
  expect(watch.errors).toEqual([]);
});

test("an operator's nudge and an unread message come up beside a closed panel only", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).hover();
  const frame = await panelFrame(page);
  await say(frame, { type: "nudge", id: 4, text: "Free shipping today" });
  await expect(bubble(page)).toContainText("Free shipping today");
  await say(frame, { type: "preview", author: "Anna", text: "I have found your order. ".repeat(20) });
  await expect(bubble(page)).toContainText("Anna");
  const words = await bubble(page).locator("span").innerText();
  expect(words).toMatch(/^I have found your order\. .*…$/);
  expect(words.length).toBeLessThanOrEqual(241);
  await bubble(page).getByText("Anna").click();
  await expect(panel(page)).toBeVisible();
  await say(frame, { type: "preview", author: "Anna", text: "Seen at once" });
  await say(frame, { type: "event", name: "marker", text: "" });
  await expect(bubble(page)).toHaveCount(0);
  // A message that was only previewed is no nudge.
  expect((await heard(frame)).filter(({ type }) => type === "nudge")).toEqual([]);
});

test("an operator's nudge that was dismissed stays dismissed: in other tabs, and when it comes once more", async ({ page, context, chat, hosts }) => {
  const url = hosts.page({ head: chat.tag(chat.site()) });
  const other = await context.newPage();
  const nudge = { type: "nudge", id: 4, text: "Free shipping today" };
  for (const tab of [page, other]) {
    await tab.goto(url);
    await launcher(tab).hover();
    await say(await panelFrame(tab), nudge);
    await expect(bubble(tab)).toContainText("Free shipping today");
  }
  await dismiss(page).click();
  await expect(bubble(other)).toHaveCount(0);
  await page.reload();
  await launcher(page).hover();
  const frame = await panelFrame(page);
  await say(frame, nudge);
  await say(frame, { ...nudge, id: 5, text: "Another word" });
  await expect(bubble(page)).toContainText("Another word");
  await dismiss(page).click();
  await say(frame, nudge);
  // What is said later shows that the word before it was heard.
  await say(frame, { type: "unread", count: 1 });
  await expect(launcher(page)).toHaveAccessibleName(/1 unread/);
  await expect(bubble(page)).toHaveCount(0);
});

test("a call for a nudge of a site without rules is answered by a warning, before any interest", async ({ page, chat, hosts, watch }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await parlance(page, "triggerNudge", 8);
  await expect.poll(() => watch.warnings()).toEqual([expect.stringContaining("no nudge 8")]);
});

test("showNudge opens the chat with the words, before any interest", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await parlance(page, "showNudge", "Need a hand?");
  await expect(panel(page)).toBeVisible();
  await expect.poll(async () => (await heard(await panelFrame(page))).at(-1)).toEqual({ type: "nudge", text: "Need a hand?" });
});

test("a preview goes when what it shows was read elsewhere", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).hover();
  const frame = await panelFrame(page);
  await say(frame, { type: "unread", count: 1 });
  await say(frame, { type: "preview", author: "Anna", text: "Hello" });
  await expect(bubble(page)).toHaveCount(1);
  await say(frame, { type: "unread", count: 0 });
  await expect(bubble(page)).toHaveCount(0);
});

test("the bubble can be used with the keyboard, and Escape dismisses it", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [rule()] })) }));
  await expect(bubble(page)).toHaveCount(1);
  await dismiss(page).focus();
  await page.keyboard.press("Escape");
  await expect(bubble(page)).toHaveCount(0);
  await expect(launcher(page)).toBeFocused();
});

test("destroy leaves nothing of nudges behind", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [rule()] })) }));
  await expect(bubble(page)).toHaveCount(1);
  expect(await page.evaluate(() => localStorage.length)).toBe(1);
  await parlance(page, "destroy");
  expect(await page.evaluate(() => [localStorage.length, document.querySelector("parlance-chat")])).toEqual([0, null]);
});

const patterns: [string, string, boolean][] = [
  ["", "https://shop.acme.com/", true],
  ["*", "https://shop.acme.com/x", true],
  ["/pricing*", "https://shop.acme.com/pricing/pro?plan=2", true],
  ["/pricing", "https://shop.acme.com/pricing/pro", false],
  ["/*/pro", "https://shop.acme.com/pricing/pro", true],
  ["/pricing/pro?plan=*", "https://shop.acme.com/pricing/pro?plan=2&x=1#top", true],
  ["/pricing/pro#top", "https://shop.acme.com/pricing/pro#top", false],
  ["*.acme.com/pricing/*", "https://shop.acme.com/pricing/pro", true],
  ["acme.com/*", "https://shop.acme.com/pricing", false],
  ["https://*/pro", "https://shop.acme.com/pricing/pro", true],
  ["http://shop.acme.com/*", "https://shop.acme.com/pricing", false],
  ["localhost:8080/*", "http://localhost:8080/a", true],
  ["/a*a", "https://x.example/a", false],
  ["/**pro", "https://x.example/a/pro", true],
  ["*", "no address", false],
];
test("patterns name paths, hosts or whole addresses, as on the server", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({}));
  const judge = (cases: [string, string][]) =>
    page.evaluate(
      async ([address, all]) => {
        const { fits } = (await import(address)) as { fits(pattern: string, page: string): boolean };
        return all.map(([pattern, where]) => fits(pattern, where));
      },
      [`${chat.origin}/loader/pattern.js`, cases] as const,
    );
  const fits = await judge(patterns.map(([pattern, address]) => [pattern, address]));
  expect(patterns.map(([pattern, address], at) => [pattern, address, fits[at]])).toEqual(patterns);
  expect(await judge([[`/${"*a".repeat(200)}b`, `https://a.example/${"a".repeat(2_000)}`]])).toEqual([false]);
});
