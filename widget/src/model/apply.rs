//! Events of the live channel and of a turn's own stream, in whatever order they come.

use super::merge::{Placed, compare, place};
use super::{ChatModel, Entry, Key, State, Trouble, Typing};
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::event::{Event, Typist};
use shared::message::{Message, MessageStatus, Role};
use shared::widget::ChatEvent;

impl ChatModel {
    /// An event of `GET /widget/events`. Applying it twice is applying it once.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Message { message } | Event::Edited { message } => self.upsert(message),
            Event::Chunk {
                answer_id,
                offset,
                text,
            } => self.live_chunk(&answer_id, offset, &text),
            Event::Typing {
                who: Typist::Visitor,
                ..
            }
            | Event::Conversation { .. }
            // The launcher's affair, which stands on the page.
            | Event::Nudge { .. } => {}
            Event::Typing { who, until } => self.typing = Some(Typing { who, until }),
            Event::Mode {
                mode,
                operator,
                ticket_number,
            } => self.set_mode(mode, operator, ticket_number),
            Event::Read {
                who: Typist::Operator,
                seq,
            } => self.mark_seen(seq),
            Event::Read {
                who: Typist::Visitor,
                seq,
            } => self.read_seq = self.read_seq.max(seq),
            Event::Read { .. } => {}
            Event::Removed { id, .. } => self.remove(id),
            Event::Blocked { blocked, .. } => self.head.blocked = blocked,
            Event::Ended => self.set_mode(Mode::Closed, None, None),
            Event::Error { code, message } => self.interrupt(code, message),
        }
    }

    /// An event of the stream that answers one message of the visitor.
    pub fn apply_turn(&mut self, client_id: &str, event: ChatEvent) {
        match event {
            ChatEvent::Chunk { text } => self.turn_chunk(client_id, &text),
            ChatEvent::Done {
                text,
                chat_ended,
                mode,
                ticket_number,
                sources,
                message_id,
                ..
            } => {
                let key = self.turn_answer(client_id, &text, message_id);
                if let Some(key) = key {
                    self.settled.push(key);
                    self.change(key, |entry| {
                        if !text.is_empty() {
                            entry.text = text;
                        }
                        entry.id = message_id.or(entry.id);
                        if !sources.is_empty() {
                            entry.sources = sources;
                        }
                        // One that was stopped is over too, and says so itself.
                        if entry.is_streaming() {
                            entry.state = State::Complete;
                        }
                    });
                }
                self.close_turn(client_id);
                self.drop_orphans();
                let operator = self.head.operator.take();
                self.set_mode(mode, operator, ticket_number);
                self.head.ended |= chat_ended;
                self.head.trouble = None;
            }
            // The server goes on with the answer when it is back, and the live channel brings it.
            ChatEvent::Error { code, .. } if code == ErrorCode::ShuttingDown.code() => {
                self.close_turn(client_id)
            }
            ChatEvent::Error { code, message } => {
                self.interrupt(code, message);
                self.close_turn(client_id);
            }
        }
    }

    pub(super) fn mark_seen(&mut self, seq: i64) {
        self.seen_seq = self.seen_seq.max(seq);
        let is_seen = |entry: &&Entry| entry.is_own() && entry.seq.is_some_and(|own| own <= seq);
        let keys: Vec<Key> = self
            .entries
            .iter()
            .filter(is_seen)
            .map(|entry| entry.key)
            .collect();
        for key in keys {
            self.change(key, |entry| entry.seen = true);
        }
    }

    fn remove(&mut self, id: i64) {
        let taken_back = |entry: &&Entry| entry.id == Some(id);
        if let Some(key) = self.entries.iter().find(taken_back).map(|entry| entry.key) {
            self.drop_entry(key);
        }
    }

    /// The part of an answer to a message that was taken back goes with it.
    fn drop_entry(&mut self, key: Key) {
        let Some(at) = self.entries.iter().position(|entry| entry.key == key) else {
            return;
        };
        let gone = self.entries.remove(at);
        let others: Vec<Key> = self
            .turns
            .iter()
            .filter(|turn| Some(&turn.client_id) != gone.client_id.as_ref())
            .filter_map(|turn| turn.entry)
            .collect();
        let mut position = 0;
        self.entries.retain(|entry| {
            position += 1;
            let is_part = position > at && entry.role == Role::Assistant && entry.is_streaming();
            !gone.is_own() || !is_part || others.contains(&entry.key)
        });
        if let Some(client_id) = gone.client_id {
            self.close_turn(&client_id);
        }
        self.changes.order = true;
    }

    fn interrupt(&mut self, code: String, message: String) {
        let open: Vec<Key> = self
            .entries
            .iter()
            .filter(|entry| entry.is_streaming())
            .map(|entry| entry.key)
            .collect();
        for key in open {
            self.change(key, |entry| entry.state = State::Interrupted);
        }
        self.typing = None;
        // Half an answer says itself that it broke off.
        let is_said = self
            .entries
            .last()
            .is_some_and(|entry| entry.state == State::Interrupted);
        self.head.trouble = (!is_said).then_some(Trouble { code, message });
    }

    fn live_chunk(&mut self, answer_id: &str, offset: usize, text: &str) {
        self.typing = None;
        let known = self
            .entries
            .iter()
            .find(|entry| entry.answer_id.as_deref() == Some(answer_id));
        let key = match known.map(|entry| (entry.key, entry.is_streaming())) {
            Some((_, false)) => return,
            Some((key, true)) => key,
            None => match self.unnamed_answer(offset, text) {
                Some(key) => key,
                None if offset > 0 => return,
                None => self.add_answer(),
            },
        };
        self.head.trouble = None;
        self.change(key, |entry| {
            entry.answer_id = Some(answer_id.to_owned());
            if !entry.is_streaming() {
                return;
            }
            // The text so far is the truth; what stands here comes from an attempt that was given up.
            if place(&mut entry.text, offset, text) == Placed::Conflict && offset == 0 {
                text.clone_into(&mut entry.text);
            }
        });
    }

    /// An answer that the live channel has not named yet and that this piece fits: one that is open, or one
    /// that its turn's own stream has ended before.
    fn unnamed_answer(&self, offset: usize, text: &str) -> Option<Key> {
        let fits = |entry: &&Entry| match compare(&entry.text, offset, text) {
            _ if entry.role != Role::Assistant
                || entry.answer_id.is_some()
                || entry.seq.is_some() =>
            {
                false
            }
            Placed::Known => true,
            Placed::Longer => entry.is_streaming(),
            Placed::Conflict | Placed::Gap => false,
        };
        self.entries.iter().find(fits).map(|entry| entry.key)
    }

    fn add_answer(&mut self) -> Key {
        let key = self.add(Role::Assistant, String::new(), State::Streaming);
        self.link_waiting_turn(key);
        key
    }

    /// Turns are answered one after another: an answer without a turn belongs to the oldest that waits.
    fn link_waiting_turn(&mut self, key: Key) {
        if let Some(turn) = self
            .turns
            .iter_mut()
            .find(|turn| turn.accepted && turn.entry.is_none())
        {
            turn.entry = Some(key);
        }
    }

    fn turn_chunk(&mut self, client_id: &str, text: &str) {
        let Some(at) = self
            .turns
            .iter()
            .position(|turn| turn.client_id == client_id)
        else {
            return;
        };
        let received = self.turns[at].received;
        let fits = |entry: &Entry| {
            !matches!(
                compare(&entry.text, received, text),
                Placed::Conflict | Placed::Gap
            )
        };
        let linked = self.turns[at]
            .entry
            .filter(|key| self.entry(*key).is_some_and(fits));
        let key = linked
            .or_else(|| self.unclaimed_answer(client_id, received, text))
            .unwrap_or_else(|| self.add(Role::Assistant, String::new(), State::Streaming));
        let rivals = self.turns.iter_mut();
        for rival in rivals.filter(|turn| turn.entry == Some(key)) {
            rival.entry = None;
        }
        let turn = &mut self.turns[at];
        turn.entry = Some(key);
        turn.received += text.chars().count();
        self.typing = None;
        self.head.trouble = None;
        self.change(key, |entry| {
            if entry.is_streaming() {
                place(&mut entry.text, received, text);
            }
        });
    }

    /// An open answer that this piece fits and that no turn's stream has brought a piece of. Another turn may only have been
    /// taken for its own by the order in which they came.
    fn unclaimed_answer(&self, client_id: &str, offset: usize, text: &str) -> Option<Key> {
        let asked = |entry: &&Entry| entry.client_id.as_deref() == Some(client_id);
        let asked_at = self.entries.iter().find(asked)?.seq;
        let may_be = |entry: &Entry| match entry.state {
            State::Streaming => true,
            // The live channel was faster, all of it is there.
            State::Complete | State::Interrupted => {
                entry.role == Role::Assistant
                    && entry.seq > asked_at
                    && !self.settled.contains(&entry.key)
            }
            _ => false,
        };
        let fits = |entry: &&Entry| {
            may_be(entry)
                && !self
                    .turns
                    .iter()
                    .any(|turn| turn.entry == Some(entry.key) && turn.received > 0)
                && !matches!(
                    compare(&entry.text, offset, text),
                    Placed::Conflict | Placed::Gap
                )
        };
        self.entries.iter().find(fits).map(|entry| entry.key)
    }

    /// The entry that a turn's `done` completes.
    fn turn_answer(&mut self, client_id: &str, text: &str, message_id: Option<i64>) -> Option<Key> {
        // The stream of a message that was taken back meanwhile brings nothing back.
        let linked = self
            .turns
            .iter()
            .find(|turn| turn.client_id == client_id)?
            .entry;
        let stored =
            message_id.and_then(|id| self.entries.iter().find(|entry| entry.id == Some(id)));
        if let Some(stored) = stored.map(|entry| entry.key) {
            // The live channel was first: a second bubble of the same answer goes.
            if let Some(double) = linked
                .filter(|key| *key != stored && self.entry(*key).is_some_and(|e| e.id.is_none()))
            {
                self.entries.retain(|entry| entry.key != double);
                self.changes.order = true;
            }
            return Some(stored);
        }
        let is_free = |entry: &Entry| entry.id.is_none() || message_id.is_none();
        let linked = linked.filter(|key| self.entry(*key).is_some_and(is_free));
        if linked.is_some() || text.is_empty() {
            return linked;
        }
        let fits = |entry: &Entry| entry.id.is_none() && text.starts_with(entry.text.as_str());
        let open = self
            .entries
            .iter()
            .find(|entry| entry.is_streaming() && fits(entry))
            .map(|entry| entry.key);
        Some(open.unwrap_or_else(|| self.add(Role::Assistant, String::new(), State::Streaming)))
    }

    /// A stored message: it is one of the entries already, or a new one.
    pub(super) fn upsert(&mut self, message: Message) {
        if message.removed_at.is_some() {
            if let Some(key) = self.entry_of(&message) {
                self.drop_entry(key);
            }
            return;
        }
        let known = self.entry_of(&message);
        let key = known.unwrap_or_else(|| {
            // It becomes whole below, and counts as arrived there.
            self.add(message.role, String::new(), State::Streaming)
        });
        if message.role == Role::Assistant {
            // One that stands here already had its turn when it came.
            if known.is_none() {
                self.link_waiting_turn(key);
            }
            self.head.trouble = None;
        }
        if let Some(turn) = self
            .turns
            .iter_mut()
            .find(|turn| message.client_id.as_ref() == Some(&turn.client_id))
        {
            // The live channel was faster than the reply to the request.
            turn.accepted = true;
        }
        if message.role != Role::User {
            self.typing = None;
        }
        let seq = message.seq;
        let seen = seq <= self.seen_seq;
        self.change(key, |entry| adopt(entry, message, seen));
        self.drop_doubles(key);
        self.put_in_order(key, seq);
        if self
            .entry(key)
            .is_some_and(|entry| entry.role == Role::Assistant)
        {
            self.drop_orphans();
        }
    }

    /// Pieces whose stream was cut before anything named them: what answer they began is known by now, or begins anew.
    fn drop_orphans(&mut self) {
        let turns = &self.turns;
        let before = self.entries.len();
        self.entries.retain(|entry| {
            let is_named = entry.id.is_some() || entry.answer_id.is_some();
            let is_awaited = turns.iter().any(|turn| turn.entry == Some(entry.key));
            entry.role != Role::Assistant || !entry.is_streaming() || is_named || is_awaited
        });
        self.changes.order |= self.entries.len() != before;
    }

    /// Pieces of an answer can have made a bubble of their own before anything told whose they are.
    fn drop_doubles(&mut self, key: Key) {
        let Some(answer_id) = self.entry(key).and_then(|entry| entry.answer_id.clone()) else {
            return;
        };
        let before = self.entries.len();
        self.entries
            .retain(|entry| entry.key == key || entry.answer_id.as_ref() != Some(&answer_id));
        self.changes.order |= self.entries.len() != before;
    }

    fn entry_of(&self, message: &Message) -> Option<Key> {
        let by_id = |entry: &&Entry| entry.id == Some(message.id);
        let by_client_id = |entry: &&Entry| {
            entry.id.is_none()
                && entry.is_own()
                && entry.client_id.is_some()
                && entry.client_id == message.client_id
        };
        let by_answer_id =
            |entry: &&Entry| entry.answer_id.is_some() && entry.answer_id == message.answer_id;
        let by_text = |entry: &&Entry| {
            message.role == Role::Assistant
                && entry.role == Role::Assistant
                && entry.id.is_none()
                && entry.answer_id.is_none()
                && if entry.state != State::Complete {
                    message.content.starts_with(entry.text.as_str())
                } else {
                    message.content == entry.text
                }
        };
        let entries = || self.entries.iter();
        let found = entries().find(by_id);
        let found = found.or_else(|| entries().find(by_client_id));
        let found = found.or_else(|| entries().find(by_answer_id));
        found
            .or_else(|| entries().find(by_text))
            .map(|entry| entry.key)
    }

    /// Stored messages stand in the order of their `seq`; the others stay where they are among them.
    fn put_in_order(&mut self, key: Key, seq: i64) {
        let Some(at) = self.entries.iter().position(|entry| entry.key == key) else {
            return;
        };
        let is_before = |entry: &Entry| entry.seq.is_some_and(|other| other < seq);
        let is_after = |entry: &Entry| entry.seq.is_some_and(|other| other > seq);
        if !self.entries[..at].iter().any(is_after) && !self.entries[at..].iter().any(is_before) {
            return;
        }
        let entry = self.entries.remove(at);
        let after = self
            .entries
            .iter()
            .rposition(is_before)
            .map_or(0, |index| index + 1);
        self.entries.insert(after, entry);
        self.changes.order = true;
    }
}

fn adopt(entry: &mut Entry, message: Message, seen: bool) {
    let is_open = message.status == MessageStatus::Streaming;
    // While it streams, the live channel may be ahead of what was stored.
    if !(is_open && entry.text.starts_with(message.content.as_str())) {
        entry.text = message.content;
    }
    entry.state = match message.status {
        MessageStatus::Complete => State::Complete,
        MessageStatus::Streaming => State::Streaming,
        MessageStatus::Interrupted => State::Interrupted,
    };
    entry.id = Some(message.id);
    entry.seq = Some(message.seq);
    entry.role = message.role;
    entry.author = message.author.map(|author| author.name);
    entry.created_at = message.created_at;
    entry.answer_id = message.answer_id.or(entry.answer_id.take());
    entry.client_id = message.client_id.or(entry.client_id.take());
    entry.sources = message.sources;
    entry.files = message.files;
    entry.is_edited = message.edited_at.is_some();
    entry.feedback = message.feedback;
    entry.seen |= seen && message.role == Role::User;
}
