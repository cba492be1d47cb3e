// The least a launcher with an iframe panel can do, written by hand: what any widget of this kind costs at best. Not a product.
((window, document) => {
  if (window.Chat) return;
  const tag = document.currentScript;
  const { dataset } = tag;
  const origin = new URL(tag.src).origin;
  const key = dataset.key || "";
  const side = dataset.side == "left" ? "left" : "right";
  let isOpen = false;
  let frame;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>:host{all:initial;position:fixed;${side}:20px;bottom:20px;z-index:2147483647}button{all:unset;box-sizing:border-box;width:56px;height:56px;border-radius:50%;background:${dataset.color || "#2563eb"};color:#fff;display:grid;place-items:center;cursor:pointer;box-shadow:0 4px 16px #0004;transition:transform .15s}button:hover{transform:scale(1.05)}button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #000}i{position:absolute;top:-4px;right:-4px;min-width:20px;height:20px;border-radius:10px;background:#dc2626;color:#fff;font:600 12px/20px system-ui;text-align:center}i:empty{display:none}iframe{position:fixed;${side}:20px;bottom:88px;width:400px;height:min(640px,100dvh - 108px);border:0;border-radius:16px;box-shadow:0 8px 40px #0005;background:#fff;color-scheme:light}[hidden]{display:none!important}@media(max-width:480px){iframe{inset:0;width:100%;height:100dvh;border-radius:0}}@media(prefers-reduced-motion){*{transition:none!important}}</style><button type="button" aria-haspopup="dialog"><svg width="28" height="28" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path d="M4 4h16v12H8l-4 4z"/></svg></button><i aria-hidden="true"></i>`;
  const button = root.querySelector("button");
  const badge = root.querySelector("i");
  const makeFrame = () => {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = dataset.title || "Chat";
    frame.allow = "clipboard-write";
    frame.hidden = true;
    frame.src = origin + "/panel?key=" + encodeURIComponent(key) + "&origin=" + encodeURIComponent(location.origin);
    root.append(frame);
  };
  const tell = (type, data) => frame && frame.contentWindow.postMessage({ type, data }, origin);
  const show = (open) => {
    makeFrame();
    isOpen = open;
    frame.hidden = !open;
    button.setAttribute("aria-expanded", open);
    button.setAttribute("aria-label", open ? "Close chat" : dataset.label || "Open chat");
    if (open) {
      badge.textContent = "";
      frame.focus();
    } else button.focus();
    tell(open ? "open" : "close");
  };
  button.setAttribute("aria-label", dataset.label || "Open chat");
  button.setAttribute("aria-expanded", false);
  button.onclick = () => show(!isOpen);
  button.onpointerenter = button.onfocus = makeFrame;
  document.addEventListener("keydown", (event) => event.key == "Escape" && isOpen && show(false));
  window.addEventListener("message", (event) => {
    if (event.origin != origin || !frame || event.source != frame.contentWindow) return;
    const { type, data } = event.data || {};
    if (type == "close") show(false);
    else if (type == "unread" && !isOpen) badge.textContent = data || "";
  });
  window.Chat = {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!isOpen),
    identify: (user) => {
      makeFrame();
      tell("identify", user);
    },
  };
  if (document.body) document.body.append(host);
  else document.addEventListener("DOMContentLoaded", () => document.body.append(host));
})(window, document);
