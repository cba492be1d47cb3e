//! What the visitor sees. Parts read the signals of `Chat` and call its verbs; none of them keeps state that matters.

mod answer;
mod composer;
mod dom;
mod files;
mod header;
mod icon;
mod own;
mod sources;
mod thread;

use crate::chat::Chat;
use crate::i18n::{Text, text};
pub(crate) use dom::watch;
use dom::{El, button, el, part};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Puts the whole panel into an element, and anew when its language or config changes.
pub fn mount(parent: &Element, chat: Chat) {
    let parent = parent.clone();
    let shown: RefCell<Option<El>> = RefCell::new(None);
    watch(move || {
        chat.look.track();
        if let Some(old) = shown.take() {
            old.element().remove();
        }
        let panel = untrack(|| panel(chat));
        let _ = parent.append_child(panel.element());
        shown.replace(Some(panel));
    });
}

fn panel(chat: Chat) -> El {
    let is_menu_open = RwSignal::new(false);
    // No landmarks of its own: they would double those of the page that frames the panel. Within a section, a header
    // and a footer are none either.
    let talk = el("div", "talk")
        .bind("inert", move || chat.is_listing.get().then(String::new))
        .add(thread::thread(chat))
        .add(composer::composer(chat));
    let list = move || part("conversations", "list", &JsValue::UNDEFINED);
    let main = el("div", "main")
        .slot(move || connection(chat))
        .add(talk)
        .slot(move || chat.is_listing.get().then(list));
    el("section", "panel")
        .set("role", "dialog")
        .set("aria-labelledby", "title")
        .add(header::header(chat, is_menu_open))
        .add(main)
        .add(
            el("div", "unseen")
                .set("role", "status")
                .bind_text(move || chat.announcement.get()),
        )
        .on("keydown", move |event| {
            escape(chat, is_menu_open, &event.unchecked_into())
        })
}

/// One step back: from the answer under way, the menu, a card, and at last out of the panel.
fn escape(chat: Chat, is_menu_open: RwSignal<bool>, event: &KeyboardEvent) {
    if event.key() != "Escape" || event.is_composing() {
        return;
    }
    event.prevent_default();
    if chat.head.with_untracked(|head| head.answering) {
        chat.stop();
    } else if is_menu_open.get_untracked() {
        is_menu_open.set(false);
        focus(header::MENU_BUTTON);
    } else if chat.is_listing.get_untracked() {
        chat.close_list();
    } else if chat.card.get_untracked().is_some() {
        chat.close_card();
    } else {
        chat.close_panel();
    }
}

fn focus(id: &str) {
    let element = document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

fn connection(chat: Chat) -> Option<El> {
    let words = if window().navigator().on_line() {
        Text::Reconnecting
    } else {
        Text::Offline
    };
    chat.is_cut_off.get().then(|| {
        el("p", "connection")
            .set("role", "status")
            .text(text(words))
    })
}

/// Shown where there is no config to build a panel from, or no texts to speak with: hence in English. What the visitor has written
/// already stays in sight.
pub fn show_failure(parent: &Element) {
    let reload = || {
        // Where the browser refuses, the visitor can still do it.
        let _ = window().location().reload();
    };
    let panel = el("div", "panel failed")
        .set("role", "alert")
        .add(el("p", "").text("The chat could not be loaded."))
        .add(button("primary").text("Try again").on_click(reload));
    parent.set_text_content(None);
    let _ = parent.append_child(panel.element());
}

fn outside_link(class: &str, address: &str, words: &str) -> El {
    el("a", class)
        .set("href", address)
        .set("target", "_blank")
        .set("rel", "noopener noreferrer nofollow")
        .text(words)
}

/// What an input or text area holds.
fn value_of(event: &web_sys::Event) -> String {
    event_target_value(event)
}
