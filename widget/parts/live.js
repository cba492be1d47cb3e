// The live channel: what happens in the conversation, heard by a channel of its own where this tab leads, else from the tab that does. It comes with
// the first word of a conversation.

import { openedOf } from "./opened.js";
import { streamOf } from "./stream.js";
import { tabsOf } from "./tabs.js";

/** The server lets hear of itself every 15 s. */
const SILENCE = 20_000;
/** Typing that the other side forgot to end. */
const LONGEST_TYPING = 15_000;
/** A tab that leads says something at least this often, whatever its network does. */
const SILENT_LEAD = 60_000;
/** How often it is looked whether the computer has slept. */
const TICK = 10_000;
/** Events that only those hear who listen at that moment. */
const FLEETING = new Set(["chunk", "typing", "read", "error"]);

/** `line`: what the panel's line to the server lends, and whom it tells. */
export default (line) => {
  const { bot, FIRST_WAIT, hear, isLost, LONGEST_WAIT, longer, lose, open, pause, regain, settle, untilMoment, wake } = line;
  const stream = streamOf(open);
  const { beginAlone, hearTabs, standFor, standsAlone, tellTabs } = tabsOf(bot);
  const { mirror, turn } = openedOf(line, tellTabs);

  /** Whose events are heard. */
  let session;
  /** Counts connections that were begun; a reader of an older one stops. */
  let channel = 0;
  /** The last event that was heard. */
  let cursor = "";
  let heardAt = 0;
  /** Nudges by their ids: one that waited for a channel may come again as what happened. */
  const nudges = new Set();
  let isOver = false;
  /** Where this tab stands in the line for the lead. */
  let place = null;
  let isLeading = false;
  let endStream = () => {};
  let watching;

  /** Begins to hear what happens after an event. */
  const connect = ({ session_id, visitor_id }, after, isEnded) => {
    hangUp();
    session = session_id;
    cursor = after;
    isOver = isEnded;
    place = standFor(session_id, visitor_id, lead, stopListening);
    watch();
    tellTabs({ type: "hello", session_id, cursor });
  };

  const hangUp = () => {
    place?.leave();
    place = null;
    clearTimeout(watching);
    stopListening();
  };

  const stopListening = () => {
    isLeading = false;
    channel += 1;
    endStream();
  };

  const lead = () => {
    stopListening();
    isLeading = true;
    listen(session, channel);
  };

  /** Takes the lead from a tab that has been silent for too long. */
  const watch = () => {
    clearTimeout(watching);
    watching = setTimeout(() => isLeading || isOver || place?.take(), SILENT_LEAD);
  };

  const listen = async (session_id, mine) => {
    let wait = FIRST_WAIT;
    while (mine === channel) {
      // Whoever follows hears that this tab is alive.
      tellTabs({ type: "records", session_id, records: [] });
      try {
        const { pieces, retry, end } = await stream("GET", `events?after=${encodeURIComponent(cursor)}`, session_id);
        if (mine !== channel) return end();
        endStream = end;
        regain();
        // What waits for a connection need not wait longer.
        wake();
        for await (const records of pieces) {
          if (mine !== channel) return;
          tellTabs({ type: "records", session_id, records });
          take(records);
        }
        wait = Math.min(retry() ?? FIRST_WAIT, LONGEST_WAIT);
      } catch (error) {
        if (isLost(error)) return;
      }
      if (mine !== channel || isOver) return;
      lose();
      // Everybody who lost the same server comes back at another moment.
      await pause(wait * (0.5 + Math.random()));
      wait = longer(wait);
    }
  };

  /** The connection is lost or found: where this tab leads, the others are told. */
  const tellCut = (is_cut) => isLeading && tellTabs({ type: "cut", session_id: session, is_cut });

  const take = (records) => {
    heardAt = Date.now();
    for (const { id, event } of records) {
      const isNew = +id > +cursor;
      // What is stored has a number of its own. The rest, and a nudge that waited, carries that of what came before it.
      const isBetween = FLEETING.has(event.type) || (event.nudge && +id === +cursor);
      if (id && !isNew && !isBetween) continue;
      if (isNew) cursor = id;
      takeEvent(event);
    }
  };

  const takeEvent = (event) => {
    const { type, until, message, nudge } = event;
    if (nudge && nudges.size === nudges.add(nudge.id).size) return;
    if (type === "ended" || type === "mode") isOver = type === "ended" || event.mode === "closed";
    // The channel may be faster than the reply to the request.
    if (message?.client_id) settle(message.client_id);
    hear({ type: "event", event });
    if (type === "typing") {
      const left = untilMoment(until);
      setTimeout(() => hear({ type: "typing_over", until }), Math.max(0, Math.min(left || 0, LONGEST_TYPING)));
    }
  };

  /** What another tab tells. */
  const hearTab = (word) => {
    const { type, session_id } = word;
    if (type === "open") return mirror(word.is_open);
    if (!place || session_id !== session) return;
    if (standsAlone()) return;
    if (type === "hello" && isLeading) {
      // One that has just come is told what is under way, and what it missed since it last asked.
      if (+word.cursor < +cursor) cursor = word.cursor;
      lead();
    }
    if (isLeading) return;
    watch();
    if (type === "records") take(word.records);
    if (type === "cut") {
      hear({ type, is_cut: word.is_cut });
      if (!word.is_cut) wake();
    }
  };

  /** Comes back at once when the network or the visitor does. */
  const comeBack = (isOtherNetwork) => {
    wake();
    // A computer that slept or changed its network may hold a channel that nothing comes through any more.
    const isSilent = Date.now() - heardAt > SILENCE;
    if (!place || isOver || !(isSilent || isOtherNetwork)) return;
    if (isLeading) lead();
    else if (isSilent) place.take();
  };

  hearTabs(hearTab);
  addEventListener("online", () => comeBack(true));
  // A stream may outlive its network without a word.
  addEventListener("offline", () => endStream());
  addEventListener("visibilitychange", () => document.hidden || comeBack());
  let before = Date.now();
  setInterval(() => {
    const now = Date.now();
    if (now - before > TICK + SILENCE) comeBack();
    before = now;
  }, TICK);

  return { beginAlone, connect, hangUp, stream, tellCut, turn };
};
