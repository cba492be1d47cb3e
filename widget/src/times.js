// Moments as visitors read them: when a message was written, and the day that a stretch of the thread belongs to.

import { locale } from "./language.js";
import { report } from "./line.js";
import { untilMoment } from "./server.js";

const DAY = 864e5;

const midnight = (moment, later = 0) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + later);

/** What a moment's day is called, as seen from another moment: "Today", "Yesterday", "Friday, 6 March". */
export const dayName = (moment, now) => {
  // Rounded, because days on which clocks change have 23 or 25 hours.
  const ago = Math.round((midnight(now) - midnight(moment)) / DAY);
  if (ago === 0 || ago === 1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-ago, "day");
    return name[0].toLocaleUpperCase(locale) + name.slice(1);
  }
  const year = moment.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year }).format(moment);
};

/** Words every `time` of a thread, and says above an entry which day it begins, whatever comes and goes. */
export const keepTimes = (thread) => {
  const look = () => {
    const now = new Date();
    const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
    const whole = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
    let last;
    for (const time of thread.querySelectorAll("time[datetime]")) {
      const moment = new Date(time.dateTime);
      if (isNaN(moment)) continue;
      if (time.worded !== time.dateTime) {
        time.worded = time.dateTime;
        time.textContent = clock.format(moment);
        time.title = whole.format(moment);
      }
      const begin = +midnight(moment);
      const { firstElementChild: first } = time.closest(".entry");
      const day = first.className === "day" ? first : null;
      if (begin === last) {
        day?.remove();
        continue;
      }
      last = begin;
      // Dear, so it is worded once for all messages of a day.
      const name = dayName(moment, now);
      if (day) day.textContent = name;
      else first.before(Object.assign(document.createElement("p"), { className: "day", textContent: name }));
    }
  };
  // Today becomes yesterday while the panel stands open.
  const turn = () => {
    look();
    const now = new Date();
    setTimeout(() => thread.isConnected && turn(), midnight(now, 1) - now);
  };
  // Entries come and go; what is within them changes often, and only its moments matter here.
  new MutationObserver(look).observe(thread, { childList: true });
  new MutationObserver(look).observe(thread, { subtree: true, attributeFilter: ["datetime"] });
  turn();
};

/** When so many seconds are over that began at a moment of the server's, which cannot be still to come, by the visitor's clock. */
export const secondsAfter = (moment, seconds) => Date.now() + Math.min(untilMoment(moment), 0) + seconds * 1_000;

/** "in 40 seconds" */
export const inWords = (seconds) => {
  const [unit, length] = seconds > 5_400 ? ["hour", 3_600] : seconds > 90 ? ["minute", 60] : ["second", 1];
  return new Intl.RelativeTimeFormat(locale).format(Math.ceil(seconds / length), unit);
};

/** Counts the seconds to a moment in an element: as its `{name}` in words, or alone. Says when they are over, as long as the element is there. */
export const countDown = (element, until, words, over = () => report({ type: "time_over" })) => {
  const seconds = new Intl.NumberFormat(locale, { style: "unit", unit: "second" });
  const tick = () => {
    const left = until - Date.now();
    if (left <= 0) return over();
    const whole = Math.ceil(left / 1_000);
    element.textContent = words ? words.replace("{name}", inWords(whole)) : seconds.format(whole);
    setTimeout(() => element.isConnected && tick(), left % 1_000 || 1_000);
  };
  tick();
};
