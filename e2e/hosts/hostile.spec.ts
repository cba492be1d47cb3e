// The real widget on pages that are hard on it: everywhere it looks the same and a question is answered.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import type { Page } from "@playwright/test";

const files = createRequire(import.meta.url);
const text = (file: string) => readFileSync(files.resolve(file), "utf8");
const style = (css: string) => `<style>${css}</style>`;
const QUESTION = "How long do I have to return a bike?";

/** Place and look of what stands on the page. */
const look = async (page: Page) => {
  const launcher = page.locator('parlance-chat [aria-haspopup="dialog"]');
  const frame = page.locator("parlance-chat iframe");
  const styles = await launcher.evaluate((button) => {
    const { backgroundColor, color, borderRadius, boxShadow, cursor } = getComputedStyle(button);
    return { backgroundColor, color, borderRadius, boxShadow, cursor };
  });
  return { launcher: await launcher.boundingBox(), frame: await frame.boundingBox(), styles };
};
const EXPECTED = {
  launcher: { x: 1124, y: 724, width: 56, height: 56 },
  frame: { x: 780, y: 72, width: 400, height: 640 },
};

const pages: [string, { head?: string; body?: string; html?: (tag: string) => string }][] = [
  ["aggressive resets", { head: style(`:not(html),*::before{all:unset!important;display:none!important;position:static!important;opacity:0!important;animation:none!important}`) }],
  ["a rule against empty elements", { head: style(`div:empty,span:empty,iframe:empty,:empty{display:none!important}`) }],
  ["a small root font", { head: style(`html{font-size:62.5%;line-height:0;letter-spacing:9px;zoom:1}`) }],
  ["rules for every button, frame and unknown element", { head: style(`button,iframe,html>*:not(head):not(body){width:9px!important;margin:40px!important;filter:invert(1)!important;transform:rotate(9deg)!important;visibility:hidden!important}`) }],
  ["Bootstrap", { head: style(text("bootstrap/dist/css/bootstrap.min.css")), body: `<div class="modal-backdrop fade"></div><nav class="navbar fixed-bottom bg-dark">Nav</nav>` }],
  ["Tailwind's preflight", { head: style(text("tailwindcss/preflight.css")) }],
  ["a transformed body", { head: style(`body{transform:translateX(50px) scale(.5);filter:blur(1px);contain:paint;perspective:9px;height:10px;overflow:hidden}`) }],
  ["a war of z-index", { body: `<aside style="position:fixed;inset:0;z-index:2147483647;background:#eee"></aside>` }],
  ["right to left", { html: (tag) => `<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>متجر</title>${tag.replace("<script", `<script data-locale="en"`)}</head><body><h1>متجر</h1></body></html>` }],
  ["quirks mode", { html: (tag) => `<html><head><title>Old</title>${tag}</head><body><h1>Since 1997</h1></body></html>` }],
  ["a tag before everything else", { html: (tag) => `<!doctype html><title>Bare</title>${tag.replace(" async", "")}<h1>Bare</h1>` }],
];
for (const [name, { head = "", body = "", html }] of pages) {
  test(`a page with ${name}`, async ({ page, hosts, api }) => {
    const site = await api.site({}, BIKES);
    await page.goto(hosts.page({ head: head + site.tag, body, html: html?.(site.tag) }));
    const panel = await new Panel(page).open();
    // The launcher grows under the pointer.
    await page.mouse.move(5, 5);
    await expect.poll(async () => await look(page)).toMatchObject(EXPECTED);
    expect((await look(page)).styles).toMatchObject({ backgroundColor: "rgb(67, 56, 202)", color: "rgb(255, 255, 255)", borderRadius: "18px", cursor: "pointer" });
    expect(await page.evaluate(() => [document.elementFromPoint(900, 300)?.localName, document.elementFromPoint(1150, 750)?.localName])).toEqual(["parlance-chat", "parlance-chat"]);
    await panel.send(QUESTION);
    await expect(panel.answer("30 days")).toBeVisible();
    await panel.launcher.click();
    await expect(page.locator("parlance-chat iframe")).toBeHidden();
  });
}

test("a page that isolates itself from other origins opens the panel too", async ({ page, hosts, api, watch }) => {
  const site = await api.site({}, BIKES);
  const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  await page.goto(hosts.page({ head: site.tag.replace("<script", "<script crossorigin"), headers }));
  const panel = await new Panel(page).open();
  await panel.send(QUESTION);
  await expect(panel.answer("30 days")).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

/** A panel that is open, with a conversation in it, before the page does something. */
const talking = async (page: Page) => {
  const panel = await new Panel(page).open();
  await panel.send(QUESTION);
  await expect(panel.answer("30 days")).toBeVisible();
  return panel;
};
const stillTalking = async (panel: Panel) => {
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.send("And what does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await expect(panel.page.locator("parlance-chat")).toHaveCount(1);
};

test("Turbo swaps the body with the panel open", async ({ page, hosts, api, watch }) => {
  const site = await api.site({}, BIKES);
  const turbo = `<script src="${hosts.file("/turbo.js", text("@hotwired/turbo/dist/turbo.es2017-umd.js"), "text/javascript")}"></script>`;
  const second = hosts.page({ head: turbo, body: `<h2>Second</h2>${site.tag}` });
  await page.goto(hosts.page({ head: turbo, body: `<a href="${second}">Further</a>${site.tag}` }));
  const panel = await talking(page);
  await page.getByRole("link", { name: "Further" }).click();
  await expect(page.getByRole("heading", { name: "Second" })).toBeVisible();
  await stillTalking(panel);
  expect(watch.problems()).toEqual([]);
});

test("htmx swaps the body with the panel open", async ({ page, hosts, api, watch }) => {
  const site = await api.site({}, BIKES);
  const htmx = `<script src="${hosts.file("/htmx.js", text("htmx.org/dist/htmx.min.js"), "text/javascript")}"></script>`;
  const second = hosts.page({ head: htmx, body: `<h2>Second</h2>${site.tag}` });
  await page.goto(hosts.page({ head: htmx, body: `<div hx-boost="true"><a href="${second}">Further</a></div>${site.tag}` }));
  const panel = await talking(page);
  await page.getByRole("link", { name: "Further" }).click();
  await expect(page.getByRole("heading", { name: "Second" })).toBeVisible();
  await stillTalking(panel);
  expect(watch.errors).toEqual([]);
});

test("a framework that draws the whole document anew gets its launcher and panel back", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await talking(page);
  await page.evaluate(() => {
    const html = document.createElement("html");
    const body = document.createElement("body");
    body.textContent = "another document";
    html.append(document.createElement("head"), body);
    document.documentElement.replaceWith(html);
  });
  await stillTalking(panel);
});

test("third-party storage that is blocked: the conversation goes on, on the next page too", async ({ page, hosts, api, server }) => {
  const site = await api.site({}, BIKES);
  // In the frame, as browsers do it there: every touch of storage throws.
  await page.addInitScript((origin) => {
    if (location.origin !== origin) return;
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    }
  }, server.origin);
  await page.goto(hosts.page({ head: site.tag }));
  await talking(page);
  await page.goto(hosts.page({ head: site.tag }));
  await stillTalking(await new Panel(page).open());
});

test("a page that turns dark takes the panel's box along, and printed pages are without the chat", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  await new Panel(page).open();
  const ground = () => page.locator("parlance-chat iframe").evaluate((frame) => getComputedStyle(frame.parentElement!).backgroundColor);
  expect(await ground()).toBe("rgb(255, 255, 255)");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(ground).toBe("rgb(23, 24, 30)");
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(ground).toBe("rgb(255, 255, 255)");
  await page.emulateMedia({ media: "print" });
  await expect(page.locator("parlance-chat")).toBeHidden();
});
