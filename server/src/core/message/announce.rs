//! Tells whoever listens what happened to a conversation.

use super::Address;
use super::consequences::Committed;
use crate::app::App;
use crate::bus::note::Note;
use crate::bus::{Audience, Live};
use crate::core::conversation;
use shared::event::Event;
use std::sync::Arc;

/// Tells whoever listens what was committed, and the operators how the conversation's row looks now.
pub(super) async fn publish(app: &App, address: Address, committed: Committed) {
    if committed.deliveries {
        app.webhooks.wake();
    }
    publish_events(app, address, &committed.slug, committed.events).await;
}

/// Tells whoever listens of events that were committed, and the operators how the conversation's row looks now.
pub async fn publish_events(app: &App, address: Address, slug: &str, events: Vec<(i64, Event)>) {
    if events.is_empty() {
        return;
    }
    let slug: Arc<str> = slug.into();
    tell_events(app, address, &slug, events);
    publish_row(app, address, slug).await;
}

/// Tells whoever listens of events that were committed. Readers take events in the order of their cursors alone, so
/// this comes before anything that leads to further ones.
pub fn tell_events(app: &App, address: Address, slug: &Arc<str>, events: Vec<(i64, Event)>) {
    for (cursor, event) in events {
        let live = Live {
            cursor: Some(cursor),
            conversation_id: address.conversation_id,
            conversation_slug: slug.clone(),
            event: Arc::new(event),
            audience: Audience::Everybody,
        };
        app.bus.publish(address.account_id, &live);
    }
}

/// Shows the operators who listen, at whatever replica, the conversation's row as lists show it.
pub async fn publish_row(app: &App, address: Address, slug: Arc<str>) {
    app.bus.tell(Note::Row {
        account_id: address.account_id,
        conversation_id: address.conversation_id,
        conversation_slug: slug.clone(),
    });
    show_row(app, address, slug).await;
}

/// Shows the row to the operators who listen at this replica.
pub async fn show_row(app: &App, address: Address, slug: Arc<str>) {
    if !app.bus.has_operators(address.account_id) {
        return;
    }
    // Read and shown in one go: of two changes at once, the row that was read later must be shown later.
    let _order = app.bus.row_order(address.conversation_id).await;
    match conversation::row(app, address).await {
        Ok(row) => {
            let event = Arc::new(Event::Conversation {
                conversation: Box::new(row),
            });
            let live = Live {
                cursor: None,
                conversation_id: address.conversation_id,
                conversation_slug: slug,
                event,
                audience: Audience::Operators,
            };
            app.bus.deliver(address.account_id, &live);
        }
        Err(error) => {
            tracing::warn!(%error, conversation = address.conversation_id, "a list row could not be shown live")
        }
    }
}
