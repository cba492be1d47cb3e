// Nothing that was written is lost, whatever happens on the way.
import { Api } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";

const TOKENS = Array.from({ length: 40 }, (_, index) => `word${index} `);
const WHOLE = TOKENS.join("").trim();

test("a reload in the middle of an answer: it completes in one bubble, byte for byte", async ({ page, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("midstream", { tokens: TOKENS, holdBefore: 20 });
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  const held = model.held();
  await panel.send("midstream, please");
  await held;
  await expect(panel.answer("word19")).toBeVisible();

  await page.reload();
  panel = await new Panel(page).open();
  await expect(panel.answer("word19")).toBeVisible();
  model.release();
  await expect(panel.answer("word39")).toBeVisible();
  expect((await panel.words()).filter((words) => words.includes("word"))).toEqual([WHOLE]);
  await expect(panel.own("midstream, please")).toHaveCount(1);
});

test("two tabs show one conversation", async ({ page, context, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("both tabs", { tokens: TOKENS, holdBefore: 10 });
  const site = await api.site();
  const url = hosts.page({ head: site.tag });
  await page.goto(url);
  const first = await new Panel(page).open();
  await first.send("Hello");
  await expect(first.answer("I heard you.")).toBeVisible();
  const second = new Panel(await context.newPage());
  await second.page.goto(url);
  await second.open();
  await expect(second.answer("I heard you.")).toBeVisible();

  const held = model.held();
  await second.send("both tabs");
  await held;
  await expect(first.own("both tabs")).toBeVisible();
  await expect(first.answer("word9")).toBeVisible();
  model.release();
  for (const panel of [first, second]) await expect(panel.answer("word39")).toBeVisible();
  expect(await first.words()).toEqual(await second.words());
});

test("a server that is killed and comes back: the panel heals by itself and goes on", async ({ page, hosts }) => {
  test.slow();
  const server = await Server.start();
  try {
    const api = await new Api(server.origin).signIn();
    const site = await api.site({}, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await panel.send("How long do I have to return a bike?");
    await expect(panel.answer("30 days")).toBeVisible();

    await server.end("SIGKILL");
    await panel.send("Are you there?");
    await expect(panel.own("Are you there?")).toContainText("Waiting for a connection");
    await server.run();
    // It goes out by itself.
    await expect(panel.own("Are you there?")).toContainText("Sent", { timeout: 40_000 });
    await expect(panel.own("Are you there?")).toHaveCount(1);

    // The live channel is back as well: an operator's word arrives without a reload.
    await api.signIn();
    const { data } = await api.conversations(site);
    await api.reply(data[0]!.id, "Back again, sorry!");
    await expect(panel.answer("Back again, sorry!")).toBeVisible({ timeout: 40_000 });
    const { data: messages } = await api.messages(data[0]!.id);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
    expect(messages.filter(({ content }) => content === "Are you there?")).toHaveLength(1);
  } finally {
    await server.stop();
  }
});

test("a send that fails keeps its text, and Retry sends it once", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await page.route("**/widget/chat*", (route) => route.abort());
  await panel.send("How long do I have to return a bike?");
  const own = panel.own("How long do I have");
  await expect(own).toContainText("Waiting for a connection");
  await page.unroute("**/widget/chat*");
  await panel.button("Retry").click();
  await expect(own).toContainText("Sent");
  await expect(panel.answer("30 days")).toHaveCount(1);
  const { data } = await api.conversations(site);
  const { data: messages } = await api.messages(data[0]!.id);
  expect(messages.filter(({ role }) => role === "user")).toHaveLength(1);
});

test("a message that the server refuses for good says so, keeps its text through a reload, and Retry sends it once", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const tried: { message: string; message_id: string }[] = [];
  page.on("request", (request) => request.url().includes("/widget/chat?") && tried.push(request.postDataJSON()));
  const ids = () => tried.filter(({ message }) => message.startsWith("How long")).map(({ message_id }) => message_id);
  await page.route("**/widget/chat*", (route) => {
    const isRefused = route.request().postDataJSON().message.startsWith("How long");
    return isRefused ? route.fulfill({ status: 403, json: { detail: "Not today.", code: "site_disabled" } }) : route.continue();
  });
  await panel.send("How long do I have to return a bike?");
  const own = panel.own("How long do I have to return a bike?");
  await expect(own.getByRole("alert")).toContainText("Not sent: This chat is switched off at the moment.");
  for (const name of ["Retry", "Edit"]) await expect(own.getByRole("button", { name, exact: true })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  // It holds up nobody, and is not tried again by itself.
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await expect(own.getByRole("alert")).toContainText("Not sent");
  expect(ids()).toHaveLength(1);

  await page.reload();
  await panel.open();
  await expect(own.getByRole("alert")).toContainText("Not sent: This chat is switched off at the moment.");
  await expect(own).toHaveCount(1);
  await own.getByRole("button", { name: "Retry", exact: true }).click();
  await expect.poll(() => ids().length).toBe(3);
  await expect(own.getByRole("alert")).toContainText("Not sent");
  await page.unroute("**/widget/chat*");
  await own.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(own).toContainText("Sent");
  await expect(panel.answer("30 days")).toHaveCount(1);
  await expect(own).toHaveCount(1);
  expect(ids()).toHaveLength(4);
  expect(new Set(ids()).size).toBe(1);
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0);
  const { data } = await api.conversations(site);
  const { data: messages } = await api.messages(data[0]!.id);
  expect(messages.filter(({ role }) => role === "user").map(({ content }) => content)).toEqual(["What does an inspection cost?", "How long do I have to return a bike?"]);
});

test("a message that the server refuses for good can be taken back into the composer", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await page.route("**/widget/chat*", (route) => route.fulfill({ status: 422, json: { detail: "No.", code: "validation_failed" } }));
  await panel.send("Half a thought");
  await expect(panel.own("Half a thought")).toContainText("Not sent: Something went wrong, please try again");
  await panel.own("Half a thought").getByRole("button", { name: "Edit", exact: true }).click();
  await expect(panel.own("Half a thought")).toHaveCount(0);
  await expect(panel.composer).toHaveValue("Half a thought");
  await expect(panel.composer).toBeFocused();
  await page.unroute("**/widget/chat*");
  await panel.send("A whole thought");
  await expect(panel.own("A whole thought")).toContainText("Sent");
  expect((await api.messages((await api.conversations(site)).data[0]!.id)).data.filter(({ role }) => role === "user")).toHaveLength(1);
});

test("what is written without a connection goes out by itself, in order and once", async ({ page, context, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("first");
  await expect(panel.own("first")).toContainText("Sent");
  await context.setOffline(true);
  for (const words of ["second", "third"]) await panel.send(words);
  await expect(panel.own("second")).toContainText("Waiting for a connection");
  await context.setOffline(false);
  for (const words of ["second", "third"]) await expect(panel.own(words)).toContainText("Sent", { timeout: 15_000 });
  await expect(panel.frame.getByText("Connection lost")).toHaveCount(0);
  const { data } = await api.conversations(site);
  const { data: messages } = await api.messages(data[0]!.id);
  expect(messages.filter(({ role }) => role === "user").map(({ content }) => content)).toEqual(["first", "second", "third"]);
});

test("a reload without a connection loses no word: drafts and what waits come back, and go out once", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  await panel.send("first");
  await expect(panel.own("first")).toContainText("Sent");
  await page.route("**/widget/chat*", (route) => route.abort());
  await panel.send("second");
  await expect(panel.own("second")).toContainText("Waiting for a connection");
  await panel.composer.fill("half a sen");
  await page.reload();
  panel = await new Panel(page).open();
  await expect(panel.own("second")).toContainText("Waiting for a connection");
  await expect(panel.composer).toHaveValue("half a sen");
  await page.unroute("**/widget/chat*");
  await panel.button("Retry").click();
  await expect(panel.own("second")).toContainText("Sent");
  await panel.composer.fill("");
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0);
  const { data } = await api.conversations(site);
  const { data: messages } = await api.messages(data[0]!.id);
  expect(messages.filter(({ role }) => role === "user").map(({ content }) => content)).toEqual(["first", "second"]);
});

test("an answer is stopped: what came of it stays, and the next is given", async ({ page, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("long story", { tokens: TOKENS, holdBefore: 10 });
  model.script("and then", { tokens: ["All ", "is well."] });
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const held = model.held();
  await panel.send("long story, please");
  await held;
  await expect(panel.answer("word9")).toBeVisible();
  await panel.button("Stop the answer").click();
  await expect(panel.answer("word9")).toContainText("The answer broke off here.");
  await expect(panel.button("Stop the answer")).toHaveCount(0);
  model.release();
  await panel.send("and then?");
  await expect(panel.answer("All is well.")).toBeVisible();
  await expect(panel.answer("word10")).toHaveCount(0);
});

test("what waits for a connection can be taken back, and the next goes out", async ({ page, context, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("first");
  await expect(panel.own("first")).toContainText("Sent");
  await context.setOffline(true);
  await panel.send("not this");
  await expect(panel.own("not this")).toContainText("Waiting for a connection");
  await panel.frame.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(panel.own("not this")).toHaveCount(0);
  await expect(panel.composer).toHaveValue("not this");
  await panel.send("but this");
  await context.setOffline(false);
  await expect(panel.own("but this")).toContainText("Sent", { timeout: 15_000 });
  const { data } = await api.conversations(site);
  const { data: messages } = await api.messages(data[0]!.id);
  expect(messages.filter(({ role }) => role === "user").map(({ content }) => content)).toEqual(["first", "but this"]);
});

for (const [what, fault] of [
  ["refuses", 500],
  ["is cut off", "cut"],
  ["sends nonsense", "garbage"],
] as const) {
  test(`a model that ${what}: the visitor's text is kept, and a person is offered`, async ({ page, hosts, modelled }) => {
    const { api, model } = modelled;
    model.script(`fault ${fault}`, { tokens: ["Half an ", "answer"], fault });
    const site = await api.site();
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await panel.send(`fault ${fault}`);
    await expect(panel.button("Ask again")).toBeVisible();
    await expect(panel.button("Talk to a human").first()).toBeVisible();
    if (fault === "cut") await expect(panel.answer("Half an answer")).toContainText("The answer broke off here.");
    model.script(`fault ${fault}`, { tokens: ["All ", "is well."] });
    await panel.button("Ask again").click();
    await expect(panel.answer("All is well.")).toBeVisible();
  });
}

test("a text that is too long is held back before it is sent", async ({ page, hosts, api }) => {
  const site = await api.site();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.composer.fill("x".repeat(1001));
  await expect(panel.button("Send message")).toBeDisabled();
  await expect(panel.frame.getByText("1 character too many")).toBeVisible();
  await panel.composer.press("Enter");
  expect((await api.conversations(site)).data).toEqual([]);
});
