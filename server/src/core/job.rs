//! Runs what was put off: claims due jobs under a lease, several of a kind side by side, with back-off and a visible
//! rest. A job that takes long holds up neither the others nor the next look.

use crate::app::App;
use crate::clock::{MINUTE, Millis, SECOND};
use crate::core::answer::turn;
use crate::core::file::{self, PURGE_JOB};
use crate::core::mail::{self, MAIL_JOB};
use crate::core::message::{ANSWER_JOB, LEASE};
use crate::core::scrape::{self, SCRAPE_JOB};
use crate::core::transcript_mail::{self, TRANSCRIPT_JOB};
use crate::error::{Error, Result};
use crate::store;
use crate::store::job::Job;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often the lease of a job that runs is renewed.
const RENEW: Duration = Duration::from_secs(10);
const ATTEMPTS: i64 = 8;

/// Every kind of job, and how many of it this process runs at once. Each kind has its own bound, so that none can
/// starve another.
const KINDS: [(&str, usize); 5] = [
    (ANSWER_JOB, 32),
    (PURGE_JOB, 4),
    (SCRAPE_JOB, 2),
    (MAIL_JOB, 2),
    (TRANSCRIPT_JOB, 2),
];

/// Room for the jobs of each kind.
#[derive(Debug)]
pub struct Room([Arc<Semaphore>; KINDS.len()]);

impl Default for Room {
    fn default() -> Self {
        Self(KINDS.map(|(_, side_by_side)| Arc::new(Semaphore::new(side_by_side))))
    }
}

/// Looks for due jobs until the process drains.
pub async fn work(app: App) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = app.shutdown.cancelled() => return,
        }
        if let Err(error) = start_due(&app).await {
            tracing::warn!(%error, "due jobs could not be looked up");
        }
    }
}

/// Takes over what an earlier process left behind. Where only one process can have the database open, whatever is
/// held at start was held by one that died; elsewhere leases run out by themselves.
///
/// # Errors
/// `storage_unavailable`.
pub async fn take_over(app: &App) -> Result<()> {
    if app.db.engine() != "sqlite" {
        return Ok(());
    }
    let released = app
        .db
        .write(|transaction| {
            Box::pin(async move {
                let deliveries = store::delivery::release_all(transaction).await?;
                Ok(deliveries + store::job::release_all(transaction).await?)
            })
        })
        .await?;
    if released > 0 {
        tracing::info!(released, "work of an earlier run is taken up again");
    }
    Ok(())
}

/// Gives back what this process holds, so that the next one need not wait for leases to run out.
///
/// # Errors
/// `storage_unavailable`.
pub async fn give_back(app: &App) -> Result<()> {
    let worker = app.worker.clone();
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::delivery::release(transaction, &worker).await?;
                store::job::release(transaction, &worker).await
            })
        })
        .await?;
    Ok(())
}

/// Claims and runs what is due now, to its end; gives how many. Tests call it instead of waiting.
///
/// # Errors
/// `storage_unavailable`.
pub async fn run_due(app: &App) -> Result<usize> {
    let started = start_due(app).await?;
    let count = started.len();
    for job in started {
        job.await.map_err(Error::internal)?;
    }
    Ok(count)
}

/// Claims what is due and has room, and runs each in a task of its own.
async fn start_due(app: &App) -> Result<Vec<JoinHandle<()>>> {
    let mut started = Vec::new();
    for ((kind, side_by_side), room) in KINDS.into_iter().zip(&app.jobs.0) {
        let now = app.now();
        let due = {
            let mut connection = app.db.read().await?;
            let limit = i64::try_from(side_by_side).unwrap_or(i64::MAX);
            store::job::due(&mut connection, kind, now, limit).await?
        };
        for id in due {
            // Only what can run at once is claimed: a lease that runs out while its job waits helps nobody.
            let Ok(permit) = room.clone().try_acquire_owned() else {
                break;
            };
            if let Some(job) = claim(app, id, now).await? {
                started.push(app.tasks.spawn(run_claimed(app.clone(), job, permit)));
            }
        }
    }
    Ok(started)
}

async fn claim(app: &App, id: i64, now: Millis) -> Result<Option<Job>> {
    let worker = app.worker.clone();
    app.db
        .write(move |transaction| {
            Box::pin(
                async move { store::job::claim(transaction, id, &worker, now + LEASE, now).await },
            )
        })
        .await
}

async fn run_claimed(app: App, job: Job, _room: OwnedSemaphorePermit) {
    let outcome = tokio::select! {
        outcome = AssertUnwindSafe(run(&app, &job)).catch_unwind() => {
            outcome.unwrap_or_else(|_| Err(Error::internal("a job panicked")))
        }
        () = renew_lease(&app, job.id) => return,
        // Jobs may be run again: what is given back at the end is taken up at the next start.
        () = app.shutdown.cancelled() => return,
    };
    let Err(error) = outcome else { return };
    if let Err(error) = put_off(&app, &job, &error).await {
        tracing::warn!(%error, job = job.id, "a failed job could not be put off; its lease runs out by itself");
    }
}

/// Holds the job for this process as long as it runs.
async fn renew_lease(app: &App, id: i64) {
    loop {
        tokio::time::sleep(RENEW).await;
        let (worker, until) = (app.worker.clone(), app.now() + LEASE);
        let renewed = app
            .db
            .write(move |transaction| {
                Box::pin(async move { store::job::extend(transaction, id, &worker, until).await })
            })
            .await;
        if let Err(error) = renewed {
            tracing::warn!(%error, job = id, "a lease could not be renewed");
        }
    }
}

async fn run(app: &App, job: &Job) -> Result<()> {
    match job.kind.as_str() {
        ANSWER_JOB => turn::resume(app, job).await,
        PURGE_JOB => file::purge(app, job).await,
        SCRAPE_JOB => scrape::run(app, job).await,
        MAIL_JOB => mail::run(app, job).await,
        TRANSCRIPT_JOB => transcript_mail::run(app, job).await,
        other => Err(Error::internal(format!(
            "no handler for jobs of kind {other}"
        ))),
    }
}

async fn put_off(app: &App, job: &Job, error: &Error) -> Result<()> {
    tracing::warn!(%error, job = job.id, kind = job.kind, attempt = job.attempts, "a job failed");
    let (id, now, code) = (job.id, app.now(), error.code.code());
    let rests = job.attempts >= ATTEMPTS;
    let again = now + back_off(job.attempts);
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                if rests {
                    return store::job::rest(transaction, id, now, code).await;
                }
                store::job::retry(transaction, id, again, code).await
            })
        })
        .await
}

/// 2 s, 4 s, 8 s … up to 10 minutes.
fn back_off(attempts: i64) -> Millis {
    let doublings = u32::try_from(attempts.clamp(1, 10)).unwrap_or(10);
    (SECOND << doublings).min(10 * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::back_off;
    use crate::clock::{MINUTE, SECOND};

    #[test]
    fn waits_double_up_to_ten_minutes() {
        assert_eq!(back_off(1), 2 * SECOND);
        assert_eq!(back_off(3), 8 * SECOND);
        assert_eq!(back_off(10_000), 10 * MINUTE);
    }
}
