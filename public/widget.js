// The loader: all that Parlance runs on a host page before a visitor shows interest. It asks for the site's config, after everything that the
// page itself wants, and draws the launcher when the page is idle. Frame, port and the page's other calls are in loader/, fetched when
// somebody shows interest. It must work on pages with the strictest content policy (no markup strings, no inline style or script, no eval),
// must never throw into the page, and must stay small: tools/pack-assets.mjs holds it to a byte budget. docs/widget.md describes the calls.
((window, document) => {
  // The build writes the hash that the parts' names carry here. The plain names work as well.
  const VERSION = "";
  const stub = window.Parlance;
  const warn = (text) => console.warn("Parlance: " + text);

  // Module scripts have no currentScript, and an element of that name may stand in its place.
  const loaders = [...document.querySelectorAll("script")].filter(({ src }) => /\/(widget|embed)\.js\b/.test(src)).reverse();
  const siteOf = ({ dataset }) => dataset.site || dataset.botId;
  const tag = loaders.find((script) => script === document.currentScript) ?? loaders.find(siteOf) ?? loaders[0];
  // Taken out again before it has loaded, it is not missed.
  if (!tag) return document.currentScript?.isConnected === false || warn("no script tag");
  // Routers that swap the body run its scripts again: only a tag that wants something else is worth a word.
  if (stub?.state) return stub.state().site === siteOf(tag) || warn("second tag ignored");

  const { origin } = new URL(tag.src);
  const options = { ...tag.dataset, site: siteOf(tag) };
  const page = document.documentElement;
  const life = new AbortController();
  const { signal } = life;
  const calls = [];
  const parts = {};
  let settle, begun, hurry, button;
  // Settled when the launcher stands, or when it is known that there will be none.
  const drawn = new Promise((resolve) => (settle = resolve));

  const listen = (target, name, handler) => target?.addEventListener(name, handler, { signal });
  const later = (handler, delay) => setTimeout(() => signal.aborted || handler(), delay);
  const emit = (name, detail) => document.dispatchEvent(new CustomEvent("parlance:" + name, { detail }));
  const add = (parent, name) => parent.appendChild(document.createElement(name));
  const state = () => ({ open: !!chat.isOpen, ready: !!button, site: options.site, enabled: chat.config?.enabled, unread: chat.unread });

  // ---- what the page keeps: the session's key, once the visitor has acted ----

  const storageKey = (kind = "") => "parlance:" + kind + options.site?.replace(/^.*_/, "ch_");
  const readKept = () => {
    try {
      return JSON.parse(localStorage.getItem(storageKey())) ?? {};
    } catch {
      return chat.kept;
    }
  };
  /** The parts may not be there, or come too late. */
  const forget = () => {
    chat.kept = {};
    try {
      localStorage.removeItem(storageKey());
      localStorage.removeItem(storageKey("nudges:"));
      sessionStorage.removeItem(storageKey("unsent:"));
    } catch {
      // Storage is blocked: nothing was kept.
    }
  };

  // ---- the parts that come with interest ----

  const part = (name) =>
    (parts[name] ??= import(`${origin}/loader/${name}${VERSION}.js`)
      // After an update the old name is gone; after a failure some browsers answer for an address without asking again.
      .catch(() => import(`${origin}/loader/${name}.js?${Date.now()}`))
      .then((module) => signal.aborted || module.default(chat))
      .catch((error) => {
        parts[name] = button.ariaBusy = null;
        warn(error.message);
      }));
  const prepare = () => {
    if (!chat.frame) {
      const frame = (chat.frame = add(chat.box, "iframe"));
      // Before the address: what the frame may do is settled with its first step.
      frame.allow = "clipboard-write;microphone;autoplay";
      frame.src = `${origin}/widget/frame?bot_id=${chat.config.bot_id}&locale=${chat.locale()}`;
      chat.loaded = new Promise((resolve) => (frame.onload = resolve));
    }
    // After the frame, which is longer on its way.
    part("panel");
  };

  // ---- what is drawn ----

  const color = (text, otherwise) => (/^#(\w{3}){1,2}$/.test(text) ? text.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3") : otherwise);
  /** Black or white: which a sign can be seen in on a ground (contrast of at least 3:1 for white). */
  const inkOn = (ground) => {
    const light = (at) => (parseInt(ground.slice(at, at + 2), 16) / 255) ** 2.2;
    return 0.2126 * light(1) + 0.7152 * light(3) + 0.0722 * light(5) > 0.3 ? "#16161e" : "#fff";
  };
  // Beside the body: whatever a page does with its body, and whenever that comes, the launcher stays. Frameworks that make the whole
  // document anew take it with them, and get it back.
  const attach = () => {
    const root = document.documentElement;
    if (signal.aborted || !root) return;
    if (chat.host.parentNode !== root) root.append(chat.host);
    for (const node of [document, root]) watcher.observe(node, { childList: true });
  };
  const watcher = new MutationObserver(attach);
  const draw = () => {
    // What is no selector throws here, once and before anything stands, and not at every click.
    if (options.launcher) page.matches(options.launcher);
    const { style } = chat.config;
    const [edge, side] = style.position.split("-");
    const ground = color(style.button_color, "#4338ca");
    const glow = { small: 10, medium: 20, large: 34 }[style.glow_size] ?? 0;
    const shadow = { none: "0 0", strong: "0 6px 32px #0008" }[style.drop_shadow] ?? "0 4px 20px #0004";
    const corner = { square: 4, pill: 28 }[style.corner_style] ?? 18;
    const { offset_x: x = 20, offset_y: y = 20 } = style;
    const strength = { soft: 40, strong: 75 }[style.glow_strength] ?? 0;
    /** Where something this wide stands: within the screen, with most of its height left, whatever distance from its edge the site asks for. */
    const at = (distance, width) => `${edge}:max(${distance}px + min(${y}px,30vh),env(safe-area-inset-${edge}));${side}:max(min(${x}px,100vw - ${width} - 20px),env(safe-area-inset-${side}))`;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:host{all:initial!important;position:fixed!important;z-index:2147483647!important}
button{all:unset;position:fixed;height:56px;border-radius:${corner}px;background:${ground};color:${inkOn(ground)};box-shadow:${shadow},0 0 ${glow}px ${glow / 4}px color-mix(in srgb,${color(style.glow_color, ground)} ${strength}%,#0000);cursor:pointer;animation:in .3s;width:56px;${at(0, "56px")}}
div{position:fixed;visibility:hidden}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #16161e}
button::before{inset:16px;background:currentColor;forced-color-adjust:none;content:"";scale:1.2;clip-path:path(evenodd,"M12 2C6 2 1 6 1 11q0 5 4 7l-1 5 5-3h3c6 0 11-4 11-9S18 2 12 2M6 11a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0m4.5 0a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0m4.5 0a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0");position:absolute}
[aria-busy]::before{animation:in 1s infinite alternate}
[hidden]{display:none}
@keyframes in{from{scale:.5}}
@media print{:host{display:none!important}}
@media (prefers-reduced-motion){*,::before{animation:none!important}}
@media (forced-colors:active){button{border:1px solid}button::before{background:ButtonText}}`);
    const host = document.createElement("parlance-chat");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    button = add(root, "button");
    button.hidden = !!options.launcher;
    button.setAttribute("aria-label", chat.config.launcher_label);
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", false);
    Object.assign(chat, { box: add(root, "div"), host, button, kept: readKept(), root, at, corner, edge, side });
    button.onclick = methods.toggle;
    // Buttons of the page's own, which may come and go.
    const isLauncher = ({ target }) => options.launcher && target.closest?.(options.launcher);
    for (const name of ["pointerover", "touchstart", "focusin"]) listen(document, name, (event) => (event.target === host || isLauncher(event)) && prepare());
    listen(document, "click", (event) => isLauncher(event) && (event.preventDefault(), methods.toggle()));
    // The frame may be ready before the part that talks to it, and that judges who has spoken.
    listen(window, "message", (event) => event.data?.parlance && chat.greet(event));
    if (options.mode === "inline") part("inline");
    else attach();
    if (chat.config.nudges) watchRules();
    // Who talked within the last day hears of a reply on every page.
    if (chat.kept.session_id && Date.now() - chat.kept.at < 864e5) prepare();
  };

  /**
   * Which rules hold, their part says. It is fetched when the time of one has come whose pattern may fit: each of its pieces stands in the
   * address. Looked at once a second, as routers tell nobody where they have gone.
   */
  const watchRules = (known) => {
    const ended = (text) => text.replaceAll("?", " ?") + " ";
    const address = ended(location.href.split("#")[0]);
    if (known !== location.pathname) chat.since = Date.now();
    known = location.pathname;
    const isDue = (rule) => ended(rule.url_pattern).split("*").every((piece) => address.includes(piece)) && Date.now() - chat.since >= rule.seconds_on_page * 1e3;
    chat.config.nudges.some(isDue) ? part("nudges") : later(() => watchRules(known), 1e3);
  };

  // ---- the start: nothing that the page has to wait for ----

  const fetchConfig = async (delay = 2e3) => {
    const reply = await fetch(`${origin}/widget/config?bot_id=${options.site}&locale=${options.locale || page.lang}&browser=${navigator.language}`, { credentials: "omit", priority: "low" }).catch(() => 0);
    if (reply.ok) return reply.json();
    if (delay < 3e3) warn(`no launcher: ${origin} answers ${reply.status || "nothing"} for ${options.site}`);
    if (reply.status < 429 || delay > 6e4) return;
    await new Promise((resolve) => later(resolve, delay));
    return fetchConfig(delay * 3);
  };
  const start = async () => {
    const idle = new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)((hurry = resolve), { timeout: 1e3 }));
    const config = (chat.config = await fetchConfig());
    await idle;
    if (signal.aborted) return;
    if (config?.enabled) draw();
    else if (config) warn(`no launcher: ${options.site} is switched off`);
    if (!button) return;
    emit("ready");
    if ((options.open ?? "false") + "" !== "false") methods.open(true);
  };
  // Here, to come before the page's router, which must not take a step back that closes the panel for one of its own.
  listen(window, "popstate", (event) => chat.wentBack?.(event));
  const begin = () => {
    if (begun || signal.aborted || !options.site) return;
    begun = true;
    start()
      .catch((error) => warn(error.message))
      .then(settle);
  };

  // ---- the page's own calls ----

  const hideLauncher = (hidden) => drawn.then(() => button && (button.hidden = hidden));
  const methods = {
    load(given) {
      if (!begun) Object.assign(options, given);
      begin();
    },
    ready(then) {
      drawn.then(state).then(then);
      return drawn.then(state);
    },
    state,
    on(name, handler) {
      const listener = ({ detail }) => handler(detail);
      listen(document, "parlance:" + name, listener);
      return () => document.removeEventListener("parlance:" + name, listener);
    },
    hideLauncher: () => hideLauncher(true),
    showLauncher: () => hideLauncher(false),
    // What the visitor sees counts: a second click while the part is on its way does not take back the first.
    toggle: () => methods[chat.isOpen ? "close" : "open"](),
    destroy() {
      methods.close();
      forget();
      delete window.Parlance;
      life.abort();
      watcher.disconnect();
      chat.host?.remove();
    },
  };
  const fetchAll = () => {
    hurry?.();
    drawn.then(() => {
      if (!button) return;
      button.ariaBusy = true;
      prepare();
    });
  };
  const wait = () => {};
  // What is done of a call before the part that makes it has come, for which the page may not wait.
  const early = {
    ...{ escalate: fetchAll, newMessage: fetchAll, sendMessage: fetchAll, showNudge: fetchAll, shutdown: forget, open: fetchAll },
    identify: (source) => source || (readKept().subject && forget()),
    setLocale(locale) {
      options.locale = locale;
      // Before the start it costs nothing: the config is asked for in it.
      if (begun) drawn.then(() => button && part("panel"));
    },
    setTheme: (theme) => (options.theme = theme),
    triggerNudge: () => drawn.then(() => button && part("nudges")),
    ...{ track: wait, close: wait, setAttributes: wait, pageView: wait },
  };
  for (const name in early) {
    methods[name] = (...given) => {
      early[name](...given);
      calls.push([name, ...given]);
    };
  }

  const call = (name, ...given) => {
    try {
      return methods[name](...given);
    } catch (error) {
      warn(name + ": " + error.message);
    }
  };
  // What the parts work with.
  const chat = {
    ...{ add, signal, part, later, emit, unread: 0, kept: {}, color, forget, listen, origin, storageKey, inkOn, readKept, methods, options, prepare },
    locale: () => options.locale || page.lang || chat.config.language || navigator.language,
    hellos: [],
    greet: (event) => chat.hellos.push(event),
    /** Puts a part's calls in the place of those that waited for it, and makes the ones that came in the meantime. */
    adopt(given) {
      Object.assign(methods, given);
      for (const [name, ...all] of calls.splice(0)) call(name, ...all);
    },
  };
  window.Parlance = call;
  for (const name in methods) call[name] = (...given) => call(name, ...given);
  for (const given of stub?.q ?? []) call(...given);
  begin();
})(window, document);
