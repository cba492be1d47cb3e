// Parts of the panel that few visitors need: scripts of their own in parts/, each fetched when it is first used. A part exports a
// function that fills a place of the panel; `panel` is all that it knows of the rest.

import { asks } from "./asks.js";
import { siteNow } from "./boot.js";
import { learnPartTexts, locale, moment, plural, sizeOf, text } from "./language.js";
import { enter, get, post, report } from "./line.js";
import { addressOf, fetchPart } from "./server.js";
import { countDown, inWords } from "./times.js";

const tools = { addressOf, asks, countDown, enter, get, inWords, moment, plural, post, report, sizeOf, text };

/** Lets a part fill a place; false: the place was gone by then. `given`: what this one has to know besides. */
export const fill = async (name, place, given) => {
  try {
    const [part] = await Promise.all([fetchPart(name), learnPartTexts()]);
    // The visitor may have turned elsewhere by then.
    if (!place.isConnected) return false;
    await part.default({ place, given, config: siteNow(), locale, ...tools });
  } catch ({ code }) {
    report({ type: "problem", code: code ?? "network" });
  }
};
