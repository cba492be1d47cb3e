// What stands on the host page: the launcher alone, its hint, what is unread, and a nudge, in light and dark.
import { expect, launcher, panelFrame, parlance, say, test } from "../loader/fixtures.ts";
import { same, steady } from "../support/looks.ts";

const NUDGE = { id: 1, text: "Looking for a bike that fits? We can measure you in the shop.", url_pattern: "", seconds_on_page: 3600, first_visit: false, max_per_visitor: 9, pause_hours: 0 };

test.use({ viewport: { width: 420, height: 260 }, contextOptions: { reducedMotion: "reduce" } });

for (const colorScheme of ["light", "dark"] as const) {
  test(`${colorScheme}: the launcher, its hint, unread and a nudge`, async ({ page, chat, hosts }) => {
    await page.emulateMedia({ colorScheme });
    await steady(page);
    const site = chat.site({ nudges: [NUDGE] });
    await page.clock.resume();
    await page.goto(hosts.page({ html: `<!doctype html><html lang="en"><title>A shop</title><style>html{background:Canvas;color-scheme:light dark}</style>${chat.tag(site)}` }));
    await expect(launcher(page)).toBeVisible();
    await same(page, `launcher-${colorScheme}`);
    await parlance(page, "triggerNudge", 1);
    await expect(page.locator("parlance-chat article")).toBeVisible();
    await same(page, `nudge-${colorScheme}`);
    await page.locator("parlance-chat").getByRole("button", { name: "Dismiss" }).click();
    await launcher(page).hover();
    const frame = await panelFrame(page);
    await expect(page.locator("parlance-chat span")).toBeVisible();
    await same(page, `hint-${colorScheme}`);
    await page.mouse.move(2, 2);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await say(frame, { type: "unread", count: 2 });
    await say(frame, { type: "preview", author: "Anna", text: "I have found your order: it leaves today." });
    await expect(page.locator("parlance-chat article")).toContainText("Anna");
    await same(page, `unread-${colorScheme}`);
  });
}
