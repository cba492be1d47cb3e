// The landing page's buttons that speak to the demo's widget.
window.Parlance ??= function () {
  (window.Parlance.q ??= []).push(arguments);
};

const hasDemo = Boolean(document.querySelector("script[data-site], script[data-bot-id]"));
if (!hasDemo) {
  for (const hint of document.querySelectorAll("[data-no-demo]")) hint.hidden = false;
  for (const part of document.querySelectorAll("[data-demo]")) part.hidden = true;
  // What was the second choice is the first one now.
  document.querySelector(".hero .quiet").classList.remove("quiet");
}

for (const place of document.querySelectorAll("[data-origin]")) place.textContent = location.origin;

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-ask], [data-open], [data-copy]");
  if (!button) return;
  const { ask, copy } = button.dataset;
  if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy).textContent);
    button.textContent = "Copied";
  } else if (ask) {
    window.Parlance("sendMessage", ask);
  } else {
    window.Parlance("open");
  }
});
