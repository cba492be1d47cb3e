// Visitors who write too much, or whom nobody wants to hear: told so politely, with when.
import { violations } from "../support/axe.ts";
import { Api } from "../support/api.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";

const refusal = { status: 429, headers: { "retry-after": "40" }, json: { detail: "Too many requests.", code: "rate_limited" } };

test("one message too many: when it goes is counted down, and it goes by itself, once", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.clock.install();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await page.route("**/widget/chat*", (route) => route.fulfill(refusal));
  await panel.send("What does an inspection cost?");
  const own = panel.own("What does an inspection cost?");
  await expect(own).toContainText(/Many messages at once\. This one goes out in (40|39|38) seconds\./);
  await page.clock.fastForward(20_000);
  await expect(own).toContainText(/goes out in (20|19|18|17) seconds/);
  expect(await violations(page)).toEqual([]);
  await expect(panel.composer).toBeEnabled();
  await page.unroute("**/widget/chat*");
  await page.clock.fastForward(22_000);
  await expect(own).toContainText("Sent");
  await expect(panel.answer("89 euros")).toBeVisible();
  await expect(own).toHaveCount(1);
});

test("one message too many can be taken back into the composer", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await page.route("**/widget/chat*", (route) => route.fulfill(refusal));
  await panel.send("What does an inspection cost?");
  await panel.own("What does an inspection cost?").getByRole("button", { name: "Edit" }).click();
  await expect(panel.own("What does an inspection cost?")).toHaveCount(0);
  await expect(panel.composer).toHaveValue("What does an inspection cost?");
});

test("any other request too many says when to try again, and counts down", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.clock.install();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await page.route("**/widget/escalate*", (route) => route.fulfill(refusal));
  await panel.button("Talk to a human").click();
  await expect(panel.frame.getByText(/Please try again in (40|39|38) seconds\./)).toBeVisible();
  await page.clock.fastForward(42_000);
  await expect(panel.frame.getByText("Please try again")).toHaveCount(0);
});

test("the server's own limit is understood", async ({ page, hosts }) => {
  const server = await Server.start({ PARLANCE_RATE_LIMIT_SCALE: "0.1" });
  try {
    const api = await new Api(server.origin).signIn();
    const site = await api.site({}, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    for (let count = 1; count <= 8; count++) await panel.send(`Question ${count}`);
    await expect(panel.frame.getByText(/This one goes out in (\d+ seconds?|1 minute)\./).first()).toBeVisible();
  } finally {
    await server.stop();
  }
});

test("a blocked visitor reads so at once, with another way to reach the site", async ({ page, hosts, api }) => {
  const site = await api.site({ contactEmail: "help@acme.example" }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("Buy my pills");
  await expect(panel.own("Buy my pills")).toContainText("Sent");
  const { data } = await api.call<{ data: { visitor: { id: number } }[] }>("GET", `/api/conversations?status=all&site=${site.id}`);
  await api.call("POST", `/api/visitors/${data[0]!.visitor.id}/block`, { reason: "Advertises" });
  await expect(panel.frame.getByText("You can no longer send messages here.")).toBeVisible();
  await expect(panel.frame.getByRole("link", { name: "help@acme.example" })).toHaveAttribute("href", "mailto:help@acme.example");
  await expect(panel.composer).toBeHidden();
  expect(await violations(page)).toEqual([]);
});
