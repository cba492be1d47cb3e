// Small screens: the panel fills them, the keyboard leaves the composer in sight, the page behind stays put, the back gesture closes.
import { expect, launcher, panel, panelFrame, parlance, say, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

const PHONE = { width: 390, height: 700 };
const lookOfPage = (page: Page) => page.evaluate(() => [getComputedStyle(document.documentElement).overflow, getComputedStyle(document.body).overflow, scrollY]);

test("on a phone the panel fills the screen and the page behind it stays where it is", async ({ page, chat, hosts }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto(hosts.page({ head: chat.tag(chat.site()), body: `<p style="height:3000px">long</p>` }));
  await page.evaluate(() => scrollTo(0, 400));
  const width = await page.evaluate(() => document.body.getBoundingClientRect().width);
  await launcher(page).click();
  await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 700 });
  await expect(launcher(page)).toHaveCount(0);
  await page.mouse.move(5, 5);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe("hidden");
  expect(await page.evaluate(() => document.body.getBoundingClientRect().width)).toBe(width);

  await say(await panelFrame(page), { type: "close" });
  await expect(launcher(page)).toBeFocused();
  expect(await page.evaluate(() => [getComputedStyle(document.documentElement).overflow, scrollY])).toEqual(["visible", 400]);
  expect(await page.evaluate(() => document.documentElement.getAttribute("style"))).toBeNull();
});

for (const [width, isFull] of [[599, true], [601, false]] as const) {
  test(`at a width of ${width} px the panel ${isFull ? "fills the screen" : "stands beside the launcher"}`, async ({ page, chat, hosts }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
    await launcher(page).click();
    await expect.poll(async () => (await panel(page).boundingBox())?.width).toBe(isFull ? width : 400);
  });
}

test("a page whose body scrolls, and one that scrolls smoothly, are where they were", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  const head = `<style>html{scroll-behavior:smooth}html,body{height:100%}body{overflow-y:scroll}</style>`;
  await page.goto(hosts.page({ head: head + chat.tag(chat.site()), body: `<p style="height:3000px">long</p>` }));
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => scrollTo({ top: 700, behavior: "instant" }));
  const before = await lookOfPage(page);
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await say(await panelFrame(page), { type: "close" });
  await expect(panel(page)).toBeHidden();
  expect(await lookOfPage(page)).toEqual(before);
});

test("turned on its side and back, the page is not held longer than the panel fills the screen", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  expect((await lookOfPage(page))[0]).toBe("hidden");
  await page.setViewportSize({ width: 1000, height: 700 });
  await expect.poll(async () => (await lookOfPage(page))[0]).toBe("visible");
  await page.setViewportSize(PHONE);
  await expect.poll(async () => (await lookOfPage(page))[0]).toBe("hidden");
});

test("the panel ends where the keyboard begins, and follows the visible part of the page", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  // Chromium on a desktop has no on-screen keyboard: the browser's own view of it is scripted.
  await page.addInitScript(() => {
    const view = Object.assign(new EventTarget(), { offsetTop: 0, offsetLeft: 0, width: 390, height: 700, scale: 1 });
    Object.defineProperty(window, "visualViewport", { value: view });
  });
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 700 });
  const change = (values: object) =>
    page.evaluate((given) => {
      Object.assign(visualViewport!, given);
      visualViewport!.dispatchEvent(new Event("resize"));
    }, values);
  await change({ height: 380, offsetTop: 40 });
  await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 0, y: 40, width: 390, height: 380 });
  await change({ height: 700, offsetTop: 0 });
  await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 700 });
});

const watchRouter = (page: Page) =>
  page.evaluate(() => {
    const own = self as unknown as { pops: string[]; pushes: number };
    own.pops = [];
    own.pushes = 0;
    addEventListener("popstate", () => own.pops.push(location.pathname));
    // As routers do, in the place of the browser's function.
    const push = history.pushState;
    history.pushState = function (...given) {
      own.pushes++;
      push.apply(this, given);
    };
  });
const router = (page: Page) =>
  page.evaluate(() => {
    const { pops, pushes } = self as unknown as { pops: string[]; pushes: number };
    return { pops, pushes };
  });

test("the back gesture closes the panel, and the page's router hears nothing of it", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  const first = hosts.page({});
  const url = hosts.page({ head: chat.tag(chat.site()) });
  await page.goto(first);
  await page.goto(url);
  await expect(launcher(page)).toBeVisible();
  await watchRouter(page);
  await page.evaluate(() => history.replaceState({ router: 7 }, ""));
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  expect(await page.evaluate(() => (history.state as { router: number }).router)).toBe(7);
  await page.evaluate(() => history.back());
  await expect(panel(page)).toBeHidden();
  expect(page.url()).toBe(url);
  expect(await page.evaluate(() => history.state as unknown)).toEqual({ router: 7 });
  expect(await router(page)).toEqual({ pops: [], pushes: 0 });
  await page.goBack();
  expect(page.url()).toBe(first);
});

test("closed by its button, the panel leaves no entry: one step back leaves the page", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  const first = hosts.page({});
  await page.goto(first);
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await watchRouter(page);
  for (let round = 0; round < 3; round++) {
    await launcher(page).click();
    await expect(panel(page)).toBeVisible();
    await say(await panelFrame(page), { type: "close" });
    await expect(panel(page)).toBeHidden();
    await expect.poll(() => page.evaluate(() => history.state as unknown)).toBeNull();
  }
  expect(await router(page)).toEqual({ pops: [], pushes: 0 });
  await page.goBack();
  expect(page.url()).toBe(first);
});

for (const how of ["destroy", "reload"] as const) {
  test(`one step back leaves the page after a ${how} with the panel open`, async ({ page, chat, hosts }) => {
    await page.setViewportSize(PHONE);
    const first = hosts.page({});
    await page.goto(first);
    await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
    await expect(launcher(page)).toBeVisible();
    await watchRouter(page);
    await launcher(page).click();
    await panelFrame(page);
    if (how === "destroy") {
      await parlance(page, "destroy");
      await expect.poll(() => page.evaluate(() => history.state as unknown)).toBeNull();
      // A router that listened before the chat went hears at most that its page is where it was.
      const { pops, pushes } = await router(page);
      expect(pushes).toBe(0);
      expect(pops.filter((path) => path !== new URL(page.url()).pathname)).toEqual([]);
    } else {
      await page.reload();
      await launcher(page).hover();
      await panelFrame(page);
      await expect.poll(() => page.evaluate(() => history.state as unknown)).toBeNull();
    }
    await page.goBack();
    expect(page.url()).toBe(first);
  });
}

test("a route that the page has moved on to keeps its own place when the panel closes", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  await page.goto(hosts.page({ head: chat.tag(chat.site()), body: `<p style="height:3000px">long</p>` }));
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => scrollTo(0, 900));
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  await page.evaluate(() => {
    history.pushState({}, "", "/other");
    scrollTo(0, 0);
  });
  await parlance(page, "close");
  await expect(panel(page)).toBeHidden();
  expect(await lookOfPage(page)).toEqual(["visible", "visible", 0]);
});

test("printed with the panel open, the page is whole", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  await page.goto(hosts.page({ head: chat.tag(chat.site()), body: `<p style="height:3000px">long</p>` }));
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  await page.emulateMedia({ media: "print" });
  expect((await lookOfPage(page)).slice(0, 2)).toEqual(["visible", "visible"]);
  await expect(panel(page)).toBeHidden();
});

test("a router that moves on while the panel is open, or right after it was closed, stays where it went", async ({ page, chat, hosts }) => {
  await page.setViewportSize(PHONE);
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  await page.evaluate(() => history.pushState({}, "", "/cart"));
  await parlance(page, "close");
  await expect(panel(page)).toBeHidden();
  expect(await page.evaluate(() => location.pathname)).toBe("/cart");

  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  await page.evaluate(() => {
    (window as unknown as { Parlance: { close(): void } }).Parlance.close();
    history.pushState({}, "", "/checkout");
  });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
  await expect.poll(() => page.evaluate(() => location.pathname)).toBe("/checkout");
  // Nothing comes after it that takes it back.
  await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
  expect(await page.evaluate(() => location.pathname)).toBe("/checkout");
});

test("on a wide screen the history is left alone", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  const length = await page.evaluate(() => history.length);
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  expect(await page.evaluate(() => history.length)).toBe(length);
});
