//! The log of deliveries, and sending one again.

use super::endpoint::find;
use crate::app::App;
use crate::clock::iso;
use crate::core::actor::Operator;
use crate::core::page;
use crate::error::{Error, Result};
use crate::store;
use crate::store::delivery::{Attempt, Delivery};
use shared::error::ErrorCode;
use shared::page::Page;
use shared::webhook::{WebhookAttempt, WebhookDelivery};
use std::collections::HashMap;

fn view(delivery: Delivery, log: Vec<WebhookAttempt>) -> WebhookDelivery {
    WebhookDelivery {
        id: delivery.id,
        webhook_id: delivery.endpoint_id,
        event_id: delivery.event_id,
        event: delivery.event,
        status: delivery.status,
        payload: delivery.payload,
        attempts: delivery.attempts,
        next_attempt_at: delivery.next_attempt_at.map(iso),
        created_at: iso(delivery.created_at),
        finished_at: delivery.finished_at.map(iso),
        log,
    }
}

impl From<Attempt> for WebhookAttempt {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            at: iso(attempt.started_at),
            duration_ms: attempt.duration,
            request: attempt.request,
            response: attempt.response,
            failure: attempt.failure,
        }
    }
}

/// What an endpoint was told, or is to be, newest first.
///
/// # Errors
/// `not_found`, `forbidden`, `validation_failed` for a cursor that cannot be one.
pub async fn deliveries(
    app: &App,
    operator: &Operator,
    id: i64,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<WebhookDelivery>> {
    find(app, operator, id).await?;
    let before = page::before(cursor)?;
    let mut connection = app.db.read().await?;
    let rows =
        store::delivery::list(&mut connection, operator.account_id, id, before, limit).await?;
    let rows = page::cut(rows, limit, |delivery| delivery.id);
    let mut logs: HashMap<i64, Vec<WebhookAttempt>> = HashMap::new();
    if let (Some(last), Some(first)) = (rows.data.first(), rows.data.last()) {
        for attempt in store::delivery::attempts(&mut connection, id, first.id, last.id).await? {
            let log = logs.entry(attempt.delivery_id).or_default();
            log.push(attempt.into());
        }
    }
    Ok(rows.map(|row| {
        let log = logs.remove(&row.id).unwrap_or_default();
        view(row, log)
    }))
}

/// Sends a delivery once more, now. One that is over goes outside the order of its conversation; one that is still
/// on its way keeps its place.
///
/// # Errors
/// `not_found`, `forbidden`, `conflict` where the endpoint is switched off.
pub async fn replay(
    app: &App,
    operator: &Operator,
    id: i64,
    delivery_id: i64,
) -> Result<WebhookDelivery> {
    let endpoint = find(app, operator, id).await?;
    let (account_id, now) = (operator.account_id, app.now());
    let replayed = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let found = store::delivery::get(transaction, account_id, id, delivery_id).await?;
                found.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                if !endpoint.enabled {
                    let detail = "The webhook is switched off.";
                    return Err(Error::new(ErrorCode::Conflict).with_detail(detail));
                }
                store::delivery::replay(transaction, account_id, delivery_id, now).await?;
                let row = store::delivery::get(transaction, account_id, id, delivery_id).await?;
                let row = row.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                let log = store::delivery::attempts(transaction, id, row.id, row.id).await?;
                Ok(view(row, log.into_iter().map(Into::into).collect()))
            })
        })
        .await?;
    app.webhooks.wake();
    Ok(replayed)
}
