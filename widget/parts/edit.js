// Other words for a message that has just been sent, while there is time for it.
import { button, dress, el } from "./dom.js";

const STYLE = `
.editor { display: grid; gap: 8px; width: 100%; }
.editor .actions { align-items: center; justify-content: flex-end; }
.editor small { margin-inline-end: auto; color: var(--muted); font-size: var(--size-small); font-variant-numeric: tabular-nums; }
.editor textarea { max-height: 180px; field-sizing: content; }`;

/** `given`: the words so far, how long they may be, and when the time is over, by the visitor's clock. */
export default ({ place, given: { words, longest, until }, text, countDown, report }) => {
  dress(STYLE);
  const area = el("textarea", { className: "field", rows: 2, maxLength: longest, dir: "auto", enterKeyHint: "send", "aria-label": text(Text.EditMessage) });
  area.value = words;
  const cancel = () => report({ type: "edit_over" });
  const save = () => {
    const now = area.value.trim();
    if (now) report({ type: "edit_over", text: now === words ? undefined : now });
  };
  area.onkeydown = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      // One step back, and not the panel's.
      event.stopPropagation();
      event.preventDefault();
      cancel();
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  };
  const left = el("small", { "aria-hidden": "true" });
  const actions = el("div", { className: "actions" }, left, button("chip", text(Text.Cancel), cancel), button("chip strong", text(Text.Save), save));
  place.append(el("div", { className: "editor" }, area, actions));
  // What was written by then is not lost: it becomes the draft of a new message.
  countDown(left, until, "", () => report({ type: "edit_late", text: area.value.trim() === words ? "" : area.value.trim() }));
  area.focus();
  area.setSelectionRange(words.length, words.length);
  report({ type: "grown" });
};
