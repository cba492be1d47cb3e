// Asks how the conversation was.
import { button, dress, el, icon } from "./dom.js";

const STAR = "M12 3.5l2.6 5.3 5.9.9-4.3 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.3-4.1 5.9-.9z";
// As the server bounds it.
const COMMENT_CHARS = 2000;

const STYLE = `
.stars { display: flex; justify-content: center; gap: 2px; margin-block-start: var(--space-2); }
.star { display: grid; place-items: center; width: 44px; height: 44px; border-radius: var(--radius-field); color: var(--edge); cursor: pointer; transition: color var(--quick), transform var(--quick); }
.star .icon { width: 28px; height: 28px; stroke-width: 1.5; }
.star:hover { transform: scale(1.08); }
.star.lit { color: var(--accent-text); }
.star.lit .icon { fill: currentColor; }
.star:has(:focus-visible) { outline: 2px solid var(--focus); outline-offset: -2px; }
.verdict { color: var(--muted); font-size: var(--size-note); }
`;

/** `given`: what was rated before, and whether the visitor has asked for the card and may put it away. */
export default ({ place, given: { before, is_dismissable }, text, post, report }) => {
  dress(STYLE);
  const verdicts = [Text.Score1, Text.Score2, Text.Score3, Text.Score4, Text.Score5].map(text);
  let score = 0;
  const words = text(Text.RateComment);
  const comment = el("textarea", { className: "field", rows: 2, maxLength: COMMENT_CHARS, dir: "auto", placeholder: words, "aria-label": words });
  const verdict = el("p", { className: "verdict", "aria-hidden": "true" }, "\u00a0");
  const send = el("button", { className: "primary", disabled: true }, text(Text.Submit));
  const thanks = el("p", { className: "entry system", role: "status" });
  const choose = (value) => {
    score = value;
    stars.forEach((star, at) => star.classList.toggle("lit", at < value));
    verdict.textContent = verdicts[value - 1];
    send.disabled = false;
    if (comment.isConnected) return;
    group.after(comment);
    report({ type: "grown" });
  };
  const stars = verdicts.map((words, at) => {
    const radio = el("input", { className: "unseen", type: "radio", name: "score", checked: at + 1 === before, onchange: () => choose(at + 1) });
    return el("label", { className: "star" }, radio, icon(STAR), el("span", { className: "unseen" }, `${at + 1}: ${words}`));
  });
  const submit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    const rating = { score, comment: comment.value.trim() || undefined };
    const { error } = await post("rate", rating);
    send.disabled = false;
    if (error) return report({ type: "problem", code: error });
    form.remove();
    thanks.textContent = text(Text.RateThanks);
    report({ type: "rated", ...rating });
  };
  const actions = el("div", { className: "actions" });
  if (is_dismissable) actions.append(button("secondary", text(Text.NotNow), () => report({ type: "card_closed" })));
  actions.append(send);
  const group = el("fieldset", {}, el("legend", {}, text(Text.RateTitle)), el("div", { className: "stars" }, ...stars), verdict);
  const form = el("form", { className: "card", onsubmit: submit }, group, actions);
  place.append(form, thanks);
  if (before) choose(before);
  report({ type: "grown" });
};
