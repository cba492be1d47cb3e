// Speaking and listening by the server's audio service, with a microphone that the browser makes up.
import config from "../playwright.config.ts";
import { Api } from "../support/api.ts";
import { Audio } from "../support/audio.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";
import { Server } from "../support/server.ts";

const { launchOptions } = config.use!;
test.use({ launchOptions: { ...launchOptions, args: [...launchOptions!.args!, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] } });

test("a recording is written down, an answer is read aloud, and what fails is said", async ({ page, hosts }) => {
  const audio = await Audio.start();
  const server = await Server.start(audio.settings);
  try {
    const api = await new Api(server.origin).signIn();
    const site = await api.site({ sttProvider: "server", ttsVoice: "alloy" }, BIKES);
    await page.addInitScript(() => {
      const { mediaDevices } = navigator;
      const own = Object.assign(self, { microphones: 0 });
      const open = mediaDevices?.getUserMedia.bind(mediaDevices);
      if (open) mediaDevices.getUserMedia = (...given) => (own.microphones++, open(...given));
    });
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    const microphones = () => panel.composer.evaluate(() => (self as unknown as { microphones: number }).microphones);
    expect(await microphones(), "asked for only on use").toBe(0);
    audio.heard = "What does an inspection cost?";
    await panel.button("Dictate a message").click();
    await panel.button("Stop listening").click();
    await expect(panel.composer).toHaveValue("What does an inspection cost?");
    expect(audio.recordings).toBe(1);
    expect(await microphones()).toBe(1);
    await panel.composer.press("Enter");
    const answer = panel.answer("89 euros");
    await expect(answer).toBeVisible();
    await answer.getByRole("button", { name: "Read aloud" }).click();
    await expect.poll(() => audio.spoken.length).toBe(1);
    expect(audio.spoken[0]).toMatchObject({ voice: "alloy" });
    expect(audio.spoken[0]!.input).toContain("89 euros");
    // It is heard to its end.
    await expect(answer.getByRole("button", { name: "Read aloud" })).toHaveAttribute("aria-pressed", "false");
    audio.heard = null;
    await panel.button("Dictate a message").click();
    await panel.button("Stop listening").click();
    await expect(panel.frame.getByRole("alert").filter({ hasText: "Speech does not work right now." })).toBeVisible();
  } finally {
    await server.stop();
    await audio.stop();
  }
});
