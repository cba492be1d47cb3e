// The same pixels on every machine: fonts that come with the tests in place of the system's, and no word that changes by itself.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Locator, type Page } from "@playwright/test";

const files = createRequire(import.meta.url);
const font = (family: string, subset: string, weight: number) => ({
  family: family === "inter" ? "Inter" : "Noto Sans Arabic",
  weight: String(weight),
  bytes: readFileSync(files.resolve(`@fontsource/${family}/files/${family}-${subset}-${weight}-normal.woff2`)).toString("base64"),
});
const FONTS = [400, 600].flatMap((weight) => [font("inter", "latin", weight), font("noto-sans-arabic", "arabic", weight)]);

/** Gives host page, launcher and panel the fonts of the tests. Times of the day keep their room and are not seen. */
export async function steady(page: Page): Promise<void> {
  await page.clock.install();
  await page.addInitScript((fonts) => {
    for (const { family, weight, bytes } of fonts) {
      const face = new FontFace(family, Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0)), { weight });
      document.fonts.add(face);
      void face.load();
    }
    const names = `Inter,"Noto Sans Arabic",sans-serif`;
    // The loader names the system's font in the sheets that it makes.
    const replace = CSSStyleSheet.prototype.replaceSync;
    CSSStyleSheet.prototype.replaceSync = function (text) {
      replace.call(this, text.replaceAll("system-ui", names));
    };
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:root{--font:${names}!important;font-family:${names};font-variant-numeric:tabular-nums}time,.conversation small{visibility:hidden}`);
    document.adoptedStyleSheets = [sheet];
  }, FONTS);
}

/** The panel, on a page whose clock is the test's, as it is kept under this name. `isTimed`: with what can be done for some seconds only. */
export async function looksLike(page: Page, name: string, isTimed = false): Promise<void> {
  await page.mouse.move(2, 2);
  const frame = page.frameLocator("parlance-chat iframe");
  // The numbers of tickets count on, the seconds in which a message can be changed run out, and letters that come late move the end.
  await frame.locator("body").evaluate(async (body, isTimed) => {
    await document.fonts.ready;
    if (!isTimed) for (const second of body.querySelectorAll<HTMLElement>(".second")) second.style.display = "none";
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      if (/ESC-\d+/.test(text.data)) text.data = text.data.replace(/ESC-\d+/, "ESC-1042");
    }
    const thread = body.querySelector(".thread");
    if (thread) thread.scrollTop = thread.scrollHeight;
  }, isTimed);
  await same(page.locator("parlance-chat iframe"), name);
}

export const same = (place: Page | Locator, name: string): Promise<void> => (expect(place) as ReturnType<typeof expect<Page>>).toHaveScreenshot(`${name}.png`);
