//! What the visitor sees. Parts read the signals of `Chat` and call its verbs; none of them keeps state that matters.

mod answer;
mod cards;
mod composer;
mod dialog;
mod header;
mod icon;
mod own;
mod sources;
mod thread;

use crate::chat::Chat;
use crate::i18n::{Text, text};
use leptos::prelude::*;

/// The whole panel, built anew when its language or config changes.
pub fn panel(chat: Chat) -> impl IntoView {
    move || {
        chat.language.track();
        chat.config.track();
        layout(chat)
    }
}

fn layout(chat: Chat) -> AnyView {
    let is_menu_open = RwSignal::new(false);
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() != "Escape" || event.is_composing() {
            return;
        }
        event.prevent_default();
        if chat.link.get_untracked().is_some() {
            dialog::cancel(chat);
        } else if is_menu_open.get_untracked() {
            is_menu_open.set(false);
            header::focus_menu_button();
        } else if chat.card.get_untracked().is_some() {
            chat.card.set(None);
            chat.focus.update(|count| *count += 1);
        } else {
            chat.close_panel();
        }
    };
    view! {
        <div class="panel" role="dialog" aria-labelledby="title" on:keydown=escape>
            {header::header(chat, is_menu_open)}
            <main class="main">
                {connection(chat)}
                {thread::thread(chat)}
                {composer::composer(chat)}
            </main>
            {dialog::link(chat)}
            <div class="unseen" role="status">{move || chat.announcement.get()}</div>
        </div>
    }
    .into_any()
}

fn connection(chat: Chat) -> impl IntoView {
    move || {
        chat.is_cut_off.get().then(|| {
            let words = if window().navigator().on_line() { Text::Reconnecting } else { Text::Offline };
            view! { <p class="connection" role="status">{text(words)}</p> }
        })
    }
}

/// Shown where there is no config to build a panel from.
pub fn load_failed() -> AnyView {
    let reload = |_| {
        // Where the browser refuses, the visitor can still do it.
        let _ = window().location().reload();
    };
    view! {
        <div class="panel failed" role="alert">
            <p>{text(Text::LoadFailed)}</p>
            <button type="button" class="primary" on:click=reload>{text(Text::Reload)}</button>
        </div>
    }
    .into_any()
}
