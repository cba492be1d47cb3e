// What broke the panel once: words and names longer than a line, and a thread longer than the panel.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { textFile } from "../support/pictures.ts";
import { problems } from "../support/problems.ts";

const WORD = "Donaudampfschifffahrtsgesellschaft".repeat(4);
const FILE = "Rechnung_2026-11-22_Kundennummer_448812_Lieferanschrift_final.txt";

for (const [where, viewport] of [["beside the page", { width: 1200, height: 700 }], ["on a phone", { width: 360, height: 640 }]] as const) {
  test(`words and file names that are longer than a line, ${where}`, async ({ browser, hosts, api }) => {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
    const page = await context.newPage();
    const site = await api.site({
      aiMode: "off",
      greetingText: WORD,
      welcomeMessage: WORD,
      starterQuestions: [WORD],
      linkSafety: { enabled: true, allowed_domains: [], label: WORD },
    });
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    expect(await problems(page)).toEqual([]);
    const chooser = page.waitForEvent("filechooser");
    await panel.button("Attach a file").click();
    await (await chooser).setFiles(textFile(FILE, "Nothing to pay"));
    await expect(panel.frame.getByText(FILE)).toBeVisible();
    expect(await problems(page)).toEqual([]);
    await panel.send(WORD);
    await expect(panel.own(WORD).getByRole("link", { name: FILE })).toBeVisible();
    expect(await problems(page)).toEqual([]);
    const [conversation] = (await api.conversations(site)).data;
    await api.reply(conversation!.id, `${WORD} https://elsewhere.example/${WORD}`);
    await panel.log.getByRole("link", { name: "elsewhere.example" }).click();
    await expect(panel.frame.getByRole("alertdialog")).toBeVisible();
    expect(await panel.frame.getByRole("alertdialog").evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    expect(await problems(page)).toEqual([]);
    await context.close();
  });

  test(`a long reply and an edited message leave the panel where it is, ${where}`, async ({ browser, hosts, api }) => {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
    const page = await context.newPage();
    const site = await api.site({ aiMode: "off" });
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await panel.send("Tell me everything");
    await expect(panel.own("Tell me everything")).toContainText("Sent");
    const [conversation] = (await api.conversations(site)).data;
    await api.reply(conversation!.id, "A sentence that takes its room in the thread. ".repeat(40));
    await expect(panel.answer("A sentence")).toBeVisible();
    await panel.send("And more");
    await panel.button("Edit message").last().click();
    await expect(panel.frame.getByRole("textbox", { name: "Edit message" })).toBeFocused();
    expect(await problems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(panel.button("Close chat")).toBeInViewport();
    expect(await problems(page)).toEqual([]);
    await context.close();
  });
}
