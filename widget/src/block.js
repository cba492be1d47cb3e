// Until when the visitor is blocked: in words, and that it is over then.

import { moment, text } from "./language.js";
import { untilMoment } from "./server.js";

const DAY = { day: "numeric", month: "long" };
/** Browsers end longer waits at once. */
const LONGEST = 2 ** 31 - 1;

/** By the visitor's clock. Undefined: for good, or not at all. */
let until;
let timer;

/** The server has refused something because of a block; `wait`: so many seconds before its end. */
export const blockedFor = (wait) => (until = wait ? Date.now() + wait * 1_000 : undefined);

const watch = (hear) => {
  clearTimeout(timer);
  if (!until) return;
  const left = until - Date.now();
  // The server tells nobody: it looks at the time whenever it is asked.
  if (left <= 0) hear({ type: "event", event: { type: "blocked", blocked: false } });
  else timer = setTimeout(watch, Math.min(left, LONGEST), hear);
};

/** Looks at a word on its way to `hear`. */
export const noticeBlock = ({ type, reply, event, code, wait }, hear) => {
  const told = type === "history" ? { blocked: reply.blocked, until: reply.blocked_until } : event?.type === "blocked" && event;
  if (told) until = told.blocked && told.until ? Date.now() + untilMoment(told.until) : undefined;
  else if (code === "visitor_blocked") blockedFor(wait);
  else return;
  // After the word itself.
  queueMicrotask(() => watch(hear));
};

/** What is said of the block. */
export const blockedWords = () => (until ? text(Text.BlockedUntil).replace("{name}", moment(until, DAY)) : text(Text.ErrorBlocked));
