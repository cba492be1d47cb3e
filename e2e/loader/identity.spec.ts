// Who the visitor is, by a function of the page: asked again before its token ends, whatever it gives, and never in a loop.
import { expect, heard, launcher, panelFrame, parlance, say, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

const HOUR_S = 3_600;
const DAY_MS = 24 * HOUR_S * 1_000;
/** The loader asks again no sooner than this. */
const PAUSE_MS = 30_000;

type Given = { exp?: unknown } | "thrown" | "nothing";
type Own = { asked: number; tokens: string[]; Parlance: { identify(source: () => Promise<string | undefined>): void } };

/** Lets the page give one token after another, the last of them for ever; `exp` in seconds from now, or as it stands. */
const identifyBy = (page: Page, ...given: Given[]) =>
  page.evaluate((left) => {
    const own = self as unknown as Own;
    Object.assign(own, { asked: 0, tokens: [] });
    own.Parlance.identify(async () => {
      own.asked++;
      const next = left.length > 1 ? left.shift()! : left[0]!;
      if (next === "thrown") throw new Error("signed out");
      if (next === "nothing") return undefined;
      const exp = typeof next.exp === "number" ? Math.floor(Date.now() / 1_000) + next.exp : next.exp;
      own.tokens.push(`x.${btoa(JSON.stringify({ sub: "7", exp, jti: own.asked }))}.y`);
      return own.tokens.at(-1)!;
    });
  }, given);
const asked = (page: Page) => page.evaluate(() => (self as unknown as Own).asked);
const tokens = (page: Page) => page.evaluate(() => (self as unknown as Own).tokens);
/** Tokens that the panel has been told since it was greeted. */
const told = async (page: Page) => (await heard(await panelFrame(page))).filter(({ type }) => type === "identify").map(({ identity_token }) => identity_token);
const warned = (warnings: string[]) => warnings.filter((text) => text.includes("no identity token")).length;

test.beforeEach(async ({ page, chat, hosts }) => {
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
});

test("a token is fetched when the chat is needed, and anew before it ends; the panel hears each", async ({ page }) => {
  await identifyBy(page, { exp: HOUR_S });
  expect(await asked(page)).toBe(0);
  await launcher(page).click();
  const [init] = await heard(await panelFrame(page));
  expect(init!.identity_token).toBe((await tokens(page))[0]);
  for (const count of [1, 2, 3]) {
    // Not until its last minutes have come, but before it is over.
    await page.clock.fastForward((HOUR_S - 180) * 1_000);
    expect(await asked(page)).toBe(count);
    await page.clock.fastForward(150_000);
    await expect.poll(() => told(page)).toEqual((await tokens(page)).slice(1));
    expect(await asked(page)).toBe(count + 1);
  }
});

test("a panel that begins anew is given the token that is good now", async ({ page }) => {
  await identifyBy(page, { exp: HOUR_S });
  await launcher(page).click();
  await say(await panelFrame(page), { type: "session", session_id: "s-1", visitor_id: "v-1" });
  await expect.poll(() => page.evaluate(() => localStorage.length)).toBe(1);
  await page.clock.fastForward((HOUR_S - 30) * 1_000);
  await expect.poll(async () => (await told(page)).length).toBe(1);
  // Another tab has ended the conversation.
  const first = await panelFrame(page);
  await page.evaluate(() => {
    localStorage.clear();
    dispatchEvent(new StorageEvent("storage"));
  });
  await expect.poll(() => first.isDetached()).toBe(true);
  const [init] = await heard(await panelFrame(page));
  expect(init!.identity_token).toBe((await tokens(page)).at(-1));
});

for (const [what, bad] of [["fails", "thrown"], ["gives a token that is over", { exp: -HOUR_S }]] as const) {
  test(`a function that ${what} is asked again after a while, not in a loop, and heard once it does well`, async ({ page, watch }) => {
    await identifyBy(page, bad, bad, { exp: HOUR_S });
    await launcher(page).click();
    await panelFrame(page);
    expect(await asked(page)).toBe(1);
    await page.clock.runFor(PAUSE_MS / 2);
    expect(await asked(page)).toBe(1);
    await page.clock.runFor(PAUSE_MS);
    expect(await asked(page)).toBe(2);
    await page.clock.runFor(PAUSE_MS);
    await expect.poll(async () => (await told(page)).at(-1)).toBe((await tokens(page)).at(-1));
    expect(await asked(page)).toBe(3);
    expect(warned(watch.warnings())).toBe(bad === "thrown" ? 2 : 0);
    // It is good for an hour now.
    await page.clock.runFor(20 * PAUSE_MS);
    expect(await asked(page)).toBe(3);
  });
}

for (const [what, bad] of [
  ["always fails", "thrown"],
  ["always gives a token that is over", { exp: -1 }],
  ["gives one whose end is no number", { exp: "tomorrow" }],
  ["gives one whose end is an object", { exp: {} }],
] as const) {
  test(`a function that ${what} is not asked without end`, async ({ page, watch }) => {
    await identifyBy(page, bad);
    await launcher(page).click();
    await panelFrame(page);
    await page.clock.runFor(20 * PAUSE_MS);
    expect(await asked(page)).toBeLessThanOrEqual(22);
    expect(warned(watch.warnings())).toBe(bad === "thrown" ? await asked(page) : 0);
    expect(watch.errors).toEqual([]);
  });
}

test("a function that gives nothing leaves the visitor nobody in particular, and is not asked again", async ({ page, watch }) => {
  await identifyBy(page, "nothing");
  await launcher(page).click();
  const [init] = await heard(await panelFrame(page));
  expect(init!.identity_token).toBeUndefined();
  await page.clock.runFor(20 * PAUSE_MS);
  expect(await asked(page)).toBe(1);
  expect(watch.problems()).toEqual([]);
});

test("a token that holds for longer than a browser's timers can wait is not fetched at once, but in time", async ({ page }) => {
  // Timers take 2^31 ms, not quite 25 days; beyond, they ring at once.
  const days = 60;
  await identifyBy(page, { exp: (days * DAY_MS) / 1_000 });
  await launcher(page).click();
  await panelFrame(page);
  expect(await asked(page)).toBe(1);
  await page.clock.runFor(2 * PAUSE_MS);
  expect(await asked(page)).toBe(1);
  await page.clock.fastForward(20 * DAY_MS);
  expect(await asked(page)).toBe(1);
  await page.clock.fastForward((days - 21) * DAY_MS);
  await expect.poll(() => asked(page)).toBeGreaterThan(1);
});

test("who has signed out is not asked for again", async ({ page }) => {
  await identifyBy(page, { exp: HOUR_S });
  await launcher(page).click();
  await panelFrame(page);
  await parlance(page, "identify");
  await page.clock.fastForward(2 * HOUR_S * 1_000);
  expect(await asked(page)).toBe(1);
  const [init] = await heard(await panelFrame(page));
  expect(init!.identity_token).toBeUndefined();
});
