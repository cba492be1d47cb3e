// A model behind an OpenAI-compatible address, which says what a test tells it to, when the test tells it to.
import type { ServerResponse } from "node:http";
import { bodyOf, listen, type Running } from "./http.ts";

export type Script = {
  /** Sent one after another, each as an event of its own. */
  tokens: string[];
  /** Stops before this token until the test lets it go on. */
  holdBefore?: number;
  /** What goes wrong: a status instead of an answer, a connection cut after the tokens, or bytes that are no events. */
  fault?: number | "cut" | "garbage";
};

type Request = { messages: { role: string; content: unknown }[] };

export class Model {
  readonly requests: Request[] = [];
  private readonly scripts: { match: string; script: Script }[] = [];
  private gate: { opened: Promise<void>; open: () => void } | undefined;
  private reached: (() => void) | undefined;
  private constructor(private readonly running: Running) {}

  static async start(): Promise<Model> {
    const own: { model?: Model } = {};
    const running = await listen(async (request, response) => {
      const asked = JSON.parse((await bodyOf(request)) || "{}") as Request;
      await own.model?.answer(asked, response);
    });
    own.model = new Model(running);
    return own.model;
  }

  /** What the program is told about it. */
  get settings(): Record<string, string> {
    return {
      PARLANCE_LLM_PROVIDER: "openai",
      PARLANCE_LLM_BASE_URL: `http://127.0.0.1:${this.running.port}/v1`,
      PARLANCE_LLM_API_KEY: "sk-scripted",
      PARLANCE_LLM_MODEL: "scripted",
    };
  }

  /** How it answers a question that contains these words. Later scripts come first. */
  script(match: string, script: Script): void {
    this.scripts.unshift({ match, script });
  }

  /** Resolves when an answer has come to its `holdBefore`. */
  held(): Promise<void> {
    return new Promise((resolve) => {
      this.reached = resolve;
    });
  }

  release(): void {
    this.gate?.open();
  }

  stop(): Promise<void> {
    this.release();
    return this.running.stop();
  }

  private async answer(request: Request, response: ServerResponse): Promise<void> {
    this.requests.push(request);
    const question = request.messages?.findLast(({ role }) => role === "user")?.content;
    const asked = typeof question === "string" ? question : JSON.stringify(question ?? "");
    const script = this.scripts.find(({ match }) => asked.includes(match))?.script ?? { tokens: ["I ", "heard ", "you."] };
    if (typeof script.fault === "number") {
      response.writeHead(script.fault, { "content-type": "application/json" }).end(JSON.stringify({ error: { message: "scripted", type: "scripted" } }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (script.fault === "garbage") {
      response.end("data: {not json\n\n");
      return;
    }
    for (const [index, token] of script.tokens.entries()) {
      if (index === script.holdBefore) await this.wait();
      response.write(event({ content: token }));
    }
    if (script.fault === "cut") {
      // What was written arrives, and then nothing more does.
      response.socket?.end();
      return;
    }
    response.end(`${event({}, "stop")}data: [DONE]\n\n`);
  }

  private wait(): Promise<void> {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.gate = { opened, open };
    this.reached?.();
    return opened;
  }
}

function event(delta: object, finish_reason: string | null = null): string {
  const chunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model: "scripted", choices: [{ index: 0, delta, finish_reason }] };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
