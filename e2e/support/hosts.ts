// Pages of a site owner, served from another site than the chat server: shop.localhost, which browsers resolve to loopback.
import { listen, type Running } from "./http.ts";

export type HostPage = {
  head?: string;
  body?: string;
  headers?: Record<string, string>;
  /** The whole document, instead of head and body. */
  html?: string;
};

export class Hosts {
  private readonly pages = new Map<string, { type: string; text: string; headers: Record<string, string> }>();
  private count = 0;
  private constructor(private readonly running: Running) {}

  static async start(): Promise<Hosts> {
    const pages: { hosts?: Hosts } = {};
    const running = await listen((request, response) => {
      const path = new URL(request.url ?? "/", "http://host").pathname;
      const found = pages.hosts?.pages.get(path);
      if (!found) {
        response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
        return;
      }
      response.writeHead(200, { "content-type": found.type, ...found.headers }).end(found.text);
    });
    pages.hosts = new Hosts(running);
    return pages.hosts;
  }

  get origin(): string {
    return `http://shop.localhost:${this.running.port}`;
  }

  /** The same page as a neighbour of the chat server: frames of one site keep their locks where those of a foreign one are refused them. */
  beside(url: string): string {
    return url.replace("//shop.localhost:", "//127.0.0.1:");
  }

  /** Serves a page under an address of its own. */
  page({ head = "", body = "", headers = {}, html }: HostPage): string {
    const text =
      html ??
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>` +
        `<meta name="viewport" content="width=device-width,initial-scale=1">${head}</head>` +
        `<body><header>Since 1987</header><main><h1>A shop</h1><p><a href="#more">A link</a></p></main>${body}<footer>Imprint</footer></body></html>`;
    return this.file(`/page-${++this.count}`, text, "text/html; charset=utf-8", headers);
  }

  file(path: string, text: string, type: string, headers: Record<string, string> = {}): string {
    this.pages.set(path, { type, text, headers });
    return this.origin + path;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}
