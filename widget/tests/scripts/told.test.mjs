import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, test } from "node:test";
import { makeBrowser, reply, settle } from "./browser.mjs";

let count = 0;
let browser, told;

register(new URL("./afresh.mjs", import.meta.url));

beforeEach(async () => {
  browser = makeBrowser();
  count += 1;
  told = await import(`../../src/told.js?afresh=told-${count}`);
  // The site's config is asked for as the scripts start.
  browser.requests.length = 0;
});

/** Answers the request that waits, if its path is this one. */
const answer = async (path, response) => {
  await settle();
  const request = browser.requests.shift();
  assert.ok(request?.address.startsWith(`/widget/${path}`), `${path} was not asked for, but ${request?.address}`);
  if (response) request.resolve(response);
  else request.fail();
  await settle();
  return request;
};
const ok = () => reply({ ok: true });
const set = (attributes) => told.note({ type: "set_attributes", attributes });
const track = (name, properties) => told.note({ type: "track", name, properties, page_url: "https://shop.example/" });

test("without a session nothing is said, and with one everything, in order", async () => {
  set({ plan: "pro" });
  set({ seats: 3 });
  track("Cart", { price: 12 });
  track("Paid");
  await told.passOn(null);
  assert.deepEqual(browser.requests, []);
  told.passOn("s1");
  const { body, headers } = await answer("attributes", ok());
  assert.deepEqual(body, { attributes: { plan: "pro", seats: 3 } });
  assert.equal(headers.authorization, "Bearer s1");
  assert.deepEqual((await answer("track", ok())).body, { name: "Cart", properties: { price: 12 }, page_url: "https://shop.example/" });
  assert.deepEqual((await answer("track", ok())).body, { name: "Paid", page_url: "https://shop.example/" });
  assert.deepEqual(browser.requests, []);
});

test("the same attributes are said once for a session, others again", async () => {
  set({ plan: "pro" });
  told.passOn("s1");
  await answer("attributes", ok());
  set({ plan: "pro" });
  await told.passOn("s1");
  assert.deepEqual(browser.requests, []);
  set({ plan: null });
  told.passOn("s1");
  assert.deepEqual((await answer("attributes", ok())).body, { attributes: { plan: null } });
  told.passOn("s2");
  await answer("attributes", ok());
});

test("what finds no connection is said at the next occasion", async () => {
  track("Cart");
  told.passOn("s1");
  await answer("track", null);
  assert.deepEqual(browser.requests, []);
  told.passOn("s1");
  await answer("track", ok());
  await told.passOn("s1");
  assert.deepEqual(browser.requests, []);
});

test("what the server refuses is told to the page's developers, and holds nothing up", async (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  set({ "a b": 1 });
  track("Cart");
  told.passOn("s1");
  await answer("attributes", reply({ code: "validation_failed" }, 422));
  await answer("track", ok());
  assert.deepEqual(warn.mock.calls.map(({ arguments: [words] }) => words), ["Parlance: setAttributes: validation_failed"]);
});

test("of what was done the latest fifty are kept, and of another visitor nothing", async () => {
  for (let number = 1; number <= 51; number++) track(`step ${number}`);
  told.passOn("s1");
  assert.equal((await answer("track", ok())).body.name, "step 2");
  told.forgetTold();
  await answer("track", ok());
  await told.passOn("s2");
  assert.deepEqual(browser.requests, []);
});

test("other words of the page are none of these", () => {
  assert.equal(told.note({ type: "open" }), false);
});
