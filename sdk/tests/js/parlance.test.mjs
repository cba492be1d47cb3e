// The chatbots API and webhooks, and how streams are read.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { describe, test } from "node:test";
import {
  Chatbots,
  Developer,
  InvalidSignature,
  NotFoundError,
  StreamError,
  verifySignature,
  verifyWebhook,
} from "../../js/parlance.js";
import { pieces } from "../../js/streaming.js";

const { PARLANCE_URL: URL, API_KEY: KEY, CHATBOT_ID: CHATBOT } = process.env;

const all = async (stream) => {
  const read = [];
  for await (const piece of stream) read.push(piece);
  return read;
};

describe("the chatbots API", () => {
  test("an answer streams", async () => {
    const client = new Chatbots(KEY, URL);
    const read = await all(client.chat(CHATBOT, "What are your hours?", { visitorId: "vis_abc123", language: "en" }));
    assert.equal(read.map(({ text }) => text).join(""), "We're open Monday to Friday, 9am to 5pm.");
    const { conversationId } = read[0];
    assert.match(conversationId, /^conv_/);
    const again = await all(client.chat(CHATBOT, "What are your hours?", { conversationId }));
    assert.equal(again[0].conversationId, conversationId);
  });

  test("chatbots, knowledge and conversations", async () => {
    const client = new Chatbots(KEY, URL);
    const { id } = await client.createChatbot({ name: "Support Bot", website: "https://example.com" });
    assert.equal((await client.updateChatbot(id, { name: "Helper" })).name, "Helper");
    const { data } = await client.listChatbots({ limit: 200 });
    assert.ok(data.some((row) => row.id === id));
    const item = await client.addKnowledge({ chatbotId: id, type: "text", content: "We ship to Canada in three days." });
    assert.equal(item.type, "text");
    const uploaded = await client.uploadKnowledge(id, new Blob(["# Terms\n\nReturns within 30 days."]), "terms.md");
    assert.equal(uploaded.title, "terms.md");
    const [{ conversationId }] = await all(client.chat(id, "Do you ship to Canada?"));
    assert.equal((await client.reply(conversationId, "Yes, we do!")).content, "Yes, we do!");
    assert.match(JSON.stringify(await client.tag(conversationId, ["shipping"])), /shipping/);
    assert.match(await client.export(conversationId), /Yes, we do!/);
    assert.equal(await client.deleteChatbot(id), undefined);
    await assert.rejects(client.updateChatbot(id, { name: "Gone" }), NotFoundError);
  });

  test("a developer account with its site", async () => {
    const base = `${URL}/api/v1`;
    const { developerKey } = await new Developer(base).createAccount({ email: "grace@example.com", name: "Grace" });
    const site = await new Developer(base, developerKey).createSite({ domain: "acme.com", displayName: "Acme Support" });
    assert.equal(site.domain, "acme.com");
    assert.match(site.apiKey, /^[0-9a-f]{32}$/);
  });
});

/** A body that comes in these pieces. */
const body = (...parts) =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(typeof part === "string" ? new TextEncoder().encode(part) : part);
      controller.close();
    },
  });

describe("streams", () => {
  const s1 = 'data: {"text": "Grüße ", "conversationId": "conv_a"}\n\ndata: {"text": "🎉", "conversationId": "conv_a"}\n\ndata: [DONE]\n\n';

  test("come in any pieces", async () => {
    const expected = [
      { text: "Grüße ", conversationId: "conv_a" },
      { text: "🎉", conversationId: "conv_a" },
    ];
    const bytes = [...new TextEncoder().encode(s1)].map((byte) => Uint8Array.of(byte));
    assert.deepEqual(await all(pieces(body(s1))), expected);
    assert.deepEqual(await all(pieces(body(...bytes))), expected);
    assert.deepEqual(await all(pieces(body(s1.replaceAll("\n", "\r\n")))), expected);
  });

  test("of the visitor API", async () => {
    const s4 =
      'retry: 2000\n\n: here\n\nid: 1\ndata: {"type":"chunk","content":"Yes, "}\n\ndata: {"type":"chunk","content":"we do."}\n\n' +
      'data: {"type":"done","meta":{"conversation_id":50}}\n\n';
    assert.deepEqual((await all(pieces(body(s4)))).map(({ text }) => text), ["Yes, ", "we do."]);
  });

  test("that break off are errors", async () => {
    const code = (wanted) => (error) => error instanceof StreamError && error.code === wanted;
    await assert.rejects(all(pieces(body('data: {"text":"half"}\n\n'))), code("model_interrupted"));
    await assert.rejects(all(pieces(body('data: {"error":"model_unavailable","message":"No."}\n\n'))), code("model_unavailable"));
    const s4 = 'data: {"type":"error","success":false,"code":"model_unavailable","message":"No."}\n\n';
    await assert.rejects(all(pieces(body(s4))), code("model_unavailable"));
  });
});

describe("webhooks", () => {
  test("what the server sends is verified", async () => {
    let received;
    const heard = new Promise((resolve) => {
      received = resolve;
    });
    const receiver = createServer((request, response) => {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => {
        response.writeHead(204).end();
        received({ headers: request.headers, body: Buffer.concat(parts) });
      });
    });
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const client = new Chatbots(KEY, URL);
    const hook = await client.createWebhook({ url: `http://127.0.0.1:${receiver.address().port}/hook`, events: ["new_message"] });
    await all(client.chat(CHATBOT, "What are your hours?"));
    const { headers, body: sent } = await heard;
    const { event, data } = await verifyWebhook(sent, headers, hook.secret);
    assert.deepEqual([event, data.message, data.sender], ["new_message", "What are your hours?", "visitor"]);
    assert.equal((await verifyWebhook(sent, new Headers(headers), hook.secret)).event, "new_message");
    const signature = headers["x-chattery-signature"];
    assert.equal(await verifySignature(sent, signature, hook.secret), true);
    for (const wrong of ["", "zz", "0".repeat(64), signature.slice(2)]) {
      assert.equal(await verifySignature(sent, wrong, hook.secret), false);
    }
    await assert.rejects(verifySignature(sent, signature, ""), TypeError);
    const changed = Buffer.concat([sent, Buffer.from(" ")]);
    assert.equal(await verifySignature(changed, signature, hook.secret), false);
    const moment = Number(headers["webhook-timestamp"]) * 1000;
    for (const [text, now] of [[changed, moment], [sent, moment + 301_000], [sent, moment - 301_000]]) {
      await assert.rejects(verifyWebhook(text, headers, hook.secret, { now }), InvalidSignature);
    }
    await assert.rejects(verifyWebhook(sent, {}, hook.secret), InvalidSignature);
    const { secret } = await client.rotateWebhookSecret(hook.id);
    await assert.rejects(verifyWebhook(sent, headers, secret), InvalidSignature);
    await client.deleteWebhook(hook.id);
    receiver.close();
    receiver.closeAllConnections();
  });

  test("the standard's own example", async () => {
    const headers = {
      "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "Webhook-Timestamp": "1614265330",
      "Webhook-Signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,x",
    };
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const payload = await verifyWebhook('{"test": 2432232314}', headers, secret, { now: 1_614_265_330_000 });
    assert.deepEqual(payload, { test: 2432232314 });
  });
});
