// The dashboard as an operator uses it.
import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { OWNER } from "./server.ts";

export class Dashboard {
  readonly thread: Locator;
  readonly composer: Locator;
  constructor(
    readonly page: Page,
    readonly origin: string,
  ) {
    this.thread = page.getByRole("log", { name: "Messages" });
    this.composer = page.getByRole("textbox", { name: "Reply" });
  }

  /** In a browser of their own, on a screen wide enough for all panes. */
  static async open(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Dashboard> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    return new Dashboard(await context.newPage(), origin);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  async signIn(): Promise<this> {
    await this.page.goto(`${this.origin}/dashboard`);
    await this.page.getByLabel("Email address").fill(OWNER.email);
    await this.page.getByLabel("Password").fill(OWNER.password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await expect(this.page).toHaveURL(/\/dashboard\/inbox/);
    return this;
  }

  /** The row of the inbox that shows these words. */
  row(words: string): Locator {
    return this.page.getByRole("link").filter({ hasText: words });
  }

  async openConversation(words: string): Promise<void> {
    await this.row(words).first().click();
    await expect(this.composer).toBeVisible();
  }

  /** One of what can be done with the open conversation. */
  action(name: string): Locator {
    return this.page.getByRole("region", { name: "Conversation" }).getByRole("button", { name, exact: true });
  }

  async reply(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
    await expect(this.message(text)).toBeVisible();
  }

  message(text: string | RegExp): Locator {
    return this.thread.getByRole("article").filter({ hasText: text });
  }
}
