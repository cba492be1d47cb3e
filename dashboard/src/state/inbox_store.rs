//! The inbox as the pages use it: the pure state in a signal, and the verbs that talk to the server.

use crate::api::conversations::ConversationAction;
use crate::api::live::LiveEvent;
use crate::api::{Api, ApiError};
use crate::browser;
use crate::state::inbox::{Effect, Filter, Inbox, PendingReply, SendState};
use crate::state::session::Session;
use crate::state::sound::Sound;
use crate::state::toast::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::conversation::{ReplyRequest, UploadedFile};
use std::collections::HashSet;
use std::time::Duration;

/// How the list stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListState {
    /// The list the rows were fetched for; none before the first answer.
    pub filter: Option<Filter>,
    pub loading: bool,
    pub error: Option<ApiError>,
    pub next_cursor: Option<String>,
}

#[derive(Clone, Copy)]
pub struct InboxStore {
    pub inbox: RwSignal<Inbox>,
    pub list: RwSignal<ListState>,
    /// Conversations whose messages or row could not be fetched, with the reason.
    pub thread_error: RwSignal<Option<(String, ApiError)>>,
    /// An action of the open conversation is under way.
    pub acting: RwSignal<bool>,
    fetching: StoredValue<HashSet<String>>,
    list_generation: StoredValue<u32>,
    api: Api,
    session: Session,
    toasts: Toasts,
    sound: Sound,
}

impl InboxStore {
    pub fn new(api: Api, session: Session, toasts: Toasts, sound: Sound) -> Self {
        Self {
            inbox: RwSignal::new(Inbox::default()),
            list: RwSignal::new(ListState::default()),
            thread_error: RwSignal::new(None),
            acting: RwSignal::new(false),
            fetching: StoredValue::new(HashSet::new()),
            list_generation: StoredValue::new(0),
            api,
            session,
            toasts,
            sound,
        }
    }

    /// Forgets everything: somebody else may sign in.
    pub fn clear(self) {
        self.inbox.set(Inbox::default());
        self.list.set(ListState::default());
    }

    /// Applies what the live channel told in one go.
    pub fn apply(self, events: Vec<LiveEvent>) {
        let my_id = self.session.my_id_now();
        let mut effects = Vec::new();
        self.inbox.update(|inbox| {
            for LiveEvent { cursor, event } in events {
                if let Some(event) = event {
                    self.watch_typing(&event.event);
                    effects.extend(inbox.apply(cursor, event, my_id));
                }
            }
        });
        let mut alert = false;
        for effect in effects {
            match effect {
                Effect::Fetch(id) => self.fetch_row(id),
                Effect::Alert(_) => alert = true,
            }
        }
        if alert {
            self.sound.play();
        }
    }

    fn watch_typing(self, event: &shared::event::Event) {
        if let shared::event::Event::Typing { until, .. } = event {
            let left = browser::parse_time(until).unwrap_or_default() - browser::now();
            let left = Duration::from_millis(left.clamp(0.0, 60_000.0) as u64 + 50);
            set_timeout(move || self.expire_typing(), left);
        }
    }

    fn expire_typing(self) {
        let now: String = js_sys::Date::new_0().to_iso_string().into();
        self.inbox.update(|inbox| inbox.expire_typing(&now));
    }

    /// Fetches one row, once at a time.
    pub fn fetch_row(self, id: String) {
        let is_new = self
            .fetching
            .try_update_value(|fetching| fetching.insert(id.clone()))
            .unwrap_or(false);
        if !is_new {
            return;
        }
        spawn_local(async move {
            let outcome = self.api.conversation(&id).await;
            self.fetching.update_value(|fetching| {
                fetching.remove(&id);
            });
            match outcome {
                Ok(row) => self.inbox.update(|inbox| inbox.take_conversation(row)),
                Err(error) => self.note_thread_error(id, error),
            }
        });
    }

    fn note_thread_error(self, id: String, error: ApiError) {
        if error.status != 401 {
            self.thread_error.set(Some((id, error)));
        }
    }

    /// Fetches the beginning of the list.
    pub fn load_list(self, filter: Filter) {
        self.list.update(|list| {
            list.loading = true;
            list.error = None;
        });
        self.fetch_page(filter, None);
    }

    /// Fetches what follows in the list.
    pub fn load_more(self) {
        let ListState {
            filter: Some(filter),
            next_cursor: Some(cursor),
            loading: false,
            ..
        } = self.list.get_untracked()
        else {
            return;
        };
        self.list.update(|list| list.loading = true);
        self.fetch_page(filter, Some(cursor));
    }

    fn fetch_page(self, filter: Filter, cursor: Option<String>) {
        let generation = self.list_generation.get_value().wrapping_add(1);
        self.list_generation.set_value(generation);
        spawn_local(async move {
            let outcome = self.api.conversations(&filter, cursor.as_deref()).await;
            if self.list_generation.get_value() != generation {
                return;
            }
            match outcome {
                Ok(page) => {
                    let search = !filter.search.trim().is_empty();
                    self.inbox
                        .update(|inbox| inbox.take_page(page.data, search, cursor.is_none()));
                    self.list.set(ListState {
                        filter: Some(filter),
                        loading: false,
                        error: None,
                        next_cursor: page.next_cursor,
                    });
                }
                Err(error) => self.list.update(|list| {
                    list.loading = false;
                    list.error = Some(error);
                }),
            }
        });
    }

    /// Fetches the row and the latest messages of a conversation.
    pub fn open(self, id: String) {
        self.thread_error.set(None);
        self.fetch_row(id.clone());
        spawn_local(async move {
            match self.api.conversation_messages(&id, None).await {
                Ok(page) => {
                    self.inbox.update(|inbox| {
                        inbox.take_messages(&id, page.data, page.next_cursor, true)
                    });
                }
                Err(error) => self.note_thread_error(id, error),
            }
        });
    }

    /// Fetches what was said before the messages that are here.
    pub async fn load_older(self, id: String) {
        let older = self
            .inbox
            .with_untracked(|inbox| inbox.thread(&id).and_then(|thread| thread.older.clone()));
        let Some(older) = older else { return };
        match self.api.conversation_messages(&id, Some(&older)).await {
            Ok(page) => self
                .inbox
                .update(|inbox| inbox.take_messages(&id, page.data, page.next_cursor, false)),
            Err(error) => self.toasts.error(&error),
        }
    }

    /// After a fresh connection: what was fetched before it may lack what came between.
    pub fn refresh(self, open: Option<String>) {
        let filter = self.list.with_untracked(|list| list.filter.clone());
        if let Some(filter) = filter {
            self.fetch_page(filter, None);
        }
        // Threads that nobody looks at are fetched again when they are opened.
        self.inbox
            .update(|inbox| inbox.forget_threads_but(open.as_deref()));
        if let Some(id) = open {
            self.open(id);
        }
    }

    pub fn mark_read(self, id: String, seq: i64) {
        spawn_local(async move {
            // Reading is marked again with the next message, so a failure needs no notice.
            if let Ok(row) = self.api.mark_read(&id, seq).await {
                self.inbox.update(|inbox| inbox.take_conversation(row));
            }
        });
    }

    /// Sends a reply; it is shown at once.
    pub fn reply(self, id: String, text: String, files: Vec<UploadedFile>) {
        let reply = PendingReply {
            client_id: browser::random_id(),
            text,
            files,
            state: SendState::Sending,
        };
        self.inbox
            .update(|inbox| inbox.add_pending(&id, reply.clone()));
        self.deliver(id, reply);
    }

    /// Sends a failed reply again, under the same client id: it arrives once, whatever happened before.
    pub fn retry(self, id: String, reply: PendingReply) {
        self.inbox
            .update(|inbox| inbox.set_pending(&id, &reply.client_id, SendState::Sending));
        self.deliver(id, reply);
    }

    fn deliver(self, id: String, reply: PendingReply) {
        let PendingReply {
            client_id,
            text,
            files,
            ..
        } = reply;
        spawn_local(async move {
            let request = ReplyRequest {
                message: text,
                client_id: Some(client_id.clone()),
                files: files.iter().map(|file| file.id).collect(),
            };
            match self.api.reply(&id, request).await {
                Ok(message) => {
                    self.inbox
                        .update(|inbox| inbox.take_own_message(&id, message));
                    self.fetch_row(id);
                }
                Err(error) => {
                    let failed = SendState::Failed(error.message);
                    self.inbox
                        .update(|inbox| inbox.set_pending(&id, &client_id, failed));
                }
            }
        });
    }

    pub fn discard(self, id: &str, client_id: &str) {
        self.inbox.update(|inbox| inbox.drop_pending(id, client_id));
    }

    pub fn act(self, id: String, action: ConversationAction) {
        self.acting.set(true);
        spawn_local(async move {
            match self.api.act(&id, action).await {
                Ok(row) => self.inbox.update(|inbox| inbox.take_conversation(row)),
                Err(error) => {
                    self.toasts.error(&error);
                    self.fetch_row(id);
                }
            }
            self.acting.set(false);
        });
    }

    pub fn say_typing(self, id: String) {
        spawn_local(async move {
            // Only a courtesy: nothing is lost where it does not arrive.
            let _told = self.api.say_typing(&id).await;
        });
    }
}
