// What the panel's box, the launcher's badge and its hint look like.
import { FULL_SCREEN } from "./screen.js";
import { darkScheme, surfaceOf } from "./surface.js";

const WIDTH = "min(400px,100vw - 40px)";

export const lookOf = (chat) => {
  const { config, root, button, add, at, edge, side, corner } = chat;
  const { offset_x: x = 20, offset_y: y = 20 } = config.style;
  // As the launcher, which leaves most of the height to the panel.
  const rise = `min(${y}px,30vh)`;
  const sheet = new CSSStyleSheet();
  const badge = add(button, "b");
  const hint = document.createElement("span");
  hint.ariaHidden = badge.ariaHidden = true;
  hint.dir = "auto";
  button.after(hint);
  /** The owner's own words, which may come in another language. */
  const speak = () => {
    hint.textContent = config.greeting;
    hint.hidden = !config.greeting;
  };

  const css = () => {
    const { surface, ink } = surfaceOf(chat);
    return `*{box-sizing:border-box}
b{position:absolute;top:-6px;right:-6px;min-width:22px;padding:0 6px;border-radius:11px;background:#c81e1e;color:#fff;font:600 12px/22px system-ui;text-align:center;outline:2px solid #fff}
b:empty{display:none}
button{transition:.2s}
button:hover{transform:scale(1.06)}
[aria-expanded=true]::before{clip-path:path("M4 8l8 8 8-8 2 2-10 10L2 10")}
span,div{position:fixed;background:${surface};color:${ink};box-shadow:0 0 0 1px #8883,0 8px 40px #0004;visibility:hidden;opacity:0;transition:.2s}
span{${edge}:calc(8px + ${rise});${side}:${x + 68}px;max-width:min(280px,100vw - ${x + 88}px);padding:10px 14px;border-radius:12px;font:14px/20px system-ui;overflow-wrap:anywhere;pointer-events:none}
[hidden]+span{display:none}
[aria-expanded=false]:is(:hover,:focus-visible)+span,.open{visibility:visible;opacity:1;transform:none;transition-property:opacity,transform}
div{${at(68, WIDTH)};width:${WIDTH};height:min(640px,100dvh - 88px - ${rise});border-radius:${corner - 2}px;overflow:hidden;transform:scale(.96);transform-origin:${edge} ${side}}
div::before{content:"";position:absolute;inset:calc(50% - 14px);border-radius:50%;border:3px solid;border-top-color:#0000;opacity:.3;animation:turn 1s 9}
iframe{position:relative;width:100%;height:100%;border:0;color-scheme:normal}
@keyframes turn{to{transform:rotate(1turn)}}
@media ${FULL_SCREEN}{div{inset:var(--top,0) auto auto var(--left,0);width:var(--width,100%);height:var(--height,100dvh);padding:env(safe-area-inset-top) env(safe-area-inset-right) var(--bottom,env(safe-area-inset-bottom)) env(safe-area-inset-left);border-radius:0}[aria-expanded=true]{display:none}}
@media (hover:none){span{display:none}}
@media (forced-colors:active){b,div,span{border:1px solid}}
@media (prefers-reduced-motion){*,::before{transition:none!important;animation:none!important}}`;
  };
  const dress = () => sheet.replaceSync(css());
  dress();
  speak();
  root.adoptedStyleSheets = [root.adoptedStyleSheets[0], sheet, ...root.adoptedStyleSheets.slice(1)];
  chat.listen(darkScheme, "change", dress);
  return { badge, dress, speak };
};
