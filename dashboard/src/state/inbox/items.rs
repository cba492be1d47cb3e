//! A conversation as the thread shows it: messages, replies on their way and the answer under way, with the
//! breaks between days and speakers.

use super::{Inbox, PendingReply, Streaming};
use shared::conversation::ConversationMessage;
use shared::message::Role;
use std::sync::Arc;

/// One thing in the thread.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Message(Arc<ConversationMessage>),
    Pending(PendingReply),
    Streaming(Streaming),
}

impl Item {
    /// Stays the same while a reply becomes a message or a stream becomes an answer, so that its place on the
    /// page is kept.
    pub fn key(&self) -> String {
        match self {
            Self::Message(message) => {
                match (&message.answer_id, &message.client_id, message.role) {
                    (Some(answer), _, _) => format!("answer-{answer}"),
                    (None, Some(client), Role::Operator) => format!("reply-{client}"),
                    _ => format!("message-{}", message.seq),
                }
            }
            Self::Pending(reply) => format!("reply-{}", reply.client_id),
            Self::Streaming(stream) => format!("answer-{}", stream.answer_id),
        }
    }

    pub fn role(&self) -> Role {
        match self {
            Self::Message(message) => message.role,
            Self::Pending(_) => Role::Operator,
            Self::Streaming(_) => Role::Assistant,
        }
    }

    fn author(&self) -> Option<&str> {
        match self {
            Self::Message(message) => message.author.as_ref().map(|author| author.name.as_str()),
            Self::Pending(_) | Self::Streaming(_) => None,
        }
    }

    pub fn created_at(&self) -> Option<&str> {
        match self {
            Self::Message(message) => Some(&message.created_at),
            Self::Pending(_) | Self::Streaming(_) => None,
        }
    }
}

/// An item with what stands before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub item: Item,
    /// Name of the day that begins here.
    pub day: Option<String>,
    /// Whether somebody else begins to speak here, so that a name is due.
    pub speaker_changes: bool,
}

/// Lays out a conversation. `day_of` names the day of a time in the reader's own time zone.
pub fn lay_out(inbox: &Inbox, id: &str, day_of: impl Fn(&str) -> Option<String>) -> Vec<Entry> {
    let Some(thread) = inbox.thread(id) else {
        return Vec::new();
    };
    let messages = thread
        .messages()
        .map(|message| Item::Message(message.clone()));
    let stream = inbox
        .stream(id)
        .map(|stream| Item::Streaming(stream.clone()));
    let pending = inbox
        .pending(id)
        .iter()
        .map(|reply| Item::Pending(reply.clone()));
    let mut entries: Vec<Entry> = Vec::new();
    let mut current_day = None;
    for item in messages.chain(stream).chain(pending) {
        let day = item
            .created_at()
            .and_then(&day_of)
            .filter(|day| current_day.as_ref() != Some(day));
        if day.is_some() {
            current_day.clone_from(&day);
        }
        let speaker_changes = day.is_some()
            || entries
                .last()
                .is_none_or(|last| !is_same_speaker(&last.item, &item));
        entries.push(Entry {
            item,
            day,
            speaker_changes,
        });
    }
    entries
}

fn is_same_speaker(before: &Item, after: &Item) -> bool {
    let unnamed = matches!(before, Item::Pending(_))
        || matches!(after, Item::Pending(_) | Item::Streaming(_));
    before.role() == after.role() && (unnamed || before.author() == after.author())
}
