// The page's own calls: window.Parlance.
import { expect, heard, launcher, panel, panelFrame, parlance, say, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

const STUB = `<script>window.Parlance = window.Parlance || function () { (Parlance.q = Parlance.q || []).push(arguments); };</script>`;

test("calls before the loader is there are kept and made in order", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  const early = `<script>
    Parlance("on", "open", () => { self.wasOpened = true; });
    Parlance("setLocale", "fr");
    Parlance("newMessage", "Hello");
    Parlance("escalate");
  </script>`;
  await page.goto(hosts.page({ head: STUB + early + chat.tag(site) }));
  await expect(panel(page)).toBeVisible();
  const said = await heard(await panelFrame(page));
  expect(said[0]).toMatchObject({ type: "init", locale: "fr", open: true });
  expect(said.slice(1)).toEqual([{ type: "new_message", text: "Hello" }, { type: "escalate" }]);
  expect(await page.evaluate(() => (self as unknown as { wasOpened: boolean }).wasOpened)).toBe(true);
  expect(watch.problems()).toEqual([]);
});

test("both spellings work, and what the page asks for reaches the panel", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => (window as unknown as { Parlance: Record<string, (...all: unknown[]) => void> }).Parlance.open!());
  await expect(panel(page)).toBeVisible();
  const frame = await panelFrame(page);
  const before = (await heard(frame)).length;
  await parlance(page, "sendMessage", "What is it?");
  await parlance(page, "identify", "token-2");
  await parlance(page, "setTheme", "dark");
  await parlance(page, "setLocale", "es");
  await parlance(page, "pageView", "https://shop.example/cart");
  await parlance(page, "setAttributes", { plan: "pro" });
  await parlance(page, "track", "added", { item: 7 });
  await expect
    .poll(async () => (await heard(frame)).slice(before))
    .toEqual([
      { type: "send_message", text: "What is it?" },
      { type: "identify", identity_token: "token-2" },
      { type: "set_theme", theme: "dark" },
      { type: "set_locale", locale: "es" },
      { type: "page_view", page_url: "https://shop.example/cart" },
      { type: "set_attributes", attributes: { plan: "pro" } },
      { type: "track", name: "added", properties: { item: 7 }, page_url: page.url() },
    ]);
  await parlance(page, "toggle");
  await expect(panel(page)).toBeHidden();
});

test("events reach listeners and the document, until they unsubscribe", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => {
    const log: unknown[] = ((self as unknown as { log: unknown[] }).log = []);
    type Api = { on(name: string, handler: (detail: unknown) => void): () => void };
    const { Parlance } = window as unknown as { Parlance: Api };
    const stop = Parlance.on("message_received", (detail) => {
      log.push(["on", detail]);
      stop();
    });
    document.addEventListener("parlance:message_received", (event) => log.push(["document", (event as CustomEvent).detail]));
  });
  await launcher(page).click();
  const frame = await panelFrame(page);
  await say(frame, { type: "event", name: "message_received", text: "one" });
  await say(frame, { type: "event", name: "message_received", text: "two" });
  await expect
    .poll(() => page.evaluate(() => (self as unknown as { log: unknown[] }).log))
    .toEqual([
      ["on", { text: "one" }],
      ["document", { text: "one" }],
      ["document", { text: "two" }],
    ]);
});

test("the state tells what is there", async ({ page, chat, hosts }) => {
  const site = chat.site();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  expect(await parlance(page, "ready")).toEqual({ site, ready: true, enabled: true, open: false, unread: 0 });
  await launcher(page).click();
  await expect.poll(() => parlance(page, "state")).toMatchObject({ open: true });
});

test("the launcher can be hidden and shown", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  await parlance(page, "hideLauncher");
  await expect(launcher(page)).toHaveCount(0);
  await parlance(page, "showLauncher");
  await expect(launcher(page)).toBeVisible();
});

test("nothing that is called wrongly throws into the page", async ({ page, chat, hosts, watch }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await expect(launcher(page)).toBeVisible();
  for (const name of ["nonsense", "on", "load", "identify", "setTheme", "track", "close", "shutdown"]) await parlance(page, name);
  await parlance(page, "on", "open", "not a function");
  await expect(launcher(page)).toBeVisible();
  expect(watch.errors).toEqual([]);
});

test("shutdown forgets the visitor", async ({ page, chat, hosts }) => {
  const site = chat.site();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  await launcher(page).click();
  await say(await panelFrame(page), { type: "session", session_id: "s-1", visitor_id: "v-1" });
  await expect.poll(() => page.evaluate(() => localStorage.length)).toBe(1);
  await parlance(page, "shutdown");
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await expect(panel(page)).toBeHidden();
  await expect.poll(async () => (await heard(await panelFrame(page)))[0]?.session_id ?? null).toBeNull();
  await expect(launcher(page)).toBeVisible();
});

const keptKeys = (page: Page) => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
/** What an earlier page left, of a conversation that is older than a day: the panel does not come by itself. */
const leave = (page: Page, site: string) =>
  page.evaluate((id) => {
    localStorage.setItem(`parlance:${id}`, JSON.stringify({ session_id: "s-1", visitor_id: "v-1", at: 0 }));
    localStorage.setItem(`parlance:nudges:${id}`, "{}");
    sessionStorage.setItem(`parlance:unsent:${id}`, JSON.stringify({ draft: "My card number", messages: [] }));
  }, site.replace("site_", "ch_"));

for (const name of ["shutdown", "destroy"]) {
  test(`${name} forgets at once, before any part has come`, async ({ page, chat, hosts, watch }) => {
    const site = chat.site();
    const url = hosts.page({ head: chat.tag(site) });
    await page.goto(url);
    await expect(launcher(page)).toBeVisible();
    await leave(page, site);
    await page.goto(url);
    await expect(launcher(page)).toBeVisible();
    await parlance(page, name);
    expect(await keptKeys(page)).toEqual([]);
    expect(watch.requests.filter((address) => address.includes("/loader/"))).toEqual([]);
  });
}

test("identify() without a token ends a signed-in person's session at once, and nobody else's", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  const url = hosts.page({ head: chat.tag(site) });
  await page.goto(url);
  await expect(launcher(page)).toBeVisible();
  const kept = (subject?: string) =>
    page.evaluate(([id, sub]) => localStorage.setItem(`parlance:${id}`, JSON.stringify({ session_id: "s-1", visitor_id: "v-1", at: 0, subject: sub })), [site.replace("site_", "ch_"), subject] as const);
  await kept();
  await parlance(page, "identify");
  expect(await keptKeys(page)).toHaveLength(1);
  await kept("7");
  await parlance(page, "identify");
  expect(await keptKeys(page)).toEqual([]);
  expect(watch.requests.filter((address) => address.includes("/loader/"))).toEqual([]);
});

const token = (subject: string) => `x.${Buffer.from(JSON.stringify({ sub: subject })).toString("base64url")}.y`;

test("who signs in after a chat as nobody in particular begins a conversation of their own, with the words not yet sent", async ({ page, chat, hosts }) => {
  await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
  await launcher(page).click();
  const unsent = { draft: "Where is", messages: [] };
  const frame = await panelFrame(page);
  await say(frame, { type: "session", session_id: "s-1", visitor_id: "v-1" });
  await say(frame, { type: "unsent", unsent });
  await expect.poll(() => keptKeys(page)).toHaveLength(2);
  await parlance(page, "identify", token("7"));
  await expect.poll(async () => (await heard(await panelFrame(page)))[0]).toMatchObject({ identity_token: token("7"), unsent });
  expect((await heard(await panelFrame(page)))[0]!.session_id).toBeUndefined();
});

for (const [who, next] of [["nobody in particular", undefined], ["another person", token("8")]] as const) {
  test(`a signed-in person's conversation and words are not handed to ${who}`, async ({ page, chat, hosts }) => {
    await page.goto(hosts.page({ head: chat.tag(chat.site()) }));
    await expect(launcher(page)).toBeVisible();
    await parlance(page, "identify", token("7"));
    await launcher(page).click();
    const frame = await panelFrame(page);
    await say(frame, { type: "session", session_id: "s-1", visitor_id: "v-1" });
    await say(frame, { type: "unsent", unsent: { draft: "My card number", messages: [] } });
    await expect.poll(() => keptKeys(page)).toHaveLength(2);
    // The same person's next token changes nothing.
    await parlance(page, "identify", token("7"));
    expect(frame.isDetached()).toBe(false);
    await parlance(page, "identify", next);
    expect(await keptKeys(page)).toEqual([]);
    await expect.poll(() => frame.isDetached()).toBe(true);
    const [init] = await heard(await panelFrame(page));
    expect([init!.session_id, init!.unsent, init!.identity_token]).toEqual([undefined, undefined, next]);
  });
}

test("destroy leaves no node, global, listener or storage, and the tag can be put in again", async ({ page, chat, hosts, watch }) => {
  const site = chat.site();
  await page.goto(hosts.page({ head: chat.tag(site) }));
  await launcher(page).click();
  await say(await panelFrame(page), { type: "session", session_id: "s-1", visitor_id: "v-1" });
  await expect.poll(() => page.evaluate(() => localStorage.length)).toBe(1);
  await parlance(page, "destroy");
  expect(
    await page.evaluate(() => [
      document.querySelector("parlance-chat"),
      "Parlance" in window,
      localStorage.length,
      document.adoptedStyleSheets.length,
      document.documentElement.getAttribute("style"),
    ]),
  ).toEqual([null, false, 0, 0, null]);
  await page.mouse.move(0, 0);
  await page.evaluate(
    ([source, id]) => {
      const tag = document.createElement("script");
      tag.src = source!;
      tag.dataset.site = id;
      document.head.append(tag);
    },
    [`${chat.origin}/widget.js?again`, site],
  );
  await expect(launcher(page)).toBeVisible();
  await expect(panel(page)).toHaveCount(0);
  expect(watch.problems()).toEqual([]);
});

test("destroy leaves no listener of ours", async ({ page, chat, hosts }) => {
  const session = await page.context().newCDPSession(page);
  const ours = new Set<string>();
  session.on("Debugger.scriptParsed", ({ scriptId, url }) => url.startsWith(chat.origin) && ours.add(scriptId));
  await session.send("Debugger.enable");
  const listeners = async () => {
    const names: string[] = [];
    for (const expression of ["window", "document", "document.documentElement", "visualViewport", "navigation"]) {
      const { result } = await session.send("Runtime.evaluate", { expression });
      const found = await session.send("DOMDebugger.getEventListeners", { objectId: result.objectId! });
      names.push(...found.listeners.filter(({ scriptId }) => ours.has(scriptId)).map(({ type }) => `${expression} ${type}`));
    }
    return names;
  };
  const rule = { id: 1, text: "Hi", url_pattern: "", seconds_on_page: 0, first_visit: false, max_per_visitor: 9, pause_hours: 0 };
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto(hosts.page({ head: chat.tag(chat.site({ nudges: [rule] })) }));
  await expect(page.locator("parlance-chat article")).toBeVisible();
  await parlance(page, "open");
  await panelFrame(page);
  expect(await listeners()).toEqual(expect.arrayContaining(["window message", "window popstate", "document keydown"]));
  await parlance(page, "destroy");
  await expect(page.locator("parlance-chat")).toHaveCount(0);
  expect(await listeners()).toEqual([]);
});
