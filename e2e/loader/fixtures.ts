import { test as base, type Frame, type Page } from "@playwright/test";
import { Hosts } from "../support/hosts.ts";
import { ScriptedChat } from "../support/scripted-chat.ts";
import { Watch } from "../support/watch.ts";

export type Heard = { type: string; [field: string]: unknown };

export const test = base.extend<{ watch: Watch }, { chat: ScriptedChat; hosts: Hosts }>({
  chat: [
    async ({}, use) => {
      const chat = await ScriptedChat.start();
      await use(chat);
      await chat.stop();
    },
    { scope: "worker" },
  ],
  hosts: [
    async ({}, use) => {
      const hosts = await Hosts.start();
      await use(hosts);
      await hosts.stop();
    },
    { scope: "worker" },
  ],
  watch: async ({ page }, use) => use(await Watch.of(page)),
});
export { expect } from "@playwright/test";

export const launcher = (page: Page) => page.locator('parlance-chat [aria-haspopup="dialog"]').filter({ visible: true });
export const panel = (page: Page) => page.locator("parlance-chat iframe");

/** The scripted panel's frame, once it holds the port. */
export async function panelFrame(page: Page): Promise<Frame> {
  const element = await panel(page).elementHandle();
  const frame = await element?.contentFrame();
  // Taken out again at that very moment: another is on its way.
  if (!frame) return panelFrame(page);
  // The frame may be hidden, and the browser draws no pictures of it by which one could wait.
  const hasHeard = frame.waitForFunction(() => (self as unknown as { heard?: unknown[] }).heard?.length, undefined, { polling: 50 });
  const isThere = await hasHeard.then(
    () => true,
    (error: unknown) => {
      if (!frame.isDetached() || page.isClosed()) throw error;
      return false;
    },
  );
  return isThere ? frame : panelFrame(page);
}

export const heard = (frame: Frame): Promise<Heard[]> => frame.evaluate(() => (self as unknown as { heard: Heard[] }).heard);

export const say = (frame: Frame, message: Heard): Promise<void> =>
  frame.evaluate((given) => (self as unknown as { port: MessagePort }).port.postMessage(given), message);

/** Calls the page's own API. */
export const parlance = <T>(page: Page, name: string, ...given: unknown[]): Promise<T> =>
  page.evaluate(([method, values]) => (window as unknown as { Parlance: (...all: unknown[]) => T }).Parlance(method, ...(values as unknown[])), [
    name,
    given,
  ] as const);
