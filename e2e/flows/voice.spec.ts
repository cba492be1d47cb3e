// Speaking and listening by the browser's own speech, scripted here. By the server: voice-server.spec.ts.
import type { Page } from "@playwright/test";
import { violations } from "../support/axe.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

type Scripted = {
  recognition: { lang: string; say(words: string[]): void; fail(error: string): void } | null;
  spoken: { lang: string; text: string; rate: number; voice: string | undefined }[];
  finish(): void;
  isCancelled: boolean;
  asked: number;
};

/** The browser's speech, as far as the panel uses it, told by the test what to hear. Its voices are known at once or `late`, once somebody has asked. */
async function scriptSpeech(page: Page, { voices = [], late = false }: { voices?: string[]; late?: boolean } = {}): Promise<void> {
  await page.addInitScript(({ voices, late }) => {
    const scripted = { recognition: null, spoken: [], isCancelled: false, asked: 0, finish() {} } as Scripted;
    class Recognition {
      lang = "";
      onresult: (event: object) => void = () => {};
      onerror: (event: object) => void = () => {};
      onend: () => void = () => {};
      start(): void {
        scripted.recognition = this;
        scripted.asked++;
      }
      say(words: string[]): void {
        this.onresult({ resultIndex: words.length - 1, results: words.map((transcript) => [{ transcript }]) });
      }
      fail(error: string): void {
        this.onerror({ error });
        this.stop();
      }
      stop(): void {
        scripted.recognition = null;
        this.onend();
      }
      abort(): void {
        this.fail("aborted");
      }
    }
    // A real one takes no voice but the browser's own.
    class Utterance {
      lang = "";
      rate = 1;
      voice: { name: string } | null = null;
      onend: () => void = () => {};
      onerror: (event: object) => void = () => {};
      constructor(readonly text: string) {}
    }
    let current: Utterance | null = null;
    scripted.finish = () => {
      const ended = current;
      current = null;
      ended?.onend();
    };
    const all = voices.map((name) => ({ name, lang: "en-GB" }));
    let known = late ? [] : all;
    const speech = Object.assign(new EventTarget(), {
      getVoices(): typeof all {
        if (known !== all) {
          setTimeout(() => {
            known = all;
            speech.dispatchEvent(new Event("voiceschanged"));
          });
        }
        return known;
      },
      speak(utterance: Utterance): void {
        current = utterance;
        const { lang, text, rate, voice } = utterance;
        scripted.spoken.push({ lang, text, rate, voice: voice?.name });
      },
      cancel(): void {
        scripted.isCancelled = Boolean(current);
        current = null;
      },
    });
    Object.assign(self, { SpeechRecognition: Recognition, SpeechSynthesisUtterance: Utterance, scripted });
    Object.defineProperty(self, "speechSynthesis", { value: speech });
  }, { voices, late });
}

const inPanel = <T>(panel: Panel, act: (scripted: Scripted) => T): Promise<T> =>
  panel.composer.evaluate((_, text) => (new Function("scripted", `return (${text})(scripted)`) as (scripted: unknown) => T)((self as unknown as { scripted: unknown }).scripted), act.toString());

test("dictation by the browser: heard as it is spoken, in the panel's language, beside what was typed", async ({ page, hosts, api }) => {
  await scriptSpeech(page);
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag.replace("<script", '<script data-locale="de-AT"') }));
  const panel = new Panel(page);
  await panel.launcher.click();
  const composer = panel.frame.getByRole("textbox", { name: "Ihre Nachricht" });
  const at = Object.assign(panel, { composer });
  await composer.fill("Guten Tag,");
  expect(await inPanel(at, (scripted) => scripted.asked)).toBe(0);
  const fetched = page.waitForRequest(/\/parts\/dictate-/);
  await panel.button("Nachricht diktieren").click();
  await fetched;
  await expect(panel.button("Zuhören beenden")).toHaveAttribute("aria-pressed", "true");
  expect(await inPanel(at, (scripted) => scripted.recognition?.lang)).toBe("de-AT");
  await inPanel(at, (scripted) => scripted.recognition?.say(["wie lange"]));
  await expect(composer).toHaveValue("Guten Tag, wie lange");
  await inPanel(at, (scripted) => scripted.recognition?.say(["wie lange habe ich", "für eine Rückgabe"]));
  await expect(composer).toHaveValue("Guten Tag, wie lange habe ich für eine Rückgabe");
  // What is typed in between stays.
  await composer.press("End");
  await composer.pressSequentially("?");
  await inPanel(at, (scripted) => scripted.recognition?.say(["wie lange habe ich", "für eine Rückgabe", "danke"]));
  await expect(composer).toHaveValue("Guten Tag, wie lange habe ich für eine Rückgabe? danke");
  await panel.button("Zuhören beenden").click();
  await expect(panel.button("Nachricht diktieren")).toHaveAttribute("aria-pressed", "false");
  await expect(composer).toHaveValue("Guten Tag, wie lange habe ich für eine Rückgabe? danke");
});

test("what goes wrong with the microphone is said politely, and what was typed stays", async ({ page, hosts, api }) => {
  await scriptSpeech(page);
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.composer.fill("So far");
  for (const [error, words] of [
    ["not-allowed", "The microphone is not available. Allow it in your browser, or type."],
    ["no-speech", "Nothing was heard. Please try again."],
    ["network", "Speech does not work right now. Please try later."],
  ] as const) {
    await panel.button("Dictate a message").click();
    await expect(panel.button("Stop listening")).toBeVisible();
    await panel.composer.evaluate((_, error) => (self as unknown as { scripted: Scripted }).scripted.recognition?.fail(error), error);
    await expect(panel.frame.getByRole("alert").filter({ hasText: words })).toBeVisible();
    await expect(panel.button("Dictate a message")).toBeVisible();
  }
  await expect(panel.composer).toHaveValue("So far");
  expect(await violations(page)).toEqual([]);
});

test("an answer is read aloud by the browser, without the numbers of its sources, and stopped", async ({ page, hosts, api }) => {
  await scriptSpeech(page);
  const site = await api.site({}, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  const answer = panel.answer("89 euros");
  await expect(answer).toBeVisible();
  await answer.getByRole("button", { name: "Read aloud" }).click();
  await expect(answer.getByRole("button", { name: "Stop reading aloud" })).toHaveAttribute("aria-pressed", "true");
  const [spoken] = await inPanel(panel, (scripted) => scripted.spoken);
  expect(spoken!.text).toContain("89 euros");
  expect(spoken!.text).not.toMatch(/\d$/);
  // What the site does not say is the browser's to choose.
  expect(spoken).toMatchObject({ lang: "en-GB", rate: 1 });
  expect(spoken!.voice).toBeUndefined();
  expect(await violations(page)).toEqual([]);
  await answer.getByRole("button", { name: "Stop reading aloud" }).click();
  await expect(answer.getByRole("button", { name: "Read aloud" })).toHaveAttribute("aria-pressed", "false");
  expect(await inPanel(panel, (scripted) => scripted.isCancelled)).toBe(true);
  await answer.getByRole("button", { name: "Read aloud" }).click();
  await expect(answer.getByRole("button", { name: "Stop reading aloud" })).toBeVisible();
  await inPanel(panel, (scripted) => scripted.finish());
  await expect(answer.getByRole("button", { name: "Read aloud" })).toBeVisible();
});

for (const [when, late] of [
  ["at once", false],
  ["only after a while", true],
] as const) {
  test(`the browser reads in the voice and at the speed that the site asks for, where voices are known ${when}`, async ({ page, hosts, api }) => {
    await scriptSpeech(page, { voices: ["Daniel", "Anna"], late });
    const site = await api.site({ ttsVoice: "anna", ttsSpeed: "1.5" }, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    await panel.send("What does an inspection cost?");
    await panel.answer("89 euros").getByRole("button", { name: "Read aloud" }).click();
    await expect.poll(() => inPanel(panel, (scripted) => scripted.spoken)).toMatchObject([{ lang: "en-GB", voice: "Anna", rate: 1.5 }]);
  });
}

test("a voice that the browser does not have leaves the language's own, at the site's speed", async ({ page, hosts, api }) => {
  await scriptSpeech(page, { voices: ["Daniel"] });
  const site = await api.site({ ttsVoice: "alloy", ttsSpeed: "0.75" }, BIKES);
  await page.goto(hosts.page({ head: site.tag }));
  const panel = await new Panel(page).open();
  await panel.send("What does an inspection cost?");
  await panel.answer("89 euros").getByRole("button", { name: "Read aloud" }).click();
  await expect.poll(() => inPanel(panel, (scripted) => scripted.spoken)).toMatchObject([{ lang: "en-GB", rate: 0.75 }]);
  const [spoken] = await inPanel(panel, (scripted) => scripted.spoken);
  expect(spoken!.voice).toBeUndefined();
});
