//! What happens, word after word: from the host page, from the line to the server, and from parts of the panel.

use super::{Card, Chat, browser_language, now, tell_event};
use crate::config::Config;
use crate::i18n::{self, Text};
use crate::line;
use crate::model::ChatModel;
use crate::wire::{self, field, flag, object, text};
use leptos::prelude::*;
use shared::event::Event;
use shared::nudge::Nudge;
use std::sync::Arc;
use wasm_bindgen::JsValue;

impl Chat {
    /// Takes one word. A kind that is not known is another part's affair.
    pub(super) fn hear(self, word: &JsValue) {
        let said = |name| text(word, name).unwrap_or_default();
        match said("type").as_str() {
            // The host page's.
            "init" => self.begin(word),
            "open" => self.opened(flag(word, "quiet")),
            "close" => self.is_open.set(false),
            "new_message" => {
                self.draft.set(said("text"));
                self.ask_focus();
            }
            "send_message" => self.send(&said("text")),
            "send_draft" => self.send_draft(),
            "escalate" => self.escalate(),
            "nudge" => self.show_nudge(said("text")),
            "set_locale" => self.set_locale(said("locale")),
            "shutdown" => self.forget(false),
            "preview" => self.preview(&field(word, "config")),
            "config" => self.take_config(&field(word, "config")),
            // The line's.
            "met" => {
                let is_inline = self.is_framed.get_untracked();
                self.is_framed.set(flag(word, "is_framed") && !is_inline);
            }
            "session" => self.is_contact_known.set(flag(word, "is_contact_known")),
            "history" => self.take_history(word),
            "lost" => self.forget(true),
            "ready" => self.ready(),
            "restore" => self.restore(&said("message_id"), said("text"), &field(word, "files")),
            "cut" => self.is_cut_off.set(flag(word, "is_cut")),
            "looked" => {
                self.outside.update(|count| *count += 1);
                self.mark_read();
            }
            "memory" => self.outside.update(|count| *count += 1),
            "problem" => self.tell_problem(&said("code")),
            "event" => {
                if let Some(event) = wire::event(&field(word, "event")) {
                    self.take_event(event);
                }
            }
            "typing_over" => self.end_typing(&said("until")),
            "held" => {
                self.announcement.set(i18n::text(Text::ErrorRate).into());
                self.change(|model| take_turn(model, word));
            }
            "begun" | "accepted" | "queued" | "failed" | "turn" | "turn_over" => {
                self.change(|model| take_turn(model, word))
            }
            // A part's.
            "rated" => self.rated(word),
            "contact_settled" => self.contact_settled(flag(word, "is_left")),
            "card_closed" => self.close_card(),
            "agreed" => self.agreed(),
            "list_closed" => self.close_list(),
            "begin_anew" => self.begin_anew(),
            "go_on" => self.go_on(&said("session_id")),
            "grown" => self.show_end(),
            "files" => self.attach(word),
            "edit_over" => self.end_edit(text(word, "text")),
            "edit_late" => self.end_edit_late(&said("text")),
            "dictated" => self.draft.set(said("text")),
            "time_over" => self.time_over(),
            _ => {}
        }
    }

    fn begin(self, init: &JsValue) {
        // Told apart from a frame once the port is known to be there.
        self.is_framed.set(flag(init, "inline"));
        let kept = text(&field(init, "unsent"), "draft").unwrap_or_default();
        if !kept.is_empty() {
            // Who was quick has written already.
            self.draft.update(|draft| {
                *draft = [kept.as_str(), draft.as_str()].join("\n").trim_end().into();
            });
        }
        let files = field(&field(init, "unsent"), "files");
        if field(&files, "length").is_truthy() {
            line::give_files(&files);
        }
        if let Some(locale) = text(init, "locale") {
            self.set_locale(locale);
        }
        if flag(init, "open") {
            self.opened(flag(init, "quiet"));
        }
    }

    fn preview(self, config: &JsValue) {
        let locale = text(config, "language");
        self.set_locale(locale.unwrap_or_else(browser_language));
        self.take_config(config);
    }

    /// Shows what the site's owner says, from now on in these words.
    fn take_config(self, config: &JsValue) {
        let config = Arc::new(Config::read(config));
        self.inner.update_value(|inner| inner.config = config);
        self.look.update(|count| *count += 1);
    }

    fn take_history(self, word: &JsValue) {
        let is_latest = flag(word, "is_latest");
        let Some(reply) = wire::history(&field(word, "reply")) else {
            return self.tell_problem("network");
        };
        self.change(|model| model.merge_history(reply, is_latest));
        if is_latest {
            self.is_contact_known.set(flag(word, "is_contact_known"));
            self.mark_read();
        }
    }

    fn ready(self) {
        self.is_loading.set(false);
        let take = |inner: &mut super::Inner| std::mem::take(&mut inner.nudges);
        let nudges = self.inner.try_update_value(take).unwrap_or_default();
        for nudge in nudges {
            self.show_nudge(nudge);
        }
    }

    /// Goes on with what an earlier life of this tab has left, now that it is known what the server has of it.
    fn restore(self, id: &str, text: String, files: &JsValue) {
        let is_new = self.change(|model| {
            let is_new = model.restore(id.into(), text.clone(), now());
            if is_new {
                model.attach(id, wire::files(files));
            }
            is_new
        });
        if is_new {
            line::send(id, &text, files);
        } else {
            line::settle(id);
        }
    }

    fn take_event(self, event: Event) {
        if let Event::Nudge { nudge } = &event {
            self.nudged(nudge);
        }
        self.change(|model| model.apply(event));
        self.mark_read();
    }

    fn end_typing(self, until: &str) {
        self.change(|model| {
            if model.typing().is_some_and(|typing| typing.until == until) {
                model.stop_typing();
            }
        });
    }

    /// An operator's nudge: in the thread where the visitor reads it, beside the launcher otherwise.
    fn nudged(self, nudge: &Nudge) {
        if self.is_open.get_untracked() {
            return self.show_nudge(nudge.text.clone());
        }
        let fields = [
            ("id", JsValue::from_f64(nudge.id as f64)),
            ("text", nudge.text.as_str().into()),
        ];
        line::tell("nudge", &object(&fields));
    }

    /// Puts a nudge's words into the thread, after what was said before.
    fn show_nudge(self, text: String) {
        if self.is_loading.get_untracked() {
            return self.inner.update_value(|inner| inner.nudges.push(text));
        }
        let author = self.site_name();
        self.change(|model| model.note(text, author));
        self.show_end();
    }

    fn rated(self, word: &JsValue) {
        // The card stays, to say thank you.
        self.card.set(Some(Card::Rating));
        let rating = wire::rating(word);
        let score = rating.as_ref().map(|rating| rating.score.to_string());
        tell_event("rated", score.as_deref());
        self.change(|model| model.head.rating = rating);
    }
}

/// How far a message of the visitor has come, and what its own stream says.
fn take_turn(model: &mut ChatModel, word: &JsValue) {
    let id = text(word, "message_id").unwrap_or_default();
    match text(word, "type").unwrap_or_default().as_str() {
        "begun" => model.begin_turn(&id),
        "accepted" => model.accept(&id),
        "queued" => model.queue(&id),
        "turn_over" => model.close_turn(&id),
        "held" => model.hold(&id, wire::number(word, "until").unwrap_or_default()),
        "failed" => {
            let code = text(word, "code").unwrap_or_default();
            model.head.blocked |= code == "visitor_blocked";
            model.fail(&id, &code);
        }
        _ => {
            if let Some(event) = wire::chat_event(&field(word, "event")) {
                model.apply_turn(&id, event);
            }
        }
    }
}
