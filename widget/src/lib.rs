//! The visitor's panel: a Leptos app in an iframe of the host page.

pub mod chat;
pub mod config;
pub mod contact;
pub mod end;
pub mod i18n;
pub mod line;
pub mod links;
pub mod markdown;
pub mod model;
pub mod times;
pub mod view;
pub mod wire;

use js_sys::Array;
use leptos::mount::mount_to_body;
use leptos::prelude::document;

/// Puts the panel into the document as soon as the site's config and the first texts are there.
pub fn start() {
    line::when(line::begin(), |found| {
        let found = Array::from(&found);
        let config = found.get(0);
        let can_speak = config.is_object() && i18n::speak(&found.get(1));
        let Some(body) = document().body() else {
            return;
        };
        // Leptos gives the runtime and the owner of all signals; the views put their elements into the body themselves.
        mount_to_body(move || {
            if !can_speak {
                if let Some(waiting) = document().get_element_by_id("waiting") {
                    view::show_failure(&waiting);
                }
                return;
            }
            line::dress();
            let chat = chat::Chat::new(config::Config::read(&config));
            view::mount(&body, chat);
            chat.start();
        });
    });
}
