//! Runs what was put off: claims due jobs under a lease, one worker each, with back-off and a visible rest.

use crate::app::App;
use crate::clock::{MINUTE, Millis, SECOND};
use crate::core::answer::turn;
use crate::core::file::{self, PURGE_JOB};
use crate::core::message::{ANSWER_JOB, LEASE};
use crate::error::{Error, Result};
use crate::store;
use crate::store::job::Job;
use std::time::Duration;

/// Jobs one look takes on.
const BATCH: i64 = 32;
const LOOK_EVERY: Duration = Duration::from_millis(500);
const ATTEMPTS: i64 = 8;

/// Looks for due jobs until the process drains.
pub async fn work(app: App) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = app.shutdown.cancelled() => return,
        }
        if let Err(error) = run_due(&app).await {
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
        .write(|transaction| Box::pin(async move { store::job::release_all(transaction).await }))
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
            Box::pin(async move { store::job::release(transaction, &worker).await })
        })
        .await?;
    Ok(())
}

/// Claims and runs everything due now; gives how many. Tests call it instead of waiting.
///
/// # Errors
/// `storage_unavailable`.
pub async fn run_due(app: &App) -> Result<usize> {
    let now = app.now();
    let due = {
        let mut connection = app.db.read().await?;
        store::job::due(&mut connection, now, BATCH).await?
    };
    let mut ran = 0;
    for id in due {
        let worker = app.worker.clone();
        let claimed = app
            .db
            .write(move |transaction| {
                Box::pin(async move {
                    store::job::claim(transaction, id, &worker, now + LEASE, now).await
                })
            })
            .await?;
        if let Some(job) = claimed {
            ran += 1;
            if let Err(error) = run(app, &job).await {
                put_off(app, &job, &error).await?;
            }
        }
    }
    Ok(ran)
}

async fn run(app: &App, job: &Job) -> Result<()> {
    match job.kind.as_str() {
        ANSWER_JOB => turn::resume(app, job).await,
        PURGE_JOB => file::purge(app, job).await,
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
