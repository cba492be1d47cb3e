// Files in the chat, from the visitor's hand to the operator's eyes and back.
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { violations } from "../support/axe.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { picture, textFile, type Given } from "../support/pictures.ts";

async function attach(panel: Panel, files: Given | Given[]): Promise<void> {
  const chooser = panel.page.waitForEvent("filechooser");
  await panel.button("Attach a file").click();
  await (await chooser).setFiles(files);
}

const tray = (panel: Panel): Locator => panel.frame.getByRole("list", { name: "Attachments" }).getByRole("listitem");

/** Waits until so many files are uploaded. */
const uploaded = (panel: Panel, count = 1): Promise<void> => expect(tray(panel).filter({ hasText: /byte|kB/ })).toHaveCount(count);

/** Requests that carry a file. */
function uploads(page: Page): string[] {
  const seen: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/widget/upload")) seen.push(request.url());
  });
  return seen;
}

/** Gives files to the panel as a paste or a drop would. */
async function transfer(panel: Panel, kind: "paste" | "drop", file: Given): Promise<void> {
  const given = { kind, name: file.name, type: file.mimeType, bytes: [...file.buffer] };
  await panel.composer.evaluate((area, { kind, name, type, bytes }) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    if (kind === "paste") {
      area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      return;
    }
    area.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
    area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, given);
}

test("a picture and a document by the button: previewed, sent, given to the operators, there after a reload", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const fetched = page.waitForRequest(/\/parts\/files-/);
  await attach(panel, [picture("brake.png"), textFile("serial.txt", "A-1234")]);
  await fetched;
  await expect(tray(panel)).toHaveCount(2);
  await expect(tray(panel).first()).toContainText("brake.png");
  await uploaded(panel, 2);
  expect(await violations(page)).toEqual([]);
  await panel.send("My brake looks like this");
  await expect(tray(panel)).toHaveCount(0);
  const own = panel.own("My brake looks like this");
  await expect(own.getByRole("link", { name: "Show brake.png in full" }).locator("img")).toHaveJSProperty("naturalWidth", 320);
  await expect(own).toContainText("Sent");
  const download = page.waitForEvent("download");
  await own.getByRole("link", { name: "Download serial.txt" }).click();
  expect(await readFile(await (await download).path(), "utf8")).toBe("A-1234");

  const { data } = await api.conversations(site);
  const { data: messages } = await api.messages(data[0]!.id);
  expect((messages[0] as unknown as { files: { filename: string }[] }).files.map(({ filename }) => filename)).toEqual(["brake.png", "serial.txt"]);
  await page.reload();
  await panel.open();
  await expect(panel.own("My brake looks like this").getByRole("link", { name: /brake\.png|serial\.txt/ })).toHaveCount(2);
  expect(await violations(page)).toEqual([]);
});

test("a picture opens large; Escape closes it alone and gives the focus back", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await attach(panel, picture("brake.png", 1600, 900));
  await uploaded(panel);
  await panel.send("Here it is");
  const link = panel.own("Here it is").getByRole("link", { name: "Show brake.png in full" });
  await link.focus();
  await page.keyboard.press("Enter");
  const dialog = panel.frame.getByRole("dialog", { name: "brake.png" });
  await expect(dialog.getByRole("img", { name: "brake.png" })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Close picture" })).toBeFocused();
  const { width, height } = (await dialog.getByRole("img").boundingBox())!;
  const frame = (await page.locator("parlance-chat iframe").boundingBox())!;
  expect(width).toBeLessThanOrEqual(frame.width);
  expect(height).toBeLessThanOrEqual(frame.height);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(link).toBeFocused();
  await expect(panel.composer).toBeVisible();
});

for (const kind of ["paste", "drop"] as const) {
  test(`a file by ${kind}, without a word beside it`, async ({ page, hosts, api }) => {
    const site = await api.site({}, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await transfer(panel, kind, picture("screenshot.png"));
    await expect(tray(panel)).toContainText("screenshot.png");
    await uploaded(panel);
    await panel.button("Send message").click();
    const own = panel.log.getByRole("article").filter({ hasText: "You:" });
    await expect(own.getByRole("link", { name: "Show screenshot.png in full" })).toBeVisible();
    await expect(own).toContainText("Sent");
    // The name is the picture's, not a word of the visitor's.
    await expect(own.locator(".bubble")).toBeHidden();
    await expect(own).toHaveCount(1);
  });
}

test("what cannot be sent is refused before a byte of it is, and the limit is told", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const sent = uploads(page);
  await attach(panel, { name: "setup.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ") });
  await expect(panel.frame.getByText("setup.exe: only images, PDF, DOCX, TXT, MD and CSV can be sent.")).toBeVisible();
  await attach(panel, { name: "film.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(10 * 2 ** 20 + 1) });
  await expect(panel.frame.getByText("film.pdf is too large: 10 MB at most.")).toBeVisible();
  await expect(tray(panel)).toHaveCount(0);
  expect(sent).toEqual([]);
  await attach(panel, Array.from({ length: 11 }, (_, index) => textFile(`note-${index}.txt`, `Note ${index}`)));
  await expect(panel.frame.getByText("At most 10 files go with one message.")).toBeVisible();
  await expect(tray(panel)).toHaveCount(10);
});

test("an upload under way shows how far it is, can be taken back, and is waited for", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const held: (() => void)[] = [];
  await page.route("**/widget/upload*", async (route) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue().catch(() => {});
  });
  await attach(panel, [picture("one.png"), picture("two.png")]);
  await expect(panel.frame.getByRole("progressbar", { name: "Uploading one.png" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await panel.button("Remove one.png").click();
  await expect(tray(panel)).toHaveCount(1);
  await expect(panel.composer).toBeFocused();
  await panel.composer.fill("See the picture");
  await panel.composer.press("Enter");
  // It goes out as soon as the picture has arrived.
  await expect(panel.composer).toHaveValue("See the picture");
  await expect.poll(() => held.length).toBe(2);
  held.forEach((release) => release());
  const own = panel.own("See the picture");
  await expect(own.getByRole("link", { name: /two\.png/ })).toBeVisible();
  await expect(own.getByRole("link", { name: /one\.png/ })).toHaveCount(0);
  await expect(panel.composer).toHaveValue("");
});

test("a file that did not get through is tried again, under the same key, and is not lost in a reload", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  const keys: (string | undefined)[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/widget/upload")) keys.push(request.headers()["idempotency-key"]);
  });
  await page.route("**/widget/upload*", (route) => route.abort());
  await attach(panel, picture("brake.png"));
  await expect(panel.frame.getByText("brake.png could not be uploaded.")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  // Words go without it; it stays.
  await panel.send("First the words");
  await expect(tray(panel)).toContainText("brake.png");
  await page.unroute("**/widget/upload*");
  await panel.button("Retry: brake.png").click();
  await uploaded(panel);
  // The page keeps it.
  await expect.poll(() => page.evaluate(() => JSON.stringify(sessionStorage))).toContain("brake.png");
  expect(new Set(keys).size).toBe(1);
  expect(keys.length).toBe(2);
  await page.reload();
  await panel.open();
  await expect(tray(panel)).toContainText("brake.png");
  await panel.send("And now the picture");
  await expect(panel.own("And now the picture").getByRole("link", { name: /brake\.png/ })).toBeVisible();
  await expect(panel.own("And now the picture")).toContainText("Sent");
});

test("a message with a file that waits for a connection keeps the file through a reload", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await attach(panel, picture("brake.png"));
  await uploaded(panel);
  await page.route("**/widget/chat*", (route) => route.abort());
  await panel.send("Not yet there");
  await expect(panel.own("Not yet there")).toContainText("Waiting for a connection");
  await page.unroute("**/widget/chat*");
  await page.reload();
  await panel.open();
  await expect(panel.own("Not yet there")).toContainText("Sent");
  const { data } = await api.conversations(site);
  const { data: messages } = await api.messages(data[0]!.id);
  const stored = messages.find(({ content }) => content === "Not yet there") as unknown as { files: { filename: string }[] };
  expect(stored.files.map(({ filename }) => filename)).toEqual(["brake.png"]);
});

test("an operator's files: a picture that opens, a document to download", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("Do you have a drawing?");
  await expect(panel.own("Do you have a drawing?")).toContainText("Sent");
  const { data } = await api.conversations(site);
  const files: number[] = [];
  for (const file of [picture("drawing.png"), textFile("parts.csv", "part;price\nbrake;19")]) files.push(await api.upload(data[0]!.id, file));
  await api.call("POST", `/api/conversations/${data[0]!.id}/reply`, { message: "Here you are", files });
  const answer = panel.answer("Here you are");
  await answer.getByRole("link", { name: "Show drawing.png in full" }).click();
  await expect(panel.frame.getByRole("dialog", { name: "drawing.png" })).toBeVisible();
  await page.keyboard.press("Escape");
  const download = page.waitForEvent("download");
  await answer.getByRole("link", { name: "Download parts.csv" }).click();
  expect((await download).suggestedFilename()).toBe("parts.csv");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("the camera is offered beside the files, and only there", async ({ page, hosts, api }) => {
    const site = await api.site({}, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = new Panel(page);
    await panel.launcher.tap();
    const chooser = page.waitForEvent("filechooser");
    await panel.button("Take a photo").tap();
    const input = (await chooser).element();
    expect(await input.getAttribute("capture")).toBe("environment");
    expect(await input.getAttribute("accept")).toBe("image/*");
    await (await chooser).setFiles(picture("photo.png"));
    await expect(tray(panel)).toContainText("photo.png");
  });
});
