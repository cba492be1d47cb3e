// The panel's line to the server: its session, the messages that wait to go out, and the live channel. What happens on it is told to
// `hear`, one word after another; what it means is for the panel's model to say.

import { agree, askedSoFar, consentToSend, recall, record } from "./asks.js";
import { blockedFor, noticeBlock } from "./block.js";
import { fetchWords, preview } from "./boot.js";
import { adoptMemory, isHosted, meet, recall as recallChoice, remember, tell } from "./host.js";
import { dress } from "./look.js";
import { FIRST_WAIT, LONGEST_WAIT, longer, pause, wake } from "./pauses.js";
import { ask, bot, fetchPart, fetchReply, isLost, isPassing, open, untilMoment } from "./server.js";
import { forgetTold, note, passOn } from "./told.js";

/** One message too many waits so long where the server does not say how long. */
const HELD_SECONDS = 30;
/** A connection that comes back within this time is not worth a word. */
const GRACE = 5_000;

let hear = () => {};
/**
 * What the host page has said of the visitor: session_id, visitor_id, identity_token, page_url, referrer; and previous_id, the key of an
 * earlier conversation, which proves that the next one is of the same browser.
 */
let visitor = {};
let locale = "en";
/** Counts conversations; what belongs to an earlier one comes to nothing. */
let life = 0;

// ---- the session ----

let setReady;
let isReady = false;
/** Until it is known what the server has of the conversation, nothing new is begun. */
const ready = new Promise((resolve) => (setReady = resolve));
let entering = null;

/** The session, made by the visitor's first act. */
export const enter = async () => {
  await ready;
  return visitor.session_id ?? (entering ??= begin().finally(() => (entering = null)));
};

/** Sessions that this tab has been in and does not come back to. */
const left = new Set();

const begin = async () => {
  const part = await fetchLive().catch(() => null);
  return part ? part.beginAlone(left, beginOrJoin) : beginOrJoin();
};

const beginOrJoin = async (found) => {
  const mine = life;
  if (visitor.session_id) return visitor.session_id;
  if (found) {
    join(...found);
    tellSession();
    return visitor.session_id;
  }
  const { visitor_id, identity_token, page_url, referrer, previous_id } = visitor;
  const request = { bot_id: bot(), visitor_id, identity_token, locale, parent_url: page_url, referrer: referrer || null, session_id: previous_id };
  const reply = await ask("POST", "session/init", null, request);
  if (mine !== life) throw { code: "network", status: 0 };
  const { session_id } = reply;
  Object.assign(visitor, { session_id, visitor_id: reply.visitor_id });
  hear({ type: "session", is_contact_known: reply.mode === "identified" });
  tellSession();
  passOn(session_id);
  // The site allows no other: the latest goes on.
  if (reply.continued) await resume();
  else connect("0", false);
  return session_id;
};

const tellSession = () => {
  const { session_id = null, visitor_id = null, previous_id } = visitor;
  tell("session", { session_id, visitor_id, previous_id, asked: askedSoFar() });
};

/** Goes on with the session that another tab has begun. */
const join = (session_id, visitor_id) => {
  Object.assign(visitor, { session_id, visitor_id });
  resume();
};

/** Leaves the session. */
const leave = () => {
  left.add(visitor.session_id);
  visitor.session_id = null;
  live?.hangUp();
};

/** Whether there may be earlier conversations to go back to. */
export const hasEarlier = () => !!(visitor.session_id ?? visitor.previous_id);

/** Goes on with one of the visitor's conversations. */
export const goOn = async (session_id) => {
  left.delete(session_id);
  visitor.session_id = session_id;
  tellSession();
  await resume();
  hear({ type: "ready" });
};

/** Something to read: a conversation's, or the visitor's. */
export const get = (path) => fetchReply(path, visitor.session_id ?? visitor.previous_id);

/** Something that a part of the panel has to say. */
export const report = (word) => {
  if (word.type === "agreed") {
    agree(word.consent_version);
    if (visitor.session_id) tellSession();
  }
  hear(word);
};

/** Until when the server has asked not to be asked. */
let limitedUntil = 0;

export const limited = () => limitedUntil;

/** A small request of a visitor's act: makes the session if it has to. Gives what came, or `{ error, wait }`: the error's code, and seconds. */
export const post = async (path, body, method = "POST") => {
  try {
    return await ask(method, path, await enter(), body ?? {});
  } catch ({ code, wait }) {
    if (code === "visitor_blocked") blockedFor(wait);
    else if (wait) limitedUntil = Date.now() + wait * 1_000;
    return { error: code || "network", wait };
  }
};

/** Puts other words in the place of a message of the visitor's, or, without any, takes it back. */
export const change = (id, message) => post(`messages/${id}`, message === undefined ? undefined : { message }, message === undefined ? "DELETE" : "PATCH");

/** A request that means nothing without a session. */
export const mention = async (path, body) => (visitor.session_id ? post(path, body) : { error: "not_found" });

/** Older messages than those shown. */
export const loadEarlier = (before) => {
  const mine = life;
  ask("GET", `history?before=${before}`, visitor.session_id).then(
    (reply) => mine === life && hear({ type: "history", reply }),
    ({ code }) => hear({ type: "problem", code }),
  );
};

/** Goes on with the session of an earlier visit. */
const resume = async () => {
  const mine = life;
  for (let wait = FIRST_WAIT; visitor.session_id && mine === life; wait = longer(wait)) {
    try {
      const reply = await ask("GET", "history", visitor.session_id);
      if (mine !== life) return;
      hear({ type: "history", reply, is_latest: true, is_contact_known: recallChoice("contact") === visitor.session_id });
      regain();
      return connect(String(reply.cursor), reply.chat_ended);
    } catch (error) {
      if (mine !== life) return;
      if (isLost(error)) {
        visitor.session_id = null;
        return hear({ type: "lost" });
      }
      lose();
    }
    await pause(wait);
  }
};

/** Begins anew, as the same visitor or as nobody. */
export const forget = (keepsVisitor) => {
  life += 1;
  const { session_id, previous_id, page_url, referrer } = visitor;
  leave();
  regain();
  outbox.length = 0;
  visitor = keepsVisitor ? { ...visitor, previous_id: session_id ?? previous_id } : { page_url, referrer };
  if (!keepsVisitor) {
    draft = "";
    draftFiles = [];
    forgetTold();
  }
  // What an earlier life of this tab has left is still to be sent where its conversation turns out to be gone.
  if (isReady || !keepsVisitor) unsent.clear();
  keepUnsent();
  // Nothing waits any more for a message that is gone.
  wake();
  if (!keepsVisitor) recall();
  tellSession();
};

/** The conversation whose rating this tab has asked for. */
let ratingAsked;

/** Nobody is asked a second time how a conversation was, in whatever tab. `isSeen`: somebody is there to be asked. */
export const mayAskRating = (isSeen) => {
  const { session_id } = visitor;
  return ratingAsked === session_id || (isSeen && recallChoice("rating") !== session_id);
};

export const askRating = () => {
  ratingAsked = visitor.session_id;
  remember("rating", ratingAsked);
};

/** Nobody is asked a second time how to reach them. */
export const settleContact = () => remember("contact", visitor.session_id);

// ---- what goes out ----

/** What the visitor has written and the server has not acknowledged, as `{ text, files }`, in the order of writing. */
const unsent = new Map();
const outbox = [];
let draft = "";
/** Files that are uploaded and wait for their message. */
let draftFiles = [];
const NOTHING_UNSENT = JSON.stringify({ draft: "", files: [], messages: [] });
let keptUnsent = NOTHING_UNSENT;
/** Until when too many messages have to wait. */
let heldUntil = 0;
let isDelivering = false;

const keepUnsent = () => {
  const messages = [...unsent].map(([message_id, message]) => ({ message_id, ...message }));
  const left = { draft, files: draftFiles, messages, consent_version: messages.length > 0 ? consentToSend() : undefined };
  const written = JSON.stringify(left);
  if (written === keptUnsent) return;
  keptUnsent = written;
  tell("unsent", { unsent: left });
};

/** What stands in the composer. */
export const keepDraft = (text) => {
  draft = text;
  keepUnsent();
};

/** The files that are uploaded and wait for their message. */
export const keepFiles = (files) => {
  draftFiles = files;
  keepUnsent();
};

/** Puts a message in line. They go out one after another, so that they arrive in the order of writing. One that is sent again keeps its files. */
export const send = (id, text, files) => {
  const message = { text, files: files ?? unsent.get(id)?.files ?? [] };
  unsent.delete(id);
  unsent.set(id, message);
  leaveOutbox(id);
  outbox.push(id);
  keepUnsent();
  if (!isDelivering) deliver();
  else if (heldUntil > Date.now()) queueMicrotask(tellHeld);
};

const tellHeld = () => outbox.forEach((message_id) => hear({ type: "held", message_id, until: heldUntil }));

const leaveOutbox = (id) => {
  const at = outbox.indexOf(id);
  if (at >= 0) outbox.splice(at, 1);
};

/** The server has it, or it is not to be sent. Gives its files. */
export const settle = (id) => {
  leaveOutbox(id);
  const files = unsent.get(id)?.files ?? [];
  if (unsent.delete(id)) keepUnsent();
  return files;
};

const deliver = async () => {
  isDelivering = true;
  // What an earlier page has left goes first.
  await ready;
  let wait = FIRST_WAIT;
  while (outbox.length > 0) {
    const [id] = outbox;
    if (await attempt(id)) {
      leaveOutbox(id);
      wait = FIRST_WAIT;
    } else if (heldUntil > Date.now()) {
      await pause(heldUntil - Date.now());
    } else {
      await pause(wait);
      wait = longer(wait);
    }
  }
  isDelivering = false;
};

const stream = async (...request) => (await fetchLive()).stream(...request);

/** False: there was no connection, or it was one too many. */
const attempt = async (id) => {
  const mine = life;
  const say = (type, more) => mine === life && hear({ type, message_id: id, ...more });
  const { text, files } = unsent.get(id);
  const ids = files.length > 0 ? files.map((file) => file.id) : undefined;
  const request = { message: text, message_id: id, files: ids, consent_version: consentToSend() };
  const path = `chat?locale=${encodeURIComponent(locale)}`;
  say("begun");
  try {
    const answer = await stream("POST", path, await enter(), request).catch(async (error) => {
      if (!isLost(error) || mine !== life) throw error;
      // What is being written goes on in a session of its own.
      leave();
      return stream("POST", path, await enter(), request);
    });
    say("accepted");
    settle(id);
    if (record(request.consent_version)) tellSession();
    tell("event", { name: "message_sent", text });
    readTurn(answer, say);
  } catch (error) {
    if (isPassing(error)) {
      say("queued");
      return false;
    }
    if (error.code === "rate_limited") {
      heldUntil = Date.now() + (error.wait || HELD_SECONDS) * 1_000;
      if (mine === life) tellHeld();
      return false;
    }
    say("failed", { code: error.code, wait: error.wait });
  }
  return true;
};

const readTurn = async ({ pieces }, say) => {
  for await (const records of pieces) {
    for (const { event } of records) {
      say("turn", { event });
      if (event.type === "done" || event.type === "error") return;
    }
  }
  // Cut off: the answer goes on without its reader, and the live channel brings it.
  say("turn_over");
};

// ---- the live channel ----

const panel = { isOpen: false, isInline: false };
/** The part that hears what happens, once it is there. */
let live = null;
let fetching = null;

const fetchLive = () =>
  (fetching ??= fetchPart("live").then(
    (part) => {
      const tools = { bot: bot(), FIRST_WAIT, isHosted, isLost, LONGEST_WAIT, longer, lose, panel, open, pause, regain, tell, untilMoment, wake };
      live = part.default({ ...tools, hear, settle });
      return live;
    },
    (error) => {
      fetching = null;
      throw error;
    },
  ));

/** Begins to hear what happens after an event, however long the part for that is on its way. */
const connect = async (after, isEnded) => {
  const { session_id } = visitor;
  for (let wait = FIRST_WAIT; !live && session_id === visitor.session_id; wait = longer(wait)) {
    await fetchLive().catch(() => {
      lose();
      return pause(wait);
    });
  }
  if (session_id && session_id === visitor.session_id) live.connect(visitor, after, isEnded);
};

let loss = 0;

/** Says that the connection is lost, unless it has healed by then. */
const lose = () => {
  loss ||= setTimeout(() => sayCut(true), GRACE);
};

const regain = () => {
  clearTimeout(loss);
  loss = 0;
  sayCut(false);
};

const sayCut = (is_cut) => {
  hear({ type: "cut", is_cut });
  live?.tellCut(is_cut);
};

// ---- the start ----

/** Which language answers are asked for in. */
export const setLocale = (tag) => {
  locale = tag;
};

const hearHost = (message) => {
  const { type } = message;
  if (type === "init") {
    visitor = { ...message };
    panel.isInline = message.inline;
    panel.isOpen = message.open;
    const { unsent: left } = message;
    recall(message.asked, left?.consent_version);
    // Who was quick has written already.
    if (left?.draft) draft = draft ? `${left.draft}\n${draft}` : left.draft;
    if (left?.files) draftFiles = left.files;
    for (const { message_id, text, files = [] } of left?.messages ?? []) unsent.set(message_id, { text, files });
    keptUnsent = left ? JSON.stringify(left) : NOTHING_UNSENT;
  }
  if (type === "init" || type === "memory") adoptMemory(message.memory);
  if (type === "preview") preview(message.config);
  if (type === "open" || type === "close") {
    if (live) live.turn(type === "open");
    else panel.isOpen = type === "open";
  }
  // Another tab has begun a conversation.
  if (type === "session" && !visitor.session_id && !entering) join(message.session_id, message.visitor_id);
  if (type === "page_view") visitor.page_url = message.page_url;
  if (note(message) && isReady) passOn(visitor.session_id);
  if (type === "identify") visitor.identity_token = message.identity_token;
  dress(message);
  hear(message);
  // The owner's words follow the language.
  if (type === "init" || type === "set_locale") fetchWords(message.locale).then((config) => config && hear({ type: "config", config }));
  if (type === "init") keepUnsent();
};

/** What waits for the network or the visitor need not wait longer. */
const comeBack = () => {
  wake();
  passOn(visitor.session_id);
};

const composer = () => document.querySelector("section .foot textarea");

/** Takes over what was written before the panel was there, and the keyboard with it. Gives the words where the visitor has sent them. */
const takeOver = () => {
  const { early } = document.forms;
  const [area] = early;
  const { value: text, readOnly } = area;
  if (text) hear({ type: "dictated", text });
  if (document.hasFocus() && document.activeElement === area) composer()?.focus();
  early.remove();
  return readOnly && text;
};

/** Meets the host page and goes on with its session, if there is one. */
export const start = async (listener) => {
  hear = (word) => {
    noticeBlock(word, hear);
    listener(word);
  };
  addEventListener("online", comeBack);
  addEventListener("visibilitychange", () => {
    if (!document.hidden) comeBack();
    hear({ type: "looked" });
  });
  // The panel's own field comes within this turn, if one comes at all.
  for (let step = 0; step < 99 && !composer(); step++) await null;
  const sent = takeOver();
  const is_framed = await meet(hearHost);
  hear({ type: "met", is_framed });
  tell("ready");
  await resume();
  isReady = true;
  setReady();
  passOn(visitor.session_id);
  hear({ type: "ready" });
  // They were written before whatever has been since this page came.
  const later = outbox.length;
  for (const [message_id, { text, files }] of [...unsent]) if (!outbox.includes(message_id)) hear({ type: "restore", message_id, text, files });
  outbox.splice(0, later).forEach((id) => send(id, unsent.get(id).text));
  // What it may need to be asked for is known by now. Where it has become part of a longer draft, the visitor looks at that first.
  if (sent && sent === draft) hear({ type: "send_draft" });
};
