// A conversation of 1,000 messages: it scrolls like an empty page, and what is new comes at once.
import type { Frame, Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

// Its pictures of the document would be dearer than what is measured.
test.use({ trace: "off" });

const COUNT = 1_000;
const FRAMES = 90;
/** Frames come so often, on a display of 60 hertz. */
const INTERVAL_MS = 1_000 / 60;
/** So many frames on time in a row: what was being drawn is drawn. */
const SETTLED = 5;
/** How much dearer a message and its answer may be among 1,000 than among a few, in processor time of one run: 4 to 7 times here, most of it the browser's own walk through all entries in each frame. */
const DEARER = 8;
const ROUNDS = 5;
const TEXT = "A line of **words**, a [link](https://shop.example/), and a list:\n\n- one\n- two\n\nThat is all of it, number ";

test("1,000 messages scroll at full frame rate, and a new one is no long task", async ({ page, context, hosts, api }) => {
  test.setTimeout(120_000);
  const site = await api.site({ welcomeMessage: "", aiMode: "off" });
  await page.goto(hosts.page({ head: site.tag }));
  let panel = await new Panel(page).open();
  await panel.send("Tell me everything");
  await expect(panel.own("Tell me everything")).toContainText("Sent");
  const [conversation] = (await api.conversations(site)).data;
  await api.act(conversation!.id, "takeover");
  const say = (words: string) => api.reply(conversation!.id, words);
  const among = { few: await cheapest(page, panel, say), thousand: Number.POSITIVE_INFINITY };
  const numbers = Array.from({ length: COUNT }, (_, index) => index).values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const number of numbers) await api.reply(conversation!.id, TEXT + number);
    }),
  );
  await page.reload();
  panel = await new Panel(page).open();
  const entries = panel.log.locator(".entry.answer");
  while ((await entries.count()) < COUNT) {
    const before = await entries.count();
    await panel.button("Earlier messages").click();
    await expect.poll(() => entries.count()).toBeGreaterThan(before);
  }

  // The same movement in a page that holds nothing but height.
  const empty = await context.newPage();
  await empty.goto(hosts.page({ html: `<!doctype html><title>Empty</title><div class="thread" style="height:600px;overflow:auto"><div style="height:200000px"></div></div>` }));
  const frame = frameOf(page);
  const rounds: { empty: Late[]; full: Late[] }[] = [];
  const isSmooth = ({ empty, full }: { empty: Late[]; full: Late[] }) => full.length <= empty.length;
  for (let round = 0; round < 10 && !rounds.some(isSmooth); round++) {
    await empty.bringToFront();
    const bare = await lateFrames(empty.mainFrame());
    await page.bringToFront();
    rounds.push({ empty: bare, full: await lateFrames(frame) });
  }
  const told = (late: Late[]) => `${late.length}${late.map(({ index, gap, work }) => ` (frame ${index}: ${gap.toFixed(0)} ms, the page's own work ${work.toFixed(1)} ms)`).join("")}`;
  console.log(`late frames of ${FRAMES}, empty page and 1,000 messages: ${rounds.map(({ empty, full }) => `${told(empty)} and ${told(full)}`).join(", ")}`);
  // On a busy machine frames are late in both. In at least one of the rounds the thread has no more of them than the empty page.
  expect(rounds.some(isSmooth)).toBe(true);

  among.thousand = await cheapest(page, panel, say);
  console.log(`a message typed, sent and answered among a few and among 1,000: ${among.few.toFixed(1)} and ${among.thousand.toFixed(1)} ms of the frame's main thread`);
  expect(among.thousand / among.few).toBeLessThan(DEARER);
});

const frameOf = (page: Page): Frame => page.frames().find((frame) => frame.url().includes("/widget/frame"))!;

/** Milliseconds of the frame's main thread for a message that is typed, sent and answered: the least of some rounds, as others use the processor too. */
async function cheapest(page: Page, panel: Panel, say: (words: string) => Promise<unknown>): Promise<number> {
  const frame = frameOf(page);
  const session = await page.context().newCDPSession(frame);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")!.value * 1_000;
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await spent();
    await panel.composer.focus();
    await page.keyboard.type("One more");
    await page.keyboard.press("Enter");
    await atEnd(frame, ".own .bubble", "One more");
    await say("And one more.");
    await atEnd(frame, ".answer .bubble", "And one more.");
    rounds.push((await spent()) - before);
  }
  await session.detach();
  return Math.min(...rounds);
}

/** Waits for words at the end, by as little as possible: a search through 1,000 messages would be dearer than what is measured. */
function atEnd(frame: Frame, selector: string, words: string): Promise<void> {
  return frame.evaluate(
    ([selector, words]) =>
      new Promise<void>((resolve) => {
        const thread = document.querySelector(".thread")!;
        const look = () => {
          const last = [...thread.children].findLast((child) => child.matches(".entry"));
          if (last?.querySelector(selector!)?.textContent !== words) return;
          observer.disconnect();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(thread, { childList: true, subtree: true, characterData: true });
        look();
      }),
    [selector.split(" ").at(-1), words],
  );
}

/** A frame that came later than one and a half intervals, after one in which the page had so much to do: scripts, styles, layout and painting. */
type Late = { index: number; gap: number; work: number };

/** Scrolls up through the thread, once its end has been drawn, and tells which frames were late. */
function lateFrames(frame: Frame): Promise<Late[]> {
  return frame.evaluate(
    async ([count, longest, settled]) => {
      const thread = document.querySelector(".thread")!;
      thread.scrollTop = thread.scrollHeight;
      // The page has just come to the front, and the leap to the end is no scrolling: that is drawn before anything is measured.
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      for (let before = await frame(), inTime = 0; inTime < settled; ) {
        const at = await frame();
        inTime = at - before > longest ? 0 : inTime + 1;
        before = at;
      }
      return new Promise<Late[]>((resolve) => {
        const times: number[] = [];
        const work: number[] = [];
        // A task that waits while a frame is made runs as soon as that is done.
        const { port1: after, port2: during } = new MessageChannel();
        let began = 0;
        after.onmessage = () => work.push(performance.now() - began);
        const step = (at: number) => {
          began = performance.now();
          times.push(at);
          thread.scrollTop -= 400;
          if (times.length <= count) {
            during.postMessage(null);
            requestAnimationFrame(step);
            return;
          }
          const gaps = times.slice(1).map((time, index) => ({ index, gap: time - times[index]!, work: work[index]! }));
          resolve(gaps.filter(({ gap }) => gap > longest));
        };
        requestAnimationFrame(step);
      });
    },
    [FRAMES, 1.5 * INTERVAL_MS, SETTLED] as const,
  );
}
