// `data-mode="inline"`: the panel stands in the page, inside `data-target`, and is fetched when the visitor comes near it.
const NEAR = "200px";

export default (chat) => {
  const { host, button, box, options, root, signal, methods } = chat;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{position:relative!important;width:100%!important;height:100%!important;min-height:420px!important;z-index:auto!important}
div{position:absolute!important;inset:0!important;width:100%!important;height:100%!important;padding:0!important;border-radius:inherit!important;box-shadow:none!important;transform:none!important;transition:none!important;visibility:visible;opacity:1}
button,span{display:none!important}
@media not print{:host{display:block!important}}`);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  chat.isInline = button.hidden = true;

  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      box.inert = false;
      methods.open(true);
    },
    { rootMargin: NEAR },
  );
  // Frameworks draw the target later than the loader comes, and may draw it anew.
  const settle = () => {
    if (host.isConnected) return;
    const target = document.querySelector(options.target);
    if (!target) return;
    target.append(host);
    near.observe(host);
  };
  const watcher = new MutationObserver(settle);
  watcher.observe(document, { childList: true, subtree: true });
  signal.addEventListener("abort", () => {
    watcher.disconnect();
    near.disconnect();
  });
  settle();
};
