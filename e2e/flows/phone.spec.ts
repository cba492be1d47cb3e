// A phone: touch, a small screen, a keyboard that comes up over it, a page behind that must not move.
import { devices, type Page } from "@playwright/test";
import { Api } from "../support/api.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Mail } from "../support/mail.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";

const { defaultBrowserType: _, ...phone } = devices["Pixel 7"]!;
test.use(phone);

const LONG = `<p style="height:3000px">long</p>`;

test("ask and close on a phone", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag, body: LONG }));
  const panel = new Panel(page);
  await panel.launcher.tap();
  await expect(panel.composer).toBeVisible();
  const { width, height } = page.viewportSize()!;
  await expect.poll(() => page.locator("parlance-chat iframe").boundingBox()).toEqual({ x: 0, y: 0, width, height });

  await panel.composer.fill("How long do I have to return a bike?");
  await panel.button("Send message").tap();
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.button("Close chat").tap();
  await expect(panel.launcher).toBeVisible();
  await page.evaluate(() => scrollTo(0, 500));
  expect(await page.evaluate(() => scrollY)).toBe(500);
});

/** Phones zoom into fields with smaller letters. */
const LETTERS_PX = 16;

test("no field makes a phone zoom: the letters of each are large enough", async ({ page, hosts }) => {
  const mail = await Mail.start();
  const server = await Server.start(mail.settings);
  try {
    const api = await new Api(server.origin).signIn();
    const kinds = ["text", "email", "phone"].map((type) => ({ name: `own_${type}`, label: `Your ${type}`, type }));
    const choice = { name: "topic", label: "About", type: "select", options: ["Sales", "Repairs"] };
    const site = await api.site({ preChatFields: [...kinds, choice] }, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    const judged = new Set<string>();
    /** Every field that is to be seen now. */
    const judge = async () => {
      const fields = panel.frame.locator("input:not([type=radio]), textarea, select").filter({ visible: true });
      const sizes = await fields.evaluateAll((all) => all.map((field) => [field.ariaLabel ?? (field as HTMLInputElement).labels?.[0]?.textContent ?? "?", parseFloat(getComputedStyle(field).fontSize)] as const));
      for (const [name, size] of sizes) {
        expect(size, name).toBeGreaterThanOrEqual(LETTERS_PX);
        judged.add(name);
      }
    };
    const choose = async (item: string) => {
      await panel.button("More options").tap();
      await panel.frame.locator(".items").getByRole("button", { name: item }).tap();
    };
    await judge();
    await panel.composer.fill("What does an inspection cost?");
    await panel.button("Send message").tap();
    await expect(panel.frame.getByLabel("About")).toBeVisible();
    await judge();
    await panel.button("Start chat").tap();
    await expect(panel.answer("89 euros")).toBeVisible();
    await panel.button("Edit message").tap();
    await expect(panel.frame.getByRole("textbox", { name: "Edit message" })).toBeVisible();
    await judge();
    await page.keyboard.press("Escape");
    await panel.answer("89 euros").getByRole("button", { name: "Not helpful" }).tap();
    await expect(panel.answer("89 euros").getByRole("textbox")).toBeVisible();
    await judge();
    await choose("Contact details");
    await expect(panel.frame.getByRole("textbox", { name: "Phone" })).toBeVisible();
    await judge();
    await choose("Email transcript");
    await expect(panel.frame.getByRole("form", { name: "Email this conversation" })).toBeVisible();
    await judge();
    await choose("Rate this conversation");
    await panel.rate("4: Good");
    await expect(panel.frame.locator(".card textarea")).toBeVisible();
    await judge();
    // Composer, four fields of the site's, editor, reason, contact, address, comment: nothing was missed.
    expect(judged.size, [...judged].join(", ")).toBeGreaterThanOrEqual(10);
  } finally {
    await server.stop();
    await mail.stop();
  }
});

/** Drags a finger upwards by so much, or downwards, as a visitor does who wants to read on. */
async function swipe(page: Page, x: number, y: number, distance: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [{ x, y }]);
  for (let step = 1; step <= 10; step++) await touch("touchMove", [{ x, y: y - (distance * step) / 10 }]);
  await touch("touchEnd", []);
  await session.detach();
}

test("the page behind stays where it was, whatever is swiped or turned, and moves again afterwards", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag, body: LONG }));
  const panel = new Panel(page);
  await expect(panel.launcher).toBeVisible();
  await page.evaluate(() => scrollTo(0, 400));
  const place = () => page.evaluate(() => scrollY);
  await panel.launcher.tap();
  await expect(panel.composer).toBeVisible();
  await panel.composer.fill("How long do I have to return a bike?");
  await panel.button("Send message").tap();
  await expect(panel.answer("30 days")).toBeVisible();
  const { width, height } = page.viewportSize()!;
  for (const y of [30, height / 2, height - 40]) {
    for (const distance of [300, -300]) {
      await swipe(page, width / 2, y, distance);
      await page.mouse.move(width / 2, y);
      await page.mouse.wheel(0, distance);
      expect(await place()).toBe(400);
    }
  }
  await panel.button("Close chat").tap();
  await expect(panel.launcher).toBeVisible();
  await expect.poll(place).toBe(400);
  await swipe(page, width / 2, height / 2, 200);
  await expect.poll(place).toBeGreaterThan(500);
});

test("the composer stands above the keyboard, and where the visible part of the page goes", async ({ page, hosts, api }) => {
  const { width, height } = page.viewportSize()!;
  // A browser without a screen has no keyboard on it: its view of the page is told by the test.
  await page.addInitScript(
    ([width, height]) => {
      if (top !== self) return;
      const view = Object.assign(new EventTarget(), { offsetTop: 0, offsetLeft: 0, width, height, scale: 1 });
      Object.defineProperty(self, "visualViewport", { value: view });
    },
    [width, height] as const,
  );
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag, body: LONG }));
  const panel = new Panel(page);
  await panel.launcher.tap();
  await expect(panel.composer).toBeVisible();
  await panel.composer.fill("How long do I have to return a bike?");
  await panel.button("Send message").tap();
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.composer.tap();
  const see = (offsetTop: number, seen: number) =>
    page.evaluate(
      ([offsetTop, height]) => {
        Object.assign(visualViewport!, { offsetTop, height });
        visualViewport!.dispatchEvent(new Event("resize"));
      },
      [offsetTop, seen] as const,
    );
  for (const [top, seen] of [[0, height - 330], [90, height - 330], [0, 260], [0, height]] as const) {
    await see(top, seen);
    for (const part of [panel.composer, panel.button("Send message"), panel.button("Close chat")]) {
      await expect(async () => {
        const box = (await part.boundingBox())!;
        expect(box.y).toBeGreaterThanOrEqual(top);
        expect(box.y + box.height).toBeLessThanOrEqual(top + seen);
      }, `${top}, ${seen}`).toPass();
    }
    // Where the keyboard ends, the composer begins: no strip is left between them.
    const box = (await panel.composer.boundingBox())!;
    expect(top + seen - box.y - box.height).toBeLessThan(80);
  }
});
