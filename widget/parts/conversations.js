// The visitor's conversations: one to go on with, or another to begin.
import { button, dress, el } from "./dom.js";

const DAY = { year: "numeric", month: "short", day: "numeric" };

const STYLE = `
.list-head { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2); }
.list-head h3 { margin: 0; font-size: 16px; }
.list-head h3:focus { outline: none; }
.list ul { display: grid; flex: 1; align-content: start; gap: var(--space-2); margin: 0; padding: 0; list-style: none; }
.list > .primary { flex: none; }
.conversation { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 2px var(--space-2); width: 100%; padding: var(--space-3) 14px; border: 1px solid var(--line); border-radius: var(--radius-box); background: var(--raised); color: inherit; text-align: start; }
.conversation:hover { background: var(--sunken); }
.preview { overflow: hidden; font-weight: 550; text-overflow: ellipsis; white-space: nowrap; }
.conversation small { grid-row: 2; color: var(--muted); font-size: var(--size-note); }
.count { grid-row: 1 / 3; grid-column: 2; min-width: 22px; padding: 0 6px; border-radius: 11px; background: var(--accent); color: var(--on-accent); font-size: 12px; font-weight: 650; line-height: 22px; text-align: center; }
`;

/** Whether the site allows one more that is open. Limit 0: any number. */
export const mayBegin = (limit, conversations) => !limit || conversations.filter(({ chat_ended }) => !chat_ended).length < limit;

export default async ({ place, config, text, moment, plural, get, report }) => {
  dress(STYLE);
  const title = el("h3", { id: "conversations-title", tabIndex: -1 }, text(Text.Conversations));
  const list = el("ul", {});
  const back = button("quiet", text(Text.Back), () => report({ type: "list_closed" }));
  const begin = button("primary", text(Text.NewConversation), () => report({ type: "begin_anew" }));
  begin.hidden = true;
  place.setAttribute("role", "region");
  place.setAttribute("aria-labelledby", title.id);
  place.append(el("div", { className: "list-head" }, back, title), list, begin);
  title.focus();
  let data;
  try {
    ({ data } = await (await get("conversations")).json());
  } catch {
    place.insertBefore(el("p", { className: "wrong", role: "alert" }, text(Text.ErrorNetwork)), list);
    return;
  }
  list.append(...data.map((conversation) => el("li", {}, entry(conversation, { text, moment, plural, report }))));
  begin.hidden = !mayBegin(config.conversation_limit, data);
};

const entry = ({ session_id, preview, last_message_at, unread, chat_ended, ticket_number }, { text, moment, plural, report }) => {
  const state = [moment(last_message_at, DAY)];
  if (ticket_number) state.push(ticket_number);
  if (chat_ended) state.push(text(Text.StatusEnded));
  const open = button("conversation", el("span", { className: "preview", dir: "auto" }, preview), () => report({ type: "go_on", session_id }));
  open.append(el("small", {}, state.join(" · ")));
  // The number for those who see it, what it counts for those who hear it.
  if (unread > 0) open.append(el("span", { className: "count", "aria-hidden": "true" }, String(unread)), el("span", { className: "unseen" }, plural(Text.Unread, unread)));
  return open;
};
