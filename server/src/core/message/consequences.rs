//! What follows from a change, beside the rows of the change itself: events for who listens, news for webhooks.

use super::Address;
use crate::app::App;
use crate::clock::Millis;
use crate::core::webhook::{self, News};
use crate::error::Result;
use crate::store::conversation::Locked;
use crate::store::{Transaction, event};
use shared::event::Event;

#[derive(Debug)]
pub(super) struct Consequences {
    locked: Locked,
    events: Vec<(i64, Event)>,
    news: Vec<News>,
}

/// What others are told once the change is durable.
#[derive(Debug)]
pub(super) struct Committed {
    pub(super) slug: String,
    pub(super) events: Vec<(i64, Event)>,
    /// Webhooks have something to deliver.
    pub(super) deliveries: bool,
}

impl Consequences {
    pub(super) const fn of(locked: Locked) -> Self {
        Self {
            locked,
            events: Vec::new(),
            news: Vec::new(),
        }
    }

    pub(super) fn news(&mut self, news: impl IntoIterator<Item = News>) {
        self.news.extend(news);
    }

    /// Stores an event, to be published once it is committed. A test chat leaves none: nobody listens to it, and no
    /// list may hear of it.
    pub(super) async fn event(
        &mut self,
        transaction: &mut Transaction,
        address: Address,
        event: Event,
        now: Millis,
    ) -> Result<()> {
        if self.locked.is_test {
            return Ok(());
        }
        let Address {
            account_id,
            conversation_id,
        } = address;
        let cursor =
            event::insert(transaction, account_id, conversation_id, true, &event, now).await?;
        self.events.push((cursor, event));
        Ok(())
    }

    /// Leaves what webhooks are to be told in the same transaction.
    pub(super) async fn conclude(
        self,
        transaction: &mut Transaction,
        app: &App,
        address: Address,
    ) -> Result<Committed> {
        let deliveries = self.locked.has_webhooks
            && webhook::enqueue(transaction, app, address, &self.news).await?;
        Ok(Committed {
            slug: self.locked.slug,
            events: self.events,
            deliveries,
        })
    }
}
