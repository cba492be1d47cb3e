// Runs while the wasm module is still on its way: asks for the site's config, takes the port of the host page and fetches the
// texts, so that none waits for the other.

import { fetchTexts } from "./language.js";
import { bot } from "./server.js";

/** A frame that no loader has made is told so by nobody. */
const HOST_PATIENCE = 3000;
/** The loader's part that speaks may be long on its way. */
const LOADER_PATIENCE = 60_000;

const query = new URLSearchParams(location.search);

// The loader says in the frame's address which language the page speaks.
const asked = query.get("locale");
if (asked) fetchTexts(asked);

/** The owner's own words come in that language too, where they have been given in it. */
const fetchConfig = async (tag) => {
  const reply = await fetch(`/widget/config?bot_id=${encodeURIComponent(bot())}${tag ? `&locale=${encodeURIComponent(tag)}` : ""}`);
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.json();
};
const configReply = fetchConfig(asked);
let site = {};
configReply.then(
  (config) => (site = config),
  () => {},
);

/** The site's config, once it is there. */
export const config = () => configReply;

/** The config that counts: the site's, or one that the dashboard shows before it is saved. */
export const siteNow = () => site;
export const preview = (config) => {
  site = config;
};

let spoken = asked;

/** The config in another language; nothing where its words are the same, cannot be had, or are no longer wanted when they come. */
export const fetchWords = async (tag) => {
  if (!tag || tag === spoken) return;
  spoken = tag;
  await configReply.catch(() => {});
  const config = await fetchConfig(tag).catch(() => null);
  if (config && tag === spoken && JSON.stringify(config) !== JSON.stringify(site)) return (site = config);
};

const hostReply = new Promise((resolve) => {
  if (parent === window) return resolve(null);
  addEventListener("message", function take(event) {
    // Only the page that framed us may hand over a port, and only once.
    const port = event.ports[0];
    if (event.source !== parent || event.data?.parlance !== "port" || !port) return;
    removeEventListener("message", take);
    port.onmessage = (first) => {
      const waiting = [];
      port.onmessage = (later) => waiting.push(later.data);
      resolve({ port, init: first.data, waiting, isOwn: event.origin === location.origin });
    };
  });
  // Says only that the panel is there, so it may be heard by anybody.
  parent.postMessage({ parlance: "hello" }, "*");
  setTimeout(resolve, asked ? LOADER_PATIENCE : HOST_PATIENCE, null);
});

/** The host page's port with its first message, or null where there is no host page. */
export const host = () => hostReply;

/** What there must be before there is a panel: the site's config, null where it cannot be had, and the first texts. */
export const begin = () => Promise.all([configReply.catch(() => null), words()]);

/** The first texts: in the language that the page asked for, else the site's, else the browser's. */
const words = async () => {
  let tag = asked || (await hostReply)?.init?.locale;
  tag ||= (await configReply.catch(() => null))?.language;
  tag ||= navigator.language;
  return fetchTexts(tag);
};

let wanted;

/**
 * Gives an element the focus as soon as this frame has it. A closed panel is inert, and that it no longer is comes to this frame on another
 * way than the word that it was opened: the focus that the host page then gives to the frame is the sign. A visitor who has gone back to
 * the page in the meantime keeps the keyboard there.
 */
export const takeFocus = (element) => {
  if (document.hasFocus()) element.focus();
  wanted = document.hasFocus() && document.activeElement === element ? null : element;
};
addEventListener("focus", () => {
  wanted?.focus();
  wanted = null;
});

// WebKit lets a frame of another site take focus only while the visitor acts: their first key is the occasion. In any
// engine, who types without having chosen a field means the composer.
addEventListener("keydown", (event) => {
  if (document.activeElement !== document.body) return;
  // A visitor who has clicked beside everything takes their step back all the same.
  if (event.key === "Escape" && event.target === document.body) document.querySelector(".panel")?.dispatchEvent(new KeyboardEvent("keydown", event));
  if (event.key.length !== 1) return;
  if (!event.ctrlKey && !event.metaKey && !event.altKey) document.querySelector("textarea")?.focus();
});
