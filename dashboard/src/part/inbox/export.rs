//! A conversation as a file.

use crate::api::Api;
use crate::browser;
use crate::state::toast::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Formats of `GET /api/conversations/{id}/export`, and how they are called.
const FORMATS: [(&str, &str); 3] = [("txt", "Transcript"), ("csv", "CSV"), ("json", "JSON")];

#[component]
pub fn Export(conversation: String) -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let conversation = StoredValue::new(conversation);
    let save = move |format: &'static str| {
        spawn_local(async move {
            let id = conversation.get_value();
            match api.export_conversation(&id, format).await {
                Ok(text) => browser::save_file(&format!("{id}.{format}"), &text),
                Err(error) => toasts.error(&error),
            }
        });
    };
    let buttons = FORMATS
        .map(|(format, words)| {
            view! { <button type="button" class="link-button" on:click=move |_| save(format)>{words}</button> }
        })
        .into_iter()
        .collect_view();
    view! { <div class="row exports">{buttons}</div> }.into_any()
}
