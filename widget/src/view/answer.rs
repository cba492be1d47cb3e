//! Answers of the assistant and of operators, and the product's own lines.

use super::dom::{El, button, el, watch};
use super::icon::{self, icon, initials};
use super::{files, sources, thread, value_of};
use crate::chat::{Chat, Row};
use crate::i18n::{Text, text};
use crate::line;
use crate::markdown::{parse::parse, view as markdown};
use crate::model::{Entry, Key, State};
use leptos::prelude::*;
use shared::limits::COMMENT_CHARS;
use shared::message::{Role, Thumb};
use std::cell::RefCell;

pub fn avatar(is_person: bool, name: &str) -> El {
    let avatar = el(
        "span",
        if is_person {
            "avatar small person"
        } else {
            "avatar small"
        },
    )
    .set("aria-hidden", "true");
    if is_person {
        avatar.text(&initials(name))
    } else {
        avatar.add(icon(icon::SPARK))
    }
}

pub fn answer(chat: Chat, row: Row) -> El {
    let Row { key, entry } = row;
    let is_person = entry.with_untracked(|entry| entry.role == Role::Operator);
    let name = entry.with_untracked(|entry| chat.author_of(entry));
    let author = el("p", "author").add(el("bdi", "").text(&name));
    let author = if is_person {
        author
    } else {
        author.add(
            el("span", "tag")
                .set("title", text(Text::AiDisclosure))
                .text(text(Text::AssistantTag)),
        )
    };
    let author = author.add(thread::time(entry.clone()));
    let bubble = el("div", "bubble text");
    write_markdown(&bubble, entry.clone());
    let (state, known, cited) = (entry.clone(), entry.clone(), entry.clone());
    let body = el("div", "body")
        .add(author)
        .add(bubble)
        .add(files::files(entry.clone()))
        .slot_by(
            move || state.with(|entry| u32::from(entry.state == State::Interrupted)),
            move |is_broken| (is_broken > 0).then(|| thread::ways_on(chat, Text::Interrupted)),
        )
        .slot_by(
            move || known.with(|entry| entry.sources.len() as u32),
            move |count| (count > 0).then(|| cited.with(|entry| sources::sources(&entry.sources))),
        );
    let body = feedback(chat, key, entry, body);
    el("article", "entry answer")
        .add(avatar(is_person, &name))
        .add(body)
}

fn write_markdown(bubble: &El, entry: ArcRwSignal<Entry>) {
    let element = bubble.element().clone();
    let shown = RefCell::new(markdown::Shown::default());
    watch(move || {
        entry.with(|entry| {
            let is_open = entry.state == State::Streaming;
            let blocks = parse(&entry.text, is_open);
            markdown::show(
                &mut shown.borrow_mut(),
                &element,
                blocks,
                &entry.sources,
                is_open,
            );
        });
    });
}

/// The assistant's first words, before anything is stored.
pub fn welcome(chat: Chat, words: &str) -> El {
    let bubble = el("div", "bubble text");
    markdown::show(
        &mut markdown::Shown::default(),
        bubble.element(),
        parse(words, false),
        &[],
        false,
    );
    el("article", "entry answer")
        .add(avatar(false, &chat.site_name()))
        .add(el("div", "body").add(bubble))
}

pub fn system(row: Row) -> El {
    let Row { entry, .. } = row;
    let time = thread::time(entry.clone());
    el("div", "entry system")
        .add(
            el("span", "")
                .set("dir", "auto")
                .bind_text(move || entry.with(|entry| entry.text.clone())),
        )
        .add(time)
}

fn feedback(chat: Chat, key: Key, entry: ArcRwSignal<Entry>, body: El) -> El {
    let is_asking = RwSignal::new(false);
    let is_whole = {
        let entry = entry.clone();
        move || entry.with(|entry| u32::from(entry.id.is_some() && entry.state == State::Complete))
    };
    body.slot_by(is_whole, move |is_whole| {
        (is_whole > 0).then(|| thumbs(chat, key, entry.clone(), is_asking))
    })
    .slot(move || {
        is_asking
            .get()
            .then(|| untrack(|| reason(chat, key, is_asking)))
    })
}

/// Thumbs for an answer of the assistant; for everybody's, its voice.
fn thumbs(chat: Chat, key: Key, entry: ArcRwSignal<Entry>, is_asking: RwSignal<bool>) -> El {
    let is_person = entry.with_untracked(|entry| entry.role == Role::Operator);
    let id = entry.with_untracked(|entry| entry.id);
    let thumb = |thumb: Thumb, class: &str, words: Text| {
        let (shown, before) = (entry.clone(), entry.clone());
        let press = move || {
            let value =
                (before.with_untracked(|entry| entry.feedback) != Some(thumb)).then_some(thumb);
            is_asking.set(value == Some(Thumb::Down));
            chat.give_feedback(key, value, "");
        };
        button(class)
            .set("aria-label", text(words))
            .bind("aria-pressed", move || {
                Some(
                    shown
                        .with(|entry| entry.feedback == Some(thumb))
                        .to_string(),
                )
            })
            .add(icon(icon::THUMB))
            .on_click(press)
    };
    let up = thumb(Thumb::Up, "thumb", Text::Helpful);
    let down = thumb(Thumb::Down, "thumb down", Text::NotHelpful);
    let thanks = move || {
        let is_given = entry.with(|entry| entry.feedback.is_some()) && !is_asking.get();
        if is_given {
            text(Text::Thanks).to_owned()
        } else {
            String::new()
        }
    };
    let feedback = el("div", "feedback");
    let feedback = if is_person {
        feedback
    } else {
        feedback.add(up).add(down)
    };
    feedback
        .maybe(reading(chat, id.unwrap_or_default()))
        .add(el("span", "thanks").set("role", "status").bind_text(thanks))
}

/// Reads the message aloud, where browser or server can.
fn reading(chat: Chat, id: i64) -> Option<El> {
    line::can_speak(chat.config().speaks).then(|| {
        let button = button("thumb")
            .set("aria-label", text(Text::ReadAloud))
            .set("aria-pressed", "false")
            .add(icon(icon::SPEAKER));
        let place = button.element().clone();
        button.on_click(move || line::fill_by_part("speak", &place, &(id as f64).into()))
    })
}

fn reason(chat: Chat, key: Key, is_asking: RwSignal<bool>) -> El {
    let words = RwSignal::new(String::new());
    let field = el("input", "field")
        .set("aria-label", text(Text::ReasonPlaceholder))
        .set("placeholder", text(Text::ReasonPlaceholder))
        .set("maxlength", &COMMENT_CHARS.to_string())
        .set("dir", "auto")
        .on("input", move |event| words.set(value_of(&event)))
        .focused();
    el("form", "reason")
        .add(field)
        .add(el("button", "chip strong").text(text(Text::Submit)))
        .on("submit", move |event| {
            event.prevent_default();
            chat.give_feedback(key, Some(Thumb::Down), &words.get_untracked());
            is_asking.set(false);
        })
}
