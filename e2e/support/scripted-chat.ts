// A chat server that does exactly what a test of the loader tells it: the loader as it is shipped, configs and faults by site,
// and a panel page that only speaks the handshake and writes down what it hears.
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { listen, type Running } from "./http.ts";

const PUBLIC = new URL("../../public/", import.meta.url);
const LOADER = new URL("widget.js", PUBLIC);

const PANEL = `<!doctype html><title>Panel</title><input aria-label="Message"><script>
  self.heard = [];
  addEventListener("message", (event) => {
    if (event.source !== parent || event.data?.parlance !== "port") return;
    self.hostOrigin = event.origin;
    self.port = event.ports[0];
    self.port.onmessage = (message) => { self.heard.push(message.data); };
  });
  parent.postMessage({ parlance: "hello" }, "*");
</script>`;

export type Fault = "missing" | "unavailable" | "hold";

export class ScriptedChat {
  readonly requests: { path: string; site: string | null; at: number }[] = [];
  private readonly configs = new Map<string, object>();
  private readonly faults = new Map<string, { config?: Fault; frame?: Fault }>();
  private readonly held: ServerResponse[] = [];
  private count = 0;
  private constructor(private readonly running: Running) {}

  static async start(): Promise<ScriptedChat> {
    const own: { chat?: ScriptedChat } = {};
    const running = await listen((request, response) => own.chat?.answer(new URL(request.url ?? "/", "http://chat"), response));
    own.chat = new ScriptedChat(running);
    return own.chat;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.running.port}`;
  }

  /** A site with a config of its own; returns its id. */
  site(changes: Record<string, unknown> = {}, style: Record<string, unknown> = {}): string {
    const slug = `loader${++this.count}`;
    this.configs.set(`site_${slug}`, {
      bot_id: `ch_${slug}`,
      name: "Shop assistant",
      enabled: true,
      greeting: "Hi! How can we help?",
      launcher_label: "Open chat",
      welcome_message: "Ask away.",
      link_safety: { enabled: false, allowed_domains: [], label: "" },
      allowed_domains: [],
      ai_mode: "on",
      ...changes,
      style: {
        primary_color: "#4338ca",
        bg_color: "#ffffff",
        font_color: "#1c1b29",
        button_color: "#4338ca",
        position: "bottom-right",
        corner_style: "rounded",
        drop_shadow: "soft",
        glow_size: "none",
        glow_strength: "none",
        theme: "auto",
        ...style,
      },
    });
    return `site_${slug}`;
  }

  fault(site: string, faults: { config?: Fault; frame?: Fault }): void {
    this.faults.set(site, faults);
  }

  /** Lets go of every reply that was held. */
  release(site: string): void {
    this.faults.delete(site);
    for (const response of this.held.splice(0)) this.json(response, this.configs.get(site));
  }

  tag(site: string, attributes = "async"): string {
    return `<script src="${this.origin}/widget.js" data-site="${site}" ${attributes}></script>`;
  }

  seen(site: string): string[] {
    const spelled = site.replace("site_", "");
    return this.requests.filter((request) => request.site?.endsWith(spelled)).map((request) => request.path);
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  private answer(url: URL, response: ServerResponse): void {
    const asked = url.searchParams.get("bot_id");
    const site = asked?.replace(/^(ch|bot)_/, "site_") ?? "";
    this.requests.push({ path: url.pathname, site: asked, at: Date.now() });
    if (["/widget.js", "/embed.js"].includes(url.pathname)) {
      this.script(response, LOADER);
    } else if (/^\/loader\/\w+\.js$/.test(url.pathname)) {
      this.script(response, new URL(`.${url.pathname}`, PUBLIC));
    } else if (url.pathname === "/loader/words.json") {
      // As the bundler makes it: the parts take it for a module.
      this.module(response, `export default ${readFileSync(new URL("loader/words.json", PUBLIC), "utf8")}`);
    } else if (url.pathname === "/widget/config") {
      this.withFault(this.faults.get(site)?.config, response, () => this.json(response, this.configs.get(site)));
    } else if (url.pathname === "/widget/frame") {
      this.withFault(this.faults.get(site)?.frame, response, () => response.writeHead(200, { "content-type": "text/html" }).end(PANEL));
    } else {
      response.writeHead(404).end();
    }
  }

  private script(response: ServerResponse, file: URL): void {
    this.module(response, readFileSync(file));
  }

  private module(response: ServerResponse, text: string | Buffer): void {
    response.writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" }).end(text);
  }

  private withFault(fault: Fault | undefined, response: ServerResponse, answer: () => void): void {
    if (fault === "hold") this.held.push(response);
    else if (fault) response.writeHead(fault === "missing" ? 404 : 503, { "access-control-allow-origin": "*" }).end();
    else answer();
  }

  private json(response: ServerResponse, value: object | undefined): void {
    response.writeHead(value ? 200 : 404, { "content-type": "application/json", "access-control-allow-origin": "*" });
    response.end(JSON.stringify(value ?? { detail: "Not found", code: "not_found" }));
  }
}
