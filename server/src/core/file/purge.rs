//! Deletes the bytes of files whose rows are gone, behind the transaction that deleted them.

use crate::app::App;
use crate::clock::Millis;
use crate::core::message::Address;
use crate::error::{Error, Result};
use crate::store;
use crate::store::Transaction;
use crate::store::conversation::Conversation;
use crate::store::file::File;
use crate::store::job::{Job, NewJob};
use serde::{Deserialize, Serialize};

/// Kind of the job that deletes bytes whose rows are gone.
pub const PURGE_JOB: &str = "purge_files";
/// Rows of one transaction of a purge.
const PAGE: i64 = 200;

/// What a [`PURGE_JOB`] deletes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Purge {
    /// One file.
    File { key: String, name: String },
    /// Everything whose key begins so.
    Below(String),
}

pub(super) fn key(site_id: i64, conversation_id: i64, name: &str) -> String {
    format!("{site_id}/{conversation_id}/{name}")
}

pub(super) async fn enqueue(
    transaction: &mut Transaction,
    account_id: i64,
    purge: &Purge,
    run_at: Millis,
    now: Millis,
) -> Result<i64> {
    let payload = serde_json::to_string(purge).map_err(Error::internal)?;
    let job = NewJob {
        kind: PURGE_JOB,
        account_id,
        conversation_id: None,
        payload: &payload,
        run_at,
        lease: None,
    };
    store::job::insert(transaction, &job, now).await
}

/// Runs a [`PURGE_JOB`].
///
/// # Errors
/// `storage_unavailable`.
pub async fn purge(app: &App, job: &Job) -> Result<()> {
    let purge: Purge = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let name = match purge {
        Purge::Below(parts) => {
            app.storage.delete_below(&parts).await?;
            None
        }
        Purge::File { key, name } => {
            app.storage.delete(&key).await?;
            Some(name)
        }
    };
    let (job_id, account_id) = (job.id, job.account_id);
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                if let Some(name) = name {
                    store::file::delete_unstored(transaction, account_id, &name).await?;
                }
                store::job::finish(transaction, job_id).await
            })
        })
        .await
}

/// The bytes of a site's files go. Call it in the transaction that deletes the site.
///
/// # Errors
/// `storage_unavailable`.
pub async fn forget_site(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    now: Millis,
) -> Result<()> {
    let purge = Purge::Below(site_id.to_string());
    enqueue(transaction, account_id, &purge, now, now).await?;
    Ok(())
}

/// The bytes of a conversation's files go. Call it in the transaction that deletes the conversation.
///
/// # Errors
/// `storage_unavailable`.
pub async fn forget_conversation(
    transaction: &mut Transaction,
    conversation: &Conversation,
    now: Millis,
) -> Result<()> {
    let purge = Purge::Below(format!("{}/{}", conversation.site_id, conversation.id));
    enqueue(transaction, conversation.account_id, &purge, now, now).await?;
    Ok(())
}

/// The files of a message go. Call it in the transaction that takes the message back.
///
/// # Errors
/// `storage_unavailable`.
pub async fn forget_of_message(
    transaction: &mut Transaction,
    address: Address,
    message_id: i64,
    now: Millis,
) -> Result<()> {
    let Address {
        account_id,
        conversation_id,
    } = address;
    let files =
        store::file::all_of_message(transaction, account_id, conversation_id, message_id).await?;
    forget(transaction, account_id, &files, now).await
}

async fn forget(
    transaction: &mut Transaction,
    account_id: i64,
    files: &[File],
    now: Millis,
) -> Result<()> {
    for file in files {
        store::file::delete(transaction, account_id, file.id).await?;
        let purge = Purge::File {
            key: key(file.site_id, file.conversation_id, &file.name),
            name: file.name.clone(),
        };
        enqueue(transaction, account_id, &purge, now, now).await?;
    }
    Ok(())
}

/// Deletes an account's files from before a time, and gives how many there were.
///
/// # Errors
/// `storage_unavailable`.
pub async fn forget_older(app: &App, account_id: i64, before: Millis) -> Result<usize> {
    let now = app.now();
    let mut forgotten = 0;
    loop {
        let page = app
            .db
            .write(move |transaction| {
                Box::pin(async move {
                    let files = store::file::older(transaction, account_id, before, PAGE).await?;
                    forget(transaction, account_id, &files, now).await?;
                    Ok(files.len())
                })
            })
            .await?;
        if page == 0 {
            return Ok(forgotten);
        }
        forgotten += page;
    }
}
