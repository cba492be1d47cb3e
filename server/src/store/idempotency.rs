//! First results of creating requests, kept for a day, so that a resend gets the same answer.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

/// A remembered request. `status` and `body` are none while the first one still runs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Remembered {
    pub fingerprint: String,
    pub status: Option<i64>,
    pub body: Option<String>,
    pub created_at: Millis,
}

const GET: &str = "select fingerprint, status, body, created_at from idempotency_keys where scope = $1 and key = $2";
const RESERVE: &str =
    "insert into idempotency_keys (scope, key, fingerprint, site_id, created_at) values ($1, $2, $3, $4, $5)
    on conflict (scope, key) do nothing";
const COMPLETE: &str =
    "update idempotency_keys set status = $3, body = $4 where scope = $1 and key = $2";
const FORGET: &str = "delete from idempotency_keys where scope = $1 and key = $2";
const PURGE: &str = "delete from idempotency_keys where created_at < $1";

pub async fn get(
    connection: &mut Connection,
    scope: &str,
    key: &str,
) -> Result<Option<Remembered>> {
    Ok(sqlx::query_as(GET)
        .bind(scope)
        .bind(key)
        .fetch_optional(connection.raw())
        .await?)
}

/// True where this request is the first. What it leads to goes with the site, where one is named.
pub async fn reserve(
    transaction: &mut Transaction,
    scope: &str,
    key: &str,
    fingerprint: &str,
    site_id: Option<i64>,
    now: Millis,
) -> Result<bool> {
    let done = sqlx::query(RESERVE)
        .bind(scope)
        .bind(key)
        .bind(fingerprint)
        .bind(site_id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn complete(
    transaction: &mut Transaction,
    scope: &str,
    key: &str,
    status: i64,
    body: &str,
) -> Result<()> {
    sqlx::query(COMPLETE)
        .bind(scope)
        .bind(key)
        .bind(status)
        .bind(body)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn forget(transaction: &mut Transaction, scope: &str, key: &str) -> Result<()> {
    sqlx::query(FORGET)
        .bind(scope)
        .bind(key)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn purge(transaction: &mut Transaction, before: Millis) -> Result<u64> {
    Ok(sqlx::query(PURGE)
        .bind(before)
        .execute(transaction.raw())
        .await?
        .rows_affected())
}
