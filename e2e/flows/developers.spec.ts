// What the owner's programmers find in the dashboard: keys that work until they are revoked, webhooks with their log.
import { createHmac } from "node:crypto";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Receiver } from "../support/receiver.ts";

test("a key is shown once, works, and stops working when it is revoked", async ({ operator, server }) => {
  const { page } = operator;
  await page.getByRole("link", { name: "Developers" }).click();
  await expect(page).toHaveURL(/\/dashboard\/developers/);
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("Name").fill("Nightly import");
  await dialog.getByRole("checkbox", { name: /^Webhooks/ }).uncheck();
  await dialog.getByRole("button", { name: "Create the key" }).click();
  const key = await dialog.getByRole("group", { name: "The key" }).innerText();
  expect(key).toMatch(/^ck_live_\w{20,}$/);
  await dialog.getByRole("button", { name: "Done" }).click();

  const call = (path: string) => fetch(server.origin + path, { headers: { authorization: `Bearer ${key}` } });
  expect((await call("/api/chatbots")).status).toBe(200);
  expect((await call("/api/webhooks")).status).toBe(403);

  await page.reload();
  const row = page.getByRole("listitem").filter({ hasText: "Nightly import" });
  await expect(row).toContainText("last used");
  await expect(page.getByText(key)).toHaveCount(0);
  await row.getByRole("button", { name: "Revoke Nightly import" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(row).toHaveCount(0);
  expect((await call("/api/chatbots")).status).toBe(401);
});

test("a webhook tells of a message, signed, and its log shows every try", async ({ operator, api, server }) => {
  const receiver = await Receiver.start();
  try {
    const { page } = operator;
    await page.goto(`${operator.origin}/dashboard/developers/webhooks`);
    await page.getByRole("button", { name: "New endpoint" }).click();
    const dialog = page.getByRole("dialog", { name: "New endpoint" });
    await dialog.getByLabel("Address").fill(receiver.url);
    for (const other of ["New conversation", "Escalation", "Feedback", "Operator's reply"]) {
      await dialog.getByRole("checkbox", { name: new RegExp(`^${other}`) }).uncheck();
    }
    await dialog.getByRole("button", { name: "Create the endpoint" }).click();
    const shown = page.getByRole("dialog", { name: "Signing secret" });
    const secret = await shown.getByRole("group", { name: "The signing secret" }).innerText();
    expect(secret).toMatch(/^whsec_/);
    await shown.getByRole("button", { name: "Done" }).click();

    receiver.status = 500;
    const site = await api.site({}, BIKES);
    const key = `visitor-${site.slug}`;
    await fetch(`${server.origin}/api/v1/chat/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ site_key: `sk_${site.slug}`, session_id: key, message: "How long do I have to return a bike?" }),
    }).then((reply) => reply.text());
    await expect.poll(() => receiver.deliveries.length).toBeGreaterThan(0);
    const first = receiver.deliveries[0]!;
    const event = JSON.parse(first.body) as { event: string; data: Record<string, string> };
    expect(event.event).toBe("new_message");
    expect(event.data.message).toBe("How long do I have to return a bike?");
    expect(event.data.sender).toBe("visitor");
    expect(first.headers["x-chattery-signature"]).toBe(createHmac("sha256", secret).update(first.body).digest("hex"));

    await page.getByRole("link", { name: new RegExp(receiver.url) }).click();
    const row = page.getByRole("listitem").filter({ hasText: "New message" }).last();
    await row.locator("summary").click();
    await expect(row).toContainText("answered 500");
    receiver.status = 200;
    // The next try comes after five seconds, with the same id.
    await expect.poll(() => receiver.deliveries.filter((other) => other.body === first.body).length, { timeout: 20_000 }).toBe(2);
    const ids = receiver.deliveries.filter((other) => other.body === first.body).map((other) => other.headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(row).toContainText("Delivered");
    // What was open stays open.
    await row.getByRole("button", { name: "Send again" }).click();
    await expect.poll(() => receiver.deliveries.filter((other) => other.body === first.body).length).toBe(3);
  } finally {
    await receiver.stop();
  }
});

test("a site's key is revealed, replaced, and only the new one works", async ({ operator, api, server }) => {
  const { page } = operator;
  const site = await api.site();
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/install`);
  const box = page.getByRole("group", { name: "The site's key" });
  await page.getByRole("button", { name: "Reveal the key" }).click();
  const old = await box.innerText();
  expect(old).toMatch(/^[0-9a-f]{32}$/);
  const read = (key: string) => fetch(`${server.origin}/api/v1/site`, { headers: { "X-API-Key": key } });
  expect((await (await read(old)).json()).displayName).toBe(site.name);
  await page.getByRole("button", { name: "Replace the key" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Replace", exact: true }).click();
  await expect(box).not.toHaveText(old);
  const fresh = await box.innerText();
  expect((await read(old)).status).toBe(401);
  expect((await read(fresh)).status).toBe(200);
});
