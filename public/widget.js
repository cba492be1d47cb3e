// The loader: all that Parlance runs on a host page. It draws the launcher, makes the panel's frame when a visitor shows interest,
// and carries the session key between the page's storage and the frame. It must work on pages with the strictest content policy
// (no markup strings, no inline style or script, no eval), must never throw into the page, and must stay small: tools/pack-assets.mjs
// holds it to a byte budget. docs/widget.md describes the calls.
((window, document) => {
  const stub = window.Parlance;
  const warn = (text) => console.warn("Parlance: " + text);

  // Module scripts have no currentScript, and an element of that name may stand in its place.
  const loaders = [...document.querySelectorAll("script")].filter(({ src }) => /\/(widget|embed)\.js\b/.test(src)).reverse();
  const siteOf = ({ dataset }) => dataset.site || dataset.botId;
  const tag = loaders.find((script) => script === document.currentScript) ?? loaders.find(siteOf) ?? loaders[0];
  if (!tag) return warn("script tag not found");
  // Routers that swap the body run its scripts again: only a tag that wants something else is worth a word.
  if (stub?.state) return stub.state().site === siteOf(tag) || warn("second tag ignored");

  const { origin } = new URL(tag.src);
  const options = { ...tag.dataset, site: siteOf(tag) };
  const page = document.documentElement;
  const life = new AbortController();
  const { signal } = life;
  const listen = (target, name, handler) => target?.addEventListener(name, handler, { signal });
  const later = (handler, delay) => setTimeout(() => signal.aborted || handler(), delay);
  const FULL_SCREEN = "(max-width:480px),(max-height:420px)";
  const smallScreen = matchMedia(FULL_SCREEN);
  const darkScheme = matchMedia("(prefers-color-scheme:dark)");
  const launcherSheet = new CSSStyleSheet();
  const pageSheet = new CSSStyleSheet();

  let begun, config, host, root, button, badge, hint, box, frame, port, attributes, focusBefore, isOpen, hurry, settle;
  let unread = 0;
  let attempts = 0;
  let waiting = [];
  // Settled when the launcher stands, or when it is known that there will be none.
  const drawn = new Promise((resolve) => (settle = resolve));

  const emit = (name, detail) => document.dispatchEvent(new CustomEvent("parlance:" + name, { detail }));
  const state = () => ({ site: options.site, ready: !!root, enabled: config?.enabled, open: !!isOpen, unread });

  // ---- what the page keeps: the session's key, once the visitor has acted ----

  let kept = {};
  const storageKey = () => "parlance:" + config.bot_id;
  const readKept = () => {
    try {
      return JSON.parse(localStorage.getItem(storageKey())) ?? {};
    } catch {
      return kept;
    }
  };
  const keep = (session_id, visitor_id) => {
    kept = { session_id, visitor_id, at: Date.now() };
    try {
      if (session_id || visitor_id) localStorage.setItem(storageKey(), JSON.stringify(kept));
      else localStorage.removeItem(storageKey());
    } catch {
      // Storage is blocked or full: the session lasts as long as this page.
    }
  };

  // ---- the frame and its port ----

  const tell = (type, more) => port?.postMessage({ type, ...more });
  const drop = () => {
    frame?.remove();
    port = frame = null;
  };
  const prepare = () => {
    if (frame) return;
    const made = (frame = add(box, "iframe"));
    made.title = config.name;
    made.allow = "clipboard-write";
    made.src = `${origin}/widget/frame?bot_id=${config.bot_id}`;
    // What loads but never says hello is an error page: it is fetched again while the visitor looks at it.
    made.onload = () =>
      later(() => {
        if (port || made !== frame) return;
        drop();
        if (isOpen && attempts++ < 9) prepare();
      }, 3e3);
  };
  const greet = ({ source, origin: from, data }) => {
    if (!frame || source !== frame.contentWindow || from !== origin || data?.parlance !== "hello") return;
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => hear(data);
    source.postMessage({ parlance: "port" }, origin, [channel.port2]);
    tell("init", {
      ...kept,
      identity_token: options.identityToken,
      page_url: location.href,
      referrer: document.referrer,
      locale: options.locale || config.language || page.lang || navigator.language,
      theme: options.theme,
      open: !!isOpen,
    });
    if (attributes) tell("set_attributes", { attributes });
    waiting.splice(0).forEach((message) => tell(...message));
  };
  const hear = ({ type, session_id, visitor_id, count, name, text }) => {
    if (type === "close") close();
    if (type === "session") keep(session_id, visitor_id);
    if (type === "event") emit(name, { text });
    if (type === "unread" && count !== unread) {
      unread = count;
      render();
      emit(type, { count });
    }
  };
  const restart = () => {
    if (!frame) return;
    drop();
    hear({ type: "unread", count: 0 });
    prepare();
  };

  // ---- what is drawn ----

  const add = (parent, name) => parent.appendChild(document.createElement(name));
  const color = (text, otherwise) => (/^#(\w{3}){1,2}$/.test(text) ? text.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3") : otherwise);
  const INK = "#16161e";
  /** Black or white: what can be seen on a ground (contrast of at least 3:1 for white). */
  const inkOn = (ground) => {
    const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(ground.slice(at, at + 2), 16) / 255) ** 2.2);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.3 ? INK : "#fff";
  };
  const css = () => {
    const { style } = config;
    const [, edge, side] = /^(top|bottom)-(left|right)$/.exec(style.position) ?? [, "bottom", "right"];
    const ground = color(style.button_color, "#4338ca");
    const own = color(style.bg_color, "#ffffff");
    const theme = options.theme || style.theme;
    const isDark = theme === "dark" || (theme !== "light" && darkScheme.matches);
    const surface = isDark && inkOn(own) === INK ? "#17181e" : own;
    const glow = { small: 10, medium: 20, large: 34 }[style.glow_size] ?? 0;
    const strength = { soft: 40, strong: 75 }[style.glow_strength] ?? 0;
    const shadow = { none: "0 0", strong: "0 6px 32px #0008" }[style.drop_shadow] ?? "0 4px 20px #0004";
    const corner = { square: 4, pill: 28 }[style.corner_style] ?? 18;
    const at = (distance) => `${edge}:max(${distance}px,env(safe-area-inset-${edge}));${side}:max(20px,env(safe-area-inset-${side}))`;
    return `:host{all:initial!important;display:block!important;position:fixed!important;z-index:2147483647!important}
*{box-sizing:border-box}[hidden]{display:none!important}
button{all:unset;position:fixed;${at(20)};width:56px;height:56px;border-radius:${corner}px;background:${ground};color:${inkOn(ground)};box-shadow:${shadow},0 0 ${glow}px ${glow / 4}px color-mix(in srgb,${color(style.glow_color, ground)} ${strength}%,#0000);cursor:pointer;transition:.2s;animation:in .3s}
button::before{content:"";position:absolute;inset:16px;background:currentColor;forced-color-adjust:none;transform:scale(1.2);clip-path:path(evenodd,"M12 2C6 2 1 6 1 11q0 5 4 7l-1 5 5-3h3c6 0 11-4 11-9S18 2 12 2M6 11a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0m4.5 0a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0m4.5 0a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0")}
[aria-expanded=true]::before{clip-path:path("M4 8l8 8 8-8 2 2-10 10L2 10")}
button:hover{transform:scale(1.06)}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px ${INK}}
b{position:absolute;top:-6px;right:-6px;min-width:22px;padding:0 6px;border-radius:11px;background:#c81e1e;color:#fff;font:600 12px/22px system-ui;text-align:center;outline:2px solid #fff}
b:empty{display:none}
span,div{position:fixed;background:${surface};color:${inkOn(surface)};box-shadow:0 0 0 1px #8883,0 8px 40px #0004;visibility:hidden;opacity:0;transition:.2s}
span{${edge}:28px;${side}:88px;max-width:min(280px,100vw - 108px);padding:10px 14px;border-radius:12px;font:14px/20px system-ui}
[aria-expanded=false]:is(:hover,:focus-visible)+span,.open{visibility:visible;opacity:1;transform:none;transition-property:opacity,transform}
div{${at(88)};width:min(400px,100vw - 40px);height:min(640px,100dvh - 108px);border-radius:${corner - 2}px;overflow:hidden;transform:scale(.96);transform-origin:${edge} ${side}}
div::before{content:"";position:absolute;inset:calc(50% - 14px);border-radius:50%;border:3px solid;border-top-color:#0000;opacity:.3;animation:turn 1s 9}
iframe{position:relative;width:100%;height:100%;border:0}
@keyframes in{from{transform:scale(0)}}@keyframes turn{to{transform:rotate(1turn)}}
@media ${FULL_SCREEN}{div{inset:var(--top,0) 0 auto;width:100%;height:var(--height,100dvh);border-radius:0}[aria-expanded=true]{display:none}}
@media (hover:none){span{display:none}}
@media (forced-colors:active){button,b,div,span{border:1px solid}button::before{background:ButtonText}}
@media (prefers-reduced-motion){*,::before{transition:none!important;animation:none!important}}
@media print{:host{display:none!important}}`;
  };
  const dress = () => root && launcherSheet.replaceSync(css());
  const render = () => {
    const count = isOpen ? 0 : unread;
    box.inert = !isOpen;
    box.className = isOpen ? "open" : "";
    badge.textContent = count > 99 ? "99+" : count || "";
    button.hidden = options.launcher === "none";
    hint.hidden = button.hidden || !config.greeting;
    button.setAttribute("aria-expanded", !!isOpen);
    button.setAttribute("aria-label", isOpen ? "Close chat" : "Open chat" + (count ? `, ${count} unread message${count > 1 ? "s" : ""}` : ""));
    // While the panel fills a small screen, the page behind it stays where it is; a scrollbar's room stays too.
    const gutter = innerWidth > page.clientWidth ? "scrollbar-gutter:stable" : "";
    pageSheet.replaceSync(isOpen && smallScreen.matches ? `html{overflow:hidden!important;${gutter}}` : "");
    fit();
  };
  // The on-screen keyboard shrinks and moves the visible part of the page; the panel follows it.
  const fit = () => {
    if (!isOpen || !window.visualViewport) return;
    box.style.setProperty("--top", visualViewport.offsetTop + "px");
    box.style.setProperty("--height", visualViewport.height + "px");
  };
  const draw = () => {
    kept = readKept();
    host = document.createElement("parlance-chat");
    root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [launcherSheet];
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageSheet];
    button = add(root, "button");
    button.type = "button";
    button.setAttribute("aria-haspopup", "dialog");
    badge = add(button, "b");
    hint = add(root, "span");
    hint.ariaHidden = badge.ariaHidden = true;
    hint.textContent = config.greeting;
    box = add(root, "div");
    dress();
    render();
    // Beside the body: whatever a page does with its body, and whenever that comes, the launcher stays.
    page.append(host);

    button.onpointerenter = button.onfocus = button.ontouchstart = prepare;
    button.onclick = () => (isOpen ? close() : show(true));
    listen(window, "message", greet);
    listen(document, "keydown", ({ key, defaultPrevented }) => key === "Escape" && !defaultPrevented && close());
    listen(smallScreen, "change", render);
    listen(darkScheme, "change", dress);
    listen(window.visualViewport, "resize", fit);
    listen(window.visualViewport, "scroll", fit);
    listen(window.navigation, "currententrychange", () => methods.pageView());
    listen(window, "storage", () => {
      const now = readKept();
      // Another tab began a conversation where there was none, or ended it: the panel starts anew with what is kept now.
      if (!now.session_id === !kept.session_id) return;
      kept = now;
      restart();
    });
    // Who talked within the last day hears of a reply on every page.
    if (kept.session_id && Date.now() - kept.at < 864e5) prepare();
  };
  const show = (takesFocus) => {
    if (isOpen) return;
    prepare();
    isOpen = true;
    attempts = 0;
    focusBefore = document.activeElement;
    render();
    if (kept.session_id) keep(kept.session_id, kept.visitor_id);
    tell("open");
    if (takesFocus) frame.focus();
    emit("open");
  };
  const close = () => {
    if (!isOpen) return;
    const active = document.activeElement;
    isOpen = false;
    render();
    tell("close");
    // Only focus that was in the panel goes back; a visitor who has moved on is left alone.
    if (active === host || active === document.body) (focusBefore === document.body || focusBefore === host ? button : focusBefore)?.focus({ preventScroll: true });
    emit("close");
  };

  // ---- the start: nothing that the page has to wait for ----

  const fetchConfig = async (delay = 2e3) => {
    const reply = await fetch(`${origin}/widget/config?bot_id=${options.site}`, { credentials: "omit" }).catch(() => ({ status: 0 }));
    if (reply.ok) return reply.json();
    if (delay < 3e3) warn(`no launcher: ${origin} answers ${reply.status || "nothing (offline, or not allowed here)"} for ${options.site}`);
    if ((reply.status && reply.status < 429) || delay > 6e4) return;
    await new Promise((resolve) => later(resolve, delay));
    return fetchConfig(delay * 3);
  };
  const start = async () => {
    await new Promise((resolve) => {
      hurry = resolve;
      const idle = () => (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 1e3 });
      if (document.readyState === "complete") idle();
      else listen(window, "load", idle);
      // Some pages never finish loading.
      later(idle, 4e3);
    });
    config = await fetchConfig();
    if (signal.aborted) return;
    if (config?.enabled) draw();
    else if (config) warn(`no launcher: ${options.site} is switched off`);
    settle();
    if (!root) return;
    emit("ready");
    if ((options.open ?? "false") + "" !== "false") show();
  };
  const begin = () => {
    if (begun || !options.site) return;
    begun = true;
    start().catch((error) => warn(error.message));
  };

  // ---- the page's own calls ----

  const openAnd = (...message) => {
    hurry?.();
    drawn.then(() => {
      if (!root || signal.aborted) return;
      show(true);
      if (message[0]) port ? tell(...message) : waiting.push(message);
    });
  };
  const methods = {
    load(given) {
      if (!begun) Object.assign(options, given);
      begin();
    },
    ready(then) {
      const promise = drawn.then(state);
      promise.then(then);
      return promise;
    },
    state,
    on(name, handler) {
      const listener = ({ detail }) => handler(detail);
      listen(document, "parlance:" + name, listener);
      return () => document.removeEventListener("parlance:" + name, listener);
    },
    open: () => openAnd(),
    close,
    toggle: () => (isOpen ? close() : openAnd()),
    newMessage: (text) => openAnd("new_message", { text: text ?? "" }),
    sendMessage: (text) => openAnd("send_message", { text }),
    escalate: () => openAnd("escalate"),
    showLauncher(launcher) {
      options.launcher = launcher;
      if (root) render();
    },
    hideLauncher: () => methods.showLauncher("none"),
    identify(identity_token) {
      options.identityToken = identity_token;
      tell("identify", { identity_token });
    },
    setLocale(locale) {
      options.locale = locale;
      tell("set_locale", { locale });
    },
    setTheme(theme) {
      options.theme = theme;
      dress();
      tell("set_theme", { theme });
    },
    setAttributes(given) {
      attributes = { ...attributes, ...given };
      tell("set_attributes", { attributes });
    },
    track: (name, properties) => tell("track", { name, properties }),
    triggerNudge: (id) => tell("trigger_nudge", { id }),
    pageView: (url) => tell("page_view", { page_url: url ?? location.href }),
    shutdown() {
      options.identityToken = attributes = null;
      if (!root) return;
      close();
      keep();
      restart();
    },
    destroy() {
      if (root) {
        close();
        keep();
        host.remove();
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== pageSheet);
      }
      life.abort();
      delete window.Parlance;
    },
  };
  const call = (name, ...given) => {
    try {
      return methods[name](...given);
    } catch (error) {
      warn(name + ": " + error.message);
    }
  };
  window.Parlance = call;
  for (const name in methods) call[name] = (...given) => call(name, ...given);
  for (const given of stub?.q ?? []) call(...given);
  begin();
})(window, document);
