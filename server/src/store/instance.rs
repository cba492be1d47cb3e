//! Facts about this instance as a whole: one row per key.

use super::{Connection, Transaction};
use crate::error::Result;

const GET: &str = "select value from instance where key = $1";
const PUT: &str = "insert into instance (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value";
const PUT_IF_MISSING: &str =
    "insert into instance (key, value) values ($1, $2) on conflict (key) do nothing";

pub async fn get(connection: &mut Connection, key: &'static str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(GET)
        .bind(key)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn put(transaction: &mut Transaction, key: &'static str, value: &str) -> Result<()> {
    sqlx::query(PUT)
        .bind(key)
        .bind(value)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// True where the key was not there before.
pub async fn put_if_missing(
    transaction: &mut Transaction,
    key: &'static str,
    value: &str,
) -> Result<bool> {
    let done = sqlx::query(PUT_IF_MISSING)
        .bind(key)
        .bind(value)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}
