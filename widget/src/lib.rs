//! The visitor's panel: a Leptos app in an iframe of the host page.

pub mod api;
pub mod chat;
pub mod contact;
pub mod host;
pub mod i18n;
pub mod links;
pub mod look;
pub mod markdown;
pub mod model;
pub mod sse;
pub mod theme;
pub mod view;
pub mod wire;

use leptos::mount::mount_to_body;
use leptos::prelude::document;

/// Puts the panel into the document as soon as the site's config is there.
pub fn start() {
    api::spawn(async {
        let config = api::config().await;
        let is_spoken = i18n::speak(&api::words().await);
        let Some(body) = document().body() else {
            return;
        };
        if let Some(waiting) = document().get_element_by_id("waiting") {
            waiting.remove();
        }
        // Leptos gives the runtime and the owner of all signals; the views put their elements into the body themselves.
        mount_to_body(move || match config {
            Some(config) if is_spoken => {
                let chat = chat::Chat::new(config);
                view::mount(&body, chat);
                chat.start();
            }
            _ => view::show_failure(&body),
        });
    });
}
