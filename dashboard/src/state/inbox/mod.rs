//! The inbox as plain data with one way in for news: `apply`. No clock, no network, no DOM.

mod event;
mod filter;
mod items;
mod thread;

#[cfg(test)]
mod tests;

pub use event::Effect;
pub use filter::{Filter, View};
pub use items::{Entry, Item, lay_out};
pub use thread::{PendingReply, SendState, Streaming, Thread};

use shared::conversation::{Conversation, ConversationMessage};
use shared::event::Typist;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Somebody types until `until` (ISO 8601).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypingMark {
    pub who: Typist,
    pub until: String,
}

/// Everything the inbox shows.
#[derive(Debug, Clone, Default)]
pub struct Inbox {
    conversations: HashMap<String, Arc<Conversation>>,
    threads: HashMap<String, Thread>,
    streams: HashMap<String, Streaming>,
    pending: HashMap<String, Vec<PendingReply>>,
    typing: HashMap<String, Vec<TypingMark>>,
    /// What the server found for the search of the list, while there is one.
    found: Option<HashSet<String>>,
}

impl Inbox {
    pub fn conversation(&self, id: &str) -> Option<Arc<Conversation>> {
        self.conversations.get(id).cloned()
    }

    pub fn thread(&self, id: &str) -> Option<&Thread> {
        self.threads.get(id)
    }

    pub fn stream(&self, id: &str) -> Option<&Streaming> {
        self.streams.get(id)
    }

    pub fn pending(&self, id: &str) -> &[PendingReply] {
        self.pending.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn typing(&self, id: &str) -> &[TypingMark] {
        self.typing.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Ids of the list, latest activity first.
    pub fn list(&self, filter: &Filter, my_id: Option<i64>) -> Vec<String> {
        let mut rows: Vec<&Arc<Conversation>> = self
            .conversations
            .values()
            .filter(|row| filter.admits(row, my_id))
            .filter(|row| {
                self.found
                    .as_ref()
                    .is_none_or(|found| found.contains(&row.id))
            })
            .collect();
        rows.sort_unstable_by(|a, b| {
            b.last_message_at
                .cmp(&a.last_message_at)
                .then_with(|| b.number.cmp(&a.number))
        });
        rows.into_iter().map(|row| row.id.clone()).collect()
    }

    /// Open conversations that hold something nobody has read.
    pub fn unread(&self) -> usize {
        let open = Filter::default();
        self.conversations
            .values()
            .filter(|row| row.unread_count > 0 && open.admits(row, None))
            .count()
    }

    /// How many conversations wait for a person.
    pub fn waiting(&self) -> usize {
        let waiting = Filter {
            view: View::Waiting,
            ..Filter::default()
        };
        self.conversations
            .values()
            .filter(|row| waiting.admits(row, None))
            .count()
    }

    /// A page of the list from the server. `search` says whether it answers a search, `first` whether it is
    /// the beginning of the list.
    pub fn take_page(&mut self, rows: Vec<Conversation>, search: bool, first: bool) {
        match (search, first) {
            (false, _) => self.found = None,
            (true, true) => self.found = Some(HashSet::new()),
            (true, false) => {}
        }
        for row in rows {
            if let Some(found) = &mut self.found {
                found.insert(row.id.clone());
            }
            self.take_conversation(row);
        }
    }

    /// A row from the server: a reply is news unless events have overtaken it.
    pub fn take_conversation(&mut self, mut row: Conversation) {
        let known = self.conversations.get(&row.id);
        let seen = known.and_then(|known| known.event_cursor);
        let overtaken = known.is_some_and(|known| known.last_seq > row.last_seq)
            || matches!((seen, row.event_cursor), (Some(seen), Some(own)) if seen > own);
        if !overtaken {
            // Rows of lists do not tell their cursor; what was seen stays seen.
            row.event_cursor = row.event_cursor.max(seen);
            self.put_row(row);
        }
    }

    /// Messages from the server. `latest` says whether they end the conversation, or come before what is here.
    pub fn take_messages(
        &mut self,
        id: &str,
        messages: Vec<ConversationMessage>,
        older: Option<String>,
        latest: bool,
    ) {
        let known_before = self.threads.contains_key(id);
        let thread = self.threads.entry(id.to_owned()).or_default();
        // The latest page again tells nothing new about the beginning.
        if !latest || !known_before {
            thread.older = older;
        }
        for message in messages {
            thread.insert(message);
        }
        self.settle(id);
    }

    /// A message that the server has stored for this browser.
    pub fn take_own_message(&mut self, id: &str, message: ConversationMessage) {
        if let Some(thread) = self.threads.get_mut(id) {
            thread.insert(message);
        } else if let Some(client_id) = &message.client_id {
            self.drop_pending(id, client_id);
        }
        self.settle(id);
    }

    /// Shows a reply at once, before the server has it.
    pub fn add_pending(&mut self, id: &str, reply: PendingReply) {
        self.pending.entry(id.to_owned()).or_default().push(reply);
    }

    pub fn set_pending(&mut self, id: &str, client_id: &str, state: SendState) {
        let replies = self.pending.get_mut(id).into_iter().flatten();
        for reply in replies.filter(|reply| reply.client_id == client_id) {
            reply.state = state.clone();
        }
    }

    pub fn drop_pending(&mut self, id: &str, client_id: &str) {
        if let Some(replies) = self.pending.get_mut(id) {
            replies.retain(|reply| reply.client_id != client_id);
        }
    }

    /// Forgets typing marks that ended before `now` (ISO 8601).
    pub fn expire_typing(&mut self, now: &str) {
        for marks in self.typing.values_mut() {
            marks.retain(|mark| mark.until.as_str() > now);
        }
        self.typing.retain(|_, marks| !marks.is_empty());
    }

    pub fn forget_threads_but(&mut self, kept: Option<&str>) {
        self.threads.retain(|id, _| Some(id.as_str()) == kept);
    }

    /// Drops what the thread has by now: confirmed replies and the stream of a finished answer.
    fn settle(&mut self, id: &str) {
        let Some(thread) = self.threads.get(id) else {
            return;
        };
        if let Some(replies) = self.pending.get_mut(id) {
            replies.retain(|reply| !thread.has_client_id(&reply.client_id));
        }
        if self
            .streams
            .get(id)
            .is_some_and(|stream| thread.has_answer(&stream.answer_id))
        {
            self.streams.remove(id);
        }
    }

    fn put_row(&mut self, mut row: Conversation) {
        // A reply that was under way while the visitor read or rated does not know of it yet; neither is ever taken back.
        if let Some(known) = self.conversations.get(&row.id) {
            row.visitor_read_seq = row.visitor_read_seq.max(known.visitor_read_seq);
            row.rating = row.rating.or_else(|| known.rating.clone());
        }
        self.conversations.insert(row.id.clone(), Arc::new(row));
    }
}
