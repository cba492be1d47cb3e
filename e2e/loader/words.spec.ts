// What the loader itself says is in the visitor's language.
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
