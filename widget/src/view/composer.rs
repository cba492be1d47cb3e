//! Where the visitor writes, and what stands there when they cannot.

use super::dom::{El, button, el, watch};
use super::icon::{self, icon};
use super::{outside_link, value_of};
use crate::chat::Chat;
use crate::contact::ways;
use crate::i18n::{Text, filled, plural, text};
use crate::line;
use crate::times;
use leptos::prelude::*;
use shared::conversation::Mode;
use shared::limits::VISITOR_MESSAGE_CHARS;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

/// From here on the visitor is told how much is left.
const COUNTED_FROM: usize = VISITOR_MESSAGE_CHARS - 100;
/// What old input methods report for a key that belongs to them.
const COMPOSING_KEY: u32 = 229;

pub fn composer(chat: Chat) -> El {
    let problem = move || chat.problem.get().map(problem);
    el("div", "foot").slot(problem).slot_by(
        move || silence_key(chat),
        move |key| {
            Some(if key == 0 {
                writing(chat)
            } else {
                silence(chat, key)
            })
        },
    )
}

/// What went wrong; where the server has said when it may be tried again, with that.
fn problem(words: Text) -> El {
    let until = line::limited();
    if words == Text::ErrorRate && times::is_in_time(until) {
        // Read out once by `Chat::tell_problem`, not every second.
        let note = el("p", "wrong").set("role", "timer");
        times::count_down(note.element(), until, text(Text::TryAgain));
        return note;
    }
    el("p", "wrong").set("role", "alert").text(&said(words))
}

/// A text, and of a block how long it lasts.
fn said(words: Text) -> String {
    if words == Text::ErrorBlocked {
        line::blocked_words()
    } else {
        text(words).into()
    }
}

/// 0: the visitor may write.
fn silence_key(chat: Chat) -> u32 {
    let (ended, blocked) = chat.head.with(|head| (head.ended, head.blocked));
    match chat.config().enabled {
        _ if blocked => 1,
        false => 2,
        true if ended => 3,
        true => 0,
    }
}

fn length(chat: Chat) -> usize {
    chat.draft.with(|draft| draft.trim().chars().count())
}

fn is_empty(chat: Chat) -> bool {
    let attached = chat.attached.get();
    length(chat) == 0 && attached.count == 0 && !attached.is_busy
}

/// A button of the composer that says by its icon what it does.
fn tool(class: &str, words: Text, shape: &str) -> El {
    button(class)
        .set("aria-label", text(words))
        .set("title", text(words))
        .add(icon(shape))
}

/// One whose work is that of a part.
fn part_tool(class: &str, words: Text, shape: &str, part: &'static str) -> El {
    let tool = tool(class, words, shape);
    let place = tool.element().clone();
    tool.on_click(move || line::fill_by_part(part, &place, &JsValue::UNDEFINED))
}

fn dictation(chat: Chat) -> Option<El> {
    let config = chat.config();
    line::can_dictate(config.transcribes).then(|| {
        part_tool("tool", Text::Dictate, icon::MICROPHONE, "dictate").set("aria-pressed", "false")
    })
}

fn writing(chat: Chat) -> El {
    let is_over = move || length(chat) > VISITOR_MESSAGE_CHARS;
    let is_answering = move || u32::from(chat.head.with(|head| head.answering));
    let send = el("button", "send")
        .set("aria-label", text(Text::Send))
        .bind("disabled", move || {
            (is_empty(chat) || is_over()).then(String::new)
        })
        .add(icon(icon::SEND));
    let tray = el("div", "tray");
    line::watch_files(tray.element());
    let attach = tool("tool", Text::Attach, icon::CLIP).on_click(|| line::choose_files(false));
    let camera =
        tool("tool camera", Text::Camera, icon::CAMERA).on_click(|| line::choose_files(true));
    let composer = el("form", "composer")
        .add(attach)
        .add(camera)
        .add(area(chat))
        .add(
            part_tool("tool emoji", Text::Emoji, icon::SMILE, "emoji")
                .set("aria-expanded", "false"),
        )
        .maybe(dictation(chat))
        .slot_by(is_answering, move |is| {
            (is > 0).then(|| {
                button("stop")
                    .set("aria-label", text(Text::Stop))
                    .add(icon(icon::STOP))
                    .on_click(move || chat.stop())
            })
        })
        .add(send)
        .on("submit", move |event| {
            event.prevent_default();
            chat.send_draft();
            chat.ask_focus();
        });
    let counter = el("span", "counter")
        .set("id", "counter")
        .bind_class("over", is_over)
        .bind_text(move || counter(length(chat)));
    let is_assistant = move || u32::from(chat.head.with(|head| head.mode == Mode::Ai));
    let tools = el("div", "tools").slot_by(is_assistant, move |is| {
        Some(if is > 0 { human(chat) } else { ticket(chat) })
    });
    let dropping = el("p", "drop")
        .set("aria-hidden", "true")
        .text(text(Text::DropHere));
    el("div", "")
        .add(dropping)
        .add(tray)
        .add(composer)
        .add(tools.add(counter))
}

fn area(chat: Chat) -> El {
    let placeholder = move || {
        let is_assistant = chat.head.with(|head| head.mode == Mode::Ai);
        Some(
            text(if is_assistant {
                Text::Placeholder
            } else {
                Text::PlaceholderPerson
            })
            .into(),
        )
    };
    let area = el("textarea", "")
        .set("rows", "1")
        .set("dir", "auto")
        .set("enterkeyhint", "send")
        .set("autocomplete", "off")
        .set("aria-label", text(Text::YourMessage))
        .set("aria-describedby", "counter")
        .bind("placeholder", placeholder)
        .on("input", move |event| {
            chat.draft.set(value_of(&event));
            chat.typed();
        })
        .on("keydown", move |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            let is_composing = key.is_composing() || key.key_code() == COMPOSING_KEY;
            if key.key() == "Enter" && !key.shift_key() && !is_composing {
                event.prevent_default();
                chat.send_draft();
            }
        });
    let node: HtmlTextAreaElement = area.cast();
    watch(move || {
        chat.draft.with(|draft| {
            if node.value() != *draft {
                node.set_value(draft);
            }
        });
        fit(&node);
    });
    take_focus(chat, area.cast());
    area
}

fn counter(length: usize) -> String {
    match VISITOR_MESSAGE_CHARS.checked_sub(length) {
        _ if length < COUNTED_FROM => String::new(),
        Some(left) => plural(Text::CharactersLeft, left),
        None => plural(Text::CharactersOver, length - VISITOR_MESSAGE_CHARS),
    }
}

/// Focus goes to the composer when the panel opens, except where that would raise a keyboard over it.
fn take_focus(chat: Chat, area: HtmlElement) {
    watch(move || {
        let is_wished = chat.focus.get() > 0;
        let is_touch = window()
            .match_media("(pointer: coarse)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches());
        if is_wished && !is_touch {
            line::take_focus(&area);
        }
    });
}

/// As high as its text; the style sheet bounds it.
fn fit(area: &HtmlTextAreaElement) {
    let css = HtmlElement::style(area);
    let _ = css.set_property("height", "auto");
    let height = area.scroll_height();
    if height > 0 {
        let _ = css.set_property("height", &format!("{height}px"));
    }
}

fn human(chat: Chat) -> El {
    button("quiet human")
        .bind("aria-busy", move || {
            Some(chat.is_escalating.get().to_string())
        })
        .add(icon(icon::PERSON))
        .add(el("span", "").text(text(Text::TalkToHuman)))
        .on_click(move || chat.escalate())
}

fn ticket(chat: Chat) -> El {
    el("span", "ticket").bind_text(move || {
        let ticket = chat.head.with(|head| head.ticket_number.clone());
        ticket
            .map(|ticket| filled(Text::Ticket, &ticket))
            .unwrap_or_default()
    })
}

/// Blocked, switched off, or ended.
fn silence(chat: Chat, key: u32) -> El {
    let silence = el("div", "silence");
    if key == 3 {
        let anew = button("primary")
            .text(text(Text::NewConversation))
            .on_click(move || chat.begin_anew());
        return silence.add(el("p", "").text(text(Text::Ended))).add(anew);
    }
    let config = chat.config();
    let words = if key == 1 {
        Text::ErrorBlocked
    } else {
        Text::ErrorDisabled
    };
    ways(&config).into_iter().fold(
        silence.add(el("p", "").text(&said(words))),
        |silence, way| {
            let shown = way.shown.unwrap_or(text(way.name));
            silence.add(outside_link("", &way.address, shown))
        },
    )
}
