//! Where the visitor writes, and what stands there when they cannot.

use super::icon::{self, icon};
use crate::chat::Chat;
use crate::i18n::{Text, text};
use crate::markdown::safe_address;
use leptos::html;
use leptos::prelude::*;
use shared::conversation::Mode;
use shared::limits::VISITOR_MESSAGE_CHARS;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

/// From here on the visitor is told how much is left.
const COUNTED_FROM: usize = VISITOR_MESSAGE_CHARS - 100;
/// What old input methods report for a key that belongs to them.
const COMPOSING_KEY: u32 = 229;

pub fn composer(chat: Chat) -> impl IntoView {
    let can_write = Memo::new(move |_| chat.can_write());
    view! {
        <footer class="foot">
            {move || chat.problem.get().map(|words| view! { <p class="wrong" role="alert">{text(words)}</p> })}
            {move || if can_write.get() { writing(chat) } else { silence(chat) }}
        </footer>
    }
}

fn writing(chat: Chat) -> AnyView {
    let node = NodeRef::<html::Textarea>::new();
    let length = Memo::new(move |_| chat.draft.with(|draft| draft.trim().chars().count()));
    let can_send = move || (1..=VISITOR_MESSAGE_CHARS).contains(&length.get());
    let is_over = move || length.get() > VISITOR_MESSAGE_CHARS;
    take_focus(chat, node);
    Effect::new(move |_| {
        chat.draft.track();
        if let Some(area) = node.get() {
            fit(&area);
        }
    });
    let placeholder = move || {
        let is_assistant = chat.head.with(|head| head.mode == Mode::Ai);
        text(if is_assistant { Text::Placeholder } else { Text::PlaceholderPerson })
    };
    let input = move |event| {
        chat.draft.set(event_target_value(&event));
        chat.typed();
    };
    let key = move |event: KeyboardEvent| {
        let is_composing = event.is_composing() || event.key_code() == COMPOSING_KEY;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            chat.send_draft();
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        chat.send_draft();
        chat.focus.update(|count| *count += 1);
    };
    view! {
        <form class="composer" on:submit=submit>
            <textarea
                rows="1"
                dir="auto"
                enterkeyhint="send"
                autocomplete="off"
                aria-label=text(Text::YourMessage)
                aria-describedby="counter"
                aria-invalid=move || is_over().to_string()
                placeholder=placeholder
                node_ref=node
                prop:value=move || chat.draft.get()
                on:input=input
                on:keydown=key
            ></textarea>
            <button type="submit" class="send" aria-label=text(Text::Send) disabled=move || !can_send()>
                {icon(icon::SEND)}
            </button>
        </form>
        <div class="tools">
            {human(chat)}
            <span id="counter" class="counter" class:over=is_over>
                {move || counter(length.get())}
            </span>
        </div>
    }
    .into_any()
}

fn counter(length: usize) -> Option<String> {
    if length < COUNTED_FROM {
        return None;
    }
    Some(match VISITOR_MESSAGE_CHARS.checked_sub(length) {
        Some(left) => format!("{left} {}", text(Text::CharactersLeft)),
        None => format!("{} {}", length - VISITOR_MESSAGE_CHARS, text(Text::CharactersOver)),
    })
}

/// Focus goes to the composer when the panel opens, except where that would raise a keyboard over it.
fn take_focus(chat: Chat, node: NodeRef<html::Textarea>) {
    Effect::new(move |seen: Option<u32>| {
        let wish = chat.focus.get();
        let is_touch = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches());
        if let Some(area) = node.get().filter(|_| wish > seen.unwrap_or(0) && !is_touch) {
            let _ = area.focus();
        }
        wish
    });
}

/// As high as its text; the style sheet bounds it.
fn fit(area: &HtmlTextAreaElement) {
    let css = web_sys::HtmlElement::style(area);
    let _ = css.set_property("height", "auto");
    let _ = css.set_property("height", &format!("{}px", area.scroll_height()));
}

fn human(chat: Chat) -> impl IntoView {
    move || {
        let (mode, ticket) = chat.head.with(|head| (head.mode, head.ticket_number.clone()));
        if mode == Mode::Ai {
            let is_busy = move || chat.is_escalating.get();
            return view! {
                <button type="button" class="quiet human" aria-busy=move || is_busy().to_string() on:click=move |_| chat.escalate()>
                    {icon(icon::PERSON)}
                    <span>{text(Text::TalkToHuman)}</span>
                </button>
            }
            .into_any();
        }
        let ticket = ticket.map(|ticket| format!("{} {ticket}", text(Text::Ticket)));
        view! { <span class="ticket">{ticket}</span> }.into_any()
    }
}

/// Ended, blocked or switched off.
fn silence(chat: Chat) -> AnyView {
    let config = chat.config();
    let (is_ended, is_blocked) = chat.head.with_untracked(|head| (head.ended, head.blocked));
    if config.enabled && is_ended && !is_blocked {
        return view! {
            <div class="silence">
                <p>{text(Text::Ended)}</p>
                <button type="button" class="primary" on:click=move |_| chat.begin_anew()>{text(Text::NewConversation)}</button>
            </div>
        }
        .into_any();
    }
    let words = if is_blocked { Text::ErrorBlocked } else { Text::ErrorDisabled };
    let mail = config.contact_email.clone().map(|mail| (format!("mailto:{mail}"), mail));
    let page = config.contact_url.clone().map(|page| (page.clone(), page));
    let links: Vec<_> = mail
        .into_iter()
        .chain(page)
        .filter(|(address, _)| safe_address(address).is_some())
        .map(|(address, shown)| view! { <a href=address target="_blank" rel="noopener noreferrer">{shown}</a> })
        .collect();
    view! { <div class="silence"><p>{text(words)}</p>{links}</div> }.into_any()
}
