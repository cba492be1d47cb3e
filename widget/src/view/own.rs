//! What the visitor wrote, and how far it has come.

use super::dom::{El, button, el};
use super::icon::{self, icon};
use crate::chat::{Chat, Row, problem_text};
use crate::i18n::{Text, filled, text};
use crate::model::State;
use leptos::prelude::*;

pub fn own(chat: Chat, row: Row) -> El {
    let Row { key, entry } = row;
    let words = entry.clone();
    el("article", "entry own")
        .add(el("span", "unseen").text(text(Text::You)).text(":"))
        .add(
            el("div", "bubble")
                .set("dir", "auto")
                .bind_text(move || words.with(|entry| entry.text.clone())),
        )
        .slot(move || {
            let (state, is_seen) = entry.with(|entry| (entry.state.clone(), entry.seen));
            Some(match state {
                State::Sending => delivery(Text::Sending),
                State::Queued => queued(chat, key),
                State::Failed(code) => failed(chat, key, &code),
                _ if is_seen => delivery(Text::Seen),
                _ => delivery(Text::Sent),
            })
        })
}

fn delivery(words: Text) -> El {
    el("p", "delivery").text(text(words))
}

/// It goes out by itself; who does not want to wait may try now, or take it back.
fn queued(chat: Chat, key: u32) -> El {
    let actions = el("div", "actions")
        .add(
            button("chip")
                .text(text(Text::Retry))
                .on_click(crate::line::wake),
        )
        .add(
            button("chip")
                .text(text(Text::Edit))
                .on_click(move || chat.edit(key)),
        );
    el("div", "failure queued")
        .set("role", "status")
        .add(delivery(Text::Queued))
        .add(actions)
}

fn failed(chat: Chat, key: u32, code: &str) -> El {
    let reason = filled(Text::NotSent, text(problem_text(code)));
    let actions = el("div", "actions")
        .add(
            button("chip strong")
                .text(text(Text::Retry))
                .on_click(move || chat.retry(key)),
        )
        .add(
            button("chip")
                .text(text(Text::Edit))
                .on_click(move || chat.edit(key)),
        );
    el("div", "failure")
        .set("role", "alert")
        .add(
            el("p", "")
                .add(icon(icon::WARNING))
                .add(el("span", "").text(&reason)),
        )
        .add(actions)
}
