// What the host page tells of the visitor by `setAttributes` and `track`. It goes to the server as soon as there is a session: before the
// visitor's first act there is nobody to tell of.

import { recall, remember } from "./host.js";
import { ask, isPassing } from "./server.js";

/** The server keeps no more of what was done. */
const MOST_EVENTS = 50;

let attributes = {};
let events = [];
let isUnderWay = false;

const refused = (call, { code }) => console.warn(`Parlance: ${call}: ${code}`);

/** Takes a word of the host page; true: there is something to pass on. */
export const note = ({ type, attributes: given, name, properties, page_url }) => {
  if (type === "set_attributes") attributes = { ...attributes, ...given };
  else if (type === "track") events = [...events, { name, properties, page_url }].slice(-MOST_EVENTS);
  else return false;
  return true;
};

/** What was told of one visitor is not told of the next. */
export const forgetTold = () => {
  attributes = {};
  events = [];
};

/** Passes on what waits. What finds no connection waits for the next occasion. */
export const passOn = async (session) => {
  if (isUnderWay || !session) return;
  isUnderWay = true;
  try {
    // Every page says the same again; once for each session is enough.
    const given = attributes;
    const written = JSON.stringify([session, given]);
    if (Object.keys(given).length && recall("attributes") !== written) {
      await ask("POST", "attributes", session, { attributes: given }).catch((error) => {
        if (isPassing(error)) throw error;
        refused("setAttributes", error);
      });
      remember("attributes", written);
    }
    while (events.length) {
      const [event] = events;
      await ask("POST", "track", session, event).catch((error) => {
        if (isPassing(error)) throw error;
        refused("track", error);
      });
      events = events.filter((one) => one !== event);
    }
  } catch {
    // No connection.
  } finally {
    isUnderWay = false;
  }
};
