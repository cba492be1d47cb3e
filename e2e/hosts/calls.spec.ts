// The page's own calls, through to what the panel and the server make of them, and what the page is told.
import { readFileSync } from "node:fs";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import type { Page } from "@playwright/test";

const parlance = (page: Page, ...given: unknown[]) =>
  page.evaluate((all) => (window as unknown as { Parlance: (...all: unknown[]) => unknown }).Parlance(...all), given);

test("newMessage writes, sendMessage asks, escalate fetches a person", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = new Panel(page);
  await expect(panel.launcher).toBeVisible();
  await parlance(page, "newMessage", "Half a question");
  await expect(panel.composer).toHaveValue("Half a question");
  await expect(panel.composer).toBeFocused();
  await parlance(page, "sendMessage", "How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await expect(panel.composer).toHaveValue("Half a question");
  await parlance(page, "escalate");
  await expect(panel.frame.getByText(/ESC-\d+/).first()).toBeVisible();
});

test("an operator's word is counted on the launcher of the next page", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const read = page.waitForResponse((response) => response.url().includes("/widget/read"));
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await read;
  await page.goto(hosts.page({ head: site.tag }));
  await expect(panel.launcher).toHaveAccessibleName("Open chat");
  await expect(panel.log).toBeAttached();
  const { data } = await api.conversations(site);
  await api.reply(data[0]!.id, "One more thing");
  await expect(panel.launcher).toHaveAccessibleName("Open chat, 1 unread message");
  await panel.open();
  await expect(panel.answer("One more thing")).toBeVisible();
  await expect(panel.launcher).toHaveAccessibleName("Close chat");
});

test("language and theme of the page reach the panel", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag.replace("async", `async data-locale="de" data-theme="dark"`) }));
  const panel = new Panel(page);
  await panel.launcher.click();
  await expect(panel.frame.getByRole("textbox", { name: "Ihre Nachricht" })).toBeVisible();
  const ground = () =>
    panel.frame.getByRole("dialog").evaluate((element) => {
      const [red, green, blue] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g)!.map(Number);
      return red! + green! + blue!;
    });
  expect(await ground()).toBeLessThan(150);
  await parlance(page, "setTheme", "light");
  await expect.poll(ground).toBeGreaterThan(600);
  await parlance(page, "setLocale", "fr");
  await expect(panel.frame.getByRole("textbox", { name: "Votre message" })).toBeVisible();
});

test("the owner's words in the panel follow the language that the page changes to", async ({ page, hosts, api }) => {
  const site = await api.site({
    welcomeMessage: "Ask us anything.",
    starterQuestions: ["What does it cost?"],
    translations: { fr: { welcome_message: "Posez vos questions.", starter_questions: ["Combien ça coûte ?"] } },
  });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await expect(panel.button("What does it cost?")).toBeVisible();
  await panel.composer.fill("Half a question");
  await parlance(page, "setLocale", "fr");
  await expect(panel.button("Combien ça coûte ?")).toBeVisible();
  await expect(panel.frame.getByText("Posez vos questions.")).toBeVisible();
  await expect(panel.frame.getByRole("textbox", { name: "Votre message" })).toHaveValue("Half a question");
  await parlance(page, "setLocale", "en");
  await expect(panel.button("What does it cost?")).toBeVisible();
});

/** The events that the package's types name. */
const EVENTS = [
  ...readFileSync(new URL("../../sdk/js/widget.d.ts", import.meta.url), "utf8").split("export interface ChatEvents {")[1]!.split("\n}")[0]!.matchAll(/^ {2}(\w+):/gm),
].map((match) => match[1]!);
type Told = [string, unknown][];

test("every event that the package's types name comes, with what they say, to listeners and to the document", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  const nudge = await api.call<{ id: number }>("POST", "/api/nudges", { chatbotId: site.publicId, text: "Need a hand?" });
  const listening = `<script>
    window.Parlance = function () { (Parlance.q = Parlance.q || []).push(arguments); };
    self.told = [];
    self.mirrored = [];
    for (const name of ${JSON.stringify(EVENTS)}) {
      Parlance("on", name, (detail) => told.push([name, detail]));
      document.addEventListener("parlance:" + name, (event) => mirrored.push([name, event.detail]));
    }
  </script>`;
  await page.goto(hosts.page({ head: listening + site.tag }));
  const told = () => page.evaluate(() => (self as unknown as { told: Told }).told);
  const of = async (name: string) => (await told()).filter(([one]) => one === name).map(([, detail]) => detail);
  const panel = new Panel(page);
  await expect.poll(() => of("nudge")).toEqual([{ id: nudge.id, text: "Need a hand?" }]);
  expect(await of("ready")).toEqual([null]);
  await panel.open();
  expect(await of("open")).toEqual([null]);
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await expect.poll(() => of("message_sent")).toEqual([{ text: "How long do I have to return a bike?" }]);
  await expect.poll(() => of("message_received")).toEqual([{ text: expect.stringContaining("**30 days**") as unknown }]);
  await panel.button("More options").click();
  await panel.button("Rate this conversation").click();
  await panel.rate("4: Good");
  await panel.frame.locator(".card").getByRole("button", { name: "Send" }).click();
  await expect.poll(() => of("rated")).toEqual([{ text: "4" }]);
  await page.keyboard.press("Escape");
  await panel.button("Talk to a human").first().click();
  await expect.poll(() => of("escalated")).toEqual([{ text: expect.stringMatching(/^ESC-\d+$/) as unknown }]);
  await panel.frame.getByRole("textbox", { name: "Email" }).fill("grace@example.com");
  await panel.button("Save").click();
  await expect.poll(async () => (await of("contact")).length).toBe(1);
  expect(await of("unread")).toEqual([]);
  await panel.button("Close chat").click();
  await expect.poll(() => of("close")).toEqual([null]);
  const { data } = await api.conversations(site);
  await api.reply(data[0]!.id, "A person here.");
  await expect.poll(() => of("unread")).toEqual([{ count: 1 }]);
  await expect.poll(async () => (await of("message_received")).at(-1)).toEqual({ text: "A person here." });
  await panel.open();
  await expect.poll(() => of("unread")).toEqual([{ count: 1 }, { count: 0 }]);
  await panel.button("More options").click();
  await panel.button("End conversation").click();
  await expect.poll(async () => (await of("ended")).length).toBe(1);
  expect([...new Set((await told()).map(([name]) => name))].sort()).toEqual([...EVENTS].sort());
  for (const [name, detail] of await told()) {
    if (["contact", "ended"].includes(name)) expect((detail as { text?: string | null }).text ?? null).toBeNull();
  }
  expect(await page.evaluate(() => (self as unknown as { mirrored: Told }).mirrored)).toEqual(await told());
});

/** What a page has, to be compared: globals, storage, style sheets, and who listens on what is not of the chat's own. */
const havings = (page: Page) =>
  page.evaluate(() => {
    const { listeners, intervals } = self as unknown as { listeners: Set<{ target: EventTarget; type: string }>; intervals: Set<number> };
    const isGone = (target: EventTarget) => target instanceof AbortSignal || target instanceof MessagePort || (target instanceof Node && !target.isConnected);
    const nameOf = (target: EventTarget) => (target instanceof MediaQueryList ? target.media : Object.prototype.toString.call(target));
    return {
      globals: Object.getOwnPropertyNames(self).sort(),
      storage: [...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie],
      sheets: document.adoptedStyleSheets.length,
      nodes: [...document.querySelectorAll("*")].map(({ localName }) => localName).filter((name) => name !== "script"),
      root: [...document.documentElement.attributes, ...document.body.attributes].map(({ name, value }) => `${name}=${value}`),
      listeners: [...listeners].filter(({ target }) => !isGone(target)).map(({ target, type }) => `${nameOf(target)} ${type}`).sort(),
      intervals: intervals.size,
      overflow: [getComputedStyle(document.documentElement).overflow, getComputedStyle(document.body).overflow],
      place: [scrollX, scrollY],
      address: location.href,
      state: history.state as unknown,
    };
  });

/** Keeps account of what the chat's scripts listen to, until they stop or their signal does, and of what they do again and again. */
const keepAccount = (page: Page, chat: string) =>
  page.addInitScript((chat) => {
    if (top !== self) return;
    const isChats = () => Boolean(new Error().stack?.includes(chat));
    type Entry = { target: EventTarget; type: string; listener: unknown; isCapture: boolean };
    const listeners = new Set<Entry>();
    const intervals = new Set<number>();
    Object.assign(self, { listeners, intervals });
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    const isCapture = (options: unknown) => options === true || Boolean((options as { capture?: boolean } | undefined)?.capture);
    const find = (entry: Entry) => [...listeners].find((one) => (Object.keys(entry) as (keyof Entry)[]).every((key) => one[key] === entry[key]));
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const target = this ?? self;
      const entry = { target, type, listener, isCapture: isCapture(options) };
      const signal = typeof options === "object" ? options?.signal : undefined;
      if (listener && isChats() && !signal?.aborted && !find(entry)) {
        listeners.add(entry);
        if (signal) addEventListener.call(signal, "abort", () => listeners.delete(entry));
        if (typeof options === "object" && options?.once) addEventListener.call(target, type, () => listeners.delete(entry), { once: true });
      }
      return addEventListener.call(target, type, listener, options);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, options) {
      const target = this ?? self;
      const found = find({ target, type, listener, isCapture: isCapture(options) });
      if (found) listeners.delete(found);
      return removeEventListener.call(target, type, listener, options);
    };
    MediaQueryList.prototype.addListener = function (listener) {
      this.addEventListener("change", listener as EventListener);
    };
    const { setInterval, clearInterval } = self;
    self.setInterval = ((...given: Parameters<typeof setInterval>) => {
      const id = setInterval(...given);
      if (isChats()) intervals.add(id as unknown as number);
      return id;
    }) as typeof setInterval;
    self.clearInterval = (id) => {
      intervals.delete(id as unknown as number);
      clearInterval(id as number);
    };
  }, chat);

for (const [where, viewport] of [["beside the page", { width: 1200, height: 800 }], ["over the whole screen", { width: 390, height: 700 }]] as const) {
  test(`destroy with the panel open ${where}, a draft in it and an answer under way: the page has what it had before`, async ({ page, hosts, modelled, watch }) => {
    const { api, model, server } = modelled;
    model.script("never mind", { tokens: ["Half ", "of it ", "and all."], holdBefore: 2 });
    await keepAccount(page, server.origin);
    await page.setViewportSize(viewport);
    const site = await api.site({ consent: { text: "We keep what you write." } });
    await page.goto(hosts.page({ body: `<button onclick="Parlance.open()">Ask us</button><p style="height:3000px">long</p>` }));
    await page.evaluate(() => scrollTo(0, 40));
    const before = await havings(page);
    await page.evaluate(
      ([src, id]) => {
        const tag = document.createElement("script");
        Object.assign(tag, { src, id: "tag" });
        tag.dataset.site = id;
        document.head.append(tag);
      },
      [`${server.origin}/widget.js`, site.publicId.replace("ch_", "site_")] as const,
    );
    const panel = new Panel(page);
    await expect(panel.launcher).toBeVisible();
    const button = page.getByRole("button", { name: "Ask us" });
    await button.click();
    await expect(panel.composer).toBeFocused();
    await parlance(page, "setLocale", "en");
    const held = model.held();
    await panel.composer.fill("never mind");
    await panel.composer.press("Enter");
    await panel.button("Agree and send").click();
    await held;
    await expect(panel.answer("Half of it")).toBeVisible();
    await panel.composer.fill("half a sen");
    await expect.poll(() => page.evaluate(() => JSON.stringify(sessionStorage))).toContain("half a sen");
    // The account is kept: there is something to take back.
    expect((await havings(page)).listeners).toEqual(expect.arrayContaining(["[object Window] message", "[object HTMLDocument] keydown", "(prefers-color-scheme: dark) change"]));

    await parlance(page, "destroy");
    await page.evaluate(() => document.querySelector("#tag")!.remove());
    await expect(button).toBeFocused();
    model.release();
    await expect.poll(() => havings(page)).toEqual(before);
    // The answer was given all the same.
    const { data } = await api.conversations(site);
    await expect.poll(async () => (await api.messages(data[0]!.id)).data.at(-1)!.content).toBe("Half of it and all.");
    expect(await havings(page)).toEqual(before);
    expect(watch.problems()).toEqual([]);
  });
}

/** What the chat server's frames of this page have kept for the tab. */
const keptByFrames = async (page: Page, address: string): Promise<string[]> => {
  await page.evaluate((src) => {
    const frame = document.createElement("iframe");
    Object.assign(frame, { id: "look", src });
    document.body.append(frame);
    return new Promise((resolve) => (frame.onload = resolve));
  }, address);
  const frame = await (await page.locator("#look").elementHandle())!.contentFrame();
  const keys = await frame!.evaluate(() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)]);
  await page.evaluate(() => document.querySelector("#look")!.remove());
  return keys;
};

for (const call of ["destroy", "shutdown"]) {
  test(`after ${call} the frame has kept nothing of the visitor, and what the page tells is not told twice before`, async ({ page, hosts, api, server }) => {
    const site = await api.site({}, BIKES);
    const told: string[] = [];
    page.on("request", (request) => request.url().includes("/widget/attributes") && told.push(request.method()));
    const attributes = { plan: "pro" };
    // Frames of a foreign site may be refused a storage of their own.
    const address = hosts.beside(hosts.page({ head: site.tag }));
    await page.goto(address);
    await parlance(page, "setAttributes", attributes);
    const panel = await new Panel(page).open();
    await panel.send("How long do I have to return a bike?");
    await expect(panel.answer("30 days")).toBeVisible();
    await expect.poll(() => page.evaluate(() => JSON.stringify(localStorage))).toContain("pro");
    await page.goto(address);
    await parlance(page, "setAttributes", attributes);
    await panel.open();
    await expect(panel.answer("30 days")).toBeVisible();
    await panel.send("Is the workshop open on Tuesday?");
    await expect(panel.answer("Saturday")).toBeVisible();
    expect(told).toEqual(["POST"]);
    await parlance(page, call);
    await expect.poll(() => page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
    expect(await keptByFrames(page, `${server.origin}/widget/frame?bot_id=${site.publicId}`)).toEqual([]);
  });
}
