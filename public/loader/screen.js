// Small screens: the panel fills them, follows the on-screen keyboard, keeps the page behind it where it is, and the back gesture closes it.
export const FULL_SCREEN = "(max-width:599px),(max-height:420px)";
/** Nothing else than a keyboard takes this much of a screen. */
const KEYBOARD_PX = 120;

export const screenOf = (chat, close) => {
  const { box, listen, later, signal } = chat;
  const page = document.documentElement;
  const smallScreen = matchMedia(FULL_SCREEN);
  const sheet = new CSSStyleSheet();
  let scrolled;

  // The keyboard shrinks and moves the visible part of the page; the panel follows it.
  const fit = () => {
    const view = window.visualViewport;
    if (!chat.isOpen || chat.isInline || !view) return;
    const set = (name, value) => box.style.setProperty("--" + name, value);
    set("top", view.offsetTop + "px");
    set("left", view.offsetLeft + "px");
    set("width", view.width + "px");
    set("height", view.height + "px");
    set("bottom", innerHeight - view.height > KEYBOARD_PX ? "0px" : "env(safe-area-inset-bottom)");
  };
  const isLocked = () => chat.isOpen && !chat.isInline && smallScreen.matches;
  const lock = () => {
    fit();
    if (isLocked() === !!scrolled) return;
    if (scrolled) {
      sheet.replaceSync("");
      const [x, y, where] = scrolled;
      scrolled = null;
      // A router that has moved on meanwhile knows where its new page stands.
      if (where !== location.href) return;
      if (x !== scrollX || y !== scrollY) scrollTo({ left: x, top: y, behavior: "instant" });
      return;
    }
    scrolled = [scrollX, scrollY, location.href];
    // A scrollbar's room stays.
    const gutter = innerWidth > page.clientWidth ? "html{scrollbar-gutter:stable}" : "";
    // Printed, the page is whole.
    sheet.replaceSync(`@media screen{html,body{overflow:hidden!important;overscroll-behavior:none!important}${gutter}}`);
  };

  // An entry of our own in the page's history, which is none of its router's business: the browser's own function is called, not one that
  // a router has put in its place, and the event of our entry goes no further. A router that listened before the loader came hears that
  // its page is where it was. The entry names its address: routers that carry the state along make it part of entries that are not ours.
  // A page that was loaded anew has the entry of before.
  let entry = history.state?.parlance;
  const isHere = () => `${entry}`.endsWith(" " + location.href);
  const isAtEntry = () => entry && history.state?.parlance === entry && isHere();
  const goBack = () => isAtEntry() && !chat.isOpen && history.back();
  const push = () => {
    if (!isLocked() || isAtEntry()) return;
    entry = `${Date.now()} ${location.href}`;
    try {
      History.prototype.pushState.call(history, { ...history.state, parlance: entry }, "");
    } catch {
      // Sandboxed pages have no history; the close button remains.
    }
  };
  const wentBack = (event) => {
    if (!entry || isAtEntry()) return;
    if (isHere()) event.stopImmediatePropagation();
    entry = null;
    close();
  };

  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  chat.wentBack = wentBack;
  listen(smallScreen, "change", lock);
  listen(window.visualViewport, "resize", fit);
  listen(window.visualViewport, "scroll", fit);
  signal.addEventListener("abort", () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    // The listener that otherwise hears of it is gone by then: a router that is there hears that its page is where it was.
    setTimeout(() => isAtEntry() && history.back());
  });
  later(goBack, 0);
  return {
    enter() {
      lock();
      push();
    },
    leave() {
      lock();
      // A page that moves on as soon as the panel is closed comes first: going back would undo that. The entry then lies behind, and does
      // no harm.
      later(goBack, 0);
    },
  };
};
