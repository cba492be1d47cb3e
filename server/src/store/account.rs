//! Accounts: the tenants of an instance.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Account {
    pub id: i64,
    pub name: String,
    pub plan: String,
    pub active: i64,
    /// Encrypted under the instance key.
    pub kyc_secret: Option<Vec<u8>>,
    pub kyc_previous_secret: Option<Vec<u8>>,
    pub kyc_rotated_at: Option<Millis>,
    pub last_event: i64,
    pub created_at: Millis,
}

const GET: &str = "select id, name, plan, active, kyc_secret, kyc_previous_secret, kyc_rotated_at, last_event, created_at
    from accounts where id = $1";
const INSERT: &str =
    "insert into accounts (name, plan, created_at) values ($1, $2, $3) returning id";
const COUNT_WITH_USERS: &str = "select count(distinct account_id) from users";
const COUNT: &str = "select count(*) from accounts";
const SET_KYC: &str = "update accounts set kyc_previous_secret = kyc_secret, kyc_secret = $2, kyc_rotated_at = $3 where id = $1";
const REPLACE_KYC: &str = "update accounts set kyc_previous_secret = null, kyc_secret = $2, kyc_rotated_at = $3 where id = $1";
const RENAME: &str = "update accounts set name = $2 where id = $1";
const OF_DEMO: &str = "select s.account_id from sites s where s.demo = 1
    and not exists (select 1 from users u where u.account_id = s.account_id) order by s.id limit 1";
const NEXT_TICKET: &str =
    "update accounts set last_ticket = last_ticket + 1 where id = $1 returning last_ticket";
const NEXT_EVENT: &str =
    "update accounts set last_event = last_event + 1 where id = $1 returning last_event";
const EVENT_CURSOR: &str = "select last_event from accounts where id = $1";
const LOCK_PLAN: &str = "update accounts set plan = plan where id = $1 returning plan";
const SET_PLAN: &str = "update accounts set plan = $2 where id = $1";

pub async fn get(connection: &mut Connection, id: i64) -> Result<Option<Account>> {
    Ok(sqlx::query_as(GET)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn insert(
    transaction: &mut Transaction,
    name: &str,
    plan: &str,
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(name)
        .bind(plan)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

/// Accounts somebody can sign in to; the demo's own account has nobody.
pub async fn count_with_users(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT_WITH_USERS)
        .fetch_one(connection.raw())
        .await?)
}

/// All accounts, the demo's own included.
pub async fn count(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT)
        .fetch_one(connection.raw())
        .await?)
}

/// The secret in use becomes the previous one.
pub async fn set_kyc_secret(
    transaction: &mut Transaction,
    id: i64,
    encrypted: &[u8],
    now: Millis,
) -> Result<()> {
    sqlx::query(SET_KYC)
        .bind(id)
        .bind(encrypted.to_vec())
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// No earlier secret is kept.
pub async fn replace_kyc_secret(
    transaction: &mut Transaction,
    id: i64,
    encrypted: &[u8],
    now: Millis,
) -> Result<()> {
    sqlx::query(REPLACE_KYC)
        .bind(id)
        .bind(encrypted.to_vec())
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn rename(transaction: &mut Transaction, id: i64, name: &str) -> Result<()> {
    sqlx::query(RENAME)
        .bind(id)
        .bind(name)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// The account that holds the demo site and that nobody can sign in to.
pub async fn of_demo(connection: &mut Connection) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(OF_DEMO)
        .fetch_optional(connection.raw())
        .await?)
}

/// The account's plan. Other changes of the account wait until the end of the transaction.
pub async fn lock_plan(transaction: &mut Transaction, id: i64) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(LOCK_PLAN)
        .bind(id)
        .fetch_optional(transaction.raw())
        .await?)
}

pub async fn set_plan(transaction: &mut Transaction, id: i64, plan: &str) -> Result<()> {
    sqlx::query(SET_PLAN)
        .bind(id)
        .bind(plan)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// The account's next ticket number.
pub async fn next_ticket(transaction: &mut Transaction, id: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(NEXT_TICKET)
        .bind(id)
        .fetch_one(transaction.raw())
        .await?)
}

/// The account's next event cursor. Takes the account's row lock until the commit: call it last.
pub async fn next_event(transaction: &mut Transaction, id: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(NEXT_EVENT)
        .bind(id)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn event_cursor(connection: &mut Connection, id: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(EVENT_CURSOR)
        .bind(id)
        .fetch_one(connection.raw())
        .await?)
}
