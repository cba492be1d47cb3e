// The npm package: the chat for applications that are built from modules.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, launcher, panel, panelFrame, heard, test } from "./fixtures.ts";
import type { Hosts } from "../support/hosts.ts";
import type { Page } from "@playwright/test";
import type { Chat } from "../../sdk/js/widget.js";

const PACKAGE = new URL("../../sdk/js/widget.js", import.meta.url);
const bring = async (page: Page, hosts: Hosts, headers: Record<string, string> = {}) => {
  const address = hosts.file("/widget-package.js", readFileSync(PACKAGE, "utf8"), "text/javascript");
  const head = `<script type="module" src="${hosts.file("/bring.js", `import { chat } from "${address}"; self.chat = chat;`, "text/javascript")}"></script>`;
  await page.goto(hosts.page({ head, headers }));
  await page.waitForFunction(() => "chat" in window);
};
type Own = { chat(options: object): Chat; calls: Chat; log: unknown[] };
const start = (page: Page, options: object) =>
  page.evaluate((given) => {
    const own = self as unknown as Own;
    own.calls = own.chat(given);
  }, options);

test("calls made at once are kept, promises and listeners too", async ({ page, chat, hosts, watch }) => {
  await bring(page, hosts);
  const site = chat.site();
  const state = await page.evaluate(
    async ([origin, id]) => {
      const own = self as unknown as Own;
      own.log = [];
      const calls = own.chat({ origin, site: id, locale: "de", theme: "dark", identityToken: async () => "token-1" });
      calls.on("open", () => own.log.push("open"));
      calls.setAttributes({ plan: "pro" });
      calls.open();
      return [calls.state(), await calls.ready()];
    },
    [chat.origin, site] as const,
  );
  expect(state[0]).toEqual({ site, ready: false, enabled: undefined, open: false, unread: 0 });
  expect(state[1]).toMatchObject({ site, ready: true, enabled: true });
  const said = await heard(await panelFrame(page));
  expect(said[0]).toMatchObject({ type: "init", locale: "de", theme: "dark", identity_token: "token-1", open: true });
  expect(said).toContainEqual({ type: "set_attributes", attributes: { plan: "pro" } });
  expect(await page.evaluate(() => (self as unknown as Own).log)).toEqual(["open"]);
  expect(watch.problems()).toEqual([]);
});

test("a component that comes, goes and comes again leaves one chat", async ({ page, chat, hosts, watch }) => {
  await bring(page, hosts);
  const options = { origin: chat.origin, site: chat.site() };
  await page.evaluate((given) => {
    const own = self as unknown as Own;
    own.chat(given).destroy();
    own.calls = own.chat(given);
    own.chat(given);
  }, options);
  await expect(launcher(page)).toBeVisible();
  await expect(page.locator("parlance-chat")).toHaveCount(1);
  await page.evaluate(() => (self as unknown as Own).calls.destroy());
  await expect(page.locator("parlance-chat")).toHaveCount(0);
  expect(await page.evaluate(() => ["Parlance" in window, document.querySelector("script[data-parlance]")])).toEqual([false, null]);
  await page.evaluate(() => (self as unknown as Own).calls.open());
  await start(page, options);
  await expect(launcher(page)).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("a component that goes before the loader has come leaves nothing, without a word", async ({ page, chat, hosts, watch }) => {
  await bring(page, hosts);
  const loaded = page.waitForResponse((response) => response.url().endsWith("/widget.js"));
  await page.evaluate((given) => (self as unknown as Own).chat(given).destroy(), { origin: chat.origin, site: chat.site() });
  await (await loaded).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  expect(await page.evaluate(() => ["Parlance" in window, document.querySelector("parlance-chat")])).toEqual([false, null]);
  expect(watch.problems()).toEqual([]);
});

test("every call of the type is a call of the loader", async ({ page, chat, hosts }) => {
  await bring(page, hosts);
  await start(page, { origin: chat.origin, site: chat.site() });
  await expect(launcher(page)).toBeVisible();
  const declared = [...readFileSync(new URL("../../sdk/js/widget.d.ts", import.meta.url), "utf8").split("export interface Chat {")[1]!.matchAll(/^ {2}(\w+)[(<]/gm)].map(
    (match) => match[1]!,
  );
  const [mine, theirs] = await page.evaluate(() => [
    Object.keys((self as unknown as Own).calls),
    Object.keys((window as unknown as { Parlance: object }).Parlance),
  ]);
  expect(mine!.sort()).toEqual([...declared].sort());
  expect(theirs).toEqual(expect.arrayContaining(declared));
});

test("on a page that demands trusted script addresses the policy's name is enough", async ({ page, chat, hosts, watch }) => {
  const policy = `script-src 'self' ${chat.origin}; require-trusted-types-for 'script'; trusted-types parlance`;
  await bring(page, hosts, { "content-security-policy": policy });
  await start(page, { origin: chat.origin, site: chat.site() });
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

test("where there is no page, calls do nothing", async () => {
  const { chat } = (await import(PACKAGE.href)) as { chat(options: object): Chat };
  const calls = chat({ origin: "https://chat.example.com", site: "site_a" });
  calls.open();
  calls.on("open", () => undefined)();
  calls.destroy();
  expect(calls.state().ready).toBe(false);
  expect(await calls.ready()).toEqual(calls.state());
});

test("the package's types are those of the API's description", () => {
  // It says which file is stale, and how to write it anew.
  execFileSync("node", [fileURLToPath(new URL("../../tools/make-types.mjs", import.meta.url)), "--check"], { encoding: "utf8" });
});
