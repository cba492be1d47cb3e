// The owner's HTTP API, as far as tests need it to set the stage.
import type { Given } from "./pictures.ts";
import { OWNER } from "./server.ts";

export type Site = { id: number; publicId: string; slug: string; name: string; tag: string };
export type Knowledge = { question: string; answer: string } | { title: string; text: string };

export class Api {
  private token = "";
  private count = 0;
  constructor(private readonly origin: string) {}

  async signIn(): Promise<this> {
    const reply = await this.call<{ access_token: string }>("POST", "/auth/login", OWNER);
    this.token = reply.access_token;
    return this;
  }

  /** A site with a name of its own. Settings are those of `PATCH /api/sites`. */
  async site(settings: Record<string, unknown> = {}, knowledge: Knowledge[] = []): Promise<Site> {
    const name = `Acme Bikes ${String(++this.count).padStart(3, "0")}`;
    const bot = await this.call<{ id: number; public_id: string; snippet: string }>("POST", "/bots", { name });
    const slug = bot.public_id.replace("ch_", "");
    if (Object.keys(settings).length > 0) await this.call("PATCH", "/api/sites", { siteId: bot.id, ...settings });
    for (const item of knowledge) await this.learn(bot.public_id, item);
    return { id: bot.id, publicId: bot.public_id, slug, name, tag: bot.snippet };
  }

  learn(chatbotId: string, item: Knowledge): Promise<unknown> {
    const body =
      "question" in item
        ? { chatbotId, type: "qa", question: item.question, content: item.answer }
        : { chatbotId, type: "text", title: item.title, content: item.text };
    return this.call("POST", "/api/knowledge", body);
  }

  conversations(site: Site): Promise<{ data: { id: string; mode: string; lastSeq: number }[] }> {
    return this.call("GET", `/api/conversations?status=all&site=${site.id}`);
  }

  messages(conversation: string): Promise<{ data: { seq: number; role: string; content: string; status: string }[] }> {
    return this.call("GET", `/api/conversations/${conversation}/messages?limit=200`);
  }

  act(conversation: string, action: "takeover" | "handback" | "resolve"): Promise<unknown> {
    return this.call("POST", `/api/conversations/${conversation}/${action}`, {});
  }

  reply(conversation: string, message: string): Promise<unknown> {
    return this.call("POST", `/api/conversations/${conversation}/reply`, { message });
  }

  /** A file of an operator's, by its id. */
  async upload(conversation: string, { name, mimeType, buffer }: Given): Promise<number> {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(buffer)], { type: mimeType }), name);
    const reply = await fetch(`${this.origin}/api/conversations/${conversation}/upload`, { method: "POST", headers: { authorization: `Bearer ${this.token}` }, body: form });
    if (!reply.ok) throw new Error(`upload answered ${reply.status}: ${await reply.text()}`);
    return ((await reply.json()) as { id: number }).id;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(this.origin + path, {
      method,
      headers: { "content-type": "application/json", ...(this.token && { authorization: `Bearer ${this.token}` }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
