// How much a page has moved under its reader by itself.
import type { Page } from "@playwright/test";

/** The sum of all layout shifts since the page began, once the two next frames are drawn. */
export const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const add = (entries: PerformanceEntry[]) => {
          for (const entry of entries) sum += (entry as unknown as { value: number }).value;
        };
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        // What was buffered is handed over in a task of its own, which a timer of this length comes after.
        const settle = () => {
          add(observer.takeRecords());
          observer.disconnect();
          resolve(sum);
        };
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(settle, 50)));
      }),
  );
