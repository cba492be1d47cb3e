// Files as operators see them in the inbox, and as they send them.
import { readFile } from "node:fs/promises";
import type { Browser, Locator } from "@playwright/test";
import type { Api, Site } from "../support/api.ts";
import { violations } from "../support/axe.ts";
import type { Dashboard } from "../support/dashboard.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import type { Hosts } from "../support/hosts.ts";
import { Panel } from "../support/panel.ts";
import { picture, textFile, type Given } from "../support/pictures.ts";

/** A visitor who has asked something, in a browser of their own, and the operator with that conversation open. */
async function conversation(browser: Browser, hosts: Hosts, api: Api, operator: Dashboard): Promise<{ panel: Panel; site: Site }> {
  const site = await api.site({}, BIKES);
  const page = await (await browser.newContext()).newPage();
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await operator.openConversation(site.name);
  return { panel, site };
}

const tray = (operator: Dashboard): Locator => operator.page.getByRole("list", { name: "Attachments" }).getByRole("listitem");

async function attach(operator: Dashboard, files: Given | Given[]): Promise<void> {
  const chooser = operator.page.waitForEvent("filechooser");
  await operator.page.getByRole("button", { name: "Attach files" }).click();
  await (await chooser).setFiles(files);
}

/** Gives a file to the composer as a paste or a drop would. */
async function transfer(operator: Dashboard, kind: "paste" | "drop", file: Given): Promise<void> {
  const given = { kind, name: file.name, type: file.mimeType, bytes: [...file.buffer] };
  await operator.composer.evaluate((area, { kind, name, type, bytes }) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const common = { bubbles: true, cancelable: true };
    if (kind === "paste") area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...common }));
    else for (const name of ["dragover", "drop"]) area.dispatchEvent(new DragEvent(name, { dataTransfer: data, ...common }));
  }, given);
}

test("what a visitor sends is seen by the operator: a picture small and large, a document to keep", async ({ browser, hosts, api, operator }) => {
  const { panel } = await conversation(browser, hosts, api, operator);
  const chooser = panel.page.waitForEvent("filechooser");
  await panel.button("Attach a file").click();
  await (await chooser).setFiles([picture("brake.png"), textFile("serial.txt", "A-1234")]);
  await expect(panel.frame.getByRole("list", { name: "Attachments" }).getByRole("listitem").filter({ hasText: /byte|kB/ })).toHaveCount(2);
  await panel.send("My brake looks like this");

  const message = operator.message("My brake looks like this");
  const small = message.getByRole("button", { name: "Show brake.png in full" });
  await expect(small.locator("img")).toHaveJSProperty("naturalWidth", 320);
  await small.click();
  const dialog = operator.page.getByRole("dialog", { name: "brake.png" });
  await expect(dialog.getByRole("img", { name: "brake.png" })).toBeVisible();
  expect(await violations(operator.page)).toEqual([]);
  await operator.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(small).toBeFocused();
  const document = message.getByRole("link", { name: "serial.txt 6 bytes" });
  const download = operator.page.waitForEvent("download");
  await document.click();
  const kept = await download;
  expect(kept.suggestedFilename()).toBe("serial.txt");
  expect(await readFile(await kept.path(), "utf8")).toBe("A-1234");
  await panel.page.context().close();
});

test("an operator's files reach the visitor, with words and without", async ({ browser, hosts, api, operator }) => {
  const { panel } = await conversation(browser, hosts, api, operator);
  await attach(operator, [picture("plan.png"), textFile("price-list.txt", "Inspection: 89 euros")]);
  await expect(tray(operator)).toHaveCount(2);
  await expect(tray(operator).filter({ hasText: /bytes|KB/ })).toHaveCount(2);
  expect(await violations(operator.page)).toEqual([]);
  await operator.reply("Here is the plan");
  await expect(tray(operator)).toHaveCount(0);
  await expect(operator.message("Here is the plan").getByRole("button", { name: "Show plan.png in full" }).locator("img")).toHaveJSProperty("naturalWidth", 320);
  const answer = panel.answer("Here is the plan");
  await expect(answer.getByRole("link", { name: "Show plan.png in full" }).locator("img")).toHaveJSProperty("naturalWidth", 320);
  await expect(answer.getByRole("link", { name: "Download price-list.txt" })).toBeVisible();

  for (const kind of ["paste", "drop"] as const) {
    const name = `${kind}.png`;
    await transfer(operator, kind, picture(name));
    await expect(tray(operator).filter({ hasText: /bytes|KB/ })).toHaveCount(1);
    await operator.page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(tray(operator)).toHaveCount(0);
    await expect(panel.log.getByRole("link", { name: `Show ${name} in full` })).toBeVisible();
  }
  await panel.page.context().close();
});

test("what cannot be sent is refused at once, an upload can be called off, and one that failed is tried again", async ({ browser, hosts, api, operator }) => {
  const { panel } = await conversation(browser, hosts, api, operator);
  const { page } = operator;
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/upload")) sent.push(request.url());
  });
  const alert = page.getByRole("alert");
  await attach(operator, { name: "setup.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") });
  await expect(alert.filter({ hasText: "setup.exe: only images, PDF, DOCX, TXT, MD and CSV can be sent." })).toBeVisible();
  await attach(operator, { name: "film.png", mimeType: "image/png", buffer: Buffer.alloc(10 * 1024 * 1024 + 1) });
  await expect(alert.filter({ hasText: "film.png is larger than 10 MB." })).toBeVisible();
  expect(sent).toEqual([]);

  // Held back, so that it can be called off on its way.
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/upload$/, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await attach(operator, textFile("wrong.txt", "not this one"));
  await expect(tray(operator).getByRole("progressbar", { name: "Uploading wrong.txt" })).toBeVisible();
  await operator.composer.fill("One moment");
  await expect(page.getByRole("button", { name: "Send", exact: true }), "nothing goes while a file is on its way").toBeDisabled();
  await page.getByRole("button", { name: "Remove wrong.txt" }).click();
  await expect(tray(operator)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  release();
  await page.unroute(/\/upload$/);

  await page.route(/\/upload$/, (route) => route.abort(), { times: 1 });
  await attach(operator, textFile("notes.txt", "take these"));
  await expect(tray(operator).getByRole("alert")).toBeVisible();
  await page.getByRole("button", { name: "Try notes.txt again" }).click();
  await expect(tray(operator)).toContainText("10 bytes");
  await operator.composer.press("Enter");
  const answer = panel.answer("One moment");
  await expect(answer.getByRole("link", { name: "Download notes.txt" })).toBeVisible();
  await expect(panel.log.getByRole("link", { name: /wrong\.txt/ })).toHaveCount(0);
  await panel.page.context().close();
});
