//! Who answers, the menu, and the way out.

use super::dom::{El, button, el};
use super::icon::{self, icon, initials};
use super::outside_link;
use crate::chat::{Card, Chat};
use crate::contact::ways;
use crate::i18n::{Text, text};
use crate::line;
use crate::markdown::safe_address;
use leptos::prelude::*;
use shared::conversation::Mode;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, Node};

pub const MENU_BUTTON: &str = "menu-button";

pub fn header(chat: Chat, is_menu_open: RwSignal<bool>) -> El {
    let name = move || {
        chat.head
            .with(|head| head.operator.clone())
            .unwrap_or_else(|| chat.site_name())
    };
    let light = el("span", "light").bind("data-mode", move || {
        Some(chat.head.with(|head| head.mode.as_str()).into())
    });
    let status = el("p", "status")
        .add(light)
        .add(el("span", "").bind_text(move || status(chat)));
    let who = el("div", "who")
        .add(
            el("h2", "")
                .set("id", "title")
                .set("dir", "auto")
                .bind_text(name),
        )
        .add(status);
    // No landmarks here: they would double those of the page around the frame.
    el("div", "header")
        .add(
            el("span", "avatar")
                .set("aria-hidden", "true")
                .slot(move || Some(sign(&name()))),
        )
        .add(who)
        .slot(move || {
            is_menu_open
                .get()
                .then(|| el("div", "backdrop").on_click(move || is_menu_open.set(false)))
        })
        .add(menu(chat, is_menu_open))
        .slot(move || chat.is_framed.get().then(|| close_button(chat)))
}

fn sign(name: &str) -> El {
    let letters = initials(name);
    if letters.is_empty() {
        icon(icon::SPARK)
    } else {
        el("span", "").text(&letters)
    }
}

fn close_button(chat: Chat) -> El {
    button("round")
        .set("aria-label", text(Text::Close))
        .add(icon(icon::CLOSE))
        .on_click(move || chat.close_panel())
}

fn status(chat: Chat) -> String {
    if !chat.config().enabled {
        return String::new();
    }
    chat.head.with(|head| {
        text(match head.mode {
            _ if head.ended => Text::StatusEnded,
            Mode::Ai if chat.config().ai_mode == "on" => Text::StatusAssistant,
            Mode::Ai => Text::StatusTeam,
            Mode::Waiting => Text::StatusWaiting,
            Mode::Operator => Text::StatusOperator,
            Mode::Closed => Text::StatusEnded,
        })
        .to_owned()
    })
}

fn menu(chat: Chat, is_open: RwSignal<bool>) -> El {
    let toggle = button("round")
        .set("id", MENU_BUTTON)
        .set("aria-label", text(Text::Menu))
        .bind("aria-expanded", move || Some(is_open.get().to_string()))
        .add(icon(icon::MENU))
        .on_click(move || is_open.update(|is_open| *is_open = !*is_open));
    let menu = el("div", "menu")
        .add(toggle)
        .slot(move || is_open.get().then(|| untrack(|| items(chat, is_open))));
    let element = menu.element().clone();
    // Focus that goes elsewhere closes it.
    menu.on("focusout", move |event| {
        let next = event.unchecked_into::<FocusEvent>().related_target();
        let next = next.and_then(|target| target.dyn_into::<Node>().ok());
        if next.is_some() && !element.contains(next.as_ref()) {
            is_open.set(false);
        }
    })
}

/// Whether it is offered, what it says, what it does.
type Choice = (bool, Text, fn(Chat));

fn items(chat: Chat, is_open: RwSignal<bool>) -> El {
    let config = chat.config();
    let head = chat.head.get_untracked();
    let has_begun = chat.rows.with_untracked(|rows| !rows.is_empty());
    let can_write = chat.can_write();
    let is_full = config.conversation_limit == 1 && !head.ended;
    let is_silent = line::recall("sound").as_deref() == Some("off");
    let choices: [Choice; 9] = [
        (
            can_write && head.mode == Mode::Ai,
            Text::TalkToHuman,
            |chat| chat.escalate(),
        ),
        (can_write, Text::ContactDetails, |chat| {
            chat.card.set(Some(Card::Contact))
        }),
        (has_begun, Text::Rate, |chat| {
            chat.card.set(Some(Card::Rating))
        }),
        (has_begun && !head.ended, Text::EndConversation, |chat| {
            chat.end()
        }),
        (has_begun, Text::Transcript, |chat| chat.download()),
        (
            has_begun && config.mails_transcript,
            Text::MailTranscript,
            |chat| chat.card.set(Some(Card::Mail)),
        ),
        (line::has_earlier(), Text::Conversations, |chat| {
            chat.is_listing.set(true)
        }),
        (has_begun && !is_full, Text::NewConversation, |chat| {
            chat.begin_anew()
        }),
        (
            true,
            if is_silent {
                Text::SoundOn
            } else {
                Text::SoundOff
            },
            |chat| chat.switch_sound(),
        ),
    ];
    let mut list = el("div", "items");
    for (_, words, act) in choices.into_iter().filter(|(is_offered, ..)| *is_offered) {
        let choose = move || {
            is_open.set(false);
            // The item that has the focus goes; what it opens may take it further.
            super::focus(MENU_BUTTON);
            act(chat);
        };
        list = list.add(button("item").text(text(words)).on_click(choose));
    }
    for way in ways(&config) {
        let link = outside_link("item", &way.address, text(way.name));
        list = list.add(link.maybe(way.shown.map(|shown| el("small", "").text(shown))));
    }
    for (address, words) in [
        (&config.privacy_url, Text::Privacy),
        (&config.tos_url, Text::Terms),
    ] {
        let address = address.as_deref().and_then(safe_address);
        list = list.maybe(address.map(|address| outside_link("item", address, text(words))));
    }
    list
}
