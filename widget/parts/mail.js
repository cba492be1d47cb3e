// Sends the conversation to an address of mail.
import { isEmail } from "./contact.js";
import { button, el, labelled } from "./dom.js";

// As the server bounds it.
const EMAIL_CHARS = 254;

export default async ({ place, locale, text, inWords, get, post, report }) => {
  const email = el("input", { className: "field", type: "email", autocomplete: "email", maxLength: EMAIL_CHARS, required: true, dir: "auto", "aria-describedby": "mail-wrong" });
  const wrong = el("p", { className: "wrong", id: "mail-wrong", role: "alert" });
  const sent = el("p", { role: "status" });
  const close = button("secondary", text(Text.NotNow), () => report({ type: "card_closed" }));
  const send = el("button", { className: "primary" }, text(Text.Submit));
  const field = labelled(text(Text.Email), email);
  const hint = el("p", {}, text(Text.MailHint));

  const tell = (words) => {
    wrong.textContent = words;
    email.setAttribute("aria-invalid", String(words !== ""));
    if (!words) return;
    email.focus();
    report({ type: "grown" });
  };
  const refusal = ({ error, wait }) => {
    if (wait) return text(Text.TryAgain).replace("{name}", inWords(wait));
    if (error === "conflict") return text(Text.MailElsewhere);
    if (error === "validation_failed") return text(Text.MailInvalid);
  };
  const submit = async (event) => {
    event.preventDefault();
    const to = email.value.trim();
    tell(isEmail(to) ? "" : text(Text.MailInvalid));
    if (!isEmail(to)) return;
    send.disabled = true;
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const reply = await post("transcript", { email: to, locale, time_zone: timeZone });
    send.disabled = false;
    const words = reply.error && refusal(reply);
    if (words) return tell(words);
    if (reply.error) return report({ type: "problem", code: reply.error });
    for (const element of [hint, field, wrong, send]) element.remove();
    sent.textContent = text(Text.MailSent).replace("{name}", to);
    close.textContent = text(Text.Done);
    close.focus();
    report({ type: "grown" });
  };
  place.append(
    el(
      "form",
      { className: "card", noValidate: true, onsubmit: submit, "aria-labelledby": "mail-title" },
      el("h3", { id: "mail-title" }, text(Text.MailTitle)),
      hint,
      field,
      wrong,
      sent,
      el("div", { className: "actions" }, close, send),
    ),
  );
  report({ type: "grown" });
  email.focus();
  // What the visitor has left before is offered; that it is not known is no fault.
  const reply = await get("transcript/address").catch(() => null);
  const known = await reply?.json().catch(() => null);
  if (!email.value) email.value = known?.email ?? "";
};
