// Requests to the server. What goes wrong is thrown as `{ code, status, wait }`: a
// code of the error table, or `network` where nothing came back; and how many seconds to wait, if the server has said so.

/** Until the head of a reply is there. */
const REPLY_LIMIT = 30_000;
/** A clock that is this much behind what it seemed to be has been set. */
const CLOCK_STEP = 3_000;

const query = new URLSearchParams(location.search);

/** Which site the panel belongs to. */
export const bot = () => query.get("bot_id") ?? "";

/** Server time minus the visitor's: clocks may be wrong by hours. */
let clockOffset = 0;

/** Milliseconds from now until a moment in the server's time. */
export const untilMoment = (moment) => Date.parse(moment) - Date.now() - clockOffset;

const nothing = { code: "network", status: 0 };

/** It may go through later by itself: nothing came back, or the server could not do it just now. */
export const isPassing = ({ status }) => !status || status >= 500;

/** The session is not known (any more), as opposed to the request being at fault. */
export const isLost = ({ code }) => code === "invalid_session" || code === "not_found";

/** Where a path of the widget's surface is, for this site. */
export const addressOf = (path) => `/widget/${path}${path.includes("?") ? "&" : "?"}bot_id=${encodeURIComponent(bot())}`;

/** A request, until the head of its reply is there. */
export const open = async (method, path, session, body, abort) => {
  const limit = setTimeout(() => abort.abort(), REPLY_LIMIT);
  const headers = {};
  if (session) headers.authorization = `Bearer ${session}`;
  if (body) headers["content-type"] = "application/json";
  const { signal } = abort;
  // What a visitor did last on a page counts, even if the page is gone before the reply comes.
  const given = { method, headers, signal, body: body && JSON.stringify(body), keepalive: method !== "GET" };
  const reply = await fetch(addressOf(path), given).catch(() => null);
  clearTimeout(limit);
  if (!reply) throw nothing;
  const offset = Date.parse(reply.headers.get("date")) - Date.now();
  // The header has whole seconds and has travelled: of readings that are close to each other, the largest is the nearest.
  if (offset > clockOffset || offset < clockOffset - CLOCK_STEP) clockOffset = offset;
  if (reply.ok) return reply;
  const { code } = (await reply.json().catch(() => null)) ?? {};
  throw { code: code ?? "", status: reply.status, wait: +reply.headers.get("retry-after") || 0 };
};

/** What is to be read, of whatever kind. */
export const fetchReply = (path, session) => open("GET", path, session, null, new AbortController());

/** A small request: what it answers. */
export const ask = async (method, path, session, body) => {
  const reply = await open(method, path, session, body, new AbortController());
  return reply.json().catch(() => {
    throw nothing;
  });
};

const fetched = {};
/** Browsers may remember that a script could not be had: another address is another try. */
let retry = "";

/**
 * After an update of the server the files of this version are gone: the panel begins anew, with all that is written. Not twice, lest it goes
 * round in circles where an old page is kept by somebody on the way.
 */
const renew = async (address) => {
  const { status } = await fetch(address);
  if (status === 404 && performance.getEntriesByType("navigation")[0].type !== "reload") location.reload();
};

/** A part of the panel: a script of parts/, fetched when it is first used. PARTS is put in by tools/pack-assets.mjs: the name of each one's file. */
export const fetchPart = (name) => {
  const address = new URL(PARTS[name] + retry, import.meta.url);
  return (fetched[name] ??= import(address).catch((error) => {
    delete fetched[name];
    retry = `?${Date.now()}`;
    renew(address).catch(() => {});
    throw error;
  }));
};
