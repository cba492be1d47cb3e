//! The messages with what stands before and after them.

use super::dom::{El, button, el, part, watch};
use super::icon::{self, icon};
use super::{answer, own, sources};
use crate::chat::{Card, Chat, Row, problem_text};
use crate::end;
use crate::i18n::{Text, filled, plural, text};
use crate::line;
use crate::links;
use crate::model::{Entry, Key};
use crate::times;
use crate::wire::object;
use leptos::prelude::*;
use shared::conversation::{Mode, Rating};
use shared::event::Typist;
use shared::message::Role;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

/// Left above a message that the visitor is led to.
const MARGIN: i32 = 12;

pub fn thread(chat: Chat) -> El {
    let thread = el("div", "thread")
        .set("role", "log")
        .set("aria-live", "off")
        .set("aria-label", text(Text::Messages))
        .set("tabindex", "0")
        .slot_by(
            move || chat.head.with(|head| u32::from(head.has_more)),
            move |more| (more > 0).then(|| earlier(chat)),
        )
        .slot_by(
            move || chat.head.with(|head| u32::from(head.has_more)),
            move |more| greeting(chat, more > 0),
        )
        .slot_by(
            move || chat.head.with(|head| u32::from(head.has_more)),
            move |more| welcome(chat, more > 0),
        )
        .slot(move || {
            chat.is_loading
                .get()
                .then(|| el("p", "entry system loading").text(text(Text::Loading)))
        })
        .slot_by(
            move || u32::from(is_away_shown(chat)),
            move |is_shown| (is_shown > 0).then(|| away(chat)),
        )
        .rows(chat.rows, entry, chat)
        .slot_by(
            move || u32::from(is_fresh(chat)),
            move |is_fresh| (is_fresh > 0).then(|| starters(chat)),
        )
        .slot_by(
            move || dots_key(chat),
            move |key| (key > 0).then(|| dots(chat, key == 2)),
        )
        .slot(move || {
            chat.head
                .with(|head| head.trouble.clone())
                .map(|trouble| trouble_note(chat, &trouble.code))
        })
        .slot(move || chat.is_contact_left.get().then(contact_thanks))
        .slot_by(
            move || card_key(chat),
            move |key| match key {
                1 => Some(contact(chat, false)),
                3 => Some(part("before", "part", &chat.has_written().into())),
                4 => Some(contact(chat, true)),
                2 => Some(rating(chat)),
                5 => Some(part("mail", "part", &JsValue::UNDEFINED)),
                _ => None,
            },
        );
    let scroller = thread.element().clone();
    follow(chat, &scroller);
    times::keep(&scroller);
    end::keep(&scroller);
    let thread = thread
        .on("click", {
            let scroller = scroller.clone();
            move |event| clicked(chat, &scroller, &event)
        })
        .on("scroll", {
            let scroller = scroller.clone();
            move |_| chat.moved_away(end::is_left(&scroller))
        });
    el("div", "stage")
        .add(thread)
        .slot(move || chat.is_away.get().then(|| to_end_button(chat, &scroller)))
}

/// Keeps the end in sight while the visitor is there, and leaves who reads further up alone.
fn follow(chat: Chat, scroller: &Element) {
    let scroller = scroller.clone();
    watch(move || {
        chat.moved.track();
        chat.head.track();
        chat.card.track();
        // The composer grows and takes room away.
        chat.draft.track();
        let is_wished = chat.take_end_wish();
        if !is_wished && chat.is_away.get_untracked() {
            return;
        }
        let scroller = scroller.clone();
        request_animation_frame(move || {
            // The visitor may have gone up since.
            if is_wished || !chat.is_away.get_untracked() {
                end::show(&scroller);
            }
        });
    });
}

/// Leads down: to the first message that has come meanwhile, else to the end.
fn to_end_button(chat: Chat, scroller: &Element) -> El {
    let scroller: HtmlElement = scroller.clone().unchecked_into();
    let count = move || chat.missed.with(Vec::len);
    button("latest")
        .bind("aria-label", move || {
            (count() == 0).then(|| text(Text::Latest).into())
        })
        .add(el("span", "").bind_text(move || match count() {
            0 => String::new(),
            count => plural(Text::NewMessages, count),
        }))
        .add(icon(icon::DOWN))
        .on_click(move || {
            match chat.take_missed().and_then(|key| row_of(&scroller, key)) {
                // Not `scrollIntoView`: that moves the panel itself as well.
                Some(first) => scroller.set_scroll_top(first.offset_top() - MARGIN),
                None => end::show(&scroller),
            }
            // The button goes away; whoever uses the keyboard goes on where it has led.
            let _ = scroller.focus();
        })
}

fn row_of(scroller: &Element, key: Key) -> Option<HtmlElement> {
    let selector = format!("[data-key='{key}']");
    let row = scroller.query_selector(&selector).ok().flatten()?;
    row.dyn_into().ok()
}

/// One listener for all that Markdown made: copy buttons, references and links.
fn clicked(chat: Chat, scroller: &Element, event: &Event) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    let within = |selector: &str| target.closest(selector).ok().flatten();
    if let Some(button) = within("[data-copy]") {
        line::copy_code(&button, text(Text::Copied));
    } else if let Some(number) =
        within("[data-cite]").and_then(|cite| cite.get_attribute("data-cite"))
    {
        sources::reveal(&target, &number);
    } else if let Some(picture) = within("a.picture") {
        event.prevent_default();
        line::fill_by_part("picture", &picture, &JsValue::UNDEFINED);
    } else if let Some(link) = within("a[href]:not([download])")
        && let Some(address) = link.get_attribute("href")
        && links::must_ask(&chat.config(), &address)
    {
        event.prevent_default();
        // Not the link, which goes where its message is drawn anew.
        line::fill_by_part("link", scroller, &address.into());
    }
}

fn earlier(chat: Chat) -> El {
    button("quiet earlier")
        .text(text(Text::Earlier))
        .on_click(move || chat.load_earlier())
}

fn greeting(chat: Chat, has_more: bool) -> Option<El> {
    let words = chat.config().greeting.clone();
    (!has_more && !words.is_empty()).then(|| el("h3", "greeting").set("dir", "auto").text(&words))
}

fn welcome(chat: Chat, has_more: bool) -> Option<El> {
    let words = chat.config().welcome_message.clone();
    (!has_more && !words.is_empty()).then(|| answer::welcome(chat, &words))
}

fn is_fresh(chat: Chat) -> bool {
    !chat.is_loading.get()
        && chat.rows.with(Vec::is_empty)
        && chat.can_write()
        && !chat.config().starter_questions.is_empty()
}

fn starters(chat: Chat) -> El {
    let mut group = el("div", "starters")
        .set("role", "group")
        .set("aria-label", text(Text::Suggestions));
    for question in chat.config().starter_questions.clone() {
        let starter = button("starter").set("dir", "auto").text(&question);
        group = group.add(starter.on_click(move || chat.send(&question)));
    }
    group
}

fn entry(chat: Chat, row: Row) -> El {
    let key = row.key.to_string();
    let entry = match row.entry.with_untracked(|entry| entry.role) {
        Role::User => own::own(chat, row),
        Role::System => answer::system(row),
        Role::Assistant | Role::Operator => answer::answer(chat, row),
    };
    entry.set("data-key", &key)
}

/// When it was written; the browser's own words for it are put in by `times`.
pub fn time(entry: ArcRwSignal<Entry>) -> El {
    el("time", "").bind("datetime", move || {
        let moment = entry.with(|entry| entry.created_at.clone());
        Some(moment).filter(|moment| !moment.is_empty())
    })
}

fn dots_key(chat: Chat) -> u32 {
    match chat.head.with(|head| head.dots) {
        Some(Typist::Assistant) => 1,
        Some(Typist::Operator) => 2,
        Some(Typist::Visitor) | None => 0,
    }
}

fn dots(chat: Chat, is_person: bool) -> El {
    let operator = chat.head.with(|head| head.operator.clone());
    let name = match operator.filter(|_| is_person) {
        Some(operator) => operator,
        None if is_person => text(Text::Operator).into(),
        None => chat.site_name(),
    };
    let bubble = el("div", "bubble dots")
        .add(el("i", ""))
        .add(el("i", ""))
        .add(el("i", ""))
        .add(el("span", "unseen").text(&filled(Text::IsWriting, &name)));
    el("div", "entry answer")
        .add(answer::avatar(is_person, &name))
        .add(bubble)
}

/// What went wrong, with the ways on.
pub fn ways_on(chat: Chat, words: Text) -> El {
    let mut actions = el("div", "actions").add(
        button("chip")
            .text(text(Text::AskAgain))
            .on_click(move || chat.ask_again()),
    );
    if chat.head.with_untracked(|head| head.mode == Mode::Ai) {
        actions = actions.add(
            button("chip")
                .text(text(Text::TalkToHuman))
                .on_click(move || chat.escalate()),
        );
    }
    el("div", "note")
        .set("role", "status")
        .add(el("p", "").text(text(words)))
        .add(actions)
}

fn trouble_note(chat: Chat, code: &str) -> El {
    ways_on(chat, problem_text(code))
}

fn contact_thanks() -> El {
    el("p", "entry system").text(text(Text::ContactThanks))
}

/// How to reach the visitor.
fn contact(chat: Chat, has_message: bool) -> El {
    let is_asked_for = chat.card.get_untracked().is_some();
    let given = [
        ("is_asked_for", is_asked_for.into()),
        ("has_message", has_message.into()),
    ];
    part("contact", "part", &object(&given))
}

/// Whether to say that nobody is there: not beside somebody who is.
fn is_away_shown(chat: Chat) -> bool {
    // It is looked at anew whenever the panel opens.
    chat.is_open.track();
    let is_needed = chat
        .head
        .with(|head| !head.ended && head.mode != Mode::Operator);
    is_needed && line::away().is_some()
}

/// Outside business hours: the site's own words for it, and when somebody is back.
fn away(chat: Chat) -> El {
    let until = line::away().filter(|until| !until.is_empty());
    let own = chat.config().offline_message.clone();
    let ours = match until {
        Some(until) => Some(filled(Text::AwayUntil, &until)),
        None if own.is_none() => Some(text(Text::Away).to_owned()),
        None => None,
    };
    let line = |words: String| el("p", "").set("dir", "auto").text(&words);
    el("div", "note away")
        .set("role", "note")
        .maybe(own.map(line))
        .maybe(ours.map(line))
}

/// How the conversation was.
fn rating(chat: Chat) -> El {
    let score = |rating: &Rating| JsValue::from(rating.score);
    let before = chat
        .head
        .with_untracked(|head| head.rating.as_ref().map(score));
    let is_dismissable = chat.card.get_untracked().is_some();
    if !is_dismissable {
        line::ask_rating();
    }
    let given = [
        ("before", before.unwrap_or_default()),
        ("is_dismissable", is_dismissable.into()),
    ];
    part("rating", "part", &object(&given))
}

/// Asked once, of somebody who looks.
fn may_ask_rating(chat: Chat) -> bool {
    chat.outside.track();
    let is_open = chat.is_open.get();
    line::may_ask_rating(is_open && chat.is_seen_now())
}

/// Which card stands at the end: the one asked for, else the one that the moment offers.
fn card_key(chat: Chat) -> u32 {
    let has_written = chat.rows.with(|rows| !rows.is_empty());
    let (mode, ended, is_rated) = chat
        .head
        .with(|head| (head.mode, head.ended, head.rating.is_some()));
    match chat.card.get() {
        Some(Card::Contact) => 1,
        Some(Card::Rating) => 2,
        Some(Card::Before) => 3,
        Some(Card::Mail) => 5,
        None if ended && !is_rated && has_written && may_ask_rating(chat) => 2,
        None if chat.is_contact_known.get() => 0,
        None if mode == Mode::Waiting => 1,
        // Nobody answers now, nor does the assistant.
        None if mode == Mode::Ai && chat.config().ai_mode != "on" && is_away_shown(chat) => {
            if has_written {
                1
            } else {
                4
            }
        }
        None => 0,
    }
}
