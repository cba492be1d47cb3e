//! Letters to people of an account, sent by jobs that are written with what the letters tell of.

use crate::app::App;
use crate::clock::Millis;
use crate::error::{Error, Result};
pub use crate::mail::Letter;
use crate::store::job::{Job, NewJob};
use crate::store::{self, Transaction};

/// Kind of the job that sends a letter.
pub const MAIL_JOB: &str = "mail";

/// Sends a letter to each owner of an account. Call it in the transaction that writes what it tells of.
///
/// # Errors
/// `storage_unavailable`.
pub async fn tell_owners(
    transaction: &mut Transaction,
    account_id: i64,
    subject: &str,
    text: &str,
    now: Millis,
) -> Result<()> {
    for to in store::user::owners(transaction, account_id).await? {
        let letter = Letter {
            to,
            subject: subject.to_owned(),
            text: text.to_owned(),
            ..Letter::default()
        };
        enqueue(transaction, account_id, &letter, now).await?;
    }
    Ok(())
}

async fn enqueue(
    transaction: &mut Transaction,
    account_id: i64,
    letter: &Letter,
    now: Millis,
) -> Result<()> {
    let payload = serde_json::to_string(letter).map_err(Error::internal)?;
    let job = NewJob {
        kind: MAIL_JOB,
        account_id,
        conversation_id: None,
        payload: &payload,
        run_at: now,
        lease: None,
    };
    store::job::insert(transaction, &job, now).await?;
    Ok(())
}

/// Sends the letter of a job. Where it was taken and the job could not be ended, it goes out once more, under the
/// same id.
///
/// # Errors
/// `internal_error` where it was not taken; `storage_unavailable`.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    let letter: Letter = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    app.mail.send(job.id, &letter, job.created_at).await?;
    let id = job.id;
    app.db
        .write(move |transaction| {
            Box::pin(async move { store::job::finish(transaction, id).await })
        })
        .await
}
