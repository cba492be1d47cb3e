// The widget as a visitor uses it on a host page.
import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";

/** Where a keyboard would come up over the panel, the visitor chooses the field; everywhere else it has the focus by itself. */
export async function focused(page: Page, composer: Locator): Promise<void> {
  if (await page.evaluate(() => matchMedia("(pointer: coarse)").matches)) await composer.click();
  await expect(composer).toBeFocused();
  // The frame knows it by then, the browser around it not always: what is typed before goes to the host page.
  await expect.poll(() => composer.evaluate(() => document.hasFocus())).toBe(true);
  await drawn(composer);
}

/** Until the frame has been drawn, the browser gives clicks that are meant for it to the host page. No visitor clicks what is not to be seen. */
function drawn(inFrame: Locator): Promise<void> {
  return inFrame.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
}

export class Panel {
  readonly launcher: Locator;
  readonly frame: FrameLocator;
  readonly log: Locator;
  readonly composer: Locator;
  constructor(readonly page: Page) {
    this.launcher = page.locator('parlance-chat [aria-haspopup="dialog"]').filter({ visible: true });
    this.frame = page.frameLocator("parlance-chat iframe");
    this.log = this.frame.getByRole("log", { name: "Messages" });
    this.composer = this.frame.getByRole("textbox", { name: "Your message" });
  }

  /** Opens it, and waits until it can be used: what is typed before the composer has the focus goes nowhere. */
  async open(): Promise<this> {
    await this.launcher.click();
    await expect(this.composer).toBeVisible();
    await focused(this.page, this.composer);
    return this;
  }

  /** Leaves what was said behind, through the menu. */
  async newConversation(): Promise<this> {
    await this.button("More options").click();
    await this.button("New conversation").click();
    await expect(this.log.getByText("You:")).toHaveCount(0);
    return this;
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
    await expect(this.composer).not.toHaveValue(text);
    await expect(this.own(text).last()).toBeVisible();
  }

  /** Rates the conversation, by the star that can be seen. */
  async rate(verdict: string): Promise<void> {
    const radio = this.frame.getByRole("radio", { name: verdict });
    await this.frame.locator("label").filter({ has: radio }).click();
    await expect(radio).toBeChecked();
  }

  /** To the beginning of the thread, against what may still be drawn to its end. */
  async scrollUp(): Promise<void> {
    await expect(async () => {
      await this.log.evaluate((log) => log.scrollTo(0, 0));
      await expect(this.button("Latest messages")).toBeVisible({ timeout: 500 });
    }).toPass();
  }

  /** What the visitor wrote. */
  own(text: string): Locator {
    return this.log.getByRole("article").filter({ hasText: "You:" }).filter({ hasText: text });
  }

  /** What the other side wrote. */
  answer(text: string | RegExp): Locator {
    return this.log.getByRole("article").filter({ hasNotText: "You:" }).filter({ hasText: text });
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole("button", { name });
  }

  /** Every message of the thread with the role it is shown in. */
  lines(): Promise<string[]> {
    return this.log.locator(".entry:is(.own, .answer, .system):not(:has(.dots))").evaluateAll((entries) =>
      entries.map((entry) => {
        const role = entry.matches(".own") ? "user" : entry.matches(".system") ? "system" : entry.querySelector(".person") ? "operator" : "assistant";
        return `${role}: ${(entry.querySelector(".bubble") ?? entry).textContent!.trim()}`;
      }),
    );
  }

  /** All that stands in the thread, as text, without what changes by itself. */
  async words(): Promise<string[]> {
    const bubbles = await this.log.getByRole("article").locator(".bubble").allInnerTexts();
    return bubbles.map((text) => text.trim());
  }
}
