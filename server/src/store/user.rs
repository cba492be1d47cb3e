//! People who sign in to the dashboard, and their sessions.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;
use shared::account::UserRole;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct User {
    pub id: i64,
    pub account_id: i64,
    pub account_name: String,
    pub email: String,
    pub password_hash: String,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub role: UserRole,
    pub verified_at: Option<Millis>,
    pub created_at: Millis,
}

/// What a new user is made of.
pub struct NewUser<'a> {
    pub account_id: i64,
    /// Lower case.
    pub email: &'a str,
    pub password_hash: &'a str,
    pub name: &'a str,
    pub role: UserRole,
    pub verified_at: Option<Millis>,
}

const BY_EMAIL: &str = "select u.id, u.account_id, a.name as account_name, u.email, u.password_hash, u.name, u.role, u.verified_at, u.created_at
    from users u join accounts a on a.id = u.account_id where u.email = $1";
const BY_SESSION: &str = "select u.id, u.account_id, a.name as account_name, u.email, u.password_hash, u.name, u.role, u.verified_at, u.created_at
    from auth_sessions s join users u on u.id = s.user_id join accounts a on a.id = u.account_id
    where s.id = $1 and s.expires_at > $2 and a.active = 1";
const BY_ID: &str = "select u.id, u.account_id, a.name as account_name, u.email, u.password_hash, u.name, u.role, u.verified_at, u.created_at
    from users u join accounts a on a.id = u.account_id where u.account_id = $1 and u.id = $2";
const OWNERS: &str = "select email from users where account_id = $1 and role = 'owner' order by id";
const SESSION_END: &str = "select expires_at from auth_sessions where id = $1";
const INSERT: &str =
    "insert into users (account_id, email, password_hash, name, role, verified_at, created_at)
    values ($1, $2, $3, $4, $5, $6, $7) returning id";
const OPEN_SESSION: &str =
    "insert into auth_sessions (id, user_id, created_at, expires_at) values ($1, $2, $3, $4)";
const EXTEND_SESSION: &str = "update auth_sessions set expires_at = $2 where id = $1";
const CLOSE_SESSION: &str = "delete from auth_sessions where id = $1";
const PURGE_SESSIONS: &str = "delete from auth_sessions where expires_at <= $1";

pub async fn by_email(connection: &mut Connection, email: &str) -> Result<Option<User>> {
    Ok(sqlx::query_as(BY_EMAIL)
        .bind(email)
        .fetch_optional(connection.raw())
        .await?)
}

/// The user of a session that is still open at `now`.
pub async fn by_session(
    connection: &mut Connection,
    session: &str,
    now: Millis,
) -> Result<Option<User>> {
    Ok(sqlx::query_as(BY_SESSION)
        .bind(session)
        .bind(now)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn by_id(connection: &mut Connection, account_id: i64, id: i64) -> Result<Option<User>> {
    Ok(sqlx::query_as(BY_ID)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Addresses of an account's owners.
pub async fn owners(connection: &mut Connection, account_id: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(OWNERS)
        .bind(account_id)
        .fetch_all(connection.raw())
        .await?)
}

/// When a session ends unless it is used.
pub async fn session_end(connection: &mut Connection, session: &str) -> Result<Option<Millis>> {
    Ok(sqlx::query_scalar(SESSION_END)
        .bind(session)
        .fetch_optional(connection.raw())
        .await?)
}

/// # Errors
/// `conflict` when the address is taken.
pub async fn insert(transaction: &mut Transaction, user: &NewUser<'_>, now: Millis) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(user.account_id)
        .bind(user.email)
        .bind(user.password_hash)
        .bind(user.name)
        .bind(user.role.as_str())
        .bind(user.verified_at)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn open_session(
    transaction: &mut Transaction,
    id: &str,
    user_id: i64,
    now: Millis,
    expires_at: Millis,
) -> Result<()> {
    sqlx::query(OPEN_SESSION)
        .bind(id)
        .bind(user_id)
        .bind(now)
        .bind(expires_at)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn extend_session(
    transaction: &mut Transaction,
    id: &str,
    expires_at: Millis,
) -> Result<()> {
    sqlx::query(EXTEND_SESSION)
        .bind(id)
        .bind(expires_at)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn close_session(transaction: &mut Transaction, id: &str) -> Result<()> {
    sqlx::query(CLOSE_SESSION)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn purge_sessions(transaction: &mut Transaction, now: Millis) -> Result<u64> {
    Ok(sqlx::query(PURGE_SESSIONS)
        .bind(now)
        .execute(transaction.raw())
        .await?
        .rows_affected())
}
