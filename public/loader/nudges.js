// Comes where a site has nudge rules or there is something to show: a bubble beside the launcher, and the rules that are judged on the page.
import { addressOf } from "./address.js";
import { bubbleOf } from "./bubble.js";
import { fits } from "./pattern.js";

const HOUR_MS = 36e5;
/** A visit whose first page was opened longer ago is over. */
const VISIT_MS = 18e5;
const LONGEST_MEMORY = 100;

export default (chat) => {
  const { config, later, listen, methods, options, signal } = chat;
  const rules = config.nudges ?? [];
  const bubble = bubbleOf(
    chat,
    ({ type, text }) => (type === "nudge" ? methods.showNudge(text) : methods.open()),
    ({ key }) => key && setShown(key, { dismissed: true }),
  );

  // ---- what was shown, kept in the page's storage from the first showing on ----

  const place = chat.storageKey("nudges:");
  let memory = { shown: {} };
  const recall = () => {
    try {
      memory = { ...memory, ...JSON.parse(localStorage.getItem(place)) };
    } catch {
      // Storage is blocked: remembered for as long as this page.
    }
    return memory;
  };
  const remember = (change) => {
    memory = { ...recall(), ...change };
    try {
      localStorage.setItem(place, JSON.stringify(memory));
    } catch {
      // As above.
    }
  };
  const setShown = (id, values) => {
    const { shown } = recall();
    const kept = Object.entries({ ...shown, [id]: { ...shown[id], ...values } }).slice(-LONGEST_MEMORY);
    remember({ shown: Object.fromEntries(kept) });
  };
  const isDismissed = (key) => recall().shown[key]?.dismissed;

  const isFirstVisit = () => {
    const { since } = recall();
    if (!since) remember({ since: Date.now() });
    return !since || Date.now() - since < VISIT_MS;
  };
  const mayShow = ({ id, first_visit, max_per_visitor, pause_hours }) => {
    const { times = 0, at = 0, dismissed } = recall().shown[id] ?? {};
    return !dismissed && times < max_per_visitor && (!times || Date.now() - at >= pause_hours * HOUR_MS) && (!first_visit || isFirstVisit());
  };

  // ---- showing ----

  const isBusy = () => chat.isOpen || bubble.shown();
  const show = ({ id }) => {
    const { times = 0 } = recall().shown[id] ?? {};
    // The config may have come in another language since.
    const { text } = [...config.nudges, ...rules].find((rule) => rule.id === id);
    setShown(id, { times: times + 1, at: Date.now() });
    bubble.show({ type: "nudge", text, key: id });
    chat.emit("nudge", { id, text });
  };
  const isHere = ({ url_pattern }) => fits(url_pattern, location.href);
  /** The rules whose time runs on this page: a path, whatever its query and its hash. */
  let running = new Set();
  let path;
  const begin = (since) => {
    if (location.pathname !== path) running = new Set();
    path = location.pathname;
    const mine = running;
    for (const rule of rules) {
      if (running.has(rule) || !isHere(rule)) continue;
      running.add(rule);
      const due = () => {
        if (running !== mine || isBusy() || !isHere(rule) || !mayShow(rule)) return;
        // Nobody sees what comes up in a tab in the background.
        if (document.hidden) return document.addEventListener("visibilitychange", due, { once: true, signal });
        show(rule);
      };
      later(due, since + rule.seconds_on_page * 1e3 - Date.now());
    }
  };
  if (rules.length) {
    addressOf(chat, () => begin(Date.now()));
    if (rules.some(({ first_visit }) => first_visit)) isFirstVisit();
    begin(chat.since ?? Date.now());
  }

  /** What the panel passes on: an operator's nudge, or a message that nobody has read. */
  chat.show = ({ type, id, text, author }) => {
    const key = type === "nudge" && "sent " + id;
    if (chat.isOpen || !text || isDismissed(key)) return;
    bubble.show({ type, text, author, key });
    if (key) chat.emit("nudge", { id, text });
  };
  chat.hide = bubble.hide;
  // Dismissed in another tab.
  listen(window, "storage", () => isDismissed(bubble.shown()?.key) && bubble.hide());
  chat.adopt({
    triggerNudge(id) {
      const rule = rules.find((one) => one.id + "" === id + "");
      if (!rule) throw new Error(`${options.site} has no nudge ${id} that holds now`);
      if (!chat.isOpen && !isDismissed(rule.id)) show(rule);
    },
  });
};
