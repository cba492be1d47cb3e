// The part of the loader that comes with interest: it talks to the panel in the frame, opens and closes it, and makes the page's calls.
import { addressOf } from "./address.js";
import { identityOf } from "./identity.js";
import { lookOf } from "./look.js";
import { FULL_SCREEN, screenOf } from "./screen.js";
import { unsentOf } from "./unsent.js";
import { wordsOf } from "./words.js";

/** A panel's page that loads but does not speak within this time is an error page. */
const PATIENCE_MS = 3e3;
const MOST_ATTEMPTS = 9;

export default (chat) => {
  const { origin, options, signal, listen, later, emit, host, button, box, methods } = chat;
  const waiting = [];
  let port, attributes, focusBefore, watched;
  let attempts = 0;
  let isQuiet = false;

  const look = lookOf(chat);
  const screen = screenOf(chat, () => close());
  const unsent = unsentOf(chat);
  const identity = identityOf(chat, (identity_token) => {
    if (!isOfAnother(identity_token)) return tell("identify", { identity_token });
    giveUp();
    restart();
  });
  chat.kept = chat.readKept();

  // ---- the frame and its port ----

  const tell = (type, more) => port?.postMessage({ type, ...more });
  const keep = (kept) => {
    chat.kept = kept || {};
    try {
      if (kept) localStorage.setItem(chat.storageKey(), JSON.stringify(kept));
      else localStorage.removeItem(chat.storageKey());
    } catch {
      // Storage is blocked or full: the session lasts as long as this page.
    }
  };
  const drop = () => {
    chat.frame?.remove();
    port = chat.frame = null;
  };
  const prepare = () => {
    chat.prepare();
    const { frame } = chat;
    if (frame === watched) return;
    watched = frame;
    frame.title = chat.config.name;
    // It is fetched again while the visitor looks at it.
    const check = () => {
      if (port || frame !== chat.frame) return;
      drop();
      if (chat.isOpen && attempts++ < MOST_ATTEMPTS) prepare();
    };
    chat.loaded.then(() => later(check, PATIENCE_MS));
  };
  /**
   * A conversation that belongs to a verified person is shown to nobody else on the same computer, and one that nobody is known to have
   * begun is not given to who signs in: theirs begins anew.
   */
  const isOfAnother = (token) => {
    const subject = identity.subject(token);
    return subject && (chat.kept.session_id || chat.kept.subject) && subject !== chat.kept.subject;
  };
  /** What nobody is known to have written goes with the visitor; a known person's words are nobody else's. */
  const giveUp = () => {
    if (!chat.kept.subject) return keep();
    chat.forget();
    unsent.keep();
  };
  const greet = async (event) => {
    const { frame } = chat;
    const { source } = event;
    if (source !== frame?.contentWindow || event.origin !== origin) return;
    const channel = new MessageChannel();
    port = null;
    // Chromium leaves the keyboard with the page when the frame gets its document at the moment in which it is given the focus,
    // though both then say that the frame has it. Now that the document is there, it is given once more.
    if (host.shadowRoot.activeElement === frame) {
      frame.blur();
      frame.focus({ preventScroll: true });
    }
    source.postMessage({ parlance: "port" }, origin, [channel.port2]);
    const identity_token = await identity.token();
    if (frame !== chat.frame || signal.aborted) return;
    if (isOfAnother(identity_token)) giveUp();
    port = channel.port1;
    port.onmessage = ({ data }) => hear(data);
    const { session_id, visitor_id, previous_id, asked, memory } = chat.kept;
    tell("init", {
      ...{ session_id, visitor_id, previous_id, asked, memory, identity_token },
      page_url: location.href,
      referrer: document.referrer,
      locale: chat.locale(),
      theme: options.theme,
      open: !!chat.isOpen,
      quiet: isQuiet,
      inline: !!chat.isInline,
      unsent: unsent.read(),
    });
    if (attributes) tell("set_attributes", { attributes });
    waiting.splice(0).forEach((message) => tell(...message));
  };
  const hear = ({ type, session_id, visitor_id, previous_id, asked, count, name, text, author, id, unsent: left, memory }) => {
    if (type === "unsent") unsent.keep(left);
    if (type === "close") close();
    // In another tab. A screen that it would fill stays the page's.
    if (type === "open") matchMedia(FULL_SCREEN).matches ? tell("close") : show(true);
    if (type === "session") {
      const kept = { session_id, visitor_id, previous_id, asked, at: Date.now(), subject: identity.subject(), memory: chat.kept.memory };
      keep((session_id || visitor_id) && kept);
    }
    // After the visitor's choice only, and forgotten with the visitor.
    if (type === "remember") keep({ ...chat.kept, memory });
    if (type === "event") emit(name, { text });
    if ((type === "preview" || type === "nudge") && !chat.isOpen) chat.part("nudges").then(() => chat.show?.({ type, id, text, author }));
    if (type === "unread" && count !== chat.unread) {
      chat.unread = count;
      if (!count) chat.hide?.("preview");
      render();
      emit(type, { count });
    }
  };
  const restart = () => {
    if (!chat.frame) return;
    drop();
    hear({ type: "unread", count: 0 });
    prepare();
  };

  /** The next words come from somebody else. */
  const forget = () => {
    chat.forget();
    unsent.keep();
    restart();
  };

  // ---- open and closed ----

  const render = () => {
    const { isOpen, unread } = chat;
    const count = isOpen ? 0 : unread;
    box.inert = !isOpen;
    box.className = isOpen ? "open" : "";
    look.badge.textContent = count > 99 ? "99+" : count || "";
    button.setAttribute("aria-expanded", !!isOpen);
    const words = wordsOf(chat.locale());
    button.lang = words.language;
    button.setAttribute("aria-label", isOpen ? words.close : words.open(count));
  };
  const show = (quietly) => {
    button.ariaBusy = null;
    if (chat.isOpen) return;
    prepare();
    chat.isOpen = true;
    attempts = 0;
    focusBefore = document.activeElement;
    render();
    if (chat.kept.session_id) keep({ ...chat.kept, at: Date.now() });
    // Who has not asked for it is left where they are.
    isQuiet = quietly === true;
    tell("open", { quiet: isQuiet });
    if (!isQuiet) chat.frame.focus({ preventScroll: true });
    screen.enter();
    chat.hide?.();
    emit("open");
  };
  const close = () => {
    if (!chat.isOpen || chat.isInline) return;
    const active = document.activeElement;
    chat.isOpen = false;
    render();
    screen.leave();
    tell("close");
    // Only focus that was in the panel goes back; a visitor who has moved on is left alone.
    if (active === host || active === document.body) {
      (focusBefore === document.body || focusBefore === host || !focusBefore?.isConnected ? button : focusBefore)?.focus({ preventScroll: true });
    }
    emit("close");
  };
  /** The owner's words in the language that is spoken now. Without a connection they stay as they are. */
  const speak = async () => {
    const locale = chat.locale();
    const reply = await fetch(`${origin}/widget/config?bot_id=${options.site}&locale=${locale}&browser=${navigator.language}`, { credentials: "omit" }).catch(() => 0);
    const config = reply.ok && (await reply.json().catch(() => 0));
    if (!config || locale !== chat.locale()) return;
    Object.assign(chat.config, config);
    look.speak();
  };
  const openAnd = (...message) => {
    show();
    if (port) tell(...message);
    else waiting.push(message);
  };

  render();
  listen(document, "keydown", ({ key, defaultPrevented }) => key === "Escape" && !defaultPrevented && close());
  addressOf(chat, () => methods.pageView());
  listen(window, "storage", () => {
    const now = chat.readKept();
    if (JSON.stringify(now.memory) !== JSON.stringify(chat.kept.memory)) {
      chat.kept.memory = now.memory;
      tell("memory", { memory: now.memory });
    }
    if (!now.session_id === !chat.kept.session_id) return;
    chat.kept = now;
    // Another tab began a conversation where there was none: the panel goes on with it. It ended one: the panel starts anew.
    if (now.session_id) tell("session", now);
    else restart();
  });
  if (chat.frame) prepare();
  // What the panel still says is kept by nobody.
  signal.addEventListener("abort", () => port?.close());

  chat.adopt({
    open: show,
    close,
    newMessage(text) {
      openAnd("new_message", { text: text ?? "" });
      // Where it is open already, the visitor is still in the page.
      chat.frame.focus({ preventScroll: true });
    },
    sendMessage: (text) => openAnd("send_message", { text }),
    escalate: () => openAnd("escalate"),
    identify(source) {
      const wasKnown = identity.subject() || chat.kept.subject;
      identity.use(source);
      if (!source && wasKnown) forget();
    },
    setLocale(locale) {
      options.locale = locale;
      render();
      tell("set_locale", { locale });
      speak();
    },
    setTheme(theme) {
      options.theme = theme;
      look.dress();
      tell("set_theme", { theme });
    },
    setAttributes(given) {
      attributes = { ...attributes, ...given };
      tell("set_attributes", { attributes });
    },
    track(name, properties) {
      const message = ["track", { name, properties, page_url: location.href }];
      if (port) tell(...message);
      else waiting.push(message);
    },
    pageView: (url) => tell("page_view", { page_url: url ?? location.href }),
    showNudge: (text) => openAnd("nudge", { text }),
    shutdown() {
      attributes = null;
      identity.use();
      close();
      forget();
    },
  });
  // Last, so that the first words to the panel know of all that the page has called.
  chat.greet = greet;
  chat.hellos.forEach(greet);
};
