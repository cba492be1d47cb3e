// Every way in which a tag gets onto a page.
import { expect, heard, launcher, panel, panelFrame, parlance, test } from "./fixtures.ts";

const ways: [string, (source: string, site: string) => { head?: string; body?: string }][] = [
  ["async in the head", (source, site) => ({ head: `<script src="${source}" data-site="${site}" async></script>` })],
  ["deferred in the head", (source, site) => ({ head: `<script src="${source}" data-site="${site}" defer></script>` })],
  ["blocking in the head, before there is a body", (source, site) => ({ head: `<script src="${source}" data-site="${site}"></script>` })],
  ["at the end of the body", (source, site) => ({ body: `<script src="${source}" data-site="${site}"></script>` })],
  ["as a module", (source, site) => ({ head: `<script type="module" src="${source}" data-site="${site}"></script>` })],
  ["as embed.js with a bot id", (source, site) => ({
    head: `<script src="${source.replace("widget.js", "embed.js")}" data-bot-id="${site.replace("site_", "ch_")}"></script>`,
  })],
  ["put in by a tag manager", (source, site) => ({
    body: `<script>setTimeout(() => {
      const tag = document.createElement("script");
      tag.src = "${source}";
      tag.dataset.site = "${site}";
      document.querySelector("script").before(tag);
    });</script>`,
  })],
  ["beside an element that poses as the current script", (source, site) => ({
    head: `<script src="${source}" data-site="${site}" defer></script>`,
    body: `<form name="currentScript"><input name="src" value="https://elsewhere.example/widget.js"></form>`,
  })],
];

for (const [way, tag] of ways) {
  test(`a tag ${way}`, async ({ page, chat, hosts, watch }) => {
    const site = chat.site();
    await page.goto(hosts.page(tag(`${chat.origin}/widget.js`, site)));
    await expect(launcher(page)).toBeVisible();
    await expect(launcher(page)).toHaveAccessibleName("Open chat");
    expect(watch.problems()).toEqual([]);
  });
}

test("the second of two tags is ignored, without a word where it says the same", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  const other = chat.site();
  await page.goto(hosts.page({ head: chat.tag(site, ""), body: chat.tag(site, "") + chat.tag(other, "") }));
  await expect(launcher(page)).toBeVisible();
  await expect(launcher(page)).toHaveCount(1);
  expect(chat.seen(site)).toEqual(["/widget/config"]);
  expect(chat.seen(other)).toEqual([]);
  expect(watch.warnings()).toEqual(["Parlance: second tag ignored"]);
});

test("a tag without a site waits to be told", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  await page.goto(hosts.page({ head: `<script src="${chat.origin}/widget.js"></script>` }));
  await expect(launcher(page)).toHaveCount(0);
  await parlance(page, "load", { site });
  await expect(launcher(page)).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("the attributes of the tag: open, no launcher, language, theme, identity", async ({ page, chat, hosts }) => {
  const site = chat.site();
  const attributes = `data-open data-launcher="none" data-locale="de" data-theme="dark" data-identity-token="token"`;
  await page.goto(hosts.page({ head: chat.tag(site, attributes) }));
  await expect(panel(page)).toBeVisible();
  await expect(launcher(page)).toHaveCount(0);
  const [init] = await heard(await panelFrame(page));
  expect(init).toMatchObject({ type: "init", open: true, locale: "de", theme: "dark", identity_token: "token" });
  // A panel that opens by itself does not take the focus of who is reading.
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
});
