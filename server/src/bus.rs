//! Live events to whoever listens: the visitors of a conversation and the operators of an account.
//!
//! Publishing never waits. A listener whose queue is full is dropped: its stream ends, and it resumes from the
//! event table by its cursor. So a reader that never reads cannot block a writer.

use shared::event::Event;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Events one listener may lag behind.
const QUEUE: usize = 256;

/// An event on its way to listeners.
#[derive(Debug, Clone)]
pub struct Live {
    /// The account's cursor, for durable events.
    pub cursor: Option<i64>,
    pub conversation_id: i64,
    /// `conv_…` without the prefix.
    pub conversation_slug: Arc<str>,
    pub event: Arc<Event>,
    pub audience: Audience,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Everybody,
    Visitor,
    Operators,
}

impl Audience {
    pub const fn has_visitor(self) -> bool {
        matches!(self, Self::Everybody | Self::Visitor)
    }

    pub const fn has_operators(self) -> bool {
        matches!(self, Self::Everybody | Self::Operators)
    }
}

#[derive(Debug)]
struct Topics<K>(Mutex<Listeners<K>>);

#[derive(Debug)]
struct Listeners<K> {
    by_topic: HashMap<K, Vec<mpsc::Sender<Live>>>,
    /// At so many topics those that nobody listens to any more are forgotten. Nothing else does that for a topic
    /// on which nothing happens again.
    sweep_at: usize,
}

const SWEEP_AT_LEAST: usize = 1_024;

impl<K: Eq + Hash + Copy> Topics<K> {
    fn new() -> Self {
        Self(Mutex::new(Listeners {
            by_topic: HashMap::new(),
            sweep_at: SWEEP_AT_LEAST,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Listeners<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subscribe(&self, topic: K) -> mpsc::Receiver<Live> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let mut topics = self.lock();
        if topics.by_topic.len() >= topics.sweep_at {
            topics.by_topic.retain(|_, listeners| {
                listeners.retain(|listener| !listener.is_closed());
                !listeners.is_empty()
            });
            // Twice what is in use: each sweep is paid for by as many new topics.
            topics.sweep_at = (2 * topics.by_topic.len()).max(SWEEP_AT_LEAST);
        }
        let listeners = topics.by_topic.entry(topic).or_default();
        listeners.retain(|listener| !listener.is_closed());
        listeners.push(sender);
        receiver
    }

    fn publish(&self, topic: K, live: &Live) {
        let mut topics = self.lock();
        let Some(listeners) = topics.by_topic.get_mut(&topic) else {
            return;
        };
        listeners.retain(|listener| listener.try_send(live.clone()).is_ok());
        if listeners.is_empty() {
            topics.by_topic.remove(&topic);
        }
    }

    fn close(&self, topic: K) {
        self.lock().by_topic.remove(&topic);
    }

    fn has_listeners(&self, topic: K) -> bool {
        self.lock()
            .by_topic
            .get(&topic)
            .is_some_and(|listeners| listeners.iter().any(|listener| !listener.is_closed()))
    }
}

/// Conversations that share a place wait for each other for one read; that is cheaper than a lock for each.
const ROW_ORDERS: usize = 64;

/// Publish and subscribe within this process.
#[derive(Debug)]
pub struct Bus {
    conversations: Topics<i64>,
    accounts: Topics<i64>,
    users: Topics<i64>,
    row_orders: [tokio::sync::Mutex<()>; ROW_ORDERS],
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            conversations: Topics::new(),
            accounts: Topics::new(),
            users: Topics::new(),
            row_orders: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
        }
    }
}

impl Bus {
    /// Held while a conversation's row is read and published, so that an older row never follows a newer one.
    pub async fn row_order(&self, conversation_id: i64) -> tokio::sync::MutexGuard<'_, ()> {
        let place = usize::try_from(conversation_id).unwrap_or_default() % ROW_ORDERS;
        self.row_orders[place].lock().await
    }

    /// Everything a visitor of this conversation may see from now on.
    pub fn subscribe_conversation(&self, conversation_id: i64) -> mpsc::Receiver<Live> {
        self.conversations.subscribe(conversation_id)
    }

    /// Everything the operators of this account may see from now on.
    pub fn subscribe_account(&self, account_id: i64) -> mpsc::Receiver<Live> {
        self.accounts.subscribe(account_id)
    }

    /// Closes when a session of this user ends; nothing is ever sent on it.
    pub fn subscribe_user(&self, user_id: i64) -> mpsc::Receiver<Live> {
        self.users.subscribe(user_id)
    }

    /// Ends the channels this user has open; those of sessions that go on come again.
    pub fn close_user(&self, user_id: i64) {
        self.users.close(user_id);
    }

    /// Ends the channels of everybody who listens to this conversation, after what was published so far.
    pub fn close_conversation(&self, conversation_id: i64) {
        self.conversations.close(conversation_id);
    }

    /// Whether preparing something for the operators' channel is worth its cost.
    pub fn has_operators(&self, account_id: i64) -> bool {
        self.accounts.has_listeners(account_id)
    }

    pub fn publish(&self, account_id: i64, live: &Live) {
        if live.audience.has_visitor() {
            self.conversations.publish(live.conversation_id, live);
        }
        if live.audience.has_operators() {
            self.accounts.publish(account_id, live);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Audience, Bus, Live, QUEUE, SWEEP_AT_LEAST};
    use shared::event::Event;
    use std::sync::Arc;

    fn live(audience: Audience) -> Live {
        Live {
            cursor: None,
            conversation_id: 7,
            conversation_slug: "c".into(),
            event: Arc::new(Event::Ended),
            audience,
        }
    }

    #[tokio::test]
    async fn an_audience_only_gets_its_own() {
        let bus = Bus::default();
        let mut visitor = bus.subscribe_conversation(7);
        let mut operator = bus.subscribe_account(1);
        bus.publish(1, &live(Audience::Operators));
        assert!(visitor.try_recv().is_err());
        assert!(operator.try_recv().is_ok());
        bus.publish(1, &live(Audience::Visitor));
        assert!(visitor.try_recv().is_ok());
        assert!(operator.try_recv().is_err());
    }

    #[test]
    fn topics_that_nobody_listens_to_are_forgotten() {
        let bus = Bus::default();
        let held = bus.subscribe_conversation(-1);
        for conversation in 0..10_000 {
            drop(bus.subscribe_conversation(conversation));
        }
        let topics = bus.conversations.lock();
        assert!(topics.by_topic.len() <= SWEEP_AT_LEAST);
        assert!(topics.by_topic.contains_key(&-1));
        drop(held);
    }

    #[tokio::test]
    async fn a_reader_that_does_not_read_is_dropped_and_others_go_on() {
        let bus = Bus::default();
        let mut stalled = bus.subscribe_conversation(7);
        let mut reading = bus.subscribe_conversation(7);
        for _ in 0..=QUEUE {
            bus.publish(1, &live(Audience::Visitor));
            assert!(reading.recv().await.is_some());
        }
        let mut received = 0;
        while stalled.recv().await.is_some() {
            received += 1;
        }
        assert_eq!(received, QUEUE, "the stream ends after what fitted");
    }
}
