import type { Page } from "@playwright/test";
import { violations } from "./axe.ts";

/** What axe finds, and whether anything sticks out of the panel, whose page itself never scrolls. */
export async function problems(page: Page): Promise<string[]> {
  const found = await violations(page);
  for (const frame of page.frames().filter((frame) => frame.url().includes("/widget/frame"))) {
    const over = await frame.evaluate(() => {
      const thread = document.querySelector(".thread");
      return {
        "too wide": document.documentElement.scrollWidth - innerWidth,
        "too high": document.body.scrollHeight - innerHeight,
        "scrolled away": document.body.scrollTop + document.documentElement.scrollTop,
        "too wide in its thread": thread ? thread.scrollWidth - thread.clientWidth : 0,
      };
    });
    for (const [how, pixels] of Object.entries(over)) if (pixels > 0) found.push(`the panel is ${pixels} px ${how}`);
  }
  return found;
}
