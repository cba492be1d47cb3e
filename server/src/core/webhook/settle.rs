//! What a try leads to: taken, to be tried again, or given up; and what it says of the endpoint.

use super::schedule;
use crate::app::App;
use crate::clock::{DAY, Millis};
use crate::core::mail;
use crate::error::Result;
use crate::store::delivery::{self, Attempt, Delivery};
use crate::store::webhook::{self, Endpoint};
use crate::store::{Transaction, conversation};
use shared::webhook::{
    DeliveryFailure, DeliveryStatus, WebhookDisabledReason, WebhookRequest, WebhookResponse,
};
use std::sync::Arc;

/// An endpoint that has failed this long is switched off.
const ENDURANCE: Millis = 5 * DAY;
/// Tries of one delivery that the log keeps.
const TRIES_KEPT: i64 = 20;
/// The receiver says that it is gone for good.
const GONE: u16 = 410;

/// What came of a try.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) started_at: Millis,
    pub(super) duration: Millis,
    pub(super) request: WebhookRequest,
    pub(super) response: Option<WebhookResponse>,
    pub(super) failure: Option<DeliveryFailure>,
}

/// What happens to the delivery now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Over(DeliveryStatus),
    Again(Millis),
}

/// Writes down what came of a try, and lets the conversation's next delivery go where this one is over.
pub(super) async fn settle(
    app: &App,
    endpoint: Arc<Endpoint>,
    delivery: Delivery,
    outcome: Outcome,
) -> Result<()> {
    let (writing, random, now) = (app.clone(), app.ids.bytes(), app.now());
    let endpoint_id = endpoint.id;
    let disabled = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let (account_id, conversation_id) = (delivery.account_id, delivery.conversation_id);
                let locked = conversation::lock(transaction, account_id, conversation_id).await?;
                if locked.is_none() {
                    // Deleted with its deliveries while this one was under way.
                    return Ok(None);
                }
                // The endpoint before its deliveries, as everywhere, so that no two transactions wait for each other.
                let disable = judge_endpoint(transaction, &endpoint, &outcome, now).await?;
                let next = next(&delivery, &outcome, random, now).filter(disable.is_none());
                if !apply(transaction, &delivery, next, &writing.worker, now).await? {
                    return Ok(None);
                }
                remember(transaction, &delivery, outcome).await?;
                if matches!(next, Next::Over(_)) {
                    delivery::wake_next(transaction, endpoint_id, conversation_id, now).await?;
                }
                if disable.is_some() {
                    delivery::give_up(transaction, endpoint_id, now).await?;
                }
                Ok(disable)
            })
        })
        .await?;
    if let Some(reason) = disabled {
        tracing::warn!(
            endpoint = endpoint_id,
            reason = reason.as_str(),
            "a webhook was switched off"
        );
    }
    Ok(())
}

impl Next {
    /// Nothing is tried again at an endpoint that is switched off.
    fn filter(self, endpoint_stays: bool) -> Self {
        match self {
            Self::Again(_) if !endpoint_stays => Self::Over(DeliveryStatus::Failed),
            next => next,
        }
    }
}

fn next(delivery: &Delivery, outcome: &Outcome, random: [u8; 2], now: Millis) -> Next {
    if outcome.failure.is_none() {
        return Next::Over(DeliveryStatus::Delivered);
    }
    match schedule::wait(delivery.tries + 1, random) {
        Some(wait) => Next::Again(now + wait),
        None => Next::Over(DeliveryStatus::Failed),
    }
}

/// False where somebody else holds the delivery by now, or it is over.
async fn apply(
    transaction: &mut Transaction,
    delivery: &Delivery,
    next: Next,
    worker: &str,
    now: Millis,
) -> Result<bool> {
    match next {
        Next::Over(status) => delivery::finish(transaction, delivery.id, worker, status, now).await,
        Next::Again(at) => delivery::retry(transaction, delivery.id, worker, at).await,
    }
}

/// Keeps count of the endpoint's health; switches it off where it is gone or has failed for too long.
async fn judge_endpoint(
    transaction: &mut Transaction,
    endpoint: &Endpoint,
    outcome: &Outcome,
    now: Millis,
) -> Result<Option<WebhookDisabledReason>> {
    let Endpoint { account_id, id, .. } = *endpoint;
    if outcome.failure.is_none() {
        webhook::succeeded(transaction, account_id, id).await?;
        return Ok(None);
    }
    let since = webhook::failed(transaction, account_id, id, outcome.started_at).await?;
    let is_gone = outcome
        .response
        .as_ref()
        .is_some_and(|response| response.status == GONE);
    let reason = match since {
        Some(_) if is_gone => WebhookDisabledReason::Gone,
        Some(since) if now - since >= ENDURANCE => WebhookDisabledReason::Failing,
        _ => return Ok(None),
    };
    if !webhook::disable(transaction, account_id, id, reason, now).await? {
        return Ok(None);
    }
    tell_owners(transaction, endpoint, reason, now).await?;
    Ok(Some(reason))
}

/// The owners learn of it where they are: nobody looks at a page of webhooks that has always worked.
async fn tell_owners(
    transaction: &mut Transaction,
    endpoint: &Endpoint,
    reason: WebhookDisabledReason,
    now: Millis,
) -> Result<()> {
    let why = match reason {
        WebhookDisabledReason::Gone => "Its receiver answered that it is gone for good (410).",
        WebhookDisabledReason::Failing => "Every try of the last five days has failed.",
    };
    let url = &endpoint.url;
    let text = format!(
        "The webhook to\n\n    {url}\n\nwas switched off. {why}\n\nNothing more is delivered to it. When the \
         receiver is back, switch the webhook on again under Developers in the dashboard; its log there shows \
         what was not delivered and sends it again.\n"
    );
    let subject = "A webhook was switched off";
    mail::tell_owners(transaction, endpoint.account_id, subject, &text, now).await
}

async fn remember(
    transaction: &mut Transaction,
    delivery: &Delivery,
    outcome: Outcome,
) -> Result<()> {
    let number = delivery.attempts + 1;
    let attempt = Attempt {
        delivery_id: delivery.id,
        number,
        started_at: outcome.started_at,
        duration: outcome.duration,
        request: outcome.request,
        response: outcome.response,
        failure: outcome.failure,
    };
    delivery::insert_attempt(transaction, &attempt).await?;
    if number > TRIES_KEPT {
        delivery::forget_attempts(transaction, delivery.id, number - TRIES_KEPT).await?;
    }
    Ok(())
}
