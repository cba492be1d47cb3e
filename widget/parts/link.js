// Asks before a link leads away from the site's own domains.
import { button, dress, el, modal } from "./dom.js";

const STYLE = `
.ask-link { width: min(340px, 100% - 40px); padding: 0; border: 1px solid transparent; border-radius: var(--radius-box); background: var(--surface); color: var(--text); box-shadow: 0 20px 60px rgb(0 0 0 / 30%); }
.ask-link > div { display: grid; grid-template-columns: minmax(0, auto); gap: var(--space-3); padding: var(--space-5); }
.ask-link::backdrop { background: rgb(10 10 20 / 45%); }
.ask-link h2 { font-size: 17px; font-weight: 650; }
.ask-link p { color: var(--muted); font-size: 14.5px; overflow-wrap: anywhere; }
.ask-link .address { margin-block-start: var(--space-2); padding: var(--space-2) var(--space-3); border-radius: var(--radius-field); background: var(--sunken); color: var(--text); font-size: 13.5px; overflow-wrap: anywhere; }
.ask-link .actions { justify-content: flex-end; }
@media (prefers-reduced-motion: no-preference) { .ask-link { animation: fade var(--quick) ease-out; } }`;

/** `given`: the address. */
export default ({ given, config, text }) => {
  dress(STYLE);
  // As the browser reads it: foreign letters in a host are shown in the form that cannot be mistaken for others.
  const { href } = new URL(given);
  const open = () => {
    dialog.close();
    window.open(href, "_blank", "noopener,noreferrer");
  };
  const stay = button("secondary", text(Text.Cancel), () => dialog.close());
  const words = el("div", { id: "link-text" }, el("p", { dir: "auto" }, config.link_safety?.label || text(Text.LinkHint)), el("p", { className: "address", dir: "ltr" }, href));
  const content = el("div", {}, el("h2", { id: "link-title" }, text(Text.LinkTitle)), words, el("div", { className: "actions" }, stay, button("primary", text(Text.Open), open)));
  const dialog = modal({ className: "ask-link", role: "alertdialog", "aria-labelledby": "link-title", "aria-describedby": "link-text" }, content);
  stay.focus();
};
