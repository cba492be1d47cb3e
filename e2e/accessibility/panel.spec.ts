// The panel in each of its states, judged by axe: in light, dark and forced colours, and enlarged to 400 %.
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { problems } from "../support/problems.ts";

const looks: [string, object][] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["forced colours", { forcedColors: "active" }],
  // A window of 1280 by 1024 at 400 %.
  ["enlarged to 400 %", { viewport: { width: 320, height: 256 } }],
];

for (const [look, options] of looks) {
  test(`${look}: no state of the panel breaks a rule`, async ({ browser, hosts, modelled }) => {
    test.slow();
    const { api, model, server } = modelled;
    const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
    const page = await context.newPage();
    const judge = (state: string) => test.step(state, async () => expect(await problems(page), state).toEqual([]));
    model.script("streaming", { tokens: ["Half of ", "these words ", "with `code` ", "and the rest."], holdBefore: 3 });
    model.script("broken", { tokens: [], fault: 500 });
    const site = await api.site(
      { starterQuestions: ["What does an inspection cost?"], linkSafety: { enabled: true, allowed_domains: [], label: "You leave this shop." } },
      BIKES,
    );
    await page.goto(hosts.page({ head: site.tag }));
    const panel = new Panel(page);
    await expect(panel.launcher).toBeVisible();
    await judge("closed");
    await panel.open();
    await judge("open, with suggestions");

    const held = model.held();
    await panel.send("streaming, please");
    await held;
    await expect(panel.answer("these words")).toBeVisible();
    await judge("streaming");
    model.release();
    await expect(panel.answer("and the rest.")).toBeVisible();
    await judge("an answer");
    await panel.answer("and the rest.").getByRole("button", { name: "Not helpful" }).click();
    await judge("why it was not helpful");
    await panel.send("broken");
    await expect(panel.button("Ask again")).toBeVisible();
    await judge("an error");
    await expect(panel.button("Stop the answer")).toHaveCount(0);

    await panel.button("More options").click();
    await judge("the menu");
    await panel.button("Rate").click();
    await expect(panel.frame.getByRole("radiogroup").or(panel.frame.getByRole("group")).first()).toBeVisible();
    await judge("the rating");
    await page.keyboard.press("Escape");
    await panel.button("More options").click();
    await panel.button("Talk to a human").first().click();
    await expect(panel.frame.getByText(/ESC-\d+/).first()).toBeVisible();
    await expect(panel.frame.getByRole("textbox", { name: "Email" })).toBeVisible();
    await judge("escalated, with the form");

    await page.route(`${server.origin}/widget/chat*`, (route) => route.fulfill({ status: 422, json: { detail: "No.", code: "validation_failed" } }));
    await panel.send("refused words");
    await expect(panel.own("refused words")).toContainText("Not sent");
    await judge("a message that is refused");
    await page.unroute(`${server.origin}/widget/chat*`);

    // The page and its live channel hear nothing; the test's own requests go another way.
    await page.route(`${server.origin}/widget/chat*`, (route) => route.abort());
    await panel.send("lost words");
    await expect(panel.own("lost words")).toContainText("Waiting for a connection");
    await judge("a message that waits");
    await page.unroute(`${server.origin}/widget/chat*`);

    const { data } = await api.conversations(site);
    await api.reply(data[0]!.id, "See [our page](https://elsewhere.example/a) for **more**.");
    await panel.answer("for more.").getByRole("link").click();
    await expect(panel.frame.getByRole("alertdialog")).toBeVisible();
    await judge("a link that asks");
    await page.keyboard.press("Escape");

    await page.keyboard.press("Escape");
    await expect(panel.launcher).toHaveAttribute("aria-expanded", "false");
    await api.reply(data[0]!.id, "Are you still there?");
    await expect(panel.launcher).toHaveAccessibleName(/1|new/);
    await judge("unread");
    await panel.open();
    await api.act(data[0]!.id, "resolve");
    await expect(panel.frame.getByText("This conversation has ended.")).toBeVisible();
    await judge("ended");
    await context.close();
  });
}

/** Hours in which nobody is ever there. */
const CLOSED = Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, "closed"]));
const QUESTION = "How long do I have to return a bike?";

for (const [look, options] of looks) {
  test(`${look}: what is asked, chosen, limited and refused breaks no rule either`, async ({ browser, hosts, api, server }) => {
    test.slow();
    const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
    const page = await context.newPage();
    const panel = new Panel(page);
    const judge = (state: string) => test.step(state, async () => expect(await problems(page), state).toEqual([]));
    const visit = async (settings: Record<string, unknown>) => {
      const site = await api.site(settings, BIKES);
      await page.goto(hosts.page({ head: site.tag }));
      await panel.open();
      return site;
    };

    const topics = { name: "topic", label: "About", type: "select", required: true, options: ["Sales", "Repairs"] };
    await visit({
      consent: { text: "We keep what you write for a year." },
      preChatFields: [{ name: "email", label: "Your email", type: "email", required: true }, topics],
    });
    await panel.composer.fill(QUESTION);
    await panel.composer.press("Enter");
    await expect(panel.frame.getByText("We keep what you write")).toBeVisible();
    await judge("consent and the site's own fields");

    await visit({ aiMode: "off", offlineMessage: "Back after the holidays.", businessHours: { timezone: "UTC", ...CLOSED } });
    await expect(panel.frame.getByText("Back after the holidays.")).toBeVisible();
    await judge("nobody is there, and the form");

    const site = await visit({ contactEmail: "help@acme.example" });
    await panel.send(QUESTION);
    await expect(panel.answer("30 days")).toBeVisible();
    await panel.button("Edit message").click();
    await expect(panel.frame.getByRole("textbox", { name: "Edit message" })).toBeFocused();
    await judge("a message that is edited");
    await page.keyboard.press("Escape");
    await panel.button("More options").click();
    await panel.button("Your conversations").click();
    await expect(panel.frame.getByRole("region", { name: "Your conversations" }).getByRole("listitem")).toHaveCount(1);
    await judge("the visitor's conversations");
    await page.keyboard.press("Escape");
    await expect(panel.composer).toBeVisible();

    const chat = `${server.origin}/widget/chat*`;
    await page.route(chat, (route) => route.fulfill({ status: 429, headers: { "retry-after": "40" }, json: { detail: "Too many requests.", code: "rate_limited" } }));
    await panel.send("One too many");
    await expect(panel.own("One too many")).toContainText(/goes out in \d+ seconds/);
    await judge("one message too many");
    await page.unroute(chat);

    const { data } = await api.call<{ data: { visitor: { id: number } }[] }>("GET", `/api/conversations?status=all&site=${site.id}`);
    await api.call("POST", `/api/visitors/${data[0]!.visitor.id}/block`, { reason: "Advertises" });
    await expect(panel.frame.getByText("You can no longer send messages here.")).toBeVisible();
    await judge("a visitor who is blocked");
    await context.close();
  });
}

test("without a network: the notice breaks no rule", async ({ browser, hosts, api }) => {
  for (const [, options] of looks) {
    const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
    const page = await context.newPage();
    const site = await api.site({}, BIKES);
    await page.clock.install();
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await panel.send("Hello");
    await expect(panel.own("Hello")).toContainText("Sent");
    await context.setOffline(true);
    await page.clock.runFor(60_000);
    await expect(panel.frame.locator(".connection")).toBeVisible();
    expect(await problems(page)).toEqual([]);
    await context.close();
  }
});
