// Browsers with other engines than Chromium's, through what they speak themselves: Firefox WebDriver BiDi (puppeteer),
// WebKitGTK's MiniBrowser classic WebDriver. Both run scripts in the host page and in the panel's frame.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import puppeteer, { type Browser, type Frame, type Page } from "puppeteer-core";

export type Engine = {
  open(url: string): Promise<void>;
  /** What a function body gives back in the host page. Elements cannot be given back. */
  inPage<T>(body: string): Promise<T>;
  /** The same in the panel's frame, once that is there. */
  inPanel<T>(body: string): Promise<T>;
  /** A click by the browser itself, not by a script. */
  pressLauncher(): Promise<void>;
  /** Types into what has the focus of the frame. Ends with Enter where the text ends with a line break. */
  type(text: string): Promise<void>;
  stop(): Promise<void>;
};

const LAUNCHER = `document.querySelector("parlance-chat")?.shadowRoot.querySelector('[aria-haspopup="dialog"]')`;
const FRAME = `document.querySelector("parlance-chat")?.shadowRoot.querySelector("iframe")`;
const ENTER = "\uE007";
const START_MS = 20_000;

class Firefox implements Engine {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  static async start(program: string): Promise<Engine> {
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: program, headless: true });
    return new Firefox(browser, await browser.newPage());
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
  }

  inPage<T>(body: string): Promise<T> {
    return this.page.evaluate(`(() => {${body}})()`) as Promise<T>;
  }

  async inPanel<T>(body: string): Promise<T> {
    return (await this.frame()).evaluate(`(() => {${body}})()`) as Promise<T>;
  }

  async pressLauncher(): Promise<void> {
    const launcher = (await this.page.evaluateHandle(`${LAUNCHER}`)).asElement();
    await (launcher as NonNullable<typeof launcher> & { click(): Promise<void> }).click();
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text.replace(/\n$/, ""));
    if (text.endsWith("\n")) await this.page.keyboard.press("Enter");
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }

  private async frame(): Promise<Frame> {
    const handle = (await this.page.evaluateHandle(`${FRAME}`)).asElement();
    const frame = await (handle as { contentFrame?(): Promise<Frame> } | null)?.contentFrame?.();
    if (!frame) throw new Error("the panel's frame is not there");
    return frame;
  }
}

type Element = Record<string, string>;

class WebKit implements Engine {
  private constructor(
    private readonly driver: ChildProcess,
    private readonly session: string,
  ) {}

  static async start(program: string, browser: string): Promise<Engine> {
    const port = await freePort();
    const headless = process.env.DISPLAY ? [] : ["-a", program];
    const driver = spawn(headless.length > 0 ? "xvfb-run" : program, [...headless, `--port=${port}`], { stdio: "ignore", detached: true });
    const base = `http://127.0.0.1:${port}`;
    const options = { binary: browser, args: ["--automation"] };
    const body = { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } };
    for (const until = Date.now() + START_MS; ; ) {
      try {
        const { sessionId } = await ask<{ sessionId: string }>("POST", `${base}/session`, body);
        return new WebKit(driver, `${base}/session/${sessionId}`);
      } catch (error) {
        if (Date.now() > until) {
          end(driver);
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async open(url: string): Promise<void> {
    await ask("POST", `${this.session}/url`, { url });
  }

  inPage<T>(script: string): Promise<T> {
    return ask<T>("POST", `${this.session}/execute/sync`, { script, args: [] });
  }

  async inPanel<T>(script: string): Promise<T> {
    await this.enter();
    try {
      return await this.inPage<T>(script);
    } finally {
      await this.leave();
    }
  }

  async pressLauncher(): Promise<void> {
    const launcher = await this.inPage<Element>(`return ${LAUNCHER}`);
    await ask("POST", `${this.session}/element/${Object.values(launcher)[0]}/click`, {});
  }

  async type(text: string): Promise<void> {
    await this.enter();
    const focused = await this.inPage<Element>("return document.activeElement");
    const keys = text.replace(/\n$/, ENTER);
    await ask("POST", `${this.session}/element/${Object.values(focused)[0]}/value`, { text: keys });
    await this.leave();
  }

  async stop(): Promise<void> {
    await ask("DELETE", this.session).catch(() => {});
    end(this.driver);
  }

  private async enter(): Promise<void> {
    await ask("POST", `${this.session}/frame`, { id: await this.inPage<Element>(`return ${FRAME}`) });
  }

  private async leave(): Promise<void> {
    await ask("POST", `${this.session}/frame`, { id: null });
  }
}

/** With what it has started: the group. */
function end(driver: ChildProcess): void {
  if (driver.pid) process.kill(-driver.pid, "SIGTERM");
}

async function ask<T>(method: string, url: string, body?: unknown): Promise<T> {
  const reply = await fetch(url, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const { value } = (await reply.json()) as { value: T & { error?: string; message?: string } };
  if (!reply.ok) throw new Error(`${method} ${url}: ${value.error}: ${value.message}`);
  return value;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The engines that can be driven here, by name. Debian and Ubuntu have both, see tools/setup-test.sh. */
export function engines(): Map<string, () => Promise<Engine>> {
  const found = new Map<string, () => Promise<Engine>>();
  const first = (paths: (string | undefined)[]) => paths.find((path) => path && existsSync(path));
  const firefox = first([process.env.PARLANCE_FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"]);
  if (firefox) found.set("Firefox", () => Firefox.start(firefox));
  const driver = first([process.env.PARLANCE_WEBKIT_DRIVER, "/usr/bin/WebKitWebDriver"]);
  const browser = first(["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/libexec"].map((folder) => `${folder}/webkit2gtk-4.1/MiniBrowser`));
  if (driver && browser) found.set("WebKit", () => WebKit.start(driver, browser));
  return found;
}
