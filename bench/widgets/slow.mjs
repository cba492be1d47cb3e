// How long a visitor waits on a slow line with a slow processor, beside the least that such a widget needs:
//
//   PARLANCE_BIN=… PARLANCE_CHROMIUM=… node bench/widgets/slow.mjs VISITS
//
// Prints a line of JSON for each visit, the floor's and Parlance's in turn: `{ name, launcherMs, usableMs }`, from navigation to launcher and
// from a press at once to a panel that can be written in. e2e/speed/slow.spec.ts holds the ratio to a bar.
import { Parlance } from "../support/parlance.mjs";
import { Browser } from "./devtools.mjs";
import { Pages } from "./pages.mjs";
import { CountingProxy } from "./proxy.mjs";
import { SLOW_CPU, SLOW_LINE, timeVisit } from "./visit.mjs";

const visits = Number(process.argv[2] ?? 3);
const server = await Parlance.fresh("Parlance");
const site = await server.withSite();
const chat = server.address.replace("127.0.0.1", "chat.localhost");
const pages = await Pages.start(`<script async src="${chat}/widget.js" data-site="${site.public_id}"></script>`);
const line = await CountingProxy.start(SLOW_LINE);
const browser = new Browser(process.env.PARLANCE_CHROMIUM);
try {
  // The first visit wakes the browser up.
  await timeVisit(browser, line, pages.floor, { atOnce: true });
  for (let visit = 0; visit < visits; visit++) {
    for (const page of [pages.floor, pages.parlance]) {
      const { launcherMs, usableMs } = await timeVisit(browser, line, page, { slowdown: SLOW_CPU, atOnce: true });
      console.log(JSON.stringify({ name: page.name, launcherMs, usableMs }));
    }
  }
} finally {
  await browser.close();
  pages.stop();
  line.stop();
  await server.remove();
}
