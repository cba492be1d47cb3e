//! The accounts' developer keys, of which only the hashes are kept.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

const INSERT: &str =
    "insert into developer_keys (account_id, key_hash, created_at) values ($1, $2, $3)";
const ACCOUNT_OF: &str =
    "select k.account_id from developer_keys k join accounts a on a.id = k.account_id
    where k.key_hash = $1 and a.active = 1";

pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    key_hash: &str,
    now: Millis,
) -> Result<()> {
    sqlx::query(INSERT)
        .bind(account_id)
        .bind(key_hash)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// The active account a key belongs to. Before this nothing tells whose key it is.
pub async fn account_of(connection: &mut Connection, key_hash: &str) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(ACCOUNT_OF)
        .bind(key_hash)
        .fetch_optional(connection.raw())
        .await?)
}
