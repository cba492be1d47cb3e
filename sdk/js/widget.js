// The chat on a page, for applications that are built from modules: puts the tag in, and calls it.
//
//   import { chat } from "parlance/widget.js";
//   const parlance = chat({ origin: "https://chat.example.com", site: "site_…" });
//   parlance.on("unread", ({ count }) => …);
//   parlance.open();
//
// Nothing here touches the page before `chat` is called, and on a server, where there is no page, calls do nothing.

const CALLS = [
  ...["open", "close", "toggle", "showLauncher", "hideLauncher", "identify", "setLocale", "setTheme", "newMessage", "sendMessage"],
  ...["escalate", "setAttributes", "track", "pageView", "triggerNudge", "shutdown"],
];
const hasPage = () => typeof window !== "undefined" && typeof document !== "undefined";

/** The tag of a page: at most one. */
const findTag = () => document.querySelector("script[data-parlance]");

function putTagIn({ origin, identityToken, ...options }) {
  const tag = document.createElement("script");
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== null && value !== false) tag.dataset[name] = String(value);
  }
  if (typeof identityToken === "string") tag.dataset.identityToken = identityToken;
  tag.dataset.parlance = "";
  tag.async = true;
  tag.src = scriptUrl(new URL("/widget.js", origin).href);
  document.head.append(tag);
  return tag;
}

let policy;
/** Pages that demand trusted script addresses allow this policy by its name. */
function scriptUrl(address) {
  if (!window.trustedTypes) return address;
  policy ??= window.trustedTypes.createPolicy("parlance", { createScriptURL: (text) => text });
  return policy.createScriptURL(address);
}

function waitForCalls() {
  window.Parlance ??= function (...given) {
    (window.Parlance.q ??= []).push(given);
  };
}

/** Starts the chat, or takes the one that is on the page already, and gives its calls. */
export function chat(options) {
  const { site } = options;
  const calls = {};
  const call = (name, ...given) => {
    if (!hasPage()) return undefined;
    // Gone after `destroy`.
    return window.Parlance?.(name, ...given);
  };
  for (const name of CALLS) calls[name] = (...given) => call(name, ...given);

  calls.state = () => (hasPage() && window.Parlance?.state?.()) || { site, ready: false, enabled: undefined, open: false, unread: 0 };
  calls.on = (name, handler) => {
    if (!hasPage()) return () => {};
    const listener = ({ detail }) => handler(detail);
    document.addEventListener(`parlance:${name}`, listener);
    return () => document.removeEventListener(`parlance:${name}`, listener);
  };
  calls.ready = async () => {
    if (!hasPage()) return calls.state();
    const tag = findTag();
    if (tag && !window.Parlance?.state) {
      await new Promise((resolve) => {
        tag.addEventListener("load", resolve, { once: true });
        tag.addEventListener("error", resolve, { once: true });
      });
    }
    return window.Parlance?.ready?.() ?? calls.state();
  };
  calls.destroy = () => {
    if (!hasPage()) return;
    findTag()?.remove();
    if (window.Parlance?.state) window.Parlance.destroy();
    else delete window.Parlance;
  };

  if (hasPage() && !findTag()) {
    waitForCalls();
    putTagIn(options);
    if (typeof options.identityToken === "function") calls.identify(options.identityToken);
  }
  return calls;
}
