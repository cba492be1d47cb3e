// The panel without a mouse, and as a screen reader and a sensitive eye have it.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test("the keyboard alone: open, ask, judge the answer, ask for a person, end, close", async ({ page, hosts, api }) => {
  const site = await api.site({ starterQuestions: ["How long do I have to return a bike?"] }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = new Panel(page);
  const focused = panel.frame.locator(":focus");
  /** Goes on until something of this name is reached. */
  const tabTo = async (name: string, key = "Tab") => {
    for (let step = 0; step < 25; step++) {
      await page.keyboard.press(key);
      if ((await focused.count()) === 1 && (await focused.evaluate((node) => (node.ariaLabel ?? node.textContent) || "")).trim() === name) return;
    }
    throw new Error(`${name} cannot be reached with ${key}`);
  };
  await expect(panel.launcher).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(panel.launcher).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel.composer).toBeFocused();
  await tabTo("How long do I have to return a bike?", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(panel.answer("30 days")).toBeVisible();
  await tabTo("Helpful", "Shift+Tab");
  await page.keyboard.press("Space");
  await expect(panel.button("Helpful").first()).toHaveAttribute("aria-pressed", "true");
  await tabTo("Your message");
  await page.keyboard.type("What does a full inspection cost?");
  await page.keyboard.press("Enter");
  await expect(panel.answer("89 euros")).toBeVisible();
  await expect(panel.composer).toBeFocused();
  await tabTo("Talk to a human");
  await page.keyboard.press("Enter");
  await expect(panel.frame.getByText(/ESC-\d+/).first()).toBeVisible();
  await tabTo("More options", "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo("End conversation");
  await page.keyboard.press("Enter");
  await expect(panel.frame.getByText("This conversation has ended.")).toBeVisible();
  await tabTo("Close chat", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(panel.launcher).toBeFocused();
});

test("focus goes into the panel when it opens and back to where it was when it closes", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag, body: `<input aria-label="Search"><button onclick="Parlance.open()">Help</button>` }));
  const panel = new Panel(page);
  await expect(panel.launcher).toBeVisible();
  await page.getByRole("button", { name: "Help" }).click();
  await expect(panel.composer).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Help" })).toBeFocused();
});

test("a page that opens the panel by itself keeps its focus", async ({ page, hosts, api }) => {
  const site = await api.site();
  const tag = site.tag.replace("<script ", `<script data-open="true" `);
  await page.goto(hosts.page({ head: tag, body: `<input aria-label="Search" autofocus>` }));
  const panel = new Panel(page);
  await expect(panel.composer).toBeVisible();
  await page.keyboard.type("helmets");
  await expect(page.getByLabel("Search")).toHaveValue("helmets");
  await expect(page.getByLabel("Search")).toBeFocused();
});

test("Escape goes one step back at a time: the answer, the dialog, the menu, the card, the panel", async ({ page, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("endless", { tokens: ["It goes ", "on and on."], holdBefore: 1 });
  model.script("link", { tokens: ["See [this page](https://elsewhere.example/)."] });
  const site = await api.site({ linkSafety: { enabled: true, allowed_domains: [], label: "You leave this shop." } });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("link, please");
  await panel.answer("See this page").getByRole("link").click();
  const dialog = panel.frame.getByText("You leave this shop.");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await panel.button("More options").click();
  await panel.button("Contact details").click();
  const card = panel.frame.getByRole("textbox", { name: "Email" });
  await expect(card).toBeVisible();
  await panel.button("More options").click();
  await expect(panel.button("New conversation")).toBeVisible();
  const held = model.held();
  await panel.send("endless");
  await held;
  await panel.button("More options").click();
  await page.keyboard.press("Escape");
  await expect(panel.answer("It goes")).toContainText("The answer broke off here.");
  model.release();
  await expect(panel.button("New conversation")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel.button("New conversation")).toHaveCount(0);
  await expect(panel.button("More options")).toBeFocused();
  await expect(card).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(card).toHaveCount(0);
  await expect(panel.composer).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel.launcher).toBeFocused();
});

test("what the menu opens has the focus, and Escape is heard wherever the visitor has clicked", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  for (const item of ["Rate this conversation", "Contact details", "Talk to a human"]) {
    await panel.button("More options").press("Enter");
    await panel.frame.locator(".items").getByRole("button", { name: item }).press("Enter");
    await expect(panel.frame.locator(".items")).toHaveCount(0);
    await expect(panel.frame.locator("body")).not.toBeFocused();
    await expect(panel.frame.locator(":focus")).toHaveCount(1);
  }
  await panel.frame.getByRole("heading", { name: site.name }).click();
  for (let step = 0; step < 3 && (await panel.launcher.getAttribute("aria-expanded")) === "true"; step++) await page.keyboard.press("Escape");
  await expect(panel.launcher).toHaveAttribute("aria-expanded", "false");
});

test("a screen reader hears that the assistant is writing, once, and the answer, once and whole", async ({ page, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("read aloud", { tokens: Array.from({ length: 30 }, (_, index) => `word${index} `), holdBefore: 12 });
  const site = await api.site({ welcomeMessage: "" });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const said = await panel.frame.locator("body").evaluateHandle((body) => {
    const said: string[] = [];
    const regions = "[role=status], [role=alert], [role=log]:not([aria-live=off]), [aria-live=polite], [aria-live=assertive]";
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest(regions);
        const text = region?.textContent?.trim();
        if (text && said.at(-1) !== text) said.push(text);
      }
    }).observe(body, { childList: true, characterData: true, subtree: true });
    return said;
  });
  const held = model.held();
  await panel.send("read aloud");
  await held;
  await expect(panel.answer("word11")).toBeVisible();
  model.release();
  await expect(panel.answer("word29")).toBeVisible();
  await expect.poll(() => said.evaluate((said) => said.at(-1))).toContain("word29");
  const whole = Array.from({ length: 30 }, (_, index) => `word${index}`).join(" ");
  expect(await said.jsonValue()).toEqual([expect.stringContaining(`${site.name} is writing`), `${site.name} (AI): ${whole}`]);
});

test("who asked for less motion sees none", async ({ browser, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("still", { tokens: ["Nothing ", "moves."], holdBefore: 0 });
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  const site = await api.site({ starterQuestions: ["One?", "Two?"] });
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const moving = async () => {
    const inFrame = await panel.frame.locator("body").evaluate(() => document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().activeDuration) > 1).length);
    const inPage = await page.locator("parlance-chat").evaluate((host) => host.shadowRoot!.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().activeDuration) > 1).length);
    return inFrame + inPage;
  };
  expect(await moving()).toBe(0);
  const held = model.held();
  await panel.send("still");
  await held;
  await expect(panel.frame.locator(".dots")).toBeVisible();
  expect(await moving()).toBe(0);
  model.release();
  await expect(panel.answer("Nothing moves.")).toBeVisible();
  expect(await moving()).toBe(0);
  await context.close();
});
