// Asks how to reach the visitor.
import { button, el, labelled } from "./dom.js";

// As the server bounds them.
const NAME_CHARS = 200;
const EMAIL_CHARS = 254;
const PHONE_CHARS = 40;
const VISITOR_MESSAGE_CHARS = 1000;

/** Good enough to catch a slip; whether it exists only a mail can tell. */
export const isEmail = (text) => /^[^@]+@[^@.][^@]*\.[^@]*[^@.]$/.test(text);
export const isPhone = (text) => text.replace(/\D/g, "").length >= 4;

/** What the form says, if it is enough to reach somebody. */
export const contactOf = (given) => {
  const contact = {};
  for (const name in given) if (given[name].trim()) contact[name] = given[name].trim();
  const { email, phone } = contact;
  const isGood = (email || phone) && (!email || isEmail(email)) && (!phone || isPhone(phone));
  return isGood ? contact : null;
};

/** `given`: whether the visitor has asked for the form, and whether a message goes with it, as nobody is there to answer one. */
export default ({ place, given: { is_asked_for, has_message }, text, post, report }) => {
  const input = (type, autocomplete, maxLength) => el("input", { className: "field", type, autocomplete, maxLength, dir: "auto" });
  const email = input("email", "email", EMAIL_CHARS);
  const name = input("text", "name", NAME_CHARS);
  const phone = input("tel", "tel", PHONE_CHARS);
  const message = el("textarea", { className: "field", rows: 3, maxLength: VISITOR_MESSAGE_CHARS, dir: "auto" });
  const wrong = el("p", { className: "wrong", role: "alert" });
  const save = el("button", { className: "primary" }, text(has_message ? Text.Submit : Text.Save));
  const submit = async (event) => {
    event.preventDefault();
    const contact = contactOf({ email: email.value, name: name.value, phone: phone.value });
    wrong.textContent = contact ? "" : text(Text.ContactInvalid);
    if (!contact) return;
    save.disabled = true;
    const { error } = await post("contact", contact);
    save.disabled = false;
    if (error) return report({ type: "problem", code: error });
    report({ type: "contact_settled", is_left: true });
    if (message.value.trim()) report({ type: "send_message", text: message.value });
  };
  place.append(
    el(
      "form",
      { className: "card", noValidate: true, onsubmit: submit, "aria-labelledby": "contact-title" },
      el("h3", { id: "contact-title" }, text(Text.ContactTitle)),
      el("p", {}, text(Text.ContactHint)),
      labelled(text(Text.Email), email),
      el("div", { className: "pair" }, labelled(text(Text.Name), name), labelled(text(Text.Phone), phone)),
      ...(has_message ? [labelled(text(Text.Message), message)] : []),
      wrong,
      el(
        "div",
        { className: "actions" },
        button("secondary", text(Text.NotNow), () => report({ type: "contact_settled" })),
        save,
      ),
    ),
  );
  report({ type: "grown" });
  if (is_asked_for) email.focus();
};
