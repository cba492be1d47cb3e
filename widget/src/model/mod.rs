//! What the panel knows about its conversation, without signals, clock or browser: verbs change it, `take_changes`
//! tells what a view has to look at again.

mod apply;
// Property tests take a library that browsers have no source of randomness for.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod chaos;
mod entry;
mod merge;
#[cfg(test)]
mod own_messages;
#[cfg(test)]
mod tests;

pub use entry::{Entry, Head, Key, State, Trouble, Typing, names_of};

use shared::conversation::Mode;
use shared::event::Typist;
use shared::frame::UnsentMessage;
use shared::message::{FileReference, Role, Thumb};
use shared::widget::HistoryReply;

/// One message of the visitor with the stream that answers it.
#[derive(Debug)]
struct Turn {
    client_id: String,
    /// The answer's entry, once there is one.
    entry: Option<Key>,
    /// Characters that this turn's own stream has brought.
    received: usize,
    accepted: bool,
}

/// What has changed since the last look.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub order: bool,
    pub entries: Vec<Key>,
    /// Messages from the other side that have just become whole.
    pub arrived: Vec<Key>,
}

#[derive(Debug, Default)]
pub struct ChatModel {
    entries: Vec<Entry>,
    turns: Vec<Turn>,
    /// Answers whose turn is over.
    settled: Vec<Key>,
    next_key: Key,
    pub head: Head,
    typing: Option<Typing>,
    /// How far the other side has read.
    seen_seq: i64,
    /// How far the visitor has read, here or elsewhere.
    read_seq: i64,
    /// Whether the assistant answers at once (`ai_mode` is `on`).
    pub assistant_answers: bool,
    changes: Changes,
}

impl ChatModel {
    pub fn new(assistant_answers: bool) -> Self {
        Self {
            assistant_answers,
            ..Self::default()
        }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn entry(&self, key: Key) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub fn typing(&self) -> Option<&Typing> {
        self.typing.as_ref()
    }

    pub fn take_changes(&mut self) -> Changes {
        self.head.dots = self.dots();
        self.head.answering = self.is_answering();
        std::mem::take(&mut self.changes)
    }

    /// Position of the last message the visitor can see.
    pub fn last_seq(&self) -> i64 {
        self.entries
            .iter()
            .filter_map(|entry| entry.seq)
            .max()
            .unwrap_or(0)
    }

    /// Whole messages of the other side that the visitor has not read. One that has no place yet has just come.
    pub fn unread(&self) -> u32 {
        let is_new = |entry: &&Entry| {
            !entry.is_own() && entry.is_whole() && entry.seq.is_none_or(|seq| seq > self.read_seq)
        };
        let count = self.entries.iter().filter(is_new).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Position up to which there is something new to read, which then counts as read.
    pub fn take_unread(&mut self) -> Option<i64> {
        let others = self.entries.iter().filter(|entry| !entry.is_own());
        let seq = others
            .filter_map(|entry| entry.seq)
            .max()
            .filter(|seq| *seq > self.read_seq)?;
        self.read_seq = seq;
        Some(seq)
    }

    /// The server did not hear that the visitor has read this far.
    pub fn give_unread_back(&mut self, seq: i64) {
        self.read_seq = self.read_seq.min(seq - 1);
    }

    pub fn first_seq(&self) -> Option<i64> {
        self.entries.iter().filter_map(|entry| entry.seq).min()
    }

    /// Whether an answer has begun that nothing has ended yet.
    pub fn has_open_answer(&self) -> bool {
        self.entries.iter().any(Entry::is_streaming)
    }

    /// What the visitor wrote is shown before anybody has heard of it.
    pub fn compose(&mut self, client_id: String, text: String, created_at: String) -> Key {
        self.head.trouble = None;
        let key = self.add(Role::User, text, State::Sending);
        self.change(key, |entry| {
            entry.client_id = Some(client_id);
            entry.created_at = created_at;
        });
        key
    }

    /// Files go with a message that is on its way.
    pub fn attach(&mut self, client_id: &str, files: Vec<FileReference>) {
        let own = |entry: &&Entry| entry.client_id.as_deref() == Some(client_id);
        if let Some(key) = self.entries.iter().find(own).map(|entry| entry.key) {
            self.change(key, |entry| entry.files = files);
        }
    }

    /// A message of an earlier life of this tab. False: the server has it, and so has the thread.
    pub fn restore(&mut self, client_id: String, text: String, created_at: String) -> bool {
        let is_it = |entry: &Entry| entry.client_id.as_ref() == Some(&client_id);
        if self.entries.iter().any(is_it) {
            return false;
        }
        self.compose(client_id, text, created_at);
        true
    }

    /// Shows words of the site where the thread is now.
    pub fn note(&mut self, text: String, author: String) {
        // Not the assistant's: no answer under way may be taken for it.
        let key = self.add(Role::Operator, text, State::Note);
        self.change(key, |entry| entry.author = Some(author));
    }

    /// A failed message goes out once more, under the same id, as the last of the thread.
    pub fn retry(&mut self, key: Key) -> bool {
        let Some(at) = self.entries.iter().position(|entry| entry.key == key) else {
            return false;
        };
        if !matches!(self.entries[at].state, State::Failed(_)) {
            return false;
        }
        self.head.trouble = None;
        let entry = self.entries.remove(at);
        self.entries.push(entry);
        self.changes.order = true;
        self.change(key, |entry| entry.state = State::Sending);
        true
    }

    /// Takes a message that was never accepted out of the thread, and gives it back.
    pub fn withdraw(&mut self, key: Key) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        if !matches!(
            self.entries[at].state,
            State::Failed(_) | State::Queued | State::Held(_)
        ) {
            return None;
        }
        self.changes.order = true;
        Some(self.entries.remove(at))
    }

    /// The message is on its way.
    pub fn begin_turn(&mut self, client_id: &str) {
        self.close_turn(client_id);
        self.turns.push(Turn {
            client_id: client_id.to_owned(),
            entry: None,
            received: 0,
            accepted: false,
        });
    }

    /// The server has stored the message.
    pub fn accept(&mut self, client_id: &str) {
        if let Some(turn) = self
            .turns
            .iter_mut()
            .find(|turn| turn.client_id == client_id)
        {
            turn.accepted = true;
        }
        self.settle_own(client_id, State::Complete);
    }

    /// The message did not get through, unless the live channel has shown by now that it did.
    pub fn fail(&mut self, client_id: &str, code: &str) {
        self.close_turn(client_id);
        self.settle_own(client_id, State::Failed(code.to_owned()));
    }

    /// The message did not get through for want of a connection, and waits for one.
    pub fn queue(&mut self, client_id: &str) {
        self.close_turn(client_id);
        self.settle_own(client_id, State::Queued);
    }

    /// There were too many messages: this one waits until a moment, in milliseconds of the visitor's clock.
    pub fn hold(&mut self, client_id: &str, until: i64) {
        self.close_turn(client_id);
        self.settle_own(client_id, State::Held(until));
    }

    /// What the visitor has written and the server has not acknowledged, in the order of writing.
    pub fn unsent(&self) -> Vec<UnsentMessage> {
        let open = |entry: &&Entry| entry.is_own() && !entry.is_whole();
        let message = |entry: &Entry| {
            Some(UnsentMessage {
                message_id: entry.client_id.clone()?,
                text: entry.text.clone(),
                files: entry.files.clone(),
            })
        };
        self.entries
            .iter()
            .filter(open)
            .filter_map(message)
            .collect()
    }

    /// The text of a message that has still to go out.
    pub fn outgoing(&self, client_id: &str) -> Option<String> {
        let is_it =
            |entry: &&Entry| entry.client_id.as_deref() == Some(client_id) && entry.is_on_its_way();
        let entry = self.entries.iter().find(is_it)?;
        Some(entry.text.clone())
    }

    /// The turn's stream is over; an answer that is still open is ended by the live channel.
    pub fn close_turn(&mut self, client_id: &str) {
        let over = |turn: &mut Turn| turn.client_id == client_id;
        let ended = self.turns.extract_if(.., over);
        // Without a piece, the answer was only taken for its own.
        let sure = ended.filter(|turn| turn.received > 0);
        self.settled.extend(sure.filter_map(|turn| turn.entry));
    }

    fn settle_own(&mut self, client_id: &str, state: State) {
        let own =
            |entry: &&Entry| entry.client_id.as_deref() == Some(client_id) && entry.is_on_its_way();
        if let Some(key) = self.entries.iter().find(own).map(|entry| entry.key) {
            self.change(key, |entry| entry.state = state);
        }
    }

    pub fn set_feedback(&mut self, key: Key, value: Option<Thumb>) {
        self.change(key, |entry| entry.feedback = value);
    }

    pub fn stop_typing(&mut self) {
        self.typing = None;
    }

    /// A page of history: the first one also brings the conversation's state.
    pub fn merge_history(&mut self, reply: HistoryReply, is_latest: bool) {
        self.head.has_more = reply.has_more;
        if is_latest {
            self.set_mode(reply.mode, reply.operator, reply.ticket_number);
            self.head.ended |= reply.chat_ended;
            self.head.blocked = reply.blocked;
            self.head.rating = reply.rating;
            self.read_seq = self.read_seq.max(reply.read_seq);
            self.mark_seen(reply.seen_seq);
        }
        for message in reply.messages {
            self.upsert(message);
        }
        if is_latest {
            self.put_waiting_last();
        }
        self.changes.arrived.clear();
    }

    /// What the visitor wrote before the earlier messages were there stands after them.
    fn put_waiting_last(&mut self) {
        let (waiting, placed) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition::<Vec<_>, _>(|entry| entry.is_own() && entry.seq.is_none());
        self.changes.order |= !waiting.is_empty();
        self.entries = placed;
        self.entries.extend(waiting);
    }

    fn set_mode(&mut self, mode: Mode, operator: Option<String>, ticket_number: Option<String>) {
        if mode != self.head.mode {
            self.typing = None;
        }
        self.head.mode = mode;
        self.head.operator = operator.filter(|_| mode == Mode::Operator);
        self.head.ticket_number = ticket_number.or(self.head.ticket_number.take());
        self.head.ended = mode == Mode::Closed;
    }

    fn is_answering(&self) -> bool {
        let is_open = |entry: &Entry| entry.role == Role::Assistant && entry.is_streaming();
        self.head.mode == Mode::Ai
            && (self.head.dots == Some(Typist::Assistant) || self.entries.iter().any(is_open))
    }

    /// Dots are shown only while it is true that somebody writes.
    fn dots(&self) -> Option<Typist> {
        if self.head.ended
            || self
                .entries
                .iter()
                .any(|entry| entry.is_streaming() && !entry.text.is_empty())
        {
            return None;
        }
        let is_pending = self
            .turns
            .iter()
            .any(|turn| turn.accepted && turn.entry.is_none());
        if self.head.mode == Mode::Ai
            && self.assistant_answers
            && is_pending
            && self.head.trouble.is_none()
        {
            return Some(Typist::Assistant);
        }
        self.typing
            .as_ref()
            .map(|typing| typing.who)
            .filter(|who| *who != Typist::Visitor)
    }

    fn add(&mut self, role: Role, text: String, state: State) -> Key {
        let key = self.next_key;
        self.next_key += 1;
        self.entries.push(Entry {
            key,
            id: None,
            seq: None,
            role,
            text,
            author: None,
            created_at: String::new(),
            state,
            answer_id: None,
            client_id: None,
            sources: Vec::new(),
            files: Vec::new(),
            feedback: None,
            is_edited: false,
            seen: false,
        });
        self.changes.order = true;
        key
    }

    fn change(&mut self, key: Key, change: impl FnOnce(&mut Entry)) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.key == key) else {
            return;
        };
        let before = entry.clone();
        change(entry);
        if *entry == before {
            return;
        }
        if !entry.is_own() && entry.is_whole() && !before.is_whole() {
            self.changes.arrived.push(key);
        }
        if !self.changes.entries.contains(&key) {
            self.changes.entries.push(key);
        }
    }
}
