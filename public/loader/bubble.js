// A few words beside the launcher: a nudge, or the beginning of a message that nobody has read.
import { darkScheme, surfaceOf } from "./surface.js";
import { wordsOf } from "./words.js";

const LONGEST_PREVIEW = 240;
const WIDTH = "min(320px,100vw - 40px)";

/** `take` is called when the visitor goes for it, `dismissed` when it is closed. */
export const bubbleOf = (chat, take, dismissed) => {
  const { add, at, edge, config, root, listen } = chat;
  // A shadow of its own: the launcher's rules are for every button beside it.
  const place = add(root, "section");
  const shadow = place.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  shadow.adoptedStyleSheets = [sheet];
  // Stands before the words come: what is added to a live region is said.
  const region = add(shadow, "div");
  region.setAttribute("role", "status");
  let shown;

  const dress = () => {
    const { surface, ink } = surfaceOf(chat);
    sheet.replaceSync(`:host{all:initial;position:fixed;${at(72, WIDTH)};width:${WIDTH};font:15px/1.45 system-ui,sans-serif;color:${ink}}
*{box-sizing:border-box}[hidden]{display:none!important}
article{position:relative;border-radius:16px;background:${surface};box-shadow:0 0 0 1px #8883,0 8px 32px #0003;max-height:calc(70vh - 80px);overflow:auto;animation:in .25s}
button{all:unset;box-sizing:border-box;cursor:pointer;font:inherit;color:inherit}
.words{display:block;padding:14px 48px 14px 16px;width:100%;border-radius:16px;white-space:pre-line;overflow-wrap:anywhere}
b{display:block;font-weight:600;font-size:13px;margin-bottom:2px}
.close{position:absolute;inset:6px 6px auto auto;width:32px;height:32px;border-radius:50%;text-align:center;font:20px/32px system-ui}
.close:hover{background:#8883}
button:focus-visible{outline:2px solid ${ink};outline-offset:-2px}
@keyframes in{from{opacity:0;transform:translateY(${edge === "top" ? -8 : 8}px)}}
@media (forced-colors:active){article{border:1px solid}}
@media (prefers-reduced-motion){*{animation:none!important}}`);
  };
  /** Takes the bubble away, or only one of a kind. */
  const hide = (type) => {
    if (type && shown?.type !== type) return;
    shown = null;
    region.replaceChildren();
  };
  const button = (parent, name, label) => {
    const made = add(parent, "button");
    made.type = "button";
    made.className = name;
    if (label) made.setAttribute("aria-label", label);
    return made;
  };
  const show = (next) => {
    hide();
    shown = next;
    dress();
    const article = add(region, "article");
    const words = button(article, "words");
    const name = next.author || config.name;
    if (name) add(words, "b").textContent = name;
    const text = add(words, "span");
    text.textContent = next.text.length > LONGEST_PREVIEW ? next.text.slice(0, LONGEST_PREVIEW).trimEnd() + "…" : next.text;
    text.dir = "auto";
    words.onpointerenter = words.onfocus = chat.prepare;
    words.onclick = () => {
      hide();
      take(next);
    };
    const { dismiss, language } = wordsOf(chat.locale());
    const close = button(article, "close", dismiss);
    close.lang = language;
    close.textContent = "×";
    close.onclick = () => {
      hide();
      dismissed(next);
      // The element that had the focus is gone.
      if (!chat.button.hidden) chat.button.focus({ preventScroll: true });
    };
  };
  listen(place, "keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    event.preventDefault();
    shadow.querySelector(".close").click();
  });
  listen(darkScheme, "change", () => shown && dress());
  return { show, hide, shown: () => shown };
};
