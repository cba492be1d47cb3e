//! Jobs: enqueued in the writing transaction, claimed by one worker at a time under a lease.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    pub account_id: i64,
    pub conversation_id: Option<i64>,
    /// JSON.
    pub payload: String,
    pub attempts: i64,
    pub created_at: Millis,
}

pub struct NewJob<'a> {
    pub kind: &'static str,
    pub account_id: i64,
    pub conversation_id: Option<i64>,
    pub payload: &'a str,
    pub run_at: Millis,
    /// A worker that runs it at once holds it from the start, until this time.
    pub lease: Option<(&'a str, Millis)>,
}

const INSERT: &str = "insert into jobs (kind, account_id, conversation_id, payload, run_at, locked_by, locked_until, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning id";
const DUE: &str = "select id from jobs where kind = $1 and failed_at is null and run_at <= $2 and (locked_until is null or locked_until <= $2)
    order by run_at, id limit $3";
/// The condition is repeated, so that of two workers that saw the same row only one takes it.
const CLAIM: &str = "update jobs set locked_by = $2, locked_until = $3, attempts = attempts + 1
    where id = $1 and failed_at is null and (locked_until is null or locked_until <= $4)
    returning id, kind, account_id, conversation_id, payload, attempts, created_at";
const EXTEND: &str = "update jobs set locked_until = $3 where id = $1 and locked_by = $2";
const FINISH: &str = "delete from jobs where id = $1";
const CANCEL: &str = "delete from jobs where kind = $1 and account_id = $2 and conversation_id = $3 and payload = $4";
const RETRY: &str = "update jobs set run_at = $2, last_error = $3, locked_by = null, locked_until = null where id = $1";
const REST: &str = "update jobs set failed_at = $2, last_error = $3, locked_by = null, locked_until = null where id = $1";
const RELEASE: &str = "update jobs set locked_by = null, locked_until = null where locked_by = $1";
const RELEASE_ALL: &str =
    "update jobs set locked_by = null, locked_until = null where locked_until is not null";

pub async fn insert(transaction: &mut Transaction, job: &NewJob<'_>, now: Millis) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(job.kind)
        .bind(job.account_id)
        .bind(job.conversation_id)
        .bind(job.payload)
        .bind(job.run_at)
        .bind(job.lease.map(|(worker, _)| worker))
        .bind(job.lease.map(|(_, until)| until))
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

/// Ids of jobs of a kind that may be claimed, oldest first.
pub async fn due(
    connection: &mut Connection,
    kind: &str,
    now: Millis,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(DUE)
        .bind(kind)
        .bind(now)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?)
}

/// Takes a job for `worker` until `until`; none where somebody else was faster.
pub async fn claim(
    transaction: &mut Transaction,
    id: i64,
    worker: &str,
    until: Millis,
    now: Millis,
) -> Result<Option<Job>> {
    Ok(sqlx::query_as(CLAIM)
        .bind(id)
        .bind(worker)
        .bind(until)
        .bind(now)
        .fetch_optional(transaction.raw())
        .await?)
}

pub async fn extend(
    transaction: &mut Transaction,
    id: i64,
    worker: &str,
    until: Millis,
) -> Result<()> {
    sqlx::query(EXTEND)
        .bind(id)
        .bind(worker)
        .bind(until)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// As [`finish`]. False where the job was gone: somebody has called it off.
pub async fn finish_wanted(transaction: &mut Transaction, id: i64) -> Result<bool> {
    let done = sqlx::query(FINISH)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Calls off a conversation's jobs of a kind about one thing, whoever runs them.
pub async fn cancel(
    transaction: &mut Transaction,
    kind: &str,
    account_id: i64,
    conversation_id: i64,
    payload: &str,
) -> Result<()> {
    sqlx::query(CANCEL)
        .bind(kind)
        .bind(account_id)
        .bind(conversation_id)
        .bind(payload)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn finish(transaction: &mut Transaction, id: i64) -> Result<()> {
    sqlx::query(FINISH)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn retry(
    transaction: &mut Transaction,
    id: i64,
    run_at: Millis,
    error: &str,
) -> Result<()> {
    sqlx::query(RETRY)
        .bind(id)
        .bind(run_at)
        .bind(error)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// The tries are used up: the job stays, visibly, and is not run again.
pub async fn rest(transaction: &mut Transaction, id: i64, now: Millis, error: &str) -> Result<()> {
    sqlx::query(REST)
        .bind(id)
        .bind(now)
        .bind(error)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Gives back what this worker holds.
pub async fn release(transaction: &mut Transaction, worker: &str) -> Result<u64> {
    Ok(sqlx::query(RELEASE)
        .bind(worker)
        .execute(transaction.raw())
        .await?
        .rows_affected())
}

/// Where only one process can have the database open, whatever is held at start was held by one that died.
pub async fn release_all(transaction: &mut Transaction) -> Result<u64> {
    Ok(sqlx::query(RELEASE_ALL)
        .execute(transaction.raw())
        .await?
        .rows_affected())
}
