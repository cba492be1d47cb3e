// What the loader itself says is in the visitor's language.
import type { Page } from "@playwright/test";
import { expect, heard, launcher, panelFrame, parlance, say, test } from "./fixtures.ts";

const LANGUAGES = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ru", "uk", "ar", "he", "ja", "zh", "hi"];

test("the launcher's name follows the page's language and the call", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site(), `async data-locale="de-AT"`) }));
  await launcher(page).hover();
  const frame = await panelFrame(page);
  await expect(launcher(page)).toHaveAccessibleName("Chat öffnen");
  await say(frame, { type: "unread", count: 3 });
  await expect(launcher(page)).toHaveAccessibleName("Chat öffnen, ungelesene Nachrichten: 3");
  await expect(launcher(page)).toHaveAttribute("lang", "de");
  await say(frame, { type: "preview", author: "Anna", text: "Hallo" });
  await expect(page.locator("parlance-chat").getByRole("button", { name: "Ausblenden" })).toBeVisible();
  await parlance(page, "setLocale", "fr");
  await launcher(page).click();
  await expect(launcher(page)).toHaveAccessibleName("Fermer le chat");
  await parlance(page, "setLocale", "xx");
  await expect(launcher(page)).toHaveAccessibleName("Close chat");
});

/** The owner has given a greeting in each language. */
const greet = (page: Page) =>
  page.route("**/widget/config*", async (route) => {
    const reply = await route.fetch();
    const language = new URL(route.request().url()).searchParams.get("locale");
    await route.fulfill({ response: reply, json: { ...((await reply.json()) as object), greeting: `Greeting in ${language}` } });
  });
const hint = (page: Page) => page.locator("parlance-chat span");

test("a language and a theme chosen before any interest count from the start: launcher, hint and panel", async ({ page, chat, hosts, watch }) => {
  await greet(page);
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await parlance(page, "setTheme", "dark");
  await parlance(page, "setLocale", "fr");
  // Before the visitor has come near it.
  await expect(launcher(page)).toHaveAccessibleName("Ouvrir le chat");
  await launcher(page).hover();
  const [init] = await heard(await panelFrame(page));
  expect(init).toMatchObject({ locale: "fr", theme: "dark" });
  expect(watch.requests.filter((url) => url.includes("/widget/frame")).map((url) => new URL(url).searchParams.get("locale"))).toEqual(["fr"]);
  await expect(hint(page)).toHaveText("Greeting in fr");
  await expect(hint(page)).toHaveCSS("background-color", "rgb(23, 24, 30)");
});

test("the theme of a call is the nudge's too, and its words are in the language of a call", async ({ page, chat, hosts }) => {
  const nudge = { id: 1, text: "Need a hand?", url_pattern: "", seconds_on_page: 1, first_visit: false, max_per_visitor: 9, pause_hours: 0 };
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [nudge] })) }));
  await page.waitForFunction(() => "Parlance" in window);
  await parlance(page, "setTheme", "dark");
  await parlance(page, "setLocale", "fr");
  await expect(page.locator("parlance-chat article")).toHaveCSS("background-color", "rgb(23, 24, 30)");
  await expect(page.locator("parlance-chat").getByRole("button", { name: "Masquer" })).toBeVisible();
});

test("nudges that come after a change of the language are in the new one", async ({ page, chat, hosts }) => {
  await page.route("**/widget/config*", async (route) => {
    const reply = await route.fetch();
    const language = new URL(route.request().url()).searchParams.get("locale");
    const words = (rule: object) => ({ ...rule, text: `Words in ${language}` });
    const config = (await reply.json()) as { nudges: object[] };
    await route.fulfill({ response: reply, json: { ...config, greeting: `Greeting in ${language}`, nudges: config.nudges.map(words) } });
  });
  const rule = { url_pattern: "", seconds_on_page: 3_600, first_visit: false, max_per_visitor: 9, pause_hours: 0 };
  const nudges = [1, 2].map((id) => ({ ...rule, id, text: "" }));
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges }), `async data-locale="de"`) }));
  await launcher(page).hover();
  await panelFrame(page);
  const bubble = page.locator("parlance-chat").getByRole("status").getByRole("article");
  await parlance(page, "triggerNudge", 1);
  await expect(bubble).toContainText("Words in de");
  await page.locator("parlance-chat").getByRole("button", { name: "Ausblenden" }).click();
  await parlance(page, "setLocale", "it");
  await expect(hint(page)).toHaveText("Greeting in it");
  await parlance(page, "triggerNudge", 2);
  await expect(bubble).toContainText("Words in it");
});

test("the owner's words follow the language after the panel has been opened, and the last one counts", async ({ page, chat, hosts }) => {
  await greet(page);
  await page.goto(hosts.page({ head: chat.tag(chat.site(), `async data-locale="de"`) }));
  await launcher(page).hover();
  await panelFrame(page);
  await expect(hint(page)).toHaveText("Greeting in de");
  await parlance(page, "setLocale", "es");
  await parlance(page, "setLocale", "it");
  await expect(hint(page)).toHaveText("Greeting in it");
  await expect(launcher(page)).toHaveAccessibleName("Apri la chat");
});

for (const [what, attributes, page_language, own, expected] of [
  ["the tag's", `async data-locale="nl"`, "it", "de", "nl"],
  ["else the page's", "async", "it", "de", "it"],
  ["else the site's", "async", "", "de", "de"],
  ["else the browser's", "async", "", undefined, "fr-FR"],
] as const) {
  test(`the language is ${what}: for the config, the panel and the loader alike`, async ({ browser, chat, hosts }) => {
    const context = await browser.newContext({ locale: "fr-FR" });
    const page = await context.newPage();
    const asked: URLSearchParams[] = [];
    page.on("request", (request) => /\/widget\/(config|frame)/.test(request.url()) && asked.push(new URL(request.url()).searchParams));
    const lang = page_language && ` lang="${page_language}"`;
    const tag = chat.tag(chat.site({ language: own }), attributes);
    await page.goto(hosts.page({ html: `<!doctype html><html${lang}><title>A shop</title>${tag}<h1>A shop</h1></html>` }));
    await launcher(page).hover();
    const [init] = await heard(await panelFrame(page));
    expect(init).toMatchObject({ locale: expected });
    await expect(launcher(page)).toHaveAttribute("lang", expected.slice(0, 2));
    const [config, frame] = asked;
    expect(frame!.get("locale")).toBe(expected);
    // The server knows the site's own language, and takes the first of the three that there is.
    expect([config!.get("locale") || own || config!.get("browser")]).toEqual([expected]);
    await context.close();
  });
}

test("every language of the panel has all words, and its own", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({}));
  const all = await page.evaluate(
    async ([address, languages]) => {
      const { wordsOf } = (await import(address)) as {
        wordsOf(locale: string): { language: string; open(count: number): string; close: string; dismiss: string };
      };
      return languages.map((language) => {
        const words = wordsOf(`${language}-XX`);
        return { language: words.language, words: [words.open(0), words.open(2), words.close, words.dismiss] };
      });
    },
    [`${chat.origin}/loader/words.js`, LANGUAGES] as const,
  );
  expect(all.map(({ language }) => language)).toEqual(LANGUAGES);
  for (const { words } of all) {
    expect(words.every((word) => word && !word.includes("undefined"))).toBe(true);
    expect(words[1]).toContain("2");
    expect(new Set(words).size).toBe(4);
  }
  expect(new Set(all.map(({ words }) => words[0])).size).toBe(LANGUAGES.length);
});
