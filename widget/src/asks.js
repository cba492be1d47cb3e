// What the site asks before the first message, and whether people are there.

import { siteNow } from "./boot.js";
import { moment } from "./language.js";
import { untilMoment } from "./server.js";

/** What this visitor has been asked and given: `consent_version`, once the server has it on record, and `has_fields`. */
let asked;
/** A consent that no message has taken to the server yet. */
let agreed;

/** What the host page has kept. */
export const recall = (keptAsked, leftConsent) => {
  asked = keptAsked;
  agreed = leftConsent;
};

/** For the host page to keep. */
export const askedSoFar = () => asked;

/** The consent that goes with the next message. */
export const consentToSend = () => agreed;

/** The visitor has filled in and agreed. */
export const agree = (version) => {
  agreed = version;
  asked = { ...asked, has_fields: true };
};

/** A message has been taken with a consent. True: it is on record now. */
export const record = (version) => {
  if (!version || version !== agreed) return false;
  asked = { ...asked, consent_version: version };
  agreed = undefined;
  return true;
};

/** What is still to be asked before the visitor writes: `consent`, or nothing, and `fields`. */
export const asks = (hasWritten) => {
  const { consent, pre_chat_fields = [] } = siteNow();
  const isAgreed = consent?.version === (agreed ?? asked?.consent_version);
  return { consent: isAgreed ? null : consent, fields: asked?.has_fields || hasWritten ? [] : pre_chat_fields };
};

export const mustAsk = (hasWritten) => {
  const { consent, fields } = asks(hasWritten);
  return !!consent || fields.length > 0;
};

/** Outside the site's hours: when people are back, in the visitor's zone, or nothing where that is not known. Null: they are there. */
export const away = () => {
  const { is_open, next_change_at: next } = siteNow().hours ?? { is_open: true };
  const hasChanged = !!next && untilMoment(next) <= 0;
  if (is_open !== hasChanged) return null;
  return next && !hasChanged ? moment(next) : "";
};
