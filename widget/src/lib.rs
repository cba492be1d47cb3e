//! The visitor's panel: a Leptos app in an iframe of the host page.

pub mod api;
pub mod chat;
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
use wasm_bindgen_futures::spawn_local;

/// Puts the panel into the document as soon as the site's config is there.
pub fn start() {
    spawn_local(async {
        let config = api::config().await;
        if let Some(waiting) = document().get_element_by_id("waiting") {
            waiting.remove();
        }
        match config {
            Some(config) => mount_to_body(move || {
                let chat = chat::Chat::new(config);
                chat.start();
                view::panel(chat)
            }),
            None => mount_to_body(view::load_failed),
        }
    });
}
