// What a visitor reads beside what operators read.
import { expect } from "@playwright/test";
import type { Api, Site } from "./api.ts";
import type { Panel } from "./panel.ts";

/** Long enough for the longest wait between two tries to connect. */
const HEALED = { timeout: 30_000 };

/** Ends well when every thread stands as the one conversation is stored, word for word, with no number left out or used twice. */
export async function expectSameSides(api: Api, site: Site, ...panels: Panel[]): Promise<string[]> {
  const { data: conversations } = await api.conversations(site);
  expect(conversations).toHaveLength(1);
  const stored = async () => (await api.messages(conversations[0]!.id)).data;
  for (const panel of panels) {
    const theirs = async () => (await stored()).map(({ role, content }) => `${role}: ${content.replaceAll("**", "").trim()}`);
    await expect(async () => expect(await panel.lines()).toEqual(await theirs())).toPass(HEALED);
  }
  const messages = await stored();
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
  return messages.map(({ content }) => content.trim());
}
