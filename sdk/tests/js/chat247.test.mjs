// The developer document's own calls, as they stand there but for the key.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Chat247, RateLimitError } from "../../js/chat247.js";
import { AuthenticationError, ConnectionFailed, ForbiddenError, ServerError, ValidationError } from "../../js/parlance.js";

const YOUR_API_KEY = process.env.SITE_API_KEY;
const REFUSING = process.env.REFUSING_URL;

describe("documented", () => {
  test("quickstart", async () => {
    const client = new Chat247(YOUR_API_KEY);
    const site = await client.getSite();
    assert.equal(site.displayName, "Acme Support");
    assert.equal(site.enabled, true);
    assert.equal(typeof site.domain, "string");
  });

  test("update", async () => {
    const client = new Chat247(YOUR_API_KEY);
    const updated = await client.updateSite({
      greetingText: "Welcome back!",
      brandColor: "#4338ca",
    });
    assert.equal(updated.greetingText, "Welcome back!");
    assert.equal(updated.primaryColor, "#4338ca");
  });

  test("embed", async () => {
    const client = new Chat247(YOUR_API_KEY);
    const { snippet } = await client.getEmbed();
    const { id } = await client.getSite();
    assert.match(snippet, new RegExp(`^<script src="http://[^"]+/widget.js" data-site="${id}" async></script>$`));
  });

  test("chat", async () => {
    const client = new Chat247(YOUR_API_KEY);
    const res = await client.chat("What are your hours?");
    assert.equal(res.reply, "We're open Monday to Friday, 9am to 5pm.");
    const res2 = await client.chat("And on weekends?", res.conversationId);
    assert.ok(res2.reply);
    assert.equal(res2.conversationId, res.conversationId);
  });

  test("the reference", async () => {
    const client = new Chat247(YOUR_API_KEY, process.env.CHAT247_BASE_URL);
    await client.updateSite({ greetingText: "Hi there!" });
    const { reply } = await client.chat("Hello", null);
    assert.ok(reply);
  });
});

const refused = async (Kind, promise, fields) => {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof Kind, `${error}`);
    for (const [name, value] of Object.entries(fields)) assert.equal(error[name], value, name);
    return true;
  });
};

describe("refusals", () => {
  test("are typed", async () => {
    await refused(AuthenticationError, new Chat247("0".repeat(32)).getSite(), {
      status: 401,
      code: "invalid_api_key",
      message: "The X-API-Key header is missing or invalid.",
    });
    const client = new Chat247(YOUR_API_KEY);
    await refused(ValidationError, client.updateSite({ brandColor: "red" }), { status: 400, code: "validation_failed" });
    await refused(ValidationError, client.updateSite({ colour: "#fff" }), { status: 400, code: "unknown_field" });
    await refused(ForbiddenError, client.updateSite({ plan: "pro" }), { status: 403, code: "forbidden_field" });
  });

  test("too many requests are sent again as told", async () => {
    const client = new Chat247("twice.js", REFUSING);
    assert.deepEqual(await client.chat("Hello"), { tries: 3, names: 1, reply: "3" });
  });

  test("a long wait is left to the caller", async () => {
    const fields = { status: 429, code: "rate_limited", retryAfter: 3600, message: "Try 1." };
    await refused(RateLimitError, new Chat247("later.js", REFUSING).getSite(), fields);
  });

  test("after 503 only what is safe is sent again", async () => {
    assert.equal((await new Chat247("down.get.js", REFUSING).getSite()).tries, 2);
    const fields = { status: 503, code: "storage_unavailable" };
    await refused(ServerError, new Chat247("down.post.js", REFUSING).chat("Hello"), fields);
  });

  test("what is not the server's own answer", async () => {
    await refused(ServerError, new Chat247("garbage.js", REFUSING).getSite(), { status: 502, code: undefined });
    const nowhere = () => Promise.reject(new TypeError("no route"));
    const client = new Chat247("x", REFUSING, { fetch: nowhere });
    await refused(ConnectionFailed, client.chat("Hello"), { status: undefined });
  });
});
