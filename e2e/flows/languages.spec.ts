// Each language is fetched when it is spoken, and only then; the page says which one.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "../support/fixtures.ts";
import { focused } from "../support/panel.ts";

const FOLDER = fileURLToPath(new URL("../../widget/locales/", import.meta.url));
const LANGUAGES = readdirSync(FOLDER).filter((name) => name.endsWith(".json")).map((name) => name.replace(".json", ""));
const texts = (language: string) => JSON.parse(readFileSync(`${FOLDER}${language}.json`, "utf8")) as Record<string, string>;
const isTexts = (url: string) => /\/language-[a-z]+-[0-9a-f]{16}\.json$/.test(url);

test("every language that there are texts for is spoken", async ({ page, hosts, api, watch }) => {
  test.slow();
  const site = await api.site();
  for (const language of LANGUAGES) {
    watch.requests.length = 0;
    await page.goto(hosts.page({ head: site.tag.replace("<script ", `<script data-locale="${language}" `) }));
    await page.locator("parlance-chat").getByRole("button").click();
    const frame = page.frameLocator("parlance-chat iframe");
    const { YourMessage, Placeholder, Menu } = texts(language);
    const composer = frame.getByRole("textbox", { name: YourMessage, exact: true });
    await expect(composer).toBeVisible();
    await expect(composer).toHaveAttribute("placeholder", Placeholder!);
    await expect(frame.getByRole("button", { name: Menu, exact: true })).toBeVisible();
    await expect(frame.locator("html")).toHaveAttribute("lang", language);
    await expect(frame.locator("html")).toHaveAttribute("dir", ["ar", "he"].includes(language) ? "rtl" : "ltr");
    const files = watch.requests.filter(isTexts).map((url) => url.split("/language-")[1]!.split("-")[0]);
    expect(files, language).toEqual([language]);
  }
  expect(watch.errors).toEqual([]);
});

test("right to left: what the visitor writes stands on the left, the way in on the right", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="he" ') }));
  await page.locator("parlance-chat").getByRole("button").click();
  const frame = page.frameLocator("parlance-chat iframe");
  const { YourMessage, Send, Close } = texts("he");
  const composer = frame.getByRole("textbox", { name: YourMessage, exact: true });
  await focused(page, composer);
  await composer.fill("שלום");
  await composer.press("Enter");
  const box = async (selector: string) => (await frame.locator(selector).first().boundingBox())!;
  await expect(frame.locator(".own .bubble")).toBeVisible();
  const [panel, bubble] = [await box(".panel"), await box(".own .bubble")];
  expect(bubble.x - panel.x).toBeLessThan(panel.width / 4);
  const send = (await frame.getByRole("button", { name: Send }).boundingBox())!;
  const close = (await frame.getByRole("button", { name: Close }).boundingBox())!;
  for (const { x } of [send, close]) expect(x - panel.x).toBeLessThan(panel.width / 4);
  const overflow = await frame.locator("html").evaluate((root) => root.scrollWidth - root.clientWidth);
  expect(overflow).toBe(0);
});

test("the page changes the language while the panel is open", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag }));
  await page.locator("parlance-chat").getByRole("button").click();
  const frame = page.frameLocator("parlance-chat iframe");
  const english = frame.getByRole("textbox", { name: "Your message", exact: true });
  await focused(page, english);
  await english.fill("half a sen");
  const call = (locale: string) => page.evaluate((locale) => (window as unknown as { Parlance(name: string, locale: string): void }).Parlance("setLocale", locale), locale);
  await call("ja-JP");
  const composer = frame.getByRole("textbox", { name: texts("ja").YourMessage, exact: true });
  await expect(composer).toHaveValue("half a sen");
  await call("xx");
  await expect(english).toHaveValue("half a sen");
});

test("texts that do not come leave English, and the panel works", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.route(/language-de-/, (route) => route.abort());
  await page.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="de" ') }));
  await page.locator("parlance-chat").getByRole("button").click();
  await expect(page.frameLocator("parlance-chat iframe").getByRole("textbox", { name: "Your message" })).toBeVisible();
});

test("the owner's own words are shown in the page's language where they have been given in it", async ({ page, hosts, api }) => {
  const site = await api.site({
    welcomeMessage: "Ask us anything.",
    starterQuestions: ["How much is it?"],
    translations: { de: { welcome_message: "Fragen Sie uns.", starter_questions: ["Was kostet es?"] } },
  });
  const frame = page.frameLocator("parlance-chat iframe");
  for (const [locale, welcome, question] of [
    ["de-AT", "Fragen Sie uns.", "Was kostet es?"],
    ["fr", "Ask us anything.", "How much is it?"],
  ] as const) {
    await page.goto(hosts.page({ head: site.tag.replace("<script ", `<script data-locale="${locale}" `) }));
    await page.locator("parlance-chat").getByRole("button").click();
    await expect(frame.getByText(welcome)).toBeVisible();
    await expect(frame.getByRole("button", { name: question })).toBeVisible();
  }
});

test("a nudge, the choices of a field and the question before a link are read in the page's language; the team gets the site's own choice", async ({ page, hosts, api }) => {
  const topic = { name: "topic", label: "About", type: "select", required: true, options: ["Sales", "Repairs"] };
  const linkSafety = { enabled: true, allowed_domains: [], label: "You are leaving us." };
  const site = await api.site({ preChatFields: [topic], linkSafety });
  const nudge = await api.call<{ id: number }>("POST", "/api/nudges", { chatbotId: site.publicId, text: "Need a hand?", maxPerVisitor: 9, pauseHours: 0 });
  const german = {
    pre_chat_labels: { topic: "Thema" },
    pre_chat_options: { topic: { Repairs: "Reparatur" } },
    nudge_texts: { [nudge.id]: "Brauchen Sie Hilfe?" },
    link_safety_label: "Sie verlassen uns.",
  };
  await api.call("PATCH", "/api/sites", { siteId: site.id, translations: { de: german } });
  const bubble = page.locator("parlance-chat").getByRole("status").getByRole("article");
  await page.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="fr" ') }));
  await expect(bubble).toContainText("Need a hand?");
  await page.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="de-AT" ') }));
  await expect(bubble).toContainText("Brauchen Sie Hilfe?");
  await bubble.getByText("Brauchen Sie Hilfe?").click();

  const frame = page.frameLocator("parlance-chat iframe");
  await expect(frame.getByRole("article").filter({ hasText: "Brauchen Sie Hilfe?" })).toBeVisible();
  const words = texts("de");
  const composer = frame.getByRole("textbox", { name: words.YourMessage, exact: true });
  await focused(page, composer);
  await composer.fill("Mein Rad quietscht.");
  await composer.press("Enter");
  const choice = frame.getByLabel("Thema");
  await expect(choice.getByRole("option").nth(1)).toHaveText("Sales");
  await choice.selectOption({ label: "Reparatur" });
  await frame.getByRole("form").getByRole("button").last().click();
  await expect(frame.locator(".own")).toContainText("Mein Rad quietscht.");
  await expect.poll(async () => (await api.conversations(site)).data.length).toBe(1);
  const { data } = await api.conversations(site);
  expect(await api.call("GET", `/api/conversations/${data[0]!.id}`)).toMatchObject({ contactFields: { topic: "Repairs" } });

  await api.reply(data[0]!.id, "[Mehr](https://elsewhere.example/)");
  await frame.getByRole("link", { name: "Mehr" }).click();
  await expect(frame.getByRole("alertdialog")).toContainText("Sie verlassen uns.");
});

test("the launcher has its name in the page's language before anybody shows interest", async ({ page, hosts, api, watch }) => {
  const site = await api.site();
  await page.goto(hosts.page({ html: `<!doctype html><html lang="fr"><head><title>Une boutique</title>${site.tag}</head><body></body></html>` }));
  await expect(page.locator("parlance-chat").getByRole("button", { name: "Ouvrir le chat", exact: true })).toBeVisible();
  await page.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="ja" ') }));
  await expect(page.locator("parlance-chat").getByRole("button", { name: "チャットを開く", exact: true })).toBeVisible();
  expect(watch.requests.filter((url) => url.includes("/loader/"))).toEqual([]);
});
