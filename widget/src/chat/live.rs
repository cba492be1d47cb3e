//! Session, outbox and live channel.

use super::{Chat, now};
use crate::api::{self, ApiError, EventStream, spawn};
use crate::host;
use crate::wire;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Math};
use leptos::ev;
use leptos::prelude::*;
use shared::event::Event;
use shared::frame::{PanelMessage, UnsentMessage};
use shared::nudge::Nudge;
use shared::widget::{ChatEvent, ChatRequest, HistoryReply, IdentityMode, SessionInitRequest};
use std::pin::Pin;
use wasm_bindgen::JsValue;

/// A connection that comes back within this time is not worth a word.
const GRACE_MS: u32 = 5_000;
const FIRST_WAIT_MS: u32 = 1_000;
const LONGEST_WAIT_MS: u32 = 30_000;
/// The server lets hear of itself every 15 s.
const SILENCE_MS: f64 = 20_000.0;
/// Typing that the other side forgot to end.
const LONGEST_TYPING_MS: f64 = 15_000.0;

impl Chat {
    /// Goes on with the session of an earlier visit.
    pub(super) async fn resume(self) {
        let Some(session) = self.session_id() else {
            return;
        };
        let mut wait = FIRST_WAIT_MS;
        loop {
            let reply = api::history(&session, None).await;
            match reply.and_then(read_history) {
                Ok(reply) => {
                    self.inner
                        .update_value(|inner| inner.last_event = reply.cursor.to_string());
                    self.change(|model| model.merge_history(reply, true));
                    self.recall_contact();
                    self.is_cut_off.set(false);
                    self.mark_read();
                    return self.connect();
                }
                Err(error) if error.is_lost_session() => return self.forget(true),
                Err(_) => self.is_cut_off.set(true),
            }
            host::pause(wait).await;
            wait = longer(wait);
            if self.session_id().as_ref() != Some(&session) {
                return;
            }
        }
    }

    pub fn load_earlier(self) {
        let before = self.inner.with_value(|inner| inner.model.first_seq());
        let (Some(session), Some(before)) = (self.session_id(), before) else {
            return;
        };
        spawn(async move {
            match api::history(&session, Some(before))
                .await
                .and_then(read_history)
            {
                Ok(reply) => self.change(|model| model.merge_history(reply, false)),
                Err(error) => self.tell_problem(error.code()),
            }
        });
    }

    /// The session, made by the visitor's first act.
    pub(super) fn session(self) -> Pin<Box<dyn Future<Output = Result<String, ApiError>>>> {
        Box::pin(self.make_session())
    }

    async fn make_session(self) -> Result<String, ApiError> {
        while self.inner.with_value(|inner| inner.is_creating_session)
            || self.is_loading.get_untracked()
        {
            TimeoutFuture::new(50).await;
        }
        if let Some(session) = self.session_id() {
            return Ok(session);
        }
        self.inner
            .update_value(|inner| inner.is_creating_session = true);
        let request = self.inner.with_value(|inner| SessionInitRequest {
            bot_id: inner.config.bot_id.clone(),
            identity_token: inner.identity_token.clone(),
            locale: Some(inner.locale.clone()),
            parent_url: inner.page_url.clone(),
            referrer: inner
                .referrer
                .clone()
                .filter(|referrer| !referrer.is_empty()),
            session_id: None,
            visitor_id: inner.visitor_id.clone(),
        });
        let reply = api::post("session/init", None, &request).await;
        let reply = reply.and_then(|reply| wire::session(&reply).ok_or(ApiError::Network));
        self.inner.update_value(|inner| {
            inner.is_creating_session = false;
            if let Ok(reply) = &reply {
                inner.session_id = Some(reply.session_id.clone());
                inner.visitor_id = Some(reply.visitor_id.clone());
                inner.last_event = "0".into();
            }
        });
        let reply = reply?;
        self.is_contact_known
            .set(reply.mode == IdentityMode::Identified);
        self.tell(&PanelMessage::Session {
            session_id: Some(reply.session_id.clone()),
            visitor_id: Some(reply.visitor_id),
        });
        self.connect();
        Ok(reply.session_id)
    }

    /// Puts a message in line. They go out one after another, so that they arrive in the order of writing.
    pub(super) fn dispatch(self, client_id: String) {
        let is_busy = self.inner.try_update_value(|inner| {
            inner.outbox.push_back(client_id);
            std::mem::replace(&mut inner.is_delivering, true)
        });
        if is_busy == Some(true) {
            return;
        }
        spawn(async move {
            while let Some(client_id) = self.next_in_line() {
                self.deliver(client_id).await;
            }
        });
    }

    fn next_in_line(self) -> Option<String> {
        self.inner
            .try_update_value(|inner| {
                let next = inner.outbox.pop_front();
                inner.is_delivering = next.is_some();
                next
            })
            .flatten()
    }

    /// Delivers one message, however long there is no connection for it.
    async fn deliver(self, client_id: String) {
        let mut wait = FIRST_WAIT_MS;
        while !self.try_to_deliver(&client_id).await {
            host::pause(wait).await;
            wait = longer(wait);
        }
    }

    /// False: there was no connection.
    async fn try_to_deliver(self, client_id: &str) -> bool {
        let text = self
            .inner
            .with_value(|inner| inner.model.outgoing(client_id));
        let Some(text) = text else { return true };
        self.change(|model| model.begin_turn(client_id));
        let request = ChatRequest {
            message: text,
            message_id: Some(client_id.to_owned()),
            files: Vec::new(),
            consent_version: None,
        };
        let mut reply = self.post_message(&request).await;
        if reply.as_ref().is_err_and(ApiError::is_lost_session) {
            self.lose_session();
            reply = self.post_message(&request).await;
        }
        match reply {
            Ok(stream) => {
                self.change(|model| model.accept(client_id));
                self.tell_event("message_sent", Some(request.message));
                spawn(self.read_turn(client_id.to_owned(), stream));
            }
            Err(error) if error.is_passing() => {
                self.change(|model| model.queue(client_id));
                return false;
            }
            Err(error) => self.change(|model| {
                model.fail(client_id, error.code());
                model.head.blocked |= error.code() == "visitor_blocked";
            }),
        }
        true
    }

    async fn post_message(self, request: &ChatRequest) -> Result<EventStream, ApiError> {
        let session = self.session().await?;
        api::chat(&session, &self.locale(), request).await
    }

    /// The server does not know the session any more. What is being written goes on in a new one.
    fn lose_session(self) {
        self.inner.update_value(|inner| {
            inner.session_id = None;
            inner.channel += 1;
        });
    }

    async fn read_turn(self, client_id: String, mut stream: EventStream) {
        while let Some(records) = stream.next().await {
            for record in records {
                let event = wire::parse(&record.data).and_then(|value| wire::chat_event(&value));
                let Some(event) = event else { continue };
                let is_last = !matches!(event, ChatEvent::Chunk { .. });
                self.change(|model| model.apply_turn(&client_id, event));
                if is_last {
                    return;
                }
            }
        }
        // Cut off: the answer goes on without its reader, and the live channel brings it.
        self.change(|model| model.close_turn(&client_id));
    }

    /// Opens the live channel anew; whoever reads an older connection stops.
    pub(super) fn connect(self) {
        let Some(session) = self.session_id() else {
            return;
        };
        let channel = self.inner.try_update_value(|inner| {
            inner.channel += 1;
            inner.channel
        });
        spawn(self.listen(session, channel.unwrap_or_default()));
    }

    fn is_current(self, channel: u32) -> bool {
        self.inner.with_value(|inner| inner.channel == channel)
    }

    async fn listen(self, session: String, channel: u32) {
        let mut wait = FIRST_WAIT_MS;
        let mut is_first_try = true;
        while self.is_current(channel) {
            let after = self.inner.with_value(|inner| inner.last_event.clone());
            match api::events(&session, &after).await {
                Ok(mut stream) if self.is_current(channel) => {
                    self.is_cut_off.set(false);
                    // What waits for a connection need not wait longer.
                    host::wake();
                    is_first_try = true;
                    self.read_events(channel, &mut stream).await;
                    wait = stream.retry().unwrap_or(FIRST_WAIT_MS).min(LONGEST_WAIT_MS);
                }
                Ok(_) => return,
                Err(error) if error.is_lost_session() => return,
                Err(_) => {}
            }
            let is_over = self.head.with_untracked(|head| head.ended);
            if !self.is_current(channel) || is_over {
                return;
            }
            if std::mem::take(&mut is_first_try) {
                spawn(self.tell_of_loss(channel));
            }
            // Everybody who lost the same server comes back at another moment.
            host::pause((f64::from(wait) * (0.5 + Math::random())) as u32).await;
            wait = longer(wait);
        }
    }

    /// Says that the connection is lost, unless it has healed by then.
    async fn tell_of_loss(self, channel: u32) {
        let lost_at = self.inner.with_value(|inner| inner.connections);
        TimeoutFuture::new(GRACE_MS).await;
        if self.is_current(channel) && self.inner.with_value(|inner| inner.connections == lost_at) {
            self.is_cut_off.set(true);
        }
    }

    async fn read_events(self, channel: u32, stream: &mut EventStream) {
        self.inner.update_value(|inner| inner.connections += 1);
        while let Some(records) = stream.next().await {
            if !self.is_current(channel) {
                return;
            }
            self.inner
                .update_value(|inner| inner.heard_at = Date::now());
            for record in records {
                let event = wire::parse(&record.data).and_then(|value| wire::event(&value));
                if let Some(event) = event {
                    self.take_event(event);
                }
                if let Some(id) = record.id {
                    self.inner.update_value(|inner| inner.last_event = id);
                }
            }
        }
    }

    fn take_event(self, event: Event) {
        if let Event::Nudge { nudge } = &event {
            self.nudged(nudge);
        }
        let typing = if let Event::Typing { until, .. } = &event {
            Some(until.clone())
        } else {
            None
        };
        self.change(|model| model.apply(event));
        if let Some(until) = typing {
            spawn(self.end_typing(until));
        }
        self.mark_read();
    }

    /// An operator's nudge: in the thread where the visitor reads it, beside the launcher otherwise.
    fn nudged(self, nudge: &Nudge) {
        if self.is_open.get_untracked() {
            return self.show_nudge(nudge.text.clone());
        }
        self.tell(&PanelMessage::Nudge {
            id: nudge.id,
            text: nudge.text.clone(),
        });
    }

    /// Puts a nudge's words into the thread, after what was said before.
    pub(super) fn show_nudge(self, text: String) {
        spawn(async move {
            while self.is_loading.get_untracked() {
                TimeoutFuture::new(50).await;
            }
            let author = self.site_name();
            self.change(|model| model.note(text, author));
            self.show_end();
        });
    }

    async fn end_typing(self, until: String) {
        let left = api::milliseconds_until(&until);
        let left = if left.is_finite() {
            left.clamp(0.0, LONGEST_TYPING_MS)
        } else {
            LONGEST_TYPING_MS
        };
        TimeoutFuture::new(left as u32).await;
        self.change(|model| {
            if model.typing().is_some_and(|typing| typing.until == until) {
                model.stop_typing();
            }
        });
    }

    /// Comes back at once when the network or the visitor does.
    pub(super) fn watch_network(self) {
        window_event_listener(ev::online, move |_| self.come_back());
        window_event_listener(ev::visibilitychange, move |_| {
            if !document().hidden() {
                self.come_back();
                self.mark_read();
            }
        });
    }

    /// A computer that slept or changed its network may hold a channel that nothing comes through any more.
    fn come_back(self) {
        host::wake();
        if self.is_loading.get_untracked() {
            return;
        }
        let heard_at = self.inner.with_value(|inner| inner.heard_at);
        if Date::now() - heard_at > SILENCE_MS {
            self.connect();
        }
    }

    /// Goes on with what an earlier life of this tab has left, once it is known what the server has of it.
    pub(super) fn send_unsent(self) {
        let left = self
            .inner
            .try_update_value(|inner| std::mem::take(&mut inner.left))
            .unwrap_or_default();
        for UnsentMessage { message_id, text } in left {
            let written_at = now();
            let is_new = self.change(|model| model.restore(message_id.clone(), text, written_at));
            if is_new {
                self.dispatch(message_id);
            }
        }
    }
}

fn read_history(reply: JsValue) -> Result<HistoryReply, ApiError> {
    wire::history(&reply).ok_or(ApiError::Network)
}

fn longer(wait: u32) -> u32 {
    (wait * 2).min(LONGEST_WAIT_MS)
}
