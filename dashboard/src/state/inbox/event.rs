//! What each event of the operators' channel does to the inbox.

use super::{Inbox, Streaming, TypingMark};
use shared::conversation::{Assignee, Conversation, ConversationMessage, Mode};
use shared::event::{Event, OperatorEvent, Typist};
use shared::message::{Message, Role};
use shared::preview::preview;
use std::sync::Arc;

/// What has to happen outside of the inbox because of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The row of this conversation is not known, or not exactly.
    Fetch(String),
    /// A person is wanted here.
    Alert(String),
}

impl Inbox {
    /// Applies one event. `cursor` is its place in the channel; kinds that are not durable have none of their own.
    pub fn apply(
        &mut self,
        cursor: Option<i64>,
        event: OperatorEvent,
        my_id: Option<i64>,
    ) -> Vec<Effect> {
        let OperatorEvent {
            conversation_id: id,
            event,
        } = event;
        match event {
            Event::Conversation { conversation } => self.apply_row(cursor, *conversation),
            Event::Message { message } => self.apply_message(&id, cursor, message, my_id),
            Event::Mode {
                mode,
                operator,
                ticket_number,
            } => self.apply_mode(&id, cursor, mode, operator, ticket_number),
            Event::Chunk {
                answer_id,
                offset,
                text,
            } => {
                self.apply_chunk(&id, answer_id, offset, &text);
                Vec::new()
            }
            Event::Typing { who, until } => {
                self.apply_typing(&id, who, until);
                Vec::new()
            }
            Event::Read { seq, who } => {
                self.apply_read(&id, seq, who);
                Vec::new()
            }
            Event::Edited { message } => {
                if let Some(thread) = self.threads.get_mut(&id) {
                    thread.replace(message.into());
                }
                Vec::new()
            }
            Event::Removed { seq, .. } => {
                if let Some(thread) = self.threads.get_mut(&id) {
                    thread.remove(seq);
                }
                Vec::new()
            }
            Event::Blocked { blocked, until } => self.change_row(&id, cursor, |row| {
                row.visitor.blocked = blocked;
                row.visitor.blocked_until = until;
            }),
            // Between an operator and a visitor's launcher: nothing of a conversation changes.
            Event::Nudge { .. } => Vec::new(),
            Event::Ended => self.change_row(&id, cursor, |row| {
                row.mode = Mode::Closed;
                row.waiting_since = None;
            }),
            Event::Error { message, .. } => {
                self.streams.remove(&id);
                if let Some(thread) = self.threads.get_mut(&id) {
                    thread.problem = Some(message);
                }
                Vec::new()
            }
        }
    }

    fn apply_row(&mut self, cursor: Option<i64>, mut row: Conversation) -> Vec<Effect> {
        let known = self.conversations.get(&row.id);
        // Not durable: it carries the cursor of the event before it, which may be the one that the row knows.
        let seen = known.and_then(|known| known.event_cursor);
        if matches!((cursor, seen), (Some(cursor), Some(seen)) if cursor < seen) {
            return Vec::new();
        }
        let now_waiting =
            row.mode == Mode::Waiting && known.is_none_or(|known| known.mode != Mode::Waiting);
        row.event_cursor = cursor
            .or(row.event_cursor)
            .max(known.and_then(|known| known.event_cursor));
        let alert = now_waiting.then(|| Effect::Alert(row.id.clone()));
        self.put_row(row);
        alert.into_iter().collect()
    }

    fn apply_message(
        &mut self,
        id: &str,
        cursor: Option<i64>,
        message: Message,
        my_id: Option<i64>,
    ) -> Vec<Effect> {
        self.stop_typing(id, message.role);
        if message.answer_id.is_some()
            && self.streams.get(id).map(|stream| &stream.answer_id) == message.answer_id.as_ref()
        {
            self.streams.remove(id);
        }
        if let (Some(client_id), false) = (&message.client_id, self.threads.contains_key(id)) {
            self.drop_pending(id, client_id);
        }
        let (seq, role) = (message.seq, message.role);
        let (preview, created_at) = (
            preview(message.role, &message.content),
            message.created_at.clone(),
        );
        if let Some(thread) = self.threads.get_mut(id) {
            thread.insert(ConversationMessage::from(message));
        }
        self.settle(id);
        let is_news = self
            .conversations
            .get(id)
            .is_none_or(|row| seq > row.last_seq);
        if !is_news {
            return Vec::new();
        }
        let mut effects = self.change_row(id, cursor, |row| {
            row.last_seq = seq;
            row.preview = preview;
            row.preview_role = Some(role);
            row.last_message_at = created_at;
            row.unread_count = match role {
                Role::User => row.unread_count + 1,
                // Whoever answers as a person has read what was asked.
                Role::Operator => 0,
                Role::Assistant | Role::System => row.unread_count,
            };
        });
        if role == Role::User && self.wants(id, my_id) {
            effects.push(Effect::Alert(id.to_owned()));
        }
        effects
    }

    /// Whether a visitor's message in this conversation is for me to hear.
    fn wants(&self, id: &str, my_id: Option<i64>) -> bool {
        self.conversations
            .get(id)
            .is_some_and(|row| match row.mode {
                Mode::Waiting => true,
                Mode::Operator => row.assignee.as_ref().map(|assignee| assignee.id) == my_id,
                Mode::Ai | Mode::Closed => false,
            })
    }

    fn apply_mode(
        &mut self,
        id: &str,
        cursor: Option<i64>,
        mode: Mode,
        operator: Option<String>,
        ticket_number: Option<String>,
    ) -> Vec<Effect> {
        let Some(known) = self.conversations.get(id) else {
            return vec![Effect::Fetch(id.to_owned())];
        };
        if is_old(known, cursor) {
            return Vec::new();
        }
        let now_waiting = mode == Mode::Waiting && known.mode != Mode::Waiting;
        self.change_row(id, cursor, |row| {
            row.mode = mode;
            row.ticket_number = ticket_number.or(row.ticket_number.take());
            if mode != Mode::Waiting {
                row.waiting_since = None;
            }
            row.assignee = operator.map(|name| match row.assignee.take() {
                Some(known) if known.name == name => known,
                // The event tells the name only; the row that is fetched tells who it is.
                _ => Assignee { id: 0, name },
            });
        });
        let mut effects = vec![Effect::Fetch(id.to_owned())];
        if now_waiting {
            effects.push(Effect::Alert(id.to_owned()));
        }
        effects
    }

    fn apply_chunk(&mut self, id: &str, answer_id: String, offset: usize, text: &str) {
        if self
            .threads
            .get(id)
            .is_some_and(|thread| thread.has_answer(&answer_id))
        {
            return;
        }
        let known = self
            .streams
            .remove(id)
            .filter(|stream| stream.answer_id == answer_id);
        let mut stream = known.unwrap_or_else(|| Streaming::new(answer_id));
        stream.add(offset, text);
        self.streams.insert(id.to_owned(), stream);
        self.stop_typing(id, Role::Assistant);
    }

    fn apply_typing(&mut self, id: &str, who: Typist, until: String) {
        let marks = self.typing.entry(id.to_owned()).or_default();
        marks.retain(|mark| mark.who != who);
        marks.push(TypingMark { who, until });
    }

    fn stop_typing(&mut self, id: &str, role: Role) {
        let who = match role {
            Role::User => Typist::Visitor,
            Role::Assistant => Typist::Assistant,
            Role::Operator => Typist::Operator,
            Role::System => return,
        };
        if let Some(marks) = self.typing.get_mut(id) {
            marks.retain(|mark| mark.who != who);
        }
    }

    fn apply_read(&mut self, id: &str, seq: i64, who: Typist) {
        // Not durable, so it has no cursor to compare; reading only ever goes forward.
        self.edit_row(id, |row| match who {
            Typist::Visitor => row.visitor_read_seq = row.visitor_read_seq.max(seq),
            Typist::Operator if seq >= row.last_seq => row.unread_count = 0,
            Typist::Operator | Typist::Assistant => {}
        });
    }

    /// Changes a row by a durable event, or asks for the row where it is not known.
    fn change_row(
        &mut self,
        id: &str,
        cursor: Option<i64>,
        change: impl FnOnce(&mut Conversation),
    ) -> Vec<Effect> {
        let Some(known) = self.conversations.get(id) else {
            return vec![Effect::Fetch(id.to_owned())];
        };
        if !is_old(known, cursor) {
            self.edit_row(id, |row| {
                change(row);
                row.event_cursor = row.event_cursor.max(cursor);
            });
        }
        Vec::new()
    }

    fn edit_row(&mut self, id: &str, change: impl FnOnce(&mut Conversation)) {
        if let Some(row) = self.conversations.get_mut(id) {
            change(Arc::make_mut(row));
        }
    }
}

/// Whether a row already knows of everything up to this event.
fn is_old(row: &Conversation, cursor: Option<i64>) -> bool {
    matches!((cursor, row.event_cursor), (Some(cursor), Some(seen)) if cursor <= seen)
}
