// What a page complained about, and what it asked for.
import type { BrowserContext, ConsoleMessage, Page, Request } from "@playwright/test";

export class Watch {
  readonly console: { type: string; text: string }[] = [];
  readonly errors: string[] = [];
  readonly requests: string[] = [];
  readonly violations: string[] = [];

  static async of(page: Page): Promise<Watch> {
    const watch = new Watch();
    page.on("console", (message: ConsoleMessage) => watch.console.push({ type: message.type(), text: message.text() }));
    page.on("pageerror", (error) => watch.errors.push(error.message));
    page.on("request", (request: Request) => watch.requests.push(request.url()));
    await page.exposeFunction("reportViolation", (text: string) => watch.violations.push(text));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const report = (window as unknown as { reportViolation(text: string): void }).reportViolation;
        report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
      });
    });
    return watch;
  }

  warnings(): string[] {
    return this.console.filter(({ type }) => type === "warning").map(({ text }) => text);
  }

  /** Everything that a site owner would call a problem. */
  problems(): string[] {
    const said = this.console.filter(({ type }) => type === "error" || type === "warning").map(({ type, text }) => `${type}: ${text}`);
    return [...said, ...this.errors, ...this.violations];
  }
}

/** Requests of all pages of a context, without their query. */
export function requestedPaths(context: BrowserContext): string[] {
  const paths: string[] = [];
  context.on("request", (request) => paths.push(new URL(request.url()).pathname));
  return paths;
}
