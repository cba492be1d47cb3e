//! The messages with what stands before and after them.

use super::icon::{self, icon};
use super::{answer, cards, dialog, own, sources};
use crate::chat::{Card, Chat, Row, problem_text};
use crate::i18n::{Text, text};
use crate::model::{Head, Trouble};
use leptos::html;
use leptos::prelude::*;
use shared::conversation::Mode;
use shared::event::Typist;
use shared::message::Role;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Within this distance from the end, the thread follows what is new.
const NEAR_END: i32 = 80;

pub fn thread(chat: Chat) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let is_at_end = RwSignal::new(true);
    follow(chat, node, is_at_end);
    let scrolled = move |_| {
        if let Some(element) = node.get_untracked() {
            let left = element.scroll_height() - element.scroll_top() - element.client_height();
            if is_at_end.get_untracked() != (left < NEAR_END) {
                is_at_end.set(left < NEAR_END);
            }
        }
    };
    view! {
        <div class="stage">
            <div
                class="thread"
                role="log"
                aria-live="off"
                aria-label=text(Text::Messages)
                tabindex="0"
                node_ref=node
                on:scroll=scrolled
                on:click=move |event| clicked(chat, &event)
            >
                {earlier(chat)}
                {welcome(chat)}
                <For each=move || chat.rows.get() key=|row| row.key children=move |row| entry(chat, row) />
                {starters(chat)}
                {move || chat.head.with(|head| head.dots).map(|who| dots(chat, who))}
                {move || chat.head.with(|head| head.trouble.clone()).map(|trouble| trouble_note(chat, &trouble))}
                {handover_note(chat)}
                {cards(chat)}
            </div>
            {move || (!is_at_end.get()).then(|| to_end_button(node))}
        </div>
    }
}

/// Keeps the end in sight while the visitor is there, and leaves who reads further up alone.
fn follow(chat: Chat, node: NodeRef<html::Div>, is_at_end: RwSignal<bool>) {
    Effect::new(move |_| {
        let (_, is_forced) = chat.moved.get();
        chat.head.track();
        chat.card.track();
        if !is_forced && !is_at_end.get_untracked() {
            return;
        }
        if is_forced {
            chat.moved.update_untracked(|(_, is_forced)| *is_forced = false);
        }
        request_animation_frame(move || to_end(node));
    });
}

fn to_end(node: NodeRef<html::Div>) {
    if let Some(element) = node.get_untracked() {
        element.set_scroll_top(element.scroll_height());
    }
}

fn to_end_button(node: NodeRef<html::Div>) -> AnyView {
    view! {
        <button type="button" class="latest" aria-label=text(Text::Latest) on:click=move |_| to_end(node)>
            {icon(icon::DOWN)}
        </button>
    }
    .into_any()
}

/// One listener for all that Markdown made: copy buttons, references and links.
fn clicked(chat: Chat, event: &leptos::ev::MouseEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let within = |selector: &str| target.closest(selector).ok().flatten();
    if let Some(button) = within("[data-copy]") {
        answer::copy_code(&button);
    } else if let Some(number) = within("[data-cite]").and_then(|cite| cite.get_attribute("data-cite")) {
        sources::reveal(&target, &number);
    } else if let Some(address) = within("a[href]").and_then(|link| link.get_attribute("href"))
        && dialog::must_ask(&chat.config(), &address)
    {
        event.prevent_default();
        chat.link.set(Some(address));
    }
}

fn earlier(chat: Chat) -> impl IntoView {
    move || {
        chat.head.with(|head| head.has_more).then(|| {
            let load = move |_| chat.load_earlier();
            view! { <button type="button" class="quiet earlier" on:click=load>{text(Text::Earlier)}</button> }
        })
    }
}

fn welcome(chat: Chat) -> impl IntoView {
    let config = chat.config();
    move || {
        (!chat.head.with(|head| head.has_more)).then(|| {
            let greeting = (!config.greeting.is_empty())
                .then(|| view! { <h3 class="greeting" dir="auto">{config.greeting.clone()}</h3> });
            let message = (!config.welcome_message.is_empty()).then(|| answer::welcome(chat));
            view! {
                {greeting}
                {message}
            }
        })
    }
}

fn starters(chat: Chat) -> impl IntoView {
    let questions = chat.config().starter_questions.clone();
    move || {
        let is_fresh = chat.rows.with(Vec::is_empty) && chat.can_write() && !questions.is_empty();
        is_fresh.then(|| {
            let buttons: Vec<_> = questions.iter().cloned().map(|question| starter(chat, question)).collect();
            view! { <div class="starters" role="group" aria-label=text(Text::Suggestions)>{buttons}</div> }
        })
    }
}

fn starter(chat: Chat, question: String) -> AnyView {
    let asked = question.clone();
    view! {
        <button type="button" class="starter" dir="auto" on:click=move |_| chat.send(&asked)>
            {question}
        </button>
    }
    .into_any()
}

fn entry(chat: Chat, row: Row) -> AnyView {
    match row.entry.with_untracked(|entry| entry.role) {
        Role::User => own::own(chat, row),
        Role::System => answer::system(row),
        Role::Assistant | Role::Operator => answer::answer(chat, row),
    }
}

fn dots(chat: Chat, who: Typist) -> AnyView {
    let is_person = who == Typist::Operator;
    let operator = chat.head.with_untracked(|head| head.operator.clone());
    let name = operator.filter(|_| is_person).unwrap_or_else(|| {
        if is_person { text(Text::Operator).into() } else { chat.site_name() }
    });
    view! {
        <div class="entry answer pending">
            {answer::avatar(is_person, &name)}
            <div class="bubble dots">
                <i></i>
                <i></i>
                <i></i>
                <span class="unseen">{name}" "{text(Text::IsWriting)}</span>
            </div>
        </div>
    }
    .into_any()
}

fn trouble_note(chat: Chat, trouble: &Trouble) -> AnyView {
    let words = text(problem_text(&trouble.code));
    let can_ask_human = chat.head.with_untracked(|head| head.mode == Mode::Ai);
    view! {
        <div class="note" role="status">
            <p>{words}</p>
            <div class="actions">
                <button type="button" class="chip" on:click=move |_| chat.ask_again()>{text(Text::AskAgain)}</button>
                {can_ask_human
                    .then(|| view! {
                        <button type="button" class="chip" on:click=move |_| chat.escalate()>{text(Text::TalkToHuman)}</button>
                    })}
            </div>
        </div>
    }
    .into_any()
}

fn handover_note(chat: Chat) -> impl IntoView {
    move || {
        let ticket = chat.head.with(|head| (head.mode == Mode::Waiting).then(|| head.ticket_number.clone()))?;
        Some(view! {
            <div class="note" role="status">
                {ticket
                    .map(|ticket| view! { <p class="ticket">{text(Text::Ticket)}" "<strong>{ticket}</strong></p> })}
                <p>{text(Text::WaitingNotice)}</p>
            </div>
        })
    }
}

/// Which card stands at the end: the one asked for, else the one that the moment offers.
fn card_of(chat: Chat, head: &Head) -> Option<Card> {
    let has_written = chat.rows.with(|rows| !rows.is_empty());
    let offers_rating = head.ended && head.rating.is_none() && has_written;
    let offers_contact = head.mode == Mode::Waiting && !chat.is_contact_known.get();
    chat.card.get().or(offers_rating.then_some(Card::Rating)).or(offers_contact.then_some(Card::Contact))
}

fn cards(chat: Chat) -> impl IntoView {
    let shown = Memo::new(move |_| chat.head.with(|head| card_of(chat, head)));
    move || match shown.get()? {
        Card::Contact => Some(cards::contact(chat)),
        Card::Rating => Some(cards::rating(chat)),
    }
}
