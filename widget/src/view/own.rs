//! What the visitor wrote, and how far it has come.

use super::dom::{El, button, el, part};
use super::icon::{self, icon};
use super::{files, thread};
use crate::chat::{Chat, Row, problem_text};
use crate::i18n::{Text, filled, text};
use crate::line;
use crate::model::{Entry, Key, State};
use crate::times;
use crate::wire::object;
use leptos::prelude::*;
use shared::limits::VISITOR_MESSAGE_CHARS;

pub fn own(chat: Chat, row: Row) -> El {
    let Row { key, entry } = row;
    let [words, marked, edited, changing] = [(); 4].map(|()| entry.clone());
    let time = thread::time(entry.clone());
    let said = el("div", "said")
        .add(
            el("div", "bubble")
                .set("dir", "auto")
                .bind_text(move || words.with(|entry| entry.words().to_owned())),
        )
        .add(files::files(entry.clone()));
    let after = el("div", "after")
        .slot_by(
            move || marked.with(|entry| u32::from(entry.is_edited)),
            |is| (is > 0).then(|| el("p", "delivery edited").text(text(Text::Edited))),
        )
        .slot_by(
            move || u32::from(chat.editing.get() == Some(key)),
            move |is| (is > 0).then(|| edited.with(editor)),
        )
        .slot_by(
            {
                let entry = changing.clone();
                move || u32::from(can_change(chat, &entry))
            },
            move |is| (is > 0).then(|| changing.with(|entry| second_thoughts(chat, entry))),
        )
        .slot(move || {
            let (state, is_seen) = entry.with(|entry| (entry.state.clone(), entry.seen));
            Some(match state {
                State::Sending => delivery(Text::Sending),
                State::Queued => waiting(chat, key, "status", delivery(Text::Queued)),
                // Read out once by `Chat::hear`, not every second.
                State::Held(until) => waiting(chat, key, "timer", held(until)),
                State::Failed(code) => failed(chat, key, &code),
                _ if is_seen => delivery(Text::Seen),
                _ => delivery(Text::Sent),
            })
        });
    el("article", "entry own")
        .bind_class("rewritten", move || chat.editing.get() == Some(key))
        .add(el("span", "unseen").text(text(Text::You)).text(":"))
        .add(said)
        .add(time)
        .add(after)
}

fn delivery(words: Text) -> El {
    el("p", "delivery").text(text(words))
}

/// There were too many: says when this one goes out.
fn held(until: i64) -> El {
    let words = el("p", "delivery");
    times::count_down(words.element(), until as f64, text(Text::Limited));
    words
}

/// It goes out by itself; who does not want to wait may try now, or take it back.
fn waiting(chat: Chat, key: Key, role: &str, why: El) -> El {
    let actions = el("div", "actions")
        .add(button("chip").text(text(Text::Retry)).on_click(line::wake))
        .add(
            button("chip")
                .text(text(Text::Edit))
                .on_click(move || chat.edit(key)),
        );
    el("div", "failure queued")
        .set("role", role)
        .add(why)
        .add(actions)
}

fn failed(chat: Chat, key: Key, code: &str) -> El {
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

/// Whether there is still time to change it, and it is not being changed.
fn can_change(chat: Chat, entry: &ArcRwSignal<Entry>) -> bool {
    // Time passes without a word; `late` is told when it is over.
    chat.late.track();
    chat.editing.get().is_none()
        && entry.with(|entry| {
            entry.id.is_some()
                && entry.state == State::Complete
                && times::is_in_time(times::end_of_second_thoughts(&entry.created_at))
        })
}

/// For a few seconds: other words, or none.
fn second_thoughts(chat: Chat, entry: &Entry) -> El {
    let key = entry.key;
    let left = el("span", "left").set("aria-hidden", "true");
    times::count_down(
        left.element(),
        times::end_of_second_thoughts(&entry.created_at),
        "",
    );
    let edit = (!entry.words().is_empty()).then(|| {
        button("quiet")
            .text(text(Text::EditMessage))
            .on_click(move || chat.editing.set(Some(key)))
    });
    el("div", "second").add(left).maybe(edit).add(
        button("quiet")
            .text(text(Text::Unsend))
            .on_click(move || chat.unsend(key)),
    )
}

fn editor(entry: &Entry) -> El {
    let until = times::end_of_second_thoughts(&entry.created_at);
    let given = [
        ("words", entry.text.as_str().into()),
        ("longest", (VISITOR_MESSAGE_CHARS as u32).into()),
        ("until", until.into()),
    ];
    part("edit", "part", &object(&given))
}
