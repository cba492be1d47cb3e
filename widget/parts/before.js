// What the site asks before the first message: its own fields, and consent.
import { button, el, labelled } from "./dom.js";
import { isEmail, isPhone } from "./contact.js";

// As the server bounds it.
const CONTACT_FIELD_CHARS = 500;
const AUTOCOMPLETE = { name: "name", email: "email", phone: "tel" };
const KINDS = { email: "email", phone: "tel" };

/** The first field that is not filled in as it should be, and what has been filled in. */
export const filledIn = (fields, values) => {
  const isFit = ({ type, required }, value) => {
    if (!value) return !required;
    return type === "email" ? isEmail(value) : type !== "phone" || isPhone(value);
  };
  const trimmed = values.map((value) => value.trim());
  const wrong = fields.find((field, at) => !isFit(field, trimmed[at]));
  const given = Object.fromEntries(fields.map(({ name }, at) => [name, trimmed[at]]).filter(([, value]) => value));
  return { wrong, given };
};

/** `given`: whether the visitor has written in this conversation. */
export default ({ place, given, config, text, asks, post, report }) => {
  const { consent, fields } = asks(given);
  const inputs = fields.map((field) => input(field, text));
  const marks = fields.map(({ label }, at) => labelled(label, inputs[at]));
  const wrong = el("p", { className: "wrong", role: "alert" });
  const go = el("button", { className: "primary" }, text(consent ? Text.Agree : Text.StartChat));
  const submit = async (event) => {
    event.preventDefault();
    const filled = filledIn(
      fields,
      inputs.map(({ value }) => value),
    );
    wrong.textContent = filled.wrong ? text(Text.Required).replace("{name}", filled.wrong.label) : "";
    if (filled.wrong) return inputs[fields.indexOf(filled.wrong)].focus();
    go.disabled = true;
    const { error } = Object.keys(filled.given).length > 0 ? await post("contact", filled.given) : {};
    go.disabled = false;
    report(error ? { type: "problem", code: error } : { type: "agreed", consent_version: consent?.version });
  };
  const link = (href, words) => el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, words);
  const links = [
    [config.privacy_url, Text.Privacy],
    [config.tos_url, Text.Terms],
  ].filter(([address]) => /^https?:/.test(address ?? ""));
  const parts = consent ? [el("p", { className: "consent", dir: "auto" }, consent.text)] : [];
  if (consent && links.length > 0) parts.push(el("p", { className: "links" }, ...links.map(([address, key]) => link(address, text(key)))));
  const title = el("h3", { id: "before-title", tabIndex: -1 }, text(Text.PreChatTitle));
  const cancel = button("secondary", text(Text.Cancel), () => report({ type: "card_closed" }));
  place.append(
    el(
      "form",
      { className: "card", noValidate: true, onsubmit: submit, "aria-labelledby": "before-title" },
      title,
      ...marks,
      ...parts,
      wrong,
      el("div", { className: "actions" }, cancel, go),
    ),
  );
  report({ type: "grown" });
  (inputs[0] ?? title).focus();
};

const input = ({ name, type, required, options = [], option_labels: labels = options }, text) => {
  const usual = { className: "field", dir: "auto", required };
  if (type !== "select") {
    return el("input", { ...usual, type: KINDS[type] ?? "text", autocomplete: AUTOCOMPLETE[name] ?? AUTOCOMPLETE[type] ?? "off", maxLength: CONTACT_FIELD_CHARS });
  }
  return el("select", usual, el("option", { value: "" }, text(Text.Choose)), ...options.map((value, at) => el("option", { value }, labels[at])));
};
