// What the widget costs the page that it is on, beside a page without one and beside the least such a widget can be.
import { Browser } from "../widgets/devtools.mjs";
import { Pages } from "../widgets/pages.mjs";
import { CountingProxy } from "../widgets/proxy.mjs";
import { costVisit, SLOW_CPU, SLOW_LINE, timeVisit } from "../widgets/visit.mjs";
import { median } from "../support/figures.mjs";

/** What the frame fetches to show the panel; its config is the site's. */
const PANEL = /^http:\/\/[^/]+\/(?:widget\/(?:frame|assets\/)|panel)/;
/** What the loader fetches with the visitor's interest. */
const LOADER_PART = /^http:\/\/[^/]+\/loader\//;

export async function measurePage(chromium, server, site, { repetitions, slow }) {
  const chat = server.address.replace("127.0.0.1", "chat.localhost");
  const pages = await Pages.start(`<script async src="${chat}/widget.js" data-site="${site.public_id}"></script>`);
  const fast = await CountingProxy.start();
  const poor = slow ? await CountingProxy.start(SLOW_LINE) : undefined;
  const browser = new Browser(chromium);
  try {
    const { product } = await browser.send("Browser.getVersion");
    const rows = [new Row(pages.control), new Row(pages.floor), new Row(pages.parlance)];
    // The first visits wake the browser up; of them only the launchers' places are kept.
    for (const row of rows) await row.warmUp(browser, fast);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const row of rows) await row.visit(browser, fast, poor);
    }
    const [control, floor, parlance] = rows.map((row) => row.figures());
    return { browser: product, control, floor, parlance };
  } finally {
    await browser.close();
    pages.stop();
    fast.stop();
    poor?.stop();
  }
}

class Row {
  #costs = [];
  #times = [];
  #slowTimes = [];
  #point;

  constructor(page) {
    this.page = page;
    this.hasWidget = page.name !== "control";
  }

  async warmUp(browser, fast) {
    if (!this.hasWidget) {
      await costVisit(browser, fast, this.page);
      return;
    }
    const { point, typed } = await timeVisit(browser, fast, this.page);
    if (!typed) throw new Error(`${this.page.name}: the panel's input takes no text`);
    this.#point = point;
  }

  async visit(browser, fast, poor) {
    this.#costs.push(await costVisit(browser, fast, this.page, this.#point));
    if (!this.hasWidget) return;
    this.#times.push(await timeVisit(browser, fast, this.page));
    if (poor) this.#slowTimes.push(await timeVisit(browser, poor, this.page, { slowdown: SLOW_CPU, atOnce: true }));
  }

  figures() {
    const over = (list, get) => median(list.map(get));
    const first = this.#costs[0];
    const opened = first.after?.requests ?? [];
    return {
      requestsBefore: over(this.#costs, ({ before }) => before.requests.length),
      requestsAfter: over(this.#costs, ({ after }) => after?.requests.length ?? NaN),
      bytesBefore: over(this.#costs, ({ before }) => sum(before.requests)),
      bytesAfter: over(this.#costs, ({ after }) => (after ? sum(after.requests) : NaN)),
      loaderBytes: sum(first.before.requests.filter(({ type }) => type?.includes("javascript"))),
      loaderPartBytes: sum(opened.filter(({ url }) => LOADER_PART.test(url))),
      panelBytes: sum(opened.filter(({ url }) => PANEL.test(url))),
      wasmBefore: this.#costs.some(({ before }) => before.requests.some(isWasm)),
      scriptBefore: over(this.#costs, ({ before }) => before.hostScriptMs),
      scriptAfter: over(this.#costs, ({ after }) => after?.hostScriptMs ?? NaN),
      frameTasks: over(this.#costs, ({ after }) => after?.frameTaskMs ?? NaN),
      launcherMs: over(this.#times, ({ launcherMs }) => launcherMs),
      usableMs: over(this.#times, ({ usableMs }) => usableMs),
      slowLauncherMs: over(this.#slowTimes, ({ launcherMs }) => launcherMs),
      slowUsableMs: over(this.#slowTimes, ({ usableMs }) => usableMs),
      opened: opened.map(({ method, url, status, bytes, encoding }) => ({ method, url: url.replace(/^http:\/\/[^/]+/, ""), status, bytes, encoding })),
      notes: this.#notes(),
    };
  }

  #notes() {
    const { name } = this.page;
    const notes = new Set();
    for (const { refused } of this.#costs) for (const url of refused) notes.add(`${name}: tried to reach ${url}`);
    for (const { problems } of this.#times) for (const problem of problems) notes.add(`${name}: ${problem.slice(0, 200)}`);
    for (const { before, after } of this.#costs) {
      for (const { url, type, encoding, bytes } of [...before.requests, ...(after?.requests ?? [])]) {
        if (bytes > 1_000 && !encoding && PANEL_TYPES.test(type)) notes.add(`${name}: sent without compression: ${url}`);
      }
    }
    return [...notes];
  }
}

const sum = (requests) => requests.reduce((total, { bytes }) => total + bytes, 0);
const isWasm = ({ url, type }) => type?.includes("wasm") || /\.wasm\b/.test(url);
