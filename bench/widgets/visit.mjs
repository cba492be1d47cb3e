// One cold load of a page, in a browser context of its own: nothing is cached, nothing is kept.
import { VIEW } from "./devtools.mjs";
import { BINDING, probeSource } from "./probe.mjs";

/** 1.6 Mbit/s, 150 ms round trip, a processor four times slower: a cheap phone on a train. */
export const SLOW_LINE = { bytesPerSecond: 1.6e6 / 8, roundTripMs: 150 };
export const SLOW_CPU = 4;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(look, limitMs) {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = look();
    if (found || Date.now() > end) return found;
    await pause(5);
  }
}

export class Visit {
  #frames = new Map();
  #events = [];
  #loaded = false;

  /** `page`: `{ url, launcher, input }`; `timing`: run the probe in the page. */
  static async begin(browser, proxy, page, { timing, slowdown }) {
    const visit = new Visit(browser, proxy, page, { timing, slowdown });
    const { browserContextId } = await browser.send("Target.createBrowserContext", {
      proxyServer: `http://127.0.0.1:${proxy.port}`,
      proxyBypassList: "<-loopback>",
    });
    visit.context = browserContextId;
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank", browserContextId, ...VIEW });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    visit.host = sessionId;
    visit.#frames.set(sessionId, "page");
    visit.stopListening = browser.listen((message) => visit.#heard(message));
    await Promise.all(visit.#prepare(sessionId));
    proxy.reset();
    visit.beganAt = Date.now();
    await browser.send("Page.navigate", { url: page.url }, sessionId);
    if (!(await until(() => visit.#loaded, 60_000))) throw new Error(`${page.url} did not load`);
    return visit;
  }

  constructor(browser, proxy, page, options) {
    Object.assign(this, { browser, proxy, page, ...options });
    this.problems = [];
  }

  async end() {
    this.stopListening();
    await this.browser.send("Target.disposeBrowserContext", { browserContextId: this.context });
  }

  /** The first event of a kind that the probe has told. */
  seen(kind, limitMs) {
    return until(() => this.#events.find((event) => event.kind === kind), limitMs);
  }

  /** Waits until nothing has been fetched for a while. */
  async quiet(idleMs, { notBefore = 0, limitMs = 20_000 } = {}) {
    const end = Date.now() + limitMs;
    while (Date.now() < end) {
      const now = Date.now();
      if (!this.proxy.isBusy() && now - this.proxy.lastActivity > idleMs && now > notBefore) return;
      await pause(20);
    }
  }

  async click({ x, y }) {
    for (const type of ["mouseMoved", "mousePressed", "mouseReleased"]) {
      const moving = type === "mouseMoved";
      await this.browser.send("Input.dispatchMouseEvent", { type, x, y, button: moving ? "none" : "left", clickCount: moving ? 0 : 1 }, this.host);
    }
  }

  async evaluate(expression, session = this.host) {
    const { result } = await this.browser.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true }, session);
    return result?.value;
  }

  /** Requests so far, the page itself left out. */
  requests() {
    return this.proxy.requests.filter((entry) => entry.url !== this.page.url && !entry.refused);
  }

  refused() {
    return this.proxy.requests.filter((entry) => entry.refused).map((entry) => entry.url);
  }

  /** CPU milliseconds of the host page's main thread since its start, and of the widget's frames beside it. */
  async work() {
    const host = await this.#metrics(this.host);
    let frames = 0;
    for (const [session, type] of this.#frames) {
      if (type === "iframe") frames += (await this.#metrics(session)).TaskDuration;
    }
    return { hostScriptMs: host.ScriptDuration * 1_000, hostTaskMs: host.TaskDuration * 1_000, frameTaskMs: frames * 1_000 };
  }

  /** Types into the panel's input, wherever it is. */
  async type() {
    for (const session of this.#frames.keys()) {
      if (await this.evaluate("window.benchProbe?.type()", session)) return true;
    }
    return false;
  }

  async #metrics(session) {
    const { metrics } = await this.browser.send("Performance.getMetrics", {}, session);
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  #prepare(session) {
    const send = (method, params) => this.browser.send(method, params, session);
    const commands = [
      send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
      send("Page.enable"),
      // CPU time, so that waiting for a busy machine does not count.
      send("Performance.enable", { timeDomain: "threadTicks" }),
    ];
    if (this.slowdown > 1) commands.push(send("Emulation.setCPUThrottlingRate", { rate: this.slowdown }));
    if (this.timing) {
      commands.push(
        send("Runtime.enable"),
        send("Runtime.addBinding", { name: BINDING }),
        send("Page.addScriptToEvaluateOnNewDocument", { source: probeSource({ launcher: this.page.launcher, input: this.page.input }) }),
      );
    }
    return commands;
  }

  #heard({ method, params, sessionId }) {
    if (!this.#frames.has(sessionId)) return;
    if (method === "Target.attachedToTarget") this.#attached(params);
    else if (method === "Target.detachedFromTarget") this.#frames.delete(params.sessionId);
    else if (method === "Page.loadEventFired" && sessionId === this.host) this.#loaded = true;
    else if (method === "Runtime.bindingCalled") this.#events.push(JSON.parse(params.payload));
    else if (method === "Runtime.exceptionThrown") this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    else if (method === "Runtime.consoleAPICalled" && params.type === "error") this.problems.push(params.args.map((argument) => argument.value ?? "").join(" "));
  }

  #attached({ sessionId, targetInfo }) {
    this.#frames.set(sessionId, targetInfo.type);
    // A frame may be gone again before it is prepared; then there is nothing to measure in it.
    const prepared = targetInfo.type === "iframe" ? this.#prepare(sessionId) : [];
    for (const command of [...prepared, this.browser.send("Runtime.runIfWaitingForDebugger", {}, sessionId)]) command.catch(() => {});
  }
}

/** A visit with the probe: when the launcher shows, and how long a press on it takes to become a panel that can be typed into. */
export async function timeVisit(browser, proxy, page, { slowdown = 1, atOnce = false } = {}) {
  const visit = await Visit.begin(browser, proxy, page, { timing: true, slowdown });
  try {
    const launcher = await visit.seen("launcher", 30_000);
    if (!launcher) throw new Error(`${page.name}: no launcher was seen`);
    const launcherMs = launcher.time - (await visit.evaluate("performance.timeOrigin"));
    if (!atOnce) await visit.quiet(400, { notBefore: visit.beganAt + 1_500 });
    // It may have moved since it was first seen.
    const point = (await visit.evaluate("window.benchProbe.launcher()")) ?? launcher.at;
    await visit.click(point);
    const [input, frame, click] = await Promise.all(["input", "frame", "click"].map((kind) => visit.seen(kind, 30_000)));
    if (!input || !frame || !click) throw new Error(`${page.name}: the panel did not open`);
    const usableMs = Math.max(input.time, frame.time) - click.time;
    return { launcherMs, usableMs, point, typed: await visit.type(), problems: visit.problems };
  } finally {
    await visit.end();
  }
}

/** A visit without any script of ours: what is fetched and how much work it is, before and after the launcher is pressed at `point`. */
export async function costVisit(browser, proxy, page, point) {
  const visit = await Visit.begin(browser, proxy, page, { timing: false, slowdown: 1 });
  try {
    // Long enough for what a loader fetches when the page is idle.
    await visit.quiet(1_000, { notBefore: visit.beganAt + 2_500 });
    const before = { requests: visit.requests().map((entry) => ({ ...entry })), ...(await visit.work()) };
    if (!point) return { before, refused: visit.refused() };
    await visit.click(point);
    await visit.quiet(1_000, { notBefore: Date.now() + 1_500 });
    const after = { requests: visit.requests().map((entry) => ({ ...entry })), ...(await visit.work()) };
    return { before, after, refused: visit.refused() };
  } finally {
    await visit.end();
  }
}
