// Other ways to show the chat than a launcher in a corner, with the real panel.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const QUESTION = "How long do I have to return a bike?";

test("inline in the page: nothing to close, and a question is answered", async ({ page, hosts, api, watch }) => {
  const site = await api.site({}, BIKES);
  const tag = site.tag.replace("async", `async data-mode="inline" data-target="#help"`);
  await page.goto(hosts.page({ head: tag, body: `<div id="help" style="height:560px;max-width:700px"></div>` }));
  const panel = new Panel(page);
  await expect(panel.composer).toBeVisible();
  await expect(panel.button("Close chat")).toHaveCount(0);
  await panel.send(QUESTION);
  await expect(panel.answer("30 days")).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("a link leads to the chat as a page of its own", async ({ page, server, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(`${server.origin}/talk/site_${site.slug}`);
  await page.getByRole("textbox", { name: "Your message" }).fill(QUESTION);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log", { name: "Messages" }).getByText("30 days").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Close chat" })).toHaveCount(0);
});

test("an element of the page's own opens the chat by mouse and keyboard", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const tag = site.tag.replace("async", `async data-launcher="#ask"`);
  await page.goto(hosts.page({ head: tag, body: `<button id="ask">Ask us</button>` }));
  const panel = new Panel(page);
  const button = page.getByRole("button", { name: "Ask us" });
  await page.evaluate(() => (window as unknown as { Parlance: { ready(): Promise<unknown> } }).Parlance.ready());
  await expect(panel.launcher).toHaveCount(0);
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(panel.composer).toBeFocused();
  await panel.button("Close chat").click();
  await expect(button).toBeFocused();
});

test("who signs in with a token by callback is known to the operators", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const { secret } = await api.call<{ secret: string }>("POST", "/tenants/me/kyc/secret", {});
  const { createHmac } = await import("node:crypto");
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub: "7", name: "Grace", exp: Math.floor(Date.now() / 1000) + 600 })}`;
  const token = `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`;
  await page.goto(hosts.page({ head: site.tag }));
  await page.waitForFunction(() => "Parlance" in window);
  await page.evaluate((given) => (window as unknown as { Parlance: { identify(source: () => Promise<string>): void } }).Parlance.identify(async () => given), token);
  const begun = page.waitForResponse((reply) => reply.url().includes("/widget/session/init"));
  const panel = await new Panel(page).open();
  await panel.send(QUESTION);
  expect(await (await begun).json()).toMatchObject({ mode: "identified" });
  await expect(panel.answer("30 days")).toBeVisible();
});
