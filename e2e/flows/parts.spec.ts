// What few visitors use is fetched when it is used, and the microphone asked for when it is: nothing of it before.
import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { Api } from "../support/api.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Mail } from "../support/mail.ts";
import { focused, Panel } from "../support/panel.ts";
import { picture } from "../support/pictures.ts";
import { Server } from "../support/server.ts";

const FOLDER = new URL("../../widget/parts/", import.meta.url);
/** Every part that there is. */
const ALL = readdirSync(FOLDER)
  .filter((file) => /^export default /m.test(readFileSync(new URL(file, FOLDER), "utf8")))
  .map((file) => file.replace(".js", ""));

/** What is fetched besides the panel itself, in its order: parts by their names, and `texts` for those that come with the first of them. */
function fetchedOf(page: Page): string[] {
  const fetched: string[] = [];
  page.on("request", (request) => {
    const [, name] = /\/widget\/assets\/(?:parts\/([a-z]+)|parts-[a-z]+)-[\da-f]+\./.exec(request.url()) ?? [];
    if (/\/widget\/assets\/parts/.test(request.url())) fetched.push(name ?? "texts");
  });
  return fetched;
}

type Speech = { asked: string[] };

/** Counts who asks for a microphone, for hearing or for speaking, in whatever frame; none of it is heard or spoken. */
async function countSpeech(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const speech: Speech = { asked: [] };
    class Recognition {
      onend = () => {};
      constructor() {
        speech.asked.push("recognition");
      }
      start(): void {}
      stop(): void {
        this.onend();
      }
    }
    Object.assign(self, { speech, SpeechRecognition: Recognition, webkitSpeechRecognition: Recognition });
    Object.defineProperty(self, "speechSynthesis", { value: { speak: () => speech.asked.push("synthesis"), cancel: () => {} } });
    if (navigator.mediaDevices) {
      navigator.mediaDevices.getUserMedia = () => {
        speech.asked.push("microphone");
        return Promise.reject(new DOMException("no", "NotAllowedError"));
      };
    }
  });
}
const asked = async (page: Page): Promise<string[]> => {
  const frames = page.frames().map((frame) => frame.evaluate(() => (self as unknown as { speech?: Speech }).speech?.asked ?? []));
  return (await Promise.all(frames)).flat();
};

test("who opens the panel, asks and reads the answer fetches the live channel and nothing else", async ({ page, hosts, api }) => {
  const fetched = fetchedOf(page);
  await countSpeech(page);
  const site = await api.site({ starterQuestions: ["What does an inspection cost?"] }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  expect(fetched).toEqual([]);
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.send("What does an inspection cost?");
  await expect(panel.answer("89 euros")).toBeVisible();
  await panel.answer("89 euros").getByRole("button", { name: "Helpful", exact: true }).click();
  await panel.button("Close chat").click();
  await expect(panel.launcher).toHaveAttribute("aria-expanded", "false");
  expect(fetched).toEqual(["live"]);
  expect(await asked(page)).toEqual([]);
});

test("each part comes with its first use", async ({ page, hosts }) => {
  test.slow();
  const mail = await Mail.start();
  const server = await Server.start(mail.settings);
  try {
    const api = await new Api(server.origin).signIn();
    const fetched = fetchedOf(page);
    await countSpeech(page);
    const linkSafety = { enabled: true, allowed_domains: [], label: "" };
    const site = await api.site({ consent: { text: "We keep what you write for 30 days." }, linkSafety }, BIKES);
    await page.clock.install();
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    // Sent messages can be changed for as long as the test takes.
    await page.clock.setFixedTime(Date.now());
    expect(fetched).toEqual([]);
    /** Doing this fetches these parts, and no other. */
    const uses = (parts: string[], act: () => Promise<unknown>) =>
      test.step(parts.join(), async () => {
        const before = fetched.filter((name) => name !== "texts");
        for (const part of parts) expect(before).not.toContain(part);
        await act();
        await expect.poll(() => fetched.filter((name) => name !== "texts")).toEqual([...before, ...parts]);
      });
    const choose = async (item: string) => {
      await panel.button("More options").click();
      await panel.frame.locator(".items").getByRole("button", { name: item }).click();
    };
    const closeCard = async () => {
      await page.keyboard.press("Escape");
      await expect(panel.frame.locator(".card:not(.gone)")).toHaveCount(0);
    };

    await uses(["before"], async () => {
      await panel.composer.fill("What does an inspection cost?");
      await panel.composer.press("Enter");
      await expect(panel.button("Agree and send")).toBeVisible();
    });
    await uses(["live"], async () => {
      await panel.button("Agree and send").click();
      await expect(panel.answer("89 euros")).toBeVisible();
    });
    await uses(["edit"], async () => {
      await panel.button("Edit message").click();
      await expect(panel.frame.getByRole("textbox", { name: "Edit message" })).toBeVisible();
    });
    await page.keyboard.press("Escape");
    expect(await asked(page)).toEqual([]);
    await uses(["dictate"], async () => {
      await panel.button("Dictate a message").click();
      await panel.button("Stop listening").click();
    });
    expect(await asked(page)).toEqual(["recognition"]);
    await uses(["speak"], () => panel.answer("89 euros").getByRole("button", { name: "Read aloud" }).click());
    await expect.poll(() => asked(page)).toEqual(["recognition", "synthesis"]);

    await uses(["files"], async () => {
      const chooser = page.waitForEvent("filechooser");
      await panel.button("Attach a file").click();
      expect(fetched).not.toContain("files");
      await (await chooser).setFiles(picture("brake.png"));
      await expect(panel.frame.getByRole("list", { name: "Attachments" })).toContainText(/byte|kB/);
    });
    await uses(["emoji"], async () => {
      await panel.button("Insert an emoji").click();
      await expect(panel.frame.getByRole("dialog", { name: "Insert an emoji" })).toBeVisible();
    });
    await page.keyboard.press("Escape");
    await panel.send("See this");
    await uses(["picture"], async () => {
      await panel.own("See this").getByRole("link", { name: /brake\.png/ }).click();
      await expect(panel.frame.getByRole("dialog", { name: "brake.png" })).toBeVisible();
    });
    await page.keyboard.press("Escape");
    for (const [part, item] of [["rating", "Rate this conversation"], ["contact", "Contact details"], ["mail", "Email transcript"]] as const) {
      await uses([part], () => choose(item));
      await closeCard();
    }
    await uses(["transcript"], async () => {
      const download = page.waitForEvent("download");
      await choose("Download transcript");
      await download;
    });
    await uses(["conversations"], () => choose("Your conversations"));
    await page.keyboard.press("Escape");
    await panel.button("Close chat").click();
    await expect(panel.launcher).toHaveAttribute("aria-expanded", "false");
    const { data } = await api.conversations(site);
    await uses(["sound"], () => api.reply(data[0]!.id, "Are you still there? [Read](https://elsewhere.example/)"));
    await panel.open();
    await uses(["link"], () => panel.answer("Are you still there?").getByRole("link").click());

    expect(fetched.filter((name) => name === "texts")).toHaveLength(1);
    expect(fetched.filter((name) => name !== "texts").sort(), "each part of the folder, once").toEqual(ALL.sort());
    expect(await asked(page)).toEqual(["recognition", "synthesis"]);
  } finally {
    await server.stop();
    await mail.stop();
  }
});

test("a panel that stood open while the server was updated begins anew, with what is written", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.composer.fill("How long do I have");
  // The old names are gone; a page that is asked for anew names the new ones.
  let isUpdated = false;
  await page.route("**/widget/frame?*", (route) => {
    isUpdated = true;
    return route.continue();
  });
  await page.route("**/widget/assets/parts/**", (route) => (isUpdated ? route.continue() : route.fulfill({ status: 404 })));
  await panel.button("Insert an emoji").click();
  await expect.poll(() => isUpdated).toBe(true);
  await expect(panel.composer).toHaveValue("How long do I have");
  await focused(page, panel.composer);
  await page.keyboard.type(" to return a bike?");
  await page.keyboard.press("Enter");
  await expect(panel.answer("30 days")).toBeVisible();
});

test("files that are gone for good do not make it begin anew again and again", async ({ page, hosts, api }) => {
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  let pages = 0;
  await page.route("**/widget/frame?*", (route) => {
    pages += 1;
    return route.continue();
  });
  await page.route("**/widget/assets/parts/emoji-*", (route) => route.fulfill({ status: 404 }));
  await panel.button("Insert an emoji").click();
  await expect.poll(() => pages).toBe(1);
  await focused(page, panel.composer);
  await panel.button("Insert an emoji").click();
  await expect(panel.frame.getByText("No connection")).toBeVisible();
  expect(pages).toBe(1);
});
