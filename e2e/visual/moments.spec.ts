// The panel in moments that come seldom: refused, limited, asked before a link, a picture at large, early, in a page.
import { expect, test } from "../support/fixtures.ts";
import { looksLike, same, steady } from "../support/looks.ts";
import { Panel } from "../support/panel.ts";
import { picture } from "../support/pictures.ts";
import { SHOP, SITE } from "./shop.ts";

test.use({ viewport: { width: 1000, height: 760 }, contextOptions: { reducedMotion: "reduce" } });
test.beforeEach(({ page }) => steady(page));

const QUESTION = "What does an inspection cost?";
const refusal = (status: number, code: string, headers = {}) => ({ status, headers, json: { detail: "No.", code } });

test("one message is not sent, another waits for the limit", async ({ page, hosts, api }) => {
  const site = await api.site(SITE, SHOP);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send(QUESTION);
  await expect(panel.answer("89 euros")).toBeVisible();
  await page.route("**/widget/chat*", (route) => route.fulfill(refusal(422, "validation_failed")));
  await panel.send("And with new brakes?");
  await expect(panel.own("And with new brakes?").getByRole("button", { name: "Retry" })).toBeVisible();
  await looksLike(page, "not-sent");
  await page.unroute("**/widget/chat*");
  await page.route("**/widget/chat*", (route) => route.fulfill(refusal(429, "rate_limited", { "retry-after": "3600" })));
  await panel.send("Or tomorrow?");
  await expect(panel.own("Or tomorrow?")).toContainText("goes out");
  await looksLike(page, "limited");
});

test("a link that leads elsewhere, and a visitor who is blocked", async ({ page, hosts, api }) => {
  const site = await api.site({ ...SITE, aiMode: "off" });
  await api.call("PATCH", `/bots/${site.id}`, { link_safety: { enabled: true, allowed_domains: [], label: "" } });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("Where do I find the manual?");
  await expect(panel.own("Where do I find")).toContainText("Sent");
  const [conversation] = (await api.conversations(site)).data;
  await api.reply(conversation!.id, "At the maker's: [the manual](https://elsewhere.example/manual).");
  await panel.answer("the manual").getByRole("link").click();
  await expect(panel.frame.getByRole("alertdialog", { name: "Open this link?" })).toBeVisible();
  await looksLike(page, "link");
  await page.keyboard.press("Escape");
  const { data } = await api.call<{ data: { visitor: { id: number } }[] }>("GET", `/api/conversations?status=all&site=${site.id}`);
  await api.call("POST", `/api/visitors/${data[0]!.visitor.id}/block`, {});
  await expect(panel.frame.getByText("You can no longer send messages here.")).toBeVisible();
  await looksLike(page, "blocked");
});

test("a picture at large", async ({ page, hosts, api }) => {
  const site = await api.site({ ...SITE, aiMode: "off" });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const chooser = page.waitForEvent("filechooser");
  await panel.button("Attach a file").click();
  await (await chooser).setFiles(picture("brake.png"));
  await expect(panel.frame.getByRole("list", { name: "Attachments" }).getByRole("listitem").filter({ hasText: /byte|kB/ })).toHaveCount(1);
  await panel.send("My brake looks like this");
  const own = panel.own("My brake looks like this");
  await expect(own).toContainText("Sent");
  await own.getByRole("link", { name: "Show brake.png in full" }).click();
  await expect(panel.frame.getByRole("dialog", { name: "brake.png" }).getByRole("img")).toHaveJSProperty("complete", true);
  await looksLike(page, "picture");
});

test("before the panel is there, and in a page", async ({ page, hosts, api }) => {
  const site = await api.site(SITE, SHOP);
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route("**/*.wasm", (route) => held.then(() => route.continue()));
  await page.goto(hosts.page({ head: site.tag }));
  const panel = new Panel(page);
  await panel.launcher.click();
  await expect(panel.frame.getByRole("textbox", { name: "Write a message" })).toBeFocused();
  await page.keyboard.type(QUESTION);
  await same(page.locator("parlance-chat iframe"), "early");
  arrive();
  await expect(panel.composer).toHaveValue(QUESTION);

  const other = await api.site(SITE, SHOP);
  const tag = other.tag.replace("async", `async data-mode="inline" data-target="#help"`);
  await page.goto(hosts.page({ head: tag, body: `<div id="help" style="width:560px;height:560px"></div>` }));
  await expect(panel.composer).toBeVisible();
  await looksLike(page, "inline");
});
