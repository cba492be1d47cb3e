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
  const bubble = bubbleOf(chat, (shown) => (shown.type === "nudge" ? methods.showNudge(shown.text) : methods.open()), (shown) => shown.rule && dismiss(shown.rule));

  // ---- what was shown, kept in the page's storage from the first showing on ----

  const key = `parlance:nudges:${config.bot_id}`;
  let memory = { shown: {} };
  const recall = () => {
    try {
      memory = { ...memory, ...JSON.parse(localStorage.getItem(key)) };
    } catch {
      // Storage is blocked: remembered for as long as this page.
    }
    return memory;
  };
  const remember = (change) => {
    memory = { ...recall(), ...change };
    try {
      localStorage.setItem(key, JSON.stringify(memory));
    } catch {
      // As above.
    }
  };
  const setShown = (id, values) => {
    const { shown } = recall();
    const kept = Object.entries({ ...shown, [id]: { ...shown[id], ...values } }).slice(-LONGEST_MEMORY);
    remember({ shown: Object.fromEntries(kept) });
  };
  const dismiss = ({ id }) => setShown(id, { dismissed: true });

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

  const isBusy = () => chat.isOpen || bubble.isShown();
  const show = (rule) => {
    const { times = 0 } = recall().shown[rule.id] ?? {};
    setShown(rule.id, { times: times + 1, at: Date.now() });
    bubble.show({ type: "nudge", text: rule.text, rule });
    chat.emit("nudge", { id: rule.id, text: rule.text });
  };
  let view = 0;
  const judge = (address = location.href) => {
    const current = ++view;
    for (const rule of rules) {
      if (!fits(rule.url_pattern, address)) continue;
      const due = () => {
        if (current !== view || isBusy() || !mayShow(rule)) return;
        // Nobody sees what comes up in a tab in the background.
        if (document.hidden) return listen(document, "visibilitychange", due);
        show(rule);
      };
      later(due, rule.seconds_on_page * 1e3);
    }
  };
  if (rules.length) {
    addressOf(chat, () => judge());
    if (rules.some(({ first_visit }) => first_visit)) isFirstVisit();
    judge();
  }

  /** What the panel passes on: an operator's nudge, or a message that nobody has read. */
  chat.show = ({ type, id, text, author }) => {
    if (chat.isOpen || !text) return;
    bubble.show({ type, text, author });
    if (type === "nudge") chat.emit("nudge", { id, text });
  };
  chat.hide = bubble.hide;
  chat.adopt({
    triggerNudge(id) {
      const rule = rules.find((one) => one.id + "" === id + "");
      if (!rule) throw new Error(`${options.site} has no nudge ${id} that holds now`);
      if (!chat.isOpen && !recall().shown[rule.id]?.dismissed) show(rule);
    },
  });
};
