//! Delivering: a worker looks for what is due, and each endpoint is served by a task of its own.

use super::settle::{Outcome, settle};
use super::sign;
use crate::app::App;
use crate::clock::{DAY, Millis, SECOND};
use crate::error::{Error, Result};
use crate::net::{Answer, Post, Unanswered};
use crate::store;
use crate::store::delivery::{Delivery, Lease};
use crate::store::webhook::Endpoint;
use shared::webhook::{DeliveryFailure, WebhookRequest, WebhookResponse};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};
use url::Url;

const LOOK_EVERY: Duration = Duration::from_millis(500);
const PRUNE_EVERY: Duration = Duration::from_secs(60);
/// Endpoints that one look begins to serve.
const ENDPOINTS: i64 = 10_000;
/// Conversations of one endpoint that are told of side by side.
const SIDE_BY_SIDE: usize = 8;
/// A receiver that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longer than any try.
const LEASE: Millis = 30 * SECOND;
/// How long a try goes on while the process drains; one cut off is made again at the next start.
const DRAIN: Duration = Duration::from_secs(3);
/// Kept of what a receiver answers.
const BODY_BYTES: usize = 4 << 10;
/// How long, and how many per endpoint, deliveries that are over stay in the log.
const LOG_AGE: Millis = 30 * DAY;
const LOG_ROWS: i64 = 1_000;

/// Delivers until the process drains.
pub async fn work(app: App) {
    let (mut looks, mut prunes) = (interval(LOOK_EVERY), interval(PRUNE_EVERY));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    prunes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let done = tokio::select! {
            _ = looks.tick() => start_due(&app).await.map(drop),
            () = app.webhooks.woken() => start_due(&app).await.map(drop),
            _ = prunes.tick() => prune(&app).await,
            () = app.shutdown.cancelled() => return,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "webhooks could not be looked up");
        }
    }
}

/// Delivers what is due now, to its end; gives how many tries were made. Tests call it instead of waiting.
///
/// # Errors
/// `storage_unavailable`.
pub async fn deliver_due(app: &App) -> Result<usize> {
    let mut tries = 0;
    for serving in start_due(app).await? {
        tries += serving.await.map_err(Error::internal)?;
    }
    Ok(tries)
}

/// Forgets what the log no longer keeps.
///
/// # Errors
/// `storage_unavailable`.
pub async fn prune(app: &App) -> Result<()> {
    let before = app.now() - LOG_AGE;
    app.db
        .write(move |transaction| {
            Box::pin(async move { store::delivery::prune(transaction, before, LOG_ROWS).await })
        })
        .await
}

async fn start_due(app: &App) -> Result<Vec<JoinHandle<usize>>> {
    let due = {
        let mut connection = app.db.read().await?;
        store::delivery::endpoints_due(&mut connection, app.now(), ENDPOINTS).await?
    };
    let mut started = Vec::new();
    for endpoint_id in due {
        if let Some(serving) = app.webhooks.serve(endpoint_id) {
            let app_of_task = app.clone();
            started.push(app.tasks.spawn(async move {
                let tries = serve(&app_of_task, endpoint_id).await;
                drop(serving);
                tries
            }));
        }
    }
    Ok(started)
}

/// Makes tries for one endpoint until nothing is due; gives how many. Each is a task of its own: one that waits for
/// the receiver and one that waits for the database do not wait for each other.
async fn serve(app: &App, endpoint_id: i64) -> usize {
    let mut running = JoinSet::new();
    let (mut tries, mut more) = (0, true);
    loop {
        if more && !app.shutdown.is_cancelled() {
            match claim(app, endpoint_id, running.len()).await {
                Ok(claimed) => {
                    for (endpoint, delivery) in claimed {
                        running.spawn(make_try(app.clone(), endpoint, delivery));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, endpoint = endpoint_id, "deliveries could not be claimed");
                    more = false;
                }
            }
        }
        if running.join_next().await.is_none() {
            return tries;
        }
        tries += 1;
        // All that ended meanwhile, so that one claim fills their places.
        while running.try_join_next().is_some() {
            tries += 1;
        }
    }
}

/// Takes as many of the endpoint's due deliveries as there is room for beside those `running`.
async fn claim(
    app: &App,
    endpoint_id: i64,
    running: usize,
) -> Result<Vec<(Arc<Endpoint>, Delivery)>> {
    let endpoint = {
        let mut connection = app.db.read().await?;
        store::webhook::any(&mut connection, endpoint_id).await?
    };
    let Some(endpoint) = endpoint.map(Arc::new) else {
        return Ok(Vec::new());
    };
    // One that has failed is asked carefully until it answers again.
    let room = match endpoint.failing_since {
        None => SIDE_BY_SIDE,
        Some(_) => 1,
    };
    let free = i64::try_from(room.saturating_sub(running)).unwrap_or_default();
    if free == 0 {
        return Ok(Vec::new());
    }
    let (app_of_write, now, is_on) = (app.clone(), app.now(), endpoint.enabled);
    let claimed = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                if !is_on {
                    // Written down in the moment the endpoint was switched off.
                    store::delivery::give_up(transaction, endpoint_id, now).await?;
                    return Ok(Vec::new());
                }
                let lease = Lease {
                    worker: &app_of_write.worker,
                    until: now + LEASE,
                };
                store::delivery::claim(transaction, endpoint_id, lease, now, free).await
            })
        })
        .await?;
    Ok(claimed
        .into_iter()
        .map(|delivery| (endpoint.clone(), delivery))
        .collect())
}

async fn make_try(app: App, endpoint: Arc<Endpoint>, delivery: Delivery) {
    let id = delivery.id;
    let outcome = tokio::select! {
        outcome = post(&app, &endpoint, &delivery) => outcome,
        () = drained(&app) => return,
    };
    let settled = match outcome {
        Ok(outcome) => {
            app.metrics.webhook(outcome.failure);
            settle(&app, endpoint, delivery, outcome).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = settled {
        tracing::warn!(%error, delivery = id, "a delivery could not be settled; it is tried again when its lease runs out");
    }
}

async fn drained(app: &App) {
    app.shutdown.cancelled().await;
    tokio::time::sleep(DRAIN).await;
}

async fn post(app: &App, endpoint: &Endpoint, delivery: &Delivery) -> Result<Outcome> {
    let started_at = app.now();
    let secrets = sign::secrets(app, endpoint, started_at)?;
    let headers = sign::headers(&secrets, &delivery.event_id, &delivery.payload, started_at)?;
    let answered = match Url::parse(&endpoint.url) {
        Ok(url) => {
            let post = Post {
                url,
                headers: &headers,
                body: delivery.payload.clone(),
                patience: PATIENCE,
                keep: BODY_BYTES,
            };
            app.net.post(post).await
        }
        Err(_) => Err(Unanswered::Forbidden),
    };
    Ok(Outcome {
        started_at,
        duration: app.now() - started_at,
        request: WebhookRequest {
            url: endpoint.url.clone(),
            headers,
        },
        failure: failure(&answered),
        response: answered.ok().map(|answer| WebhookResponse {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        }),
    })
}

const fn failure(answered: &Result<Answer, Unanswered>) -> Option<DeliveryFailure> {
    match answered {
        Ok(answer) => match answer.status {
            200..=299 => None,
            300..=399 => Some(DeliveryFailure::Redirect),
            _ => Some(DeliveryFailure::Status),
        },
        Err(Unanswered::Forbidden) => Some(DeliveryFailure::ForbiddenAddress),
        Err(Unanswered::Timeout) => Some(DeliveryFailure::Timeout),
        Err(Unanswered::Unreachable) => Some(DeliveryFailure::Unreachable),
    }
}
