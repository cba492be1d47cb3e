//! Who answers, the menu, and the way out.

use super::icon::{self, icon, initials};
use crate::chat::{Card, Chat};
use crate::i18n::{Text, text};
use leptos::html;
use leptos::prelude::*;
use shared::conversation::Mode;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const MENU_BUTTON: &str = "menu-button";

pub fn header(chat: Chat, is_menu_open: RwSignal<bool>) -> impl IntoView {
    let operator = move || chat.head.with(|head| head.operator.clone());
    let name = move || operator().unwrap_or_else(|| chat.site_name());
    view! {
        <header class="header">
            <span class="avatar" aria-hidden="true">
                {move || {
                    let letters = initials(&name());
                    if letters.is_empty() { icon(icon::SPARK) } else { letters.into_any() }
                }}
            </span>
            <div class="who">
                <h2 id="title" dir="auto">{name}</h2>
                <p class="status">
                    <span class="light" data-mode=move || chat.head.with(|head| head.mode.as_str())></span>
                    <span>{move || status(chat)}</span>
                </p>
            </div>
            {menu(chat, is_menu_open)}
            {move || {
                chat.is_framed.get().then(|| {
                    view! {
                        <button type="button" class="round" aria-label=text(Text::Close) on:click=move |_| chat.close_panel()>
                            {icon(icon::CLOSE)}
                        </button>
                    }
                })
            }}
        </header>
    }
}

fn status(chat: Chat) -> String {
    chat.head.with(|head| {
        let words = match head.mode {
            _ if head.ended => Text::StatusEnded,
            Mode::Ai if chat.config().ai_mode == "on" => Text::StatusAssistant,
            Mode::Ai => Text::StatusTeam,
            Mode::Waiting => Text::StatusWaiting,
            Mode::Operator => Text::StatusOperator,
            Mode::Closed => Text::StatusEnded,
        };
        match &head.ticket_number {
            Some(ticket) if head.mode == Mode::Waiting => format!("{} · {ticket}", text(words)),
            _ => text(words).to_owned(),
        }
    })
}

pub fn focus_menu_button() {
    let button = document().get_element_by_id(MENU_BUTTON);
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

fn menu(chat: Chat, is_open: RwSignal<bool>) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // A click or focus elsewhere closes it.
    let leave = move |event: leptos::ev::FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let is_inside = node.get_untracked().is_some_and(|menu| menu.contains(next.as_ref()));
        if next.is_some() && !is_inside {
            is_open.set(false);
        }
    };
    view! {
        <div class="menu" node_ref=node on:focusout=leave>
            <button
                type="button"
                class="round"
                id=MENU_BUTTON
                aria-label=text(Text::Menu)
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                {icon(icon::MENU)}
            </button>
            {move || is_open.get().then(|| items(chat, is_open))}
        </div>
        {move || is_open.get().then(|| view! { <div class="backdrop" on:click=move |_| is_open.set(false)></div> })}
    }
}

fn items(chat: Chat, is_open: RwSignal<bool>) -> AnyView {
    let item = move |words: Text, act: fn(Chat)| {
        let choose = move |_| {
            is_open.set(false);
            act(chat);
        };
        view! { <button type="button" class="item" on:click=choose>{text(words)}</button> }.into_any()
    };
    let config = chat.config();
    let head = chat.head.get_untracked();
    let has_begun = chat.rows.with_untracked(|rows| !rows.is_empty());
    let can_write = untrack(|| chat.can_write());
    let link = |address: &Option<String>, words: Text| {
        let address = address.as_deref().and_then(crate::markdown::safe_address)?.to_owned();
        Some(view! { <a class="item" href=address target="_blank" rel="noopener noreferrer">{text(words)}</a> })
    };
    view! {
        <div class="items">
            {(can_write && head.mode == Mode::Ai).then(|| item(Text::TalkToHuman, |chat| chat.escalate()))}
            {can_write.then(|| item(Text::ContactDetails, |chat| chat.show_card(Card::Contact)))}
            {has_begun.then(|| item(Text::Rate, |chat| chat.show_card(Card::Rating)))}
            {(has_begun && !head.ended).then(|| item(Text::EndConversation, |chat| chat.end()))}
            {has_begun.then(|| item(Text::NewConversation, |chat| chat.begin_anew()))}
            {link(&config.privacy_url, Text::Privacy)}
            {link(&config.tos_url, Text::Terms)}
        </div>
    }
    .into_any()
}
