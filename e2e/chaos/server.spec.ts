// The program dies in the middle of things, or the page does.
import { Api } from "../support/api.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Model } from "../support/model.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";
import { expectSameSides } from "../support/sides.ts";

const QUIET = { welcomeMessage: "" };
const TOKENS = Array.from({ length: 200 }, (_, index) => `wörd${index} `);
const WHOLE = TOKENS.join("").trim();

test("killed in the middle of an answer and started on the same data: the same bubble refills", async ({ page, hosts }) => {
  test.slow();
  const model = await Model.start();
  const server = await Server.start(model.settings);
  try {
    const api = await new Api(server.origin).signIn();
    const site = await api.site(QUIET);
    model.script("long story", { tokens: TOKENS, holdBefore: 20 });
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    const held = model.held();
    await panel.send("A long story, please");
    await held;
    await expect(panel.answer("wörd19")).toBeVisible();
    await server.end("SIGKILL");
    // Asked again, it says the same without a pause.
    model.script("long story", { tokens: TOKENS });
    model.release();
    await panel.send("And then?");
    await server.run();
    await expect(panel.answer("wörd199")).toBeVisible({ timeout: 40_000 });
    await expect(panel.own("And then?")).toContainText("Sent", { timeout: 40_000 });
    await expect(panel.answer("I heard you.")).toBeVisible({ timeout: 40_000 });
    await api.signIn();
    expect(await expectSameSides(api, site, panel)).toEqual(["A long story, please", WHOLE, "And then?", "I heard you."]);
  } finally {
    await server.stop();
    await model.stop();
  }
});

test("a reload at token 20 of 200: the answer completes in the same bubble, byte for byte", async ({ page, hosts, modelled }) => {
  const { api, model } = modelled;
  model.script("midstream of 200", { tokens: TOKENS, holdBefore: 20 });
  const site = await api.site(QUIET);
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  const held = model.held();
  await panel.send("midstream of 200, please");
  await held;
  await expect(panel.answer("wörd19")).toBeVisible();
  await page.reload();
  panel = await new Panel(page).open();
  await expect(panel.answer("wörd19")).toBeVisible();
  await expect(panel.answer("wörd20")).toHaveCount(0);
  model.release();
  await expect(panel.answer("wörd199")).toBeVisible();
  expect(await expectSameSides(api, site, panel)).toEqual(["midstream of 200, please", WHOLE]);
});

test("a session that the server has lost: what was written meanwhile begins a new one", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET, BIKES);
  const url = hosts.page({ head: site.tag });
  await page.goto(url);
  await page.evaluate((key) => localStorage.setItem(key, JSON.stringify({ session_id: "sess_gone", visitor_id: "vis_gone", at: 0 })), `parlance:${site.publicId}`);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/widget/history*", async (route) => {
    await held;
    await route.continue();
  });
  await page.reload();
  const panel = await new Panel(page).open();
  await panel.send("Written before anybody answered");
  release();
  await expect(panel.own("Written before anybody answered")).toContainText("Sent");
  await expectSameSides(api, site, panel);
});

test("what is written before the earlier messages are there stands after them", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/widget/history*", async (route) => {
    await held;
    await route.continue();
  });
  await page.route("**/widget/chat*", (route) => route.abort());
  await page.reload();
  panel = await new Panel(page).open();
  await panel.send("Quick as lightning");
  release();
  await expect(panel.answer("30 days")).toBeVisible();
  await expect(panel.own("Quick as lightning")).toContainText("Waiting for a connection");
  expect((await panel.lines()).at(-1)).toBe("user: Quick as lightning");
  await page.unroute("**/widget/chat*");
  await panel.button("Retry").click();
  await expect(panel.own("Quick as lightning")).toContainText("Sent");
  await expectSameSides(api, site, panel);
});

test("who types before the words of an earlier visit are back keeps both", async ({ page, hosts, api }) => {
  const site = await api.site(QUIET, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  await panel.send("Hello");
  await expect(panel.own("Hello")).toContainText("Sent");
  await panel.composer.fill("half a sen");
  await expect.poll(() => page.evaluate(() => Object.values(sessionStorage).join())).toContain("half a sen");
  // The page's first words to the panel wait for the visitor's identity.
  await page.addInitScript(() => {
    const held = new Promise<void>((resolve) => Object.assign(window, { release: resolve }));
    type Call = { (...all: unknown[]): void; q: unknown[] };
    const call: Call = Object.assign((...all: unknown[]) => void call.q.push(all), { q: [["identify", () => held]] as unknown[] });
    Object.assign(window, { Parlance: call });
    // However slow the machine, it is not given up.
    const later = window.setTimeout;
    window.setTimeout = ((act: () => void, delay?: number) => (delay === 2_000 ? 0 : later(act, delay))) as typeof later;
  });
  await page.reload();
  panel = new Panel(page);
  await panel.launcher.click();
  await panel.composer.click();
  await panel.composer.fill("quick words");
  await page.evaluate(() => (window as unknown as { release(): void }).release());
  await expect(panel.composer).toHaveValue("half a sen\nquick words");
});
