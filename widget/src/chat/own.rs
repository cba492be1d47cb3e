//! What a visitor can do with files, and with a message that is already sent.

use super::{Chat, Pending};
use crate::i18n::Text;
use crate::line;
use crate::model::{Key, names_of};
use crate::wire::{self, field, flag};
use js_sys::Array;
use leptos::prelude::*;
use shared::event::Event;
use shared::limits::VISITOR_MESSAGE_CHARS;
use wasm_bindgen::{JsCast, JsValue};

/// The files that go with the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attached {
    /// Uploaded.
    pub count: usize,
    /// Some are on their way.
    pub is_busy: bool,
}

impl Chat {
    /// Sends what is in the composer. What is too long stays there, and what is being uploaded is waited for.
    pub fn send_draft(self) {
        let draft = self.draft.get_untracked();
        let words = draft.trim();
        let attached = self.attached.get_untracked();
        let is_empty = words.is_empty() && attached.count == 0 && !attached.is_busy;
        // Nothing is taken from the composer that does not stand in the thread then.
        if is_empty
            || words.chars().count() > VISITOR_MESSAGE_CHARS
            || !untrack(|| self.can_write())
        {
            return;
        }
        if attached.is_busy {
            return self
                .inner
                .update_value(|inner| inner.sends_when_uploaded = true);
        }
        if self.must_ask(Pending::Draft) {
            return;
        }
        let list = self.inner.with_value(|inner| inner.files.clone());
        let files = wire::files(&list);
        let words = if words.is_empty() {
            names_of(&files)
        } else {
            words.to_owned()
        };
        self.draft.set(String::new());
        self.send_with(&words, files, &list);
        if attached.count > 0 {
            // They have gone out.
            line::give_files(&JsValue::NULL);
        }
    }

    /// What the tray says of its files.
    pub(super) fn attach(self, word: &JsValue) {
        let files = field(word, "files");
        let list: Array = files.clone().dyn_into().unwrap_or_default();
        line::keep_files(&files);
        let attached = Attached {
            count: list.length() as usize,
            is_busy: flag(word, "is_busy"),
        };
        let is_due = self.inner.try_update_value(|inner| {
            inner.files = files;
            !attached.is_busy && std::mem::take(&mut inner.sends_when_uploaded)
        });
        self.attached.set(attached);
        // One that did not get through is the visitor's to decide about.
        if is_due == Some(true) && flag(word, "is_whole") {
            self.send_draft();
        }
    }

    /// Takes a message back that is already sent.
    pub fn unsend(self, key: Key) {
        let Some(id) = self.stored_id(key) else {
            return;
        };
        self.problem.set(None);
        self.ask_focus();
        line::change(id as f64, None, move |answer| match answer {
            Ok(_) => self.change(|model| model.apply(Event::Removed { id, seq: 0 })),
            Err(code) => self.tell_problem(&code),
        });
    }

    /// The visitor is done with other words for a message: they are sent, or there are none.
    pub(super) fn end_edit(self, words: Option<String>) {
        let key = self.editing.get_untracked();
        self.editing.set(None);
        self.ask_focus();
        let id = key.and_then(|key| self.stored_id(key));
        let (Some(id), Some(words)) = (id, words) else {
            return;
        };
        self.problem.set(None);
        line::change(
            id as f64,
            Some(&words.clone()),
            move |answer| match answer {
                Ok(reply) => {
                    if let Some(message) = wire::message(&reply) {
                        self.change(|model| model.apply(Event::Edited { message }));
                    }
                }
                Err(code) => {
                    self.tell_problem(&code);
                    self.keep_words(&words);
                }
            },
        );
    }

    /// The time was over before the visitor was done: their words go on as a draft.
    pub(super) fn end_edit_late(self, words: &str) {
        self.editing.set(None);
        self.problem.set(Some(Text::TooLate));
        self.keep_words(words);
        self.ask_focus();
    }

    fn keep_words(self, words: &str) {
        self.draft.update(|draft| {
            if !draft.is_empty() && !words.is_empty() {
                draft.push('\n');
            }
            draft.push_str(words);
        });
    }

    /// The seconds of something are over: who counts them looks again.
    pub(super) fn time_over(self) {
        self.late.update(|count| *count += 1);
        if self.problem.get_untracked() == Some(Text::ErrorRate) {
            self.problem.set(None);
        }
    }

    fn stored_id(self, key: Key) -> Option<i64> {
        self.inner
            .with_value(|inner| inner.model.entry(key).and_then(|entry| entry.id))
    }
}
