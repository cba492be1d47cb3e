export * from "./webhooks.js";

export class ParlanceError extends Error {
  /** The HTTP status; undefined where there was no answer. */
  readonly status?: number;
  /** The machine-readable code, such as `validation_failed`. */
  readonly code?: string;
  /** Seconds after which trying again makes sense, where the server said so. */
  readonly retryAfter?: number;
  /** Names the request in the server's log. */
  readonly requestId?: string;
}
export class ValidationError extends ParlanceError {}
export class AuthenticationError extends ParlanceError {}
export class ForbiddenError extends ParlanceError {}
export class NotFoundError extends ParlanceError {}
export class ConflictError extends ParlanceError {}
export class RateLimitError extends ParlanceError {}
export class ServerError extends ParlanceError {}
export class ConnectionFailed extends ParlanceError {}
export class StreamError extends ParlanceError {}

export interface Options {
  fetch?: typeof fetch;
}

export type Json = Record<string, unknown>;

/** A piece of an answer. The pieces joined are the whole answer. */
export interface Piece {
  text: string;
  conversationId?: string;
}

export interface Page<Row> {
  data: Row[];
  nextCursor: string | null;
}

export interface Paging {
  cursor?: string;
  limit?: number;
}

/** A site's configuration: these fields, and the others of the developer API. */
export interface SiteConfig extends Json {
  id: string;
  domain: string;
  displayName: string;
  starterPrompt: string;
  customPrompt: string;
  primaryColor: string;
  greetingText: string;
  position: string;
  welcomeMessage: string;
  allowedOrigins: string;
  contactPhone: string;
  contactEmail: string;
  websiteUrl: string;
  tosUrl: string;
  privacyUrl: string;
  contactUrl: string;
  enabled: boolean;
}

export interface TestReply {
  reply: string;
  conversationId: string;
}

/** One site, by its API key. `baseUrl` ends in `/api/v1`. */
export class Site {
  constructor(apiKey: string, baseUrl: string, options?: Options);
  getSite(): Promise<SiteConfig>;
  /** Changes the given fields, all or none; gives the site as it is then. */
  updateSite(fields: Json): Promise<SiteConfig>;
  /** What to paste into every page. */
  getEmbed(): Promise<{ snippet: string }>;
  /** A test chat; it reaches no inbox. */
  chat(message: string, conversationId?: string | null): Promise<TestReply>;
}

/** Developer accounts and the sites they make. `baseUrl` ends in `/api/v1`. */
export class Developer {
  constructor(baseUrl: string, developerKey?: string, options?: Options);
  createAccount(account: { email: string; password?: string; name?: string }): Promise<Json>;
  createSite(fields?: Json): Promise<Json>;
}

export interface Webhook extends Json {
  id: number;
  url: string;
  events: string[];
  enabled: boolean;
  /** Only in the replies to creating and rotating. */
  secret?: string;
}

/** The chatbots API, by an API key of the account (`ck_live_…`). */
export class Chatbots {
  constructor(apiKey: string | undefined, baseUrl: string, options?: Options);
  /** Sends a message; the answer comes in pieces. */
  chat(
    chatbotId: string,
    message: string,
    options?: { visitorId?: string; conversationId?: string; language?: string; signal?: AbortSignal },
  ): AsyncGenerator<Piece, void, void>;
  listChatbots(paging?: Paging): Promise<Page<Json>>;
  createChatbot(chatbot: { name: string; website?: string }): Promise<Json>;
  updateChatbot(chatbotId: string, fields: Json): Promise<Json>;
  deleteChatbot(chatbotId: string): Promise<void>;
  addKnowledge(item: {
    chatbotId: string;
    type: "url" | "qa" | "text" | "document";
    source?: string;
    content?: string | null;
  }): Promise<Json>;
  uploadKnowledge(chatbotId: string, file: Blob, name?: string): Promise<Json>;
  scrapeKnowledge(chatbotId: string, url: string): Promise<Json>;
  reply(conversationId: string, message: string): Promise<Json>;
  tag(conversationId: string, tags: string[], mode?: "add" | "replace"): Promise<Json>;
  export(conversationId: string, format?: "csv" | "txt" | "json"): Promise<string>;
  listWebhooks(paging?: Paging): Promise<Page<Webhook>>;
  createWebhook(webhook: { url: string; events: string[]; description?: string }): Promise<Webhook>;
  updateWebhook(webhookId: number, fields: Json): Promise<Webhook>;
  deleteWebhook(webhookId: number): Promise<void>;
  rotateWebhookSecret(webhookId: number): Promise<Webhook>;
  listDeliveries(webhookId: number, paging?: Paging): Promise<Page<Json>>;
  replayDelivery(webhookId: number, deliveryId: number): Promise<Json>;
}

/** A visitor of a site: what a widget of your own needs. */
export class Visitor {
  constructor(siteKey: string, sessionId: string, baseUrl: string, options?: Options);
  /** Sends a message; the answer comes in pieces. */
  stream(
    message: string,
    options?: { lang?: string; messageId?: string; signal?: AbortSignal },
  ): AsyncGenerator<Piece, void, void>;
  history(): Promise<Json>;
}
