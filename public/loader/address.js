// Single-page applications move on without loading a page.
const POLL_MS = 1e3;

/** Calls the handler when the page's address has changed. */
export const addressOf = ({ listen, signal }, handler) => {
  let known = location.href;
  const look = () => {
    if (location.href === known) return;
    known = location.href;
    handler();
  };
  if (window.navigation) return listen(window.navigation, "currententrychange", look);
  // The page's history object is its own: it is looked at, not replaced.
  const timer = setInterval(look, POLL_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
};
