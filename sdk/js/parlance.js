// Parlance's HTTP API for browsers and Node: sites, chatbots, streamed answers.
import { pieces } from "./streaming.js";
import { Client, newKey } from "./transport.js";

export * from "./errors.js";
export { InvalidSignature, verifySignature, verifyWebhook } from "./webhooks.js";

const segment = encodeURIComponent;

/** One site, by its API key (`X-API-Key`). `baseUrl` ends in `/api/v1`. */
export class Site extends Client {
  constructor(apiKey, baseUrl, options) {
    super(baseUrl, { "X-API-Key": apiKey }, options);
  }

  getSite() {
    return this.call("GET", "/site");
  }

  updateSite(fields) {
    return this.call("PATCH", "/site", { json: fields });
  }

  getEmbed() {
    return this.call("GET", "/embed");
  }

  chat(message, conversationId) {
    return this.create("/chat", { message, conversationId: conversationId ?? undefined });
  }
}

/** Developer accounts and the sites they make. `baseUrl` ends in `/api/v1`. */
export class Developer extends Client {
  constructor(baseUrl, developerKey, options) {
    super(baseUrl, developerKey ? { Authorization: `Bearer ${developerKey}` } : {}, options);
  }

  createAccount({ email, password, name }) {
    return this.call("POST", "/developers", { json: { email, password, name } });
  }

  createSite(fields = {}) {
    return this.create("/sites", fields);
  }
}

/** The chatbots API, by an API key of the account (`ck_live_…`). */
export class Chatbots extends Client {
  constructor(apiKey, baseUrl, options) {
    super(baseUrl, apiKey ? { Authorization: `Bearer ${apiKey}` } : {}, options);
  }

  async *chat(chatbotId, message, { visitorId, conversationId, language, signal } = {}) {
    const response = await this.send("POST", `/api/chat/${segment(chatbotId)}`, {
      json: { message, visitorId, conversationId, language },
      headers: { "Idempotency-Key": newKey() },
      signal,
    });
    yield* pieces(response.body);
  }

  listChatbots(paging) {
    return this.call("GET", "/api/chatbots", { query: paging });
  }

  createChatbot({ name, website }) {
    return this.create("/api/chatbots", { name, website });
  }

  updateChatbot(chatbotId, fields) {
    return this.call("PATCH", `/api/chatbots/${segment(chatbotId)}`, { json: fields });
  }

  deleteChatbot(chatbotId) {
    return this.call("DELETE", `/api/chatbots/${segment(chatbotId)}`);
  }

  addKnowledge({ chatbotId, type, source, content }) {
    return this.create("/api/knowledge", { chatbotId, type, source, content });
  }

  uploadKnowledge(chatbotId, file, name) {
    const form = new FormData();
    form.set("chatbotId", chatbotId);
    form.set("file", file, name ?? file.name);
    return this.call("POST", "/api/knowledge/upload", { form });
  }

  scrapeKnowledge(chatbotId, url) {
    return this.create("/api/knowledge/scrape", { chatbotId, url });
  }

  reply(conversationId, message) {
    return this.create(`/api/conversations/${segment(conversationId)}/reply`, { message });
  }

  tag(conversationId, tags, mode = "add") {
    return this.call("POST", `/api/conversations/${segment(conversationId)}/tags`, { json: { tags, mode } });
  }

  async export(conversationId, format = "csv") {
    const path = `/api/conversations/${segment(conversationId)}/export`;
    return (await this.send("GET", path, { query: { format } })).text();
  }

  listWebhooks(paging) {
    return this.call("GET", "/api/webhooks", { query: paging });
  }

  createWebhook({ url, events, description }) {
    return this.create("/api/webhooks", { url, events, description });
  }

  updateWebhook(webhookId, fields) {
    return this.call("PATCH", `/api/webhooks/${segment(webhookId)}`, { json: fields });
  }

  deleteWebhook(webhookId) {
    return this.call("DELETE", `/api/webhooks/${segment(webhookId)}`);
  }

  rotateWebhookSecret(webhookId) {
    return this.call("POST", `/api/webhooks/${segment(webhookId)}/rotate`, { json: {} });
  }

  listDeliveries(webhookId, paging) {
    return this.call("GET", `/api/webhooks/${segment(webhookId)}/deliveries`, { query: paging });
  }

  replayDelivery(webhookId, deliveryId) {
    const path = `/api/webhooks/${segment(webhookId)}/deliveries/${segment(deliveryId)}/replay`;
    return this.call("POST", path, { json: {} });
  }
}

/** A visitor of a site: what a widget of your own needs. */
export class Visitor extends Client {
  #who;

  constructor(siteKey, sessionId, baseUrl, options) {
    super(baseUrl, {}, options);
    this.#who = { site_key: siteKey, session_id: sessionId };
  }

  async *stream(message, { lang, messageId = newKey(), signal } = {}) {
    // The message's id makes a repeated one the same message.
    const json = { ...this.#who, message, lang, message_id: messageId };
    const response = await this.send("POST", "/api/v1/chat/stream", { json, signal });
    yield* pieces(response.body);
  }

  history() {
    return this.call("GET", "/api/v1/chat/history", { query: this.#who });
  }
}
