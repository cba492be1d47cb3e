// What the tag costs a page before anybody shows interest, and what it says when there is nothing to show.
import { expect, launcher, panel, parlance, test } from "./fixtures.ts";
import { shiftOf } from "../support/shift.ts";

test("before intent a page pays for the loader and the config, and keeps nothing", async ({ page, chat, hosts, watch, context }) => {
  const site = chat.site();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  await expect(launcher(page)).toBeVisible();

  const asked = watch.requests.filter((url) => url.startsWith(chat.origin)).map((url) => new URL(url).pathname);
  expect(asked).toEqual(["/widget.js", "/widget/config"]);
  await expect(panel(page)).toHaveCount(0);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ""]);
  expect(await context.cookies()).toEqual([]);
  expect(watch.problems()).toEqual([]);
});

test("the page's load event does not wait for the config", async ({ page, chat, hosts }) => {
  const site = chat.site();
  chat.fault(site, { config: "hold" });
  await page.goto(hosts.page({ head: chat.tag(site) }), { waitUntil: "load" });
  await expect.poll(() => chat.seen(site)).toEqual(["/widget/config"]);
  expect(await page.evaluate(() => document.readyState)).toBe("complete");
  await expect(launcher(page)).toHaveCount(0);
  chat.release(site);
  await expect(launcher(page)).toBeVisible();
});

test("a page that never finishes loading gets its launcher all the same", async ({ page, chat, hosts }) => {
  const site = chat.site();
  chat.fault(site, { frame: "hold" });
  await page.goto(hosts.page({ head: chat.tag(site), body: `<img src="${chat.origin}/widget/frame?bot_id=${site}" alt="">` }), {
    waitUntil: "commit",
  });
  await expect(launcher(page)).toBeVisible();
  expect(await page.evaluate(() => document.readyState)).toBe("interactive");
});

test("a page that is never idle gets its launcher all the same", async ({ page, chat, hosts }) => {
  // Idle time never comes by itself; only the deadline does.
  await page.addInitScript(() => {
    window.requestIdleCallback = (callback, options) => setTimeout(callback as unknown as () => void, options?.timeout ?? 1e9) as unknown as number;
  });
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
});

test("the launcher shifts nothing", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  expect(await shiftOf(page)).toBe(0);
  // What does move is seen.
  await page.locator("header").evaluate((header) => (header.style.height = "300px"));
  await expect.poll(() => shiftOf(page)).toBeGreaterThan(0);
});

for (const [what, changes, fault, reason] of [
  ["switched off", { enabled: false }, undefined, "is switched off"],
  ["unknown", {}, "missing", "answers 404"],
] as const) {
  test(`a site that is ${what} has no launcher, and one warning says why`, async ({ page, chat, hosts, watch }) => {
    const site = chat.site(changes);
    if (fault) chat.fault(site, { config: fault });
    await page.goto(hosts.page({ head: chat.tag(site) }));
    await expect.poll(() => watch.warnings()).toHaveLength(1);
    expect(watch.warnings()[0]).toContain(reason);
    expect(watch.warnings()[0]).toContain(site);
    await parlance(page, "open");
    expect(await parlance(page, "ready")).toMatchObject({ ready: false, open: false });
    await expect(page.locator("parlance-chat")).toHaveCount(0);
    expect(watch.errors).toEqual([]);
  });
}

test("a config that is none: the page hears that there is no launcher", async ({ page, chat, hosts, watch }) => {
  await page.route("**/widget/config*", (route) =>
    route.fulfill({ contentType: "text/html", body: "<p>Sign in to the hotel's network</p>", headers: { "access-control-allow-origin": "*" } }),
  );
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await page.waitForFunction(() => "Parlance" in window);
  expect(await parlance(page, "ready")).toMatchObject({ ready: false, open: false });
  expect(watch.warnings()).toHaveLength(1);
  expect(watch.errors).toEqual([]);
});

test("a chat server that is away for a moment is asked again", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  chat.fault(site, { config: "unavailable" });
  await page.clock.install();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  await page.clock.runFor(1_000);
  await expect.poll(() => watch.warnings()).toHaveLength(1);
  chat.release(site);
  await page.clock.runFor(2_000);
  await expect(launcher(page)).toBeVisible();
  expect(watch.warnings()).toHaveLength(1);
});
