// The real widget on pages that allow as little as they can.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test("default-src 'none' and three allowances: a whole conversation without a violation", async ({ page, hosts, api, server, watch }) => {
  const site = await api.site({}, BIKES);
  const { origin } = server;
  const policy = `default-src 'none'; script-src ${origin}; frame-src ${origin}; connect-src ${origin}; require-trusted-types-for 'script'; trusted-types 'none'`;
  await page.goto(hosts.page({ head: site.tag, headers: { "content-security-policy": policy } }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.button("Talk to a human").click();
  await expect(panel.frame.getByText(/ESC-\d+/).first()).toBeVisible();
  await panel.button("Close chat").click();
  await expect(panel.launcher).toBeFocused();
  expect(watch.problems()).toEqual([]);
});

test("before intent: the loader, the config, no .wasm, nothing stored", async ({ page, context, hosts, api, server }) => {
  const site = await api.site({}, BIKES);
  const asked: string[] = [];
  context.on("request", (request) => {
    if (request.url().startsWith(server.origin)) asked.push(new URL(request.url()).pathname);
  });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = new Panel(page);
  await expect(panel.launcher).toBeVisible();
  expect(asked).toEqual(["/widget.js", "/widget/config"]);
  expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, ""]);

  await panel.open();
  expect(asked.some((path) => path.endsWith(".wasm"))).toBe(true);
  // Opened and not used: still nothing is kept, neither here nor there.
  expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, ""]);
  expect((await api.conversations(site)).data).toEqual([]);
  expect(await context.cookies()).toEqual([]);
});

test("the tag as a module needs the loader to be readable by other origins", async ({ page, hosts, api, watch }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag.replace("<script", `<script type="module"`) }));
  await expect(new Panel(page).launcher).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("a page that isolates itself from other origins can still load the loader", async ({ page, hosts, api, watch }) => {
  const site = await api.site();
  const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  await page.goto(hosts.page({ head: site.tag, headers }));
  await expect(new Panel(page).launcher).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("a page that the site does not allow gets no launcher, and is told", async ({ page, hosts, api, watch }) => {
  const site = await api.site({ allowedOrigins: "https://only.example" });
  await page.goto(hosts.page({ head: site.tag }));
  await expect.poll(() => watch.warnings().filter((text) => text.startsWith("Parlance:"))).toHaveLength(1);
  await expect(page.locator("parlance-chat")).toHaveCount(0);
});

test("an allowed page works", async ({ page, hosts, api }) => {
  const site = await api.site({ allowedOrigins: hosts.origin }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
});

test("a site that is switched off has no launcher", async ({ page, hosts, api, watch }) => {
  const site = await api.site({ enabled: false });
  await page.goto(hosts.page({ head: site.tag }));
  await expect.poll(() => watch.warnings()).toHaveLength(1);
  expect(watch.warnings()[0]).toContain("switched off");
  await expect(page.locator("parlance-chat")).toHaveCount(0);
});
