// What a site asks before the first message, what it says outside its hours, and the visitor's conversations.
import { readFileSync } from "node:fs";
import { violations } from "../support/axe.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const CONSENT = "We keep what you write for 30 days.";
const FIELDS = [
  { name: "email", label: "Your email", type: "email", required: true },
  { name: "topic", label: "About", type: "select", required: true, options: ["Sales", "Repairs"] },
];
/** Never open: whatever day it is. */
const CLOSED = Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, "closed"]));

test("consent is asked for before the first message, sent with it, and not asked again", async ({ page, hosts, api }) => {
  const site = await api.site({ consent: { text: CONSENT } }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const sent: { consent_version?: number }[] = [];
  page.on("request", (request) => request.url().includes("/widget/chat?") && sent.push(request.postDataJSON()));

  await panel.composer.fill("How long do I have to return a bike?");
  await panel.composer.press("Enter");
  await expect(panel.frame.getByText(CONSENT)).toBeVisible();
  await expect(panel.composer, "no word is lost while it is asked").toHaveValue("How long do I have to return a bike?");
  expect(sent).toEqual([]);
  expect(await violations(page)).toEqual([]);

  // Who does not agree has lost nothing, and is asked again.
  await panel.button("Cancel").click();
  await expect(panel.frame.getByText(CONSENT)).toBeHidden();
  await expect(panel.composer).toHaveValue("How long do I have to return a bike?");
  await panel.composer.press("Enter");
  await panel.button("Agree and send").click();
  await expect(panel.answer("30 days")).toBeVisible();
  await expect(panel.composer).toHaveValue("");

  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  expect(sent.map(({ consent_version }) => consent_version)).toEqual([1, undefined]);

  // Nor after a reload.
  await page.reload();
  await new Panel(page).open();
  await panel.send("What does an inspection cost on a Sunday?");
  await expect(panel.frame.getByText(CONSENT)).toBeHidden();
});

test("a consent whose words have changed is asked for again", async ({ page, hosts, api }) => {
  const site = await api.site({ consent: { text: CONSENT } }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.composer.fill("Hello");
  await panel.composer.press("Enter");
  await panel.button("Agree and send").click();
  await expect(panel.own("Hello")).toBeVisible();
  await api.call("PATCH", "/api/sites", { siteId: site.id, consent: { text: "Other words." } });
  // Past the config's time in the browser's cache.
  await page.route("**/widget/config?**", (route) => route.continue());
  await page.reload();
  await new Panel(page).open();
  await panel.composer.fill("Hello again");
  await panel.composer.press("Enter");
  await expect(panel.frame.getByText("Other words.")).toBeVisible();
  await panel.button("Agree and send").click();
  await expect(panel.own("Hello again")).toBeVisible();
});

test("the site's own fields are asked for before the first message, and reach the operators", async ({ page, hosts, api }) => {
  const site = await api.site({ preChatFields: FIELDS, starterQuestions: ["What does an inspection cost?"] }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.button("What does an inspection cost?").click();
  const form = panel.frame.getByRole("form", { name: "Before we start" });
  await expect(form.getByLabel("Your email")).toBeFocused();
  expect(await violations(page)).toEqual([]);

  await form.getByLabel("Your email").fill("anna@");
  await panel.button("Start chat").click();
  await expect(form.getByRole("alert")).toHaveText("Please fill in: Your email");
  await form.getByLabel("Your email").fill("anna@acme.example");
  await panel.button("Start chat").click();
  await expect(form.getByRole("alert")).toHaveText("Please fill in: About");
  await form.getByLabel("About").selectOption("Repairs");
  await panel.button("Start chat").click();
  // What was to be said is said then.
  await expect(panel.own("What does an inspection cost?")).toBeVisible();
  await expect(panel.answer("89 euros")).toBeVisible();

  const { data } = await api.conversations(site);
  const conversation = JSON.stringify(await api.call("GET", `/api/conversations/${data[0]!.id}`));
  expect(conversation).toContain("anna@acme.example");
  expect(conversation).toContain("Repairs");
});

test("where a site asks nothing, visitors write at once", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.frame.getByRole("form", { name: "Before we start" })).toHaveCount(0);
  await expect(panel.answer("89 euros")).toBeVisible();
});

test("conversations: another is begun, an earlier one goes on, across a reload", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.newConversation();
  await page.reload();
  await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();

  await panel.button("More options").click();
  await panel.button("Your conversations").click();
  const list = panel.frame.getByRole("region", { name: "Your conversations" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  expect(await violations(page)).toEqual([]);
  // Esc leaves the list, not the panel.
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await expect(panel.composer).toBeFocused();

  await panel.button("More options").click();
  await panel.button("Your conversations").click();
  await list.getByRole("listitem").last().getByRole("button").click();
  await expect(panel.own("What does an inspection cost?")).toBeVisible();
  await expect(panel.answer("30 days")).toHaveCount(0);
  await panel.send("And on a Sunday?");
  await expect(panel.own("And on a Sunday?")).toContainText("Sent");
  const { data } = await api.conversations(site);
  expect(data).toHaveLength(2);
});

test("what is unread in another conversation is counted in words for those who hear it", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.newConversation();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  const { data } = await api.conversations(site);
  const earlier = data.at(-1)!;
  for (const message of ["One thing more", "And another"]) await api.call("POST", `/api/conversations/${earlier.id}/reply`, { message });
  await panel.button("More options").click();
  await panel.button("Your conversations").click();
  const entry = panel.frame.getByRole("region", { name: "Your conversations" }).getByRole("button", { name: /And another/ });
  await expect(entry).toHaveAccessibleName(/ 2 unread messages$/);
  expect(await violations(page)).toEqual([]);
});

test("a list of conversations that cannot be had says so, and leads back", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await page.route("**/widget/conversations?**", (route) => route.abort());
  await panel.button("More options").click();
  await panel.button("Your conversations").click();
  const list = panel.frame.getByRole("region", { name: "Your conversations" });
  await expect(list.getByRole("alert")).toHaveText("No connection");
  await list.getByRole("button", { name: "Back" }).click();
  await expect(list).toBeHidden();
  await expect(panel.composer).toBeFocused();
});

test("a site that allows one conversation offers no other while it is open", async ({ page, hosts, api }) => {
  const site = await api.site({ conversationLimit: 1 }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.button("More options").click();
  await expect(panel.button("End conversation")).toBeVisible();
  await expect(panel.button("New conversation")).toHaveCount(0);
  await panel.button("Your conversations").click();
  const list = panel.frame.getByRole("region", { name: "Your conversations" });
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await expect(list.getByRole("button", { name: "New conversation" })).toHaveCount(0);
});

test("the conversation can be downloaded", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.button("More options").click();
  const download = page.waitForEvent("download");
  await panel.button("Download transcript").click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.txt$/);
  const text = readFileSync((await file.path())!, "utf8");
  expect(text).toContain("What does an inspection cost?");
  expect(text).toContain("89 euros");
});

test.describe("outside business hours", () => {
  // Not where the server is.
  test.use({ timezoneId: "Asia/Tokyo" });

  test("the visitor is told when people are back, by their own clock", async ({ page, hosts, api }) => {
    const site = await api.site({ businessHours: { timezone: "UTC", ...CLOSED } }, BIKES);
    // The moment is the server's to say; here it is a Monday in any zone, far from today.
    await page.route("**/widget/config?**", async (route) => {
      const reply = await route.fetch();
      const config = (await reply.json()) as Record<string, unknown>;
      const back = new Date();
      back.setUTCDate(back.getUTCDate() + 3);
      back.setUTCHours(23, 0, 0, 0);
      await route.fulfill({ response: reply, json: { ...config, hours: { is_open: false, next_change_at: back.toISOString() } } });
    });
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    const back = new Date();
    back.setUTCDate(back.getUTCDate() + 4);
    // 23:00 in London is the next morning at 8 in Tokyo.
    const day = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(back);
    await expect(panel.frame.getByRole("note")).toContainText("We are away. Back");
    await expect(panel.frame.getByRole("note")).toContainText(day);
    await expect(panel.frame.getByRole("note")).toContainText("08:00");
    expect(await violations(page)).toEqual([]);
  });

  test("where nobody answers, a form takes the message and the way to reach the visitor", async ({ page, hosts, api }) => {
    const site = await api.site({ aiMode: "off", offlineMessage: "Back after the holidays.", businessHours: { timezone: "UTC", ...CLOSED } });
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await expect(panel.frame.getByRole("note")).toContainText("Back after the holidays.");
    const form = panel.frame.getByRole("form", { name: "How can we reach you?" });
    await form.getByLabel("Email").fill("anna@acme.example");
    await form.getByLabel("Message").fill("Do you have tandems?");
    expect(await violations(page)).toEqual([]);
    await form.getByRole("button", { name: "Send" }).click();
    await expect(panel.own("Do you have tandems?")).toContainText("Sent");
    await expect(form).toHaveCount(0);
    const { data } = await api.conversations(site);
    const conversation = await api.call("GET", `/api/conversations/${data[0]!.id}`);
    expect(JSON.stringify(conversation)).toContain("anna@acme.example");
  });

  test("within them nothing is said of it", async ({ page, hosts, api }) => {
    const open = Object.fromEntries(Object.keys(CLOSED).map((day) => [day, "00:00-24:00"]));
    const site = await api.site({ businessHours: { timezone: "UTC", ...open } }, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await expect(panel.frame.getByRole("note")).toHaveCount(0);
  });
});
