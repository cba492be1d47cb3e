// The page that framed the panel, reached through the port that boot.js has taken from it. Without such a page, what it would keep is
// kept for this tab only.

import { host } from "./boot.js";

let port = null;
let hasMet = false;

/** Storage of this tab. Browsers may refuse it to a frame; the panel works without. */
const kept = (key) => {
  try {
    return sessionStorage.getItem(`parlance:${key}`);
  } catch {
    return null;
  }
};

/** Keeps a text, or forgets it. */
const keep = (key, value) => {
  try {
    if (value) sessionStorage.setItem(`parlance:${key}`, value);
    else sessionStorage.removeItem(`parlance:${key}`);
  } catch {
    // Blocked or full.
  }
};

const initWithoutHost = () => ({
  type: "init",
  ...JSON.parse(kept("session")),
  open: true,
  unsent: JSON.parse(kept("unsent")),
  memory: JSON.parse(kept("memory")),
});

/** Waits for the host page's first message. `hear` is called with it and with all that follow; true: there is such a page. */
export const meet = async (hear) => {
  const found = await host();
  hasMet = true;
  if (!found) {
    hear(initWithoutHost());
    return false;
  }
  // Only the dashboard may dress the panel up.
  const take = (message) => (message?.type !== "preview" || found.isOwn) && hear(message);
  port = found.port;
  take(found.init);
  found.waiting.forEach(take);
  port.onmessage = ({ data }) => take(data);
  return true;
};

/** Whether there is a page that opens and closes the panel. */
export const isHosted = () => !!port;

/** What this browser is to remember of the visitor's choices, on all pages of the site. */
let memory = {};

export const recall = (name) => memory[name];

/** What the host page has kept, or has just heard from another tab. */
export const adoptMemory = (known) => (memory = known ?? {});

/** Said after an act of the visitor's, never before. */
export const remember = (name, value) => {
  if (memory[name] === value) return;
  memory = { ...memory, [name]: value };
  tell("remember", { memory });
};

/** Says something to the host page. */
export const tell = (type, more) => {
  if (port) return port.postMessage({ type, ...more });
  // Who keeps it is not known yet.
  if (!hasMet) return;
  if (type === "session") keep("session", more.visitor_id && JSON.stringify(more));
  if (type === "remember") keep("memory", JSON.stringify(more.memory));
  if (type === "unsent") keep("unsent", JSON.stringify(more.unsent));
};
