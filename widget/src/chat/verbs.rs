//! What a visitor can do.

use super::{Card, Chat, client_id, now};
use crate::api::{self, ApiError, spawn};
use crate::host;
use crate::i18n::Text;
use crate::model::{ChatModel, Key};
use crate::wire::{self, ToObject};
use js_sys::Date;
use leptos::prelude::*;
use shared::conversation::{Mode, Rating};
use shared::event::Event;
use shared::frame::PanelMessage;
use shared::limits::VISITOR_MESSAGE_CHARS;
use shared::message::Thumb;
use shared::widget::{
    ContactRequest, EscalateReply, EscalateRequest, FeedbackRequest, RateRequest, ReadRequest,
};
use wasm_bindgen::JsValue;

const CONTACT_KEY: &str = "parlance:contact";
/// Typing is told at most this often.
const TYPING_INTERVAL_MS: f64 = 3_000.0;

impl Chat {
    pub fn can_write(self) -> bool {
        self.config().enabled && self.head.with(|head| !head.ended && !head.blocked)
    }

    /// Sends what is in the composer. What is too long stays there.
    pub fn send_draft(self) {
        let draft = self.draft.get_untracked();
        if draft.trim().is_empty() || draft.trim().chars().count() > VISITOR_MESSAGE_CHARS {
            return;
        }
        self.draft.set(String::new());
        self.send(&draft);
    }

    pub fn send(self, text: &str) {
        let text = text.trim();
        if text.is_empty() || !untrack(|| self.can_write()) {
            return;
        }
        let id = client_id();
        self.change(|model| model.compose(id.clone(), text.into(), now()));
        self.problem.set(None);
        self.show_end();
        self.dispatch(id);
    }

    pub fn retry(self, key: Key) {
        let id = self.change(|model| {
            model
                .retry(key)
                .then(|| model.entry(key).and_then(|entry| entry.client_id.clone()))
                .flatten()
        });
        if let Some(id) = id {
            self.dispatch(id);
        }
    }

    /// Takes a failed message back into the composer.
    pub fn edit(self, key: Key) {
        if let Some(text) = self.change(|model| model.withdraw(key)) {
            self.draft.set(text);
            self.ask_focus();
            // What stood behind it need not wait for it.
            host::wake();
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
        self.post_then("stop", (), |_| ());
    }

    pub fn escalate(self) {
        if self.is_escalating.get_untracked() || !untrack(|| self.can_write()) {
            return;
        }
        self.is_escalating.set(true);
        self.problem.set(None);
        spawn(async move {
            let reply = self.post("escalate", &EscalateRequest::default()).await;
            self.is_escalating.set(false);
            let reply = reply.and_then(|reply| wire::escalation(&reply).ok_or(ApiError::Network));
            match reply {
                Ok(EscalateReply {
                    ticket_number,
                    mode,
                    ..
                }) => {
                    self.tell_event("escalated", Some(ticket_number.clone()));
                    let operator = self.head.with_untracked(|head| head.operator.clone());
                    self.change(|model| {
                        model.apply(Event::Mode {
                            mode,
                            operator,
                            ticket_number: Some(ticket_number),
                        })
                    });
                    self.show_end();
                }
                Err(error) => self.tell_problem(error.code()),
            }
        });
    }

    /// A rating counts at once; it goes back if the server did not take it.
    pub fn rate(self, score: u8, comment: String) {
        let comment = Some(comment.trim().to_owned()).filter(|comment| !comment.is_empty());
        let request = RateRequest {
            score: score.into(),
            comment: comment.clone(),
        };
        let before = self.head.with_untracked(|head| head.rating.clone());
        // The card stays, to say thank you.
        self.card.set(Some(Card::Rating));
        self.change(|model| model.head.rating = Some(Rating { score, comment }));
        spawn(async move {
            match self.post("rate", &request).await {
                Ok(_) => self.tell_event("rated", Some(score.to_string())),
                Err(error) => {
                    self.change(|model| model.head.rating = before);
                    self.card.set(None);
                    self.tell_problem(error.code());
                }
            }
        });
    }

    /// A thumb counts at once; it goes back if the server did not take it.
    pub fn give_feedback(self, key: Key, value: Option<Thumb>, reason: Option<String>) {
        let reason = reason
            .map(|reason| reason.trim().to_owned())
            .filter(|reason| !reason.is_empty());
        let Some((Some(message_id), before)) = self.inner.with_value(|inner| {
            inner
                .model
                .entry(key)
                .map(|entry| (entry.id, entry.feedback))
        }) else {
            return;
        };
        self.change(|model| model.set_feedback(key, value));
        let Some(session) = self.session_id() else {
            return;
        };
        spawn(async move {
            let request = FeedbackRequest {
                message_id,
                value,
                reason,
            };
            if let Err(error) = api::post("feedback", Some(&session), &request).await {
                self.change(|model| model.set_feedback(key, before));
                self.tell_problem(error.code());
            }
        });
    }

    pub fn leave_contact(self, request: ContactRequest) {
        self.post_then("contact", request, |chat| {
            chat.contact_settled();
            chat.is_contact_left.set(true);
            chat.show_end();
            chat.announcement
                .set(crate::i18n::text(Text::ContactThanks).into());
            chat.tell_event("contact", None);
        });
    }

    /// Nobody is asked a second time.
    pub fn contact_settled(self) {
        self.is_contact_known.set(true);
        host::keep(CONTACT_KEY, self.session_id().as_deref());
    }

    pub(super) fn recall_contact(self) {
        let is_known = self.session_id().is_some() && host::kept(CONTACT_KEY) == self.session_id();
        self.is_contact_known.set(is_known);
    }

    pub fn end(self) {
        self.post_then("end", (), |chat| {
            chat.change(|model| model.apply(Event::Ended));
            chat.tell_event("ended", None);
        });
    }

    /// Leaves the conversation as it is and begins another.
    pub fn begin_anew(self) {
        self.forget(true);
        self.ask_focus();
    }

    pub(super) fn forget(self, keep_visitor: bool) {
        let visitor_id = self.inner.try_update_value(|inner| {
            inner.channel += 1;
            inner.session_id = None;
            inner.outbox.clear();
            inner.last_event = String::new();
            inner.model = ChatModel::new(inner.model.assistant_answers);
            if !keep_visitor {
                inner.left.clear();
                inner.visitor_id = None;
                inner.identity_token = None;
            }
            inner.visitor_id.clone()
        });
        self.rows.set(Vec::new());
        self.card.set(None);
        self.is_cut_off.set(false);
        self.is_contact_known.set(false);
        self.is_contact_left.set(false);
        if !keep_visitor {
            self.draft.set(String::new());
        }
        self.change(|_| ());
        untrack(|| self.keep_unsent());
        // Nothing waits any more for a message that is gone.
        host::wake();
        self.tell(&PanelMessage::Session {
            session_id: None,
            visitor_id: visitor_id.flatten(),
        });
    }

    /// Takes the visitor to the end of the thread.
    pub fn show_end(self) {
        self.inner.update_value(|inner| inner.is_end_wanted = true);
        self.moved.update(|count| *count += 1);
    }

    /// Takes the visitor to the composer.
    pub fn ask_focus(self) {
        self.focus.update(|count| *count += 1);
    }

    pub fn close_panel(self) {
        if self.is_framed.get_untracked() {
            self.is_open.set(false);
            self.tell(&PanelMessage::Close);
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
        let Some(session) = self.session_id().filter(|_| is_heard && is_due) else {
            return;
        };
        self.inner.update_value(|inner| inner.typing_told_at = now);
        spawn(async move {
            // Lost on the way, it would only have been a hint.
            let _ = api::post("typing", Some(&session), &()).await;
        });
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
            self.tell(&PanelMessage::Unread { count });
        }
    }

    fn tell_read(self) {
        let Some(session) = self.session_id() else {
            return;
        };
        let read = self
            .inner
            .try_update_value(|inner| inner.model.take_unread());
        let Some(seq) = read.flatten() else {
            return;
        };
        spawn(async move {
            if api::post("read", Some(&session), &ReadRequest { seq })
                .await
                .is_err()
            {
                self.inner
                    .update_value(|inner| inner.model.give_unread_back(seq));
            }
        });
    }

    /// A small request whose failure is told at the composer.
    fn post_then(self, path: &'static str, body: impl ToObject + 'static, then: fn(Self)) {
        self.post_boxed(path, Box::new(body), then);
    }

    fn post_boxed(self, path: &'static str, body: Box<dyn ToObject>, then: fn(Self)) {
        self.problem.set(None);
        spawn(async move {
            match self.post(path, &*body).await {
                Ok(_) => then(self),
                Err(error) => self.tell_problem(error.code()),
            }
        });
    }

    /// A request that makes the session if it has to.
    async fn post(self, path: &str, body: &dyn ToObject) -> Result<JsValue, ApiError> {
        let session = self.session().await?;
        api::post(path, Some(&session), body).await
    }

    pub(super) fn tell_problem(self, code: &str) {
        self.problem.set(Some(problem_text(code)));
    }
}

/// What an error's code means to a visitor.
pub fn problem_text(code: &str) -> Text {
    match code {
        "network" => Text::ErrorNetwork,
        "rate_limited" | "too_many_streams" => Text::ErrorRate,
        "visitor_blocked" => Text::ErrorBlocked,
        "site_disabled" | "tenant_inactive" => Text::ErrorDisabled,
        "model_unavailable" => Text::Unavailable,
        "model_interrupted" => Text::Interrupted,
        _ => Text::ErrorOther,
    }
}
