//! Writing down what is to be told, in the transaction of what happened.

use super::news::News;
use crate::app::App;
use crate::core::message::Address;
use crate::error::Result;
use crate::store::delivery::{self, NewDelivery};
use crate::store::{Transaction, webhook};

/// Leaves a delivery for each endpoint that wants to hear of it; true where there is any. The conversation's row must
/// be locked: that keeps deliveries in the order of what happened. Ring [`super::Webhooks::wake`] after the commit.
///
/// # Errors
/// `storage_unavailable`.
pub async fn enqueue(
    transaction: &mut Transaction,
    app: &App,
    address: Address,
    news: &[News],
) -> Result<bool> {
    if news.is_empty() {
        return Ok(false);
    }
    let endpoints = webhook::wanting(transaction, address.account_id).await?;
    let wanted = |news: &News| {
        endpoints
            .iter()
            .any(|(_, events)| events.contains(&news.event))
    };
    if !news.iter().any(wanted) {
        return Ok(false);
    }
    let Address {
        account_id,
        conversation_id,
    } = address;
    // Test chats are told to nobody.
    let Some(subject) = delivery::subject(transaction, account_id, conversation_id).await? else {
        return Ok(false);
    };
    let now = app.now();
    for news in news {
        let (event_id, payload) = (
            format!("evt_{}", app.ids.slug()),
            news.payload(&subject, now)?,
        );
        for (endpoint_id, _) in endpoints
            .iter()
            .filter(|(_, events)| events.contains(&news.event))
        {
            let new = NewDelivery {
                account_id,
                endpoint_id: *endpoint_id,
                conversation_id,
                message_id: news.message_id,
                event_id: &event_id,
                event: news.event,
                payload: &payload,
            };
            delivery::insert(transaction, &new, now).await?;
        }
    }
    Ok(true)
}
