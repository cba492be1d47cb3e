//! Asks before a link leads away from the site's own domains.

use crate::chat::Chat;
use crate::i18n::{Text, text};
use crate::links;
use leptos::html;
use leptos::prelude::*;
use shared::widget::WidgetConfig;
use web_sys::Url;

pub fn must_ask(config: &WidgetConfig, address: &str) -> bool {
    // The browser's own reading of the address counts, not ours.
    let is_web = address.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    let host = Url::new(address).map(|url| url.hostname()).unwrap_or_default();
    config.link_safety.enabled && is_web && !links::is_trusted(&host, config)
}

pub fn cancel(chat: Chat) {
    chat.link.set(None);
    chat.focus.update(|count| *count += 1);
}

pub fn link(chat: Chat) -> impl IntoView {
    move || chat.link.get().map(|address| confirm(chat, address))
}

fn confirm(chat: Chat, address: String) -> AnyView {
    let node = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = node.get() {
            let _ = button.focus();
        }
    });
    // Foreign letters in a host are shown in the form that cannot be mistaken for others.
    let shown = Url::new(&address).map(|url| url.href()).unwrap_or_else(|_| address.clone());
    let label = chat.config().link_safety.label.clone();
    let label = if label.is_empty() { text(Text::LinkHint).to_owned() } else { label };
    let open = move |_| {
        let _ = window().open_with_url_and_target_and_features(&address, "_blank", "noopener,noreferrer");
        cancel(chat);
    };
    view! {
        <div class="veil">
            <div class="dialog" role="alertdialog" aria-modal="true" aria-labelledby="link-title" aria-describedby="link-text">
                <h3 id="link-title">{text(Text::LinkTitle)}</h3>
                <div id="link-text">
                    <p dir="auto">{label}</p>
                    <p class="address" dir="ltr">{shown}</p>
                </div>
                <div class="actions">
                    <button type="button" class="secondary" node_ref=node on:click=move |_| cancel(chat)>
                        {text(Text::Cancel)}
                    </button>
                    <button type="button" class="primary" on:click=open>{text(Text::Open)}</button>
                </div>
            </div>
        </div>
    }
    .into_any()
}
