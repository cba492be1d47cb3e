//! Live events to whoever listens: the visitors of a conversation and the operators of an account.
//!
//! Publishing never waits. A listener whose queue is full is dropped: its stream ends, and it resumes from the
//! event table by its cursor. So a reader that never reads cannot block a writer.
//!
//! Where several replicas serve one database, each delivers to its own listeners at once and leaves a note for the
//! others in a bounded outbox, which `core/replicas.rs` carries to Redis and empties theirs into [`Bus::deliver`] and
//! its neighbours. Notes are for what is live alone: what must not be lost is in the event table, and whoever may have
//! missed a note looks there (see [`standing`]). So the outbox may be full and Redis away.

pub mod note;
pub mod standing;
mod topics;

use note::Note;
use serde::{Deserialize, Serialize};
use shared::event::Event;
use standing::{Lookout, Standing, Watchtower};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use topics::Topics;

/// Notes that wait for their way to Redis.
const OUTBOX: usize = 8_192;

/// An event on its way to listeners.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Live {
    /// The account's cursor, for durable events.
    pub cursor: Option<i64>,
    pub conversation_id: i64,
    /// `conv_…` without the prefix.
    pub conversation_slug: Arc<str>,
    pub event: Arc<Event>,
    pub audience: Audience,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Conversations that share a place wait for each other for one read; that is cheaper than a lock for each.
const ROW_ORDERS: usize = 64;

/// Publish and subscribe: within this process, and to the other replicas where there are some.
#[derive(Debug)]
pub struct Bus {
    conversations: Topics<i64>,
    accounts: Topics<i64>,
    users: Topics<i64>,
    row_orders: [tokio::sync::Mutex<()>; ROW_ORDERS],
    others: Option<Others>,
}

/// The other replicas, as seen from this one.
#[derive(Debug)]
struct Others {
    outbox: mpsc::Sender<Note>,
    /// Until somebody carries it.
    carried: Mutex<Option<mpsc::Receiver<Note>>>,
    watchtower: Watchtower,
    /// Something that must arrive was not sent.
    has_lost: AtomicBool,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            conversations: Topics::new(),
            accounts: Topics::new(),
            users: Topics::new(),
            row_orders: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            others: None,
        }
    }
}

impl Bus {
    /// The bus of one replica among several.
    pub fn between_replicas() -> Self {
        let (outbox, carried) = mpsc::channel(OUTBOX);
        let others = Others {
            outbox,
            carried: Mutex::new(Some(carried)),
            watchtower: Watchtower::new(),
            has_lost: AtomicBool::new(false),
        };
        Self {
            others: Some(others),
            ..Self::default()
        }
    }

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

    /// Tells a listener when it has to look into the event table itself, and whether what let it in still holds. To be
    /// made before the first look.
    pub fn lookout(&self) -> Lookout {
        match &self.others {
            Some(others) => others.watchtower.lookout(),
            None => Lookout::idle(),
        }
    }

    /// Ends the channels this user has open; those of sessions that go on come again.
    pub fn close_user(&self, user_id: i64) {
        self.close_user_here(user_id);
        self.tell(Note::CloseUser(user_id));
    }

    pub fn close_user_here(&self, user_id: i64) {
        self.users.close(user_id);
    }

    /// Ends the channels of everybody who listens to this conversation, after what was published so far.
    pub fn close_conversation(&self, conversation_id: i64) {
        self.close_conversation_here(conversation_id);
        self.tell(Note::CloseConversation(conversation_id));
    }

    pub fn close_conversation_here(&self, conversation_id: i64) {
        self.conversations.close(conversation_id);
    }

    /// Whether preparing something for the operators' channel is worth its cost on this replica. The others judge for
    /// themselves: see [`Note::Row`].
    pub fn has_operators(&self, account_id: i64) -> bool {
        self.accounts.has_listeners(account_id)
    }

    pub fn publish(&self, account_id: i64, live: &Live) {
        self.deliver(account_id, live);
        if self.others.is_some() {
            self.tell(Note::Live {
                account_id,
                live: live.clone(),
            });
        }
    }

    /// To those who listen at this replica.
    pub fn deliver(&self, account_id: i64, live: &Live) {
        if live.audience.has_visitor() {
            self.conversations.publish(live.conversation_id, live);
        }
        if live.audience.has_operators() {
            self.accounts.publish(account_id, live);
        }
    }

    /// Leaves a note for the other replicas. While they cannot be reached, or faster than Redis takes them, notes are
    /// dropped: what must arrive is made good by a look.
    pub fn tell(&self, note: Note) {
        let Some(others) = &self.others else { return };
        let must_arrive = note.must_arrive();
        let is_left =
            others.watchtower.standing() != Standing::Apart && others.outbox.try_send(note).is_ok();
        if must_arrive && !is_left {
            others.has_lost.store(true, Ordering::SeqCst);
        }
    }

    /// The notes, for the one who carries them to the others. None where there are no others, or somebody does already.
    pub fn outbox(&self) -> Option<mpsc::Receiver<Note>> {
        let carried = &self.others.as_ref()?.carried;
        carried
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// How this replica stands with the others; none where it is alone.
    pub fn standing(&self) -> Option<Standing> {
        self.others
            .as_ref()
            .map(|others| others.watchtower.standing())
    }

    /// The others are heard from now on. Also to be called where something may have been missed meanwhile.
    pub fn stand_together(&self) {
        if let Some(others) = &self.others {
            others.watchtower.stand_together();
        }
    }

    /// The others are not heard any more.
    pub fn stand_apart(&self) {
        if let Some(others) = &self.others {
            others.watchtower.stand_apart();
        }
    }

    /// Notes that must arrive did not leave.
    pub fn lose(&self) {
        if let Some(others) = &self.others {
            others.has_lost.store(true, Ordering::SeqCst);
        }
    }

    /// Whether something that must arrive was lost since this was asked last.
    pub fn take_lost(&self) -> bool {
        let lost = |others: &Others| others.has_lost.swap(false, Ordering::SeqCst);
        self.others.as_ref().is_some_and(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::topics::{QUEUE, SWEEP_AT_LEAST};
    use super::{Audience, Bus, Live, Note, OUTBOX};
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

    fn durable() -> Live {
        Live {
            cursor: Some(1),
            ..live(Audience::Visitor)
        }
    }

    #[tokio::test]
    async fn who_is_alone_keeps_no_notes() {
        let bus = Bus::default();
        bus.publish(1, &durable());
        assert!(bus.outbox().is_none());
        assert!(!bus.take_lost());
    }

    #[tokio::test]
    async fn notes_leave_in_order_and_what_does_not_fit_is_known_to_be_lost() {
        let bus = Bus::between_replicas();
        let mut outbox = bus.outbox().unwrap();
        bus.publish(1, &durable());
        assert!(outbox.try_recv().is_err(), "nobody can be reached yet");
        assert!(bus.take_lost() && !bus.take_lost());
        bus.stand_together();
        let mut here = bus.subscribe_conversation(7);
        bus.publish(1, &durable());
        bus.close_conversation(7);
        bus.close_user(3);
        assert!(here.recv().await.is_some(), "and here it is at once");
        assert!(here.recv().await.is_none());
        assert!(matches!(
            outbox.try_recv(),
            Ok(Note::Live { account_id: 1, .. })
        ));
        assert!(matches!(outbox.try_recv(), Ok(Note::CloseConversation(7))));
        assert!(matches!(outbox.try_recv(), Ok(Note::CloseUser(3))));
        for _ in 0..OUTBOX {
            bus.publish(1, &durable());
        }
        assert!(!bus.take_lost());
        bus.publish(1, &live(Audience::Visitor));
        assert!(!bus.take_lost(), "what is fleeting may go");
        bus.publish(1, &durable());
        assert!(bus.take_lost());
    }
}
