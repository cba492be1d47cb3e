//! API keys, found by the hash of what the caller brings.

use super::{Connection, Transaction, one_more};
use crate::clock::Millis;
use crate::error::Result;
use shared::account::UserRole;

/// A key and the person in whose name it acts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiKey {
    pub id: i64,
    pub account_id: i64,
    pub user_id: i64,
    pub user_name: String,
    #[sqlx(try_from = "String")]
    pub role: UserRole,
    pub name: String,
    pub hint: String,
    /// Names, separated by spaces.
    pub scopes: String,
    pub last_used_at: Option<Millis>,
    pub expires_at: Option<Millis>,
    pub created_at: Millis,
}

pub struct NewApiKey<'a> {
    pub account_id: i64,
    pub user_id: i64,
    pub name: &'a str,
    pub key_hash: &'a str,
    pub hint: &'a str,
    pub scopes: &'a str,
    pub expires_at: Option<Millis>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select k.id, k.account_id, k.user_id, u.name as user_name, u.role, k.name, k.hint, k.scopes, k.last_used_at,
                k.expires_at, k.created_at
            from api_keys k join users u on u.id = k.user_id join accounts a on a.id = k.account_id ",
            $condition
        )
    };
}

const BY_HASH: &str = select!(
    "where k.key_hash = $1 and a.active = 1 and (k.expires_at is null or k.expires_at > $2)"
);
const BY_ID: &str = select!("where k.account_id = $1 and k.id = $2");
const LIST: &str =
    select!("where k.account_id = $1 and ($2 is null or k.id < $2) order by k.id desc limit $3");
const INSERT: &str = "insert into api_keys (account_id, user_id, name, key_hash, hint, scopes, expires_at, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning id";
const USED: &str = "update api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2)";
const DELETE: &str = "delete from api_keys where account_id = $1 and id = $2";

/// The key with this hash, where it is still good at `now`.
pub async fn by_hash(
    connection: &mut Connection,
    key_hash: &str,
    now: Millis,
) -> Result<Option<ApiKey>> {
    Ok(sqlx::query_as(BY_HASH)
        .bind(key_hash)
        .bind(now)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn by_id(
    connection: &mut Connection,
    account_id: i64,
    id: i64,
) -> Result<Option<ApiKey>> {
    Ok(sqlx::query_as(BY_ID)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Newest first, after the key with id `before`; one row more than `limit` where there is another page.
pub async fn list(
    connection: &mut Connection,
    account_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ApiKey>> {
    Ok(sqlx::query_as(LIST)
        .bind(account_id)
        .bind(before)
        .bind(one_more(limit))
        .fetch_all(connection.raw())
        .await?)
}

pub async fn insert(
    transaction: &mut Transaction,
    new: &NewApiKey<'_>,
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(new.account_id)
        .bind(new.user_id)
        .bind(new.name)
        .bind(new.key_hash)
        .bind(new.hint)
        .bind(new.scopes)
        .bind(new.expires_at)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn used(transaction: &mut Transaction, id: i64, now: Millis) -> Result<()> {
    sqlx::query(USED)
        .bind(id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// False where there was none.
pub async fn delete(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<bool> {
    let done = sqlx::query(DELETE)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}
