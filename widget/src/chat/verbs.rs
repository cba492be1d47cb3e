//! What a visitor can do.

use super::{Card, Chat, Pending, client_id, now, tell_event};
use crate::i18n::Text;
use crate::line::{self, Answer};
use crate::model::{ChatModel, Entry, Key};
use crate::wire::{self, object};
use js_sys::Date;
use leptos::prelude::*;
use shared::conversation::Mode;
use shared::event::Event;
use shared::message::{FileReference, Thumb};
use wasm_bindgen::JsValue;

/// Typing is told at most this often.
const TYPING_INTERVAL_MS: f64 = 3_000.0;

impl Chat {
    pub fn can_write(self) -> bool {
        self.config().enabled && self.head.with(|head| !head.ended && !head.blocked)
    }

    pub fn send(self, text: &str) {
        let text = text.trim();
        if text.is_empty() || !untrack(|| self.can_write()) {
            return;
        }
        if self.must_ask(Pending::Text(text.into())) {
            return;
        }
        self.send_with(text, Vec::new(), &JsValue::UNDEFINED);
    }

    /// Sends words with files: as the thread shows them, and as the line keeps them.
    pub(super) fn send_with(self, text: &str, files: Vec<FileReference>, list: &JsValue) {
        let id = client_id();
        self.change(|model| {
            model.compose(id.clone(), text.into(), now());
            model.attach(&id, files);
        });
        self.problem.set(None);
        self.show_end();
        line::send(&id, text, list);
    }

    /// Asks what the site wants to know first, if it has not been asked. What was to be done is done then.
    pub(super) fn must_ask(self, what: Pending) -> bool {
        let must_ask = line::must_ask(self.has_written());
        if must_ask {
            self.inner.update_value(|inner| inner.pending = Some(what));
            self.card.set(Some(Card::Before));
        }
        must_ask
    }

    pub fn has_written(self) -> bool {
        let is_own = |inner: &super::Inner| inner.model.entries().iter().any(Entry::is_own);
        self.inner.with_value(is_own)
    }

    fn take_pending(self) -> Option<Pending> {
        let take = |inner: &mut super::Inner| inner.pending.take();
        self.inner.try_update_value(take).flatten()
    }

    pub(super) fn agreed(self) {
        self.card.set(None);
        match self.take_pending() {
            Some(Pending::Draft) => self.send_draft(),
            Some(Pending::Text(text)) => self.send(&text),
            Some(Pending::Person) => self.escalate(),
            None => {}
        }
        self.ask_focus();
    }

    /// Puts a card away. Words that waited for it are not lost.
    pub fn close_card(self) {
        self.card.set(None);
        if let Some(Pending::Text(text)) = self.take_pending()
            && self.draft.with_untracked(String::is_empty)
        {
            self.draft.set(text);
        }
        self.ask_focus();
    }

    pub fn close_list(self) {
        self.is_listing.set(false);
        self.ask_focus();
    }

    /// Goes on with another of the visitor's conversations.
    pub(super) fn go_on(self, session: &str) {
        self.forget(true);
        self.is_loading.set(true);
        line::go_on(session);
        self.show_end();
        self.close_list();
    }

    /// Hands the conversation over as a text to keep.
    pub fn download(self) {
        if let Some(body) = document().body() {
            line::fill_by_part("transcript", &body, &JsValue::UNDEFINED);
        }
    }

    pub fn retry(self, key: Key) {
        let message = self.change(|model| {
            let entry = model.retry(key).then(|| model.entry(key)).flatten()?;
            Some((entry.client_id.clone()?, entry.text.clone()))
        });
        if let Some((id, text)) = message {
            line::send(&id, &text, &JsValue::UNDEFINED);
        }
        // The button goes away.
        self.ask_focus();
    }

    /// Takes a failed message back into the composer.
    pub fn edit(self, key: Key) {
        let id = |model: &ChatModel| model.entry(key)?.client_id.clone();
        let id = self.inner.with_value(|inner| id(&inner.model));
        if let Some(entry) = self.change(|model| model.withdraw(key)) {
            self.draft.set(entry.words().to_owned());
            self.ask_focus();
            let files = line::settle(&id.unwrap_or_default());
            if !entry.files.is_empty() {
                line::give_files(&files);
            }
            // What stood behind it need not wait for it.
            line::wake();
        }
    }

    /// Asks the last question once more.
    pub fn ask_again(self) {
        let question = self.inner.with_value(|inner| {
            let own = inner
                .model
                .entries()
                .iter()
                .rev()
                .find(|entry| entry.is_own());
            own.map(|entry| entry.text.clone())
        });
        if let Some(question) = question {
            self.send(&question);
        }
    }

    /// Stops the answer under way. What has come of it stays.
    pub fn stop(self) {
        self.post_then("stop", |_| ());
    }

    pub fn escalate(self) {
        if self.is_escalating.get_untracked() || !untrack(|| self.can_write()) {
            return;
        }
        if self.must_ask(Pending::Person) {
            return;
        }
        self.is_escalating.set(true);
        self.problem.set(None);
        let trigger = object(&[("trigger", "user_request".into())]);
        line::post("escalate", &trigger, move |answer| {
            self.is_escalating.set(false);
            self.escalated(answer);
        });
    }

    fn escalated(self, answer: Answer) {
        let reply = match answer {
            Ok(reply) => reply,
            Err(code) => return self.tell_problem(&code),
        };
        let ticket_number = wire::text(&reply, "ticket_number");
        tell_event("escalated", ticket_number.as_deref());
        let operator = self.head.with_untracked(|head| head.operator.clone());
        self.change(|model| {
            model.apply(Event::Mode {
                mode: wire::mode(&reply).unwrap_or(Mode::Waiting),
                operator,
                ticket_number,
            })
        });
        self.show_end();
    }

    /// A thumb counts at once; it goes back if the server did not take it.
    pub fn give_feedback(self, key: Key, value: Option<Thumb>, reason: &str) {
        let about = |model: &ChatModel| model.entry(key).map(|entry| (entry.id, entry.feedback));
        let about = self.inner.with_value(|inner| about(&inner.model));
        let Some((Some(message_id), before)) = about else {
            return;
        };
        self.change(|model| model.set_feedback(key, value));
        let mut fields = vec![
            ("message_id", JsValue::from_f64(message_id as f64)),
            (
                "value",
                value.map_or(JsValue::NULL, |thumb| thumb.as_str().into()),
            ),
        ];
        if !reason.trim().is_empty() {
            fields.push(("reason", reason.trim().into()));
        }
        line::mention("feedback", &object(&fields), move |answer| {
            if let Err(code) = answer {
                self.change(|model| model.set_feedback(key, before));
                self.tell_problem(&code);
            }
        });
    }

    /// Nobody is asked a second time. What they left, they are thanked for.
    pub(super) fn contact_settled(self, is_left: bool) {
        self.card.set(None);
        self.is_contact_known.set(true);
        line::settle_contact();
        if is_left {
            self.is_contact_left.set(true);
            self.show_end();
            let thanks = crate::i18n::text(Text::ContactThanks);
            self.announcement.set(thanks.into());
            tell_event("contact", None);
        }
    }

    pub fn end(self) {
        self.post_then("end", |chat| {
            chat.change(|model| model.apply(Event::Ended));
            tell_event("ended", None);
        });
    }

    pub fn load_earlier(self) {
        if let Some(before) = self.inner.with_value(|inner| inner.model.first_seq()) {
            line::load_earlier(before as f64);
        }
    }

    /// Leaves the conversation as it is and begins another.
    pub fn begin_anew(self) {
        self.forget(true);
        self.close_list();
    }

    pub(super) fn forget(self, keep_visitor: bool) {
        self.inner
            .update_value(|inner| inner.model = ChatModel::new(inner.model.assistant_answers));
        self.rows.set(Vec::new());
        self.take_missed();
        self.card.set(None);
        self.inner.update_value(|inner| inner.pending = None);
        self.is_cut_off.set(false);
        self.is_contact_known.set(false);
        self.is_contact_left.set(false);
        if !keep_visitor {
            self.draft.set(String::new());
        }
        self.change(|_| ());
        line::forget(keep_visitor);
    }

    /// Takes the visitor to the end of the thread.
    pub fn show_end(self) {
        self.inner.update_value(|inner| inner.is_end_wanted = true);
        self.moved.update(|count| *count += 1);
    }

    /// The visitor has scrolled, away from the end or back to it.
    pub fn moved_away(self, is_away: bool) {
        if self.is_away.get_untracked() != is_away {
            self.is_away.set(is_away);
        }
        if !is_away {
            self.take_missed();
        }
    }

    /// The first message that has come while the visitor read further up; none of them counts as missed any more.
    pub fn take_missed(self) -> Option<Key> {
        let first = self.missed.with_untracked(|missed| missed.first().copied());
        if first.is_some() {
            self.missed.set(Vec::new());
        }
        first
    }

    /// Switches the sound on or off, for this browser.
    pub fn switch_sound(self) {
        let is_silent = line::recall("sound").as_deref() == Some("off");
        line::remember("sound", if is_silent { "on" } else { "off" });
    }

    /// Takes the visitor to the composer.
    pub fn ask_focus(self) {
        self.focus.update(|count| *count += 1);
    }

    pub fn close_panel(self) {
        if self.is_framed.get_untracked() {
            self.is_open.set(false);
            line::tell("close", &JsValue::UNDEFINED);
        }
    }

    /// The visitor types: an operator who has the conversation sees it.
    pub fn typed(self) {
        let is_heard = self
            .head
            .with_untracked(|head| matches!(head.mode, Mode::Operator | Mode::Waiting));
        let now = Date::now();
        let is_due = self
            .inner
            .with_value(|inner| now - inner.typing_told_at > TYPING_INTERVAL_MS);
        if is_heard && is_due {
            self.inner.update_value(|inner| inner.typing_told_at = now);
            // Lost on the way, it would only have been a hint.
            line::mention("typing", &JsValue::UNDEFINED, |_| ());
        }
    }

    /// Whatever the visitor sees now counts as read; the host page learns what does not.
    pub(super) fn mark_read(self) {
        let is_seen = self.is_seen_now();
        if is_seen {
            self.tell_read();
        }
        let change = self.inner.try_update_value(|inner| {
            let count = if is_seen { 0 } else { inner.model.unread() };
            (std::mem::replace(&mut inner.unread, count) != count).then_some(count)
        });
        if let Some(count) = change.flatten() {
            line::tell("unread", &object(&[("count", count.into())]));
        }
    }

    fn tell_read(self) {
        let take = |inner: &mut super::Inner| inner.model.take_unread();
        let Some(seq) = self.inner.try_update_value(take).flatten() else {
            return;
        };
        let position = object(&[("seq", JsValue::from_f64(seq as f64))]);
        line::mention("read", &position, move |answer| {
            if answer.is_err() {
                self.inner
                    .update_value(|inner| inner.model.give_unread_back(seq));
            }
        });
    }

    /// A small request whose failure is told at the composer.
    fn post_then(self, path: &str, then: fn(Self)) {
        self.problem.set(None);
        line::post(path, &JsValue::UNDEFINED, move |answer| match answer {
            Ok(_) => then(self),
            Err(code) => self.tell_problem(&code),
        });
    }

    pub(super) fn tell_problem(self, code: &str) {
        let words = problem_text(code);
        if words == Text::ErrorRate {
            self.announcement.set(crate::i18n::text(words).into());
        }
        self.problem.set(Some(words));
    }
}

/// What an error's code means to a visitor.
pub fn problem_text(code: &str) -> Text {
    match code {
        "network" => Text::ErrorNetwork,
        "rate_limited" | "too_many_streams" => Text::ErrorRate,
        "visitor_blocked" => Text::ErrorBlocked,
        "site_disabled" | "tenant_inactive" => Text::ErrorDisabled,
        "too_late" => Text::TooLate,
        "microphone" => Text::MicrophoneRefused,
        "not_heard" => Text::NotHeard,
        "voice_failed" | "voice_unavailable" | "unsupported_media_type" => Text::VoiceFailed,
        "model_unavailable" => Text::Unavailable,
        "model_interrupted" => Text::Interrupted,
        _ => Text::ErrorOther,
    }
}
