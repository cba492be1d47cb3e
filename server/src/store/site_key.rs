//! The sites' API keys: encrypted, because their owners may see them again, and found by their hashes.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

const GET: &str = "select encrypted_key from site_keys where account_id = $1 and site_id = $2";
const SITE_OF: &str = "select site_id from site_keys where key_hash = $1";
const PUT: &str = "insert into site_keys (account_id, site_id, key_hash, encrypted_key, created_at) values ($1, $2, $3, $4, $5)
    on conflict (site_id) do update set key_hash = excluded.key_hash, encrypted_key = excluded.encrypted_key,
        created_at = excluded.created_at";

pub async fn get(
    connection: &mut Connection,
    account_id: i64,
    site_id: i64,
) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar(GET)
        .bind(account_id)
        .bind(site_id)
        .fetch_optional(connection.raw())
        .await?)
}

/// The site a key belongs to. Before this nothing tells whose key it is.
pub async fn site_of(connection: &mut Connection, key_hash: &str) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(SITE_OF)
        .bind(key_hash)
        .fetch_optional(connection.raw())
        .await?)
}

/// The site's key from now on; an earlier one finds nothing any more.
pub async fn put(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    key_hash: &str,
    encrypted_key: &[u8],
    now: Millis,
) -> Result<()> {
    sqlx::query(PUT)
        .bind(account_id)
        .bind(site_id)
        .bind(key_hash)
        .bind(encrypted_key.to_vec())
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}
