//! What the visitor wrote, and how far it has come.

use super::icon::{self, icon};
use crate::chat::{Chat, Row, problem_text};
use crate::i18n::{Text, text};
use crate::model::State;
use leptos::prelude::*;

pub fn own(chat: Chat, row: Row) -> AnyView {
    let Row { key, entry } = row;
    let words = entry.clone();
    view! {
        <article class="entry own">
            <span class="unseen">{text(Text::You)}":"</span>
            <div class="bubble" dir="auto">{move || words.with(|entry| entry.text.clone())}</div>
            {move || {
                let (state, is_seen) = entry.with(|entry| (entry.state.clone(), entry.seen));
                match state {
                    State::Sending => delivery(Text::Sending),
                    State::Failed(code) => failed(chat, key, &code),
                    _ if is_seen => delivery(Text::Seen),
                    _ => delivery(Text::Sent),
                }
            }}
        </article>
    }
    .into_any()
}

fn delivery(words: Text) -> AnyView {
    view! { <p class="delivery">{text(words)}</p> }.into_any()
}

fn failed(chat: Chat, key: u32, code: &str) -> AnyView {
    let reason = format!("{}: {}", text(Text::NotSent), text(problem_text(code)));
    view! {
        <div class="failure" role="alert">
            <p>{icon(icon::WARNING)}<span>{reason}</span></p>
            <div class="actions">
                <button type="button" class="chip strong" on:click=move |_| chat.retry(key)>{text(Text::Retry)}</button>
                <button type="button" class="chip" on:click=move |_| chat.edit(key)>{text(Text::Edit)}</button>
            </div>
        </div>
    }
    .into_any()
}
