//! Asks before a link leads away from the site's own domains.

use super::dom::{El, button, el};
use crate::chat::Chat;
use crate::config::Config;
use crate::i18n::{Text, text};
use crate::links;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, Url};

pub fn must_ask(config: &Config, address: &str) -> bool {
    // The browser's own reading of the address counts, not ours.
    let is_web = address
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    let host = Url::new(address)
        .map(|url| url.hostname())
        .unwrap_or_default();
    config.link_safety.enabled && is_web && !links::is_trusted(&host, config)
}

pub fn cancel(chat: Chat) {
    chat.link.set(None);
    chat.ask_focus();
}

pub fn confirm(chat: Chat, address: String) -> El {
    // Foreign letters in a host are shown in the form that cannot be mistaken for others.
    let shown = Url::new(&address)
        .map(|url| url.href())
        .unwrap_or_else(|_| address.clone());
    let label = chat.config().link_safety.label.clone();
    let label = if label.is_empty() {
        text(Text::LinkHint).to_owned()
    } else {
        label
    };
    let stay = button("secondary")
        .text(text(Text::Cancel))
        .on_click(move || cancel(chat))
        .focused();
    let open = button("primary").text(text(Text::Open)).on_click(move || {
        let _ = window().open_with_url_and_target_and_features(
            &address,
            "_blank",
            "noopener,noreferrer",
        );
        cancel(chat);
    });
    let (first, last) = (stay.cast::<HtmlElement>(), open.cast::<HtmlElement>());
    let words = el("div", "")
        .set("id", "link-text")
        .add(el("p", "").set("dir", "auto").text(&label))
        .add(el("p", "address").set("dir", "ltr").text(&shown));
    let dialog = el("div", "dialog")
        .set("role", "alertdialog")
        .set("aria-modal", "true")
        .set("aria-labelledby", "link-title")
        .set("aria-describedby", "link-text")
        .add(el("h3", "").set("id", "link-title").text(text(Text::LinkTitle)))
        .add(words)
        .add(el("div", "actions").add(stay).add(open))
        // Two buttons: Tab goes to and fro between them.
        .on("keydown", move |event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "Tab" {
                event.prevent_default();
                let is_first = document().active_element().as_ref() == Some(&first);
                let _ = if is_first { last.focus() } else { first.focus() };
            }
        });
    el("div", "veil").add(dialog)
}
