//! Visitors: one may hold several conversations.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Visitor {
    pub id: i64,
    pub account_id: i64,
    pub site_id: i64,
    pub slug: String,
    /// The `sub` of a verified identity token.
    pub external_id: Option<String>,
    /// The caller's own name of the visitor, once per site.
    pub client_id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub blocked_at: Option<Millis>,
    /// None while blocked: for good. It may be over.
    pub blocked_until: Option<Millis>,
    pub consent_version: Option<i64>,
    pub consented_at: Option<Millis>,
}

/// What a session brings along about its visitor.
#[derive(Debug, Clone, Default)]
pub struct NewVisitor {
    pub slug: String,
    pub external_id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    /// The caller's own name of the visitor, once per site.
    pub client_id: Option<String>,
}

const BY_SLUG: &str = "select id, account_id, site_id, slug, external_id, client_id, name, email, phone, blocked_at, blocked_until, consent_version, consented_at from visitors
    where site_id = $1 and slug = $2";
const BY_ID: &str = "select id, account_id, site_id, slug, external_id, client_id, name, email, phone, blocked_at, blocked_until, consent_version, consented_at from visitors
    where account_id = $1 and id = $2";
const OF_ACCOUNT: &str = "select id, account_id, site_id, slug, external_id, client_id, name, email, phone, blocked_at, blocked_until, consent_version, consented_at from visitors
    where account_id = $1 and slug = $2";
const BY_CLIENT_ID: &str = "select id, account_id, site_id, slug, external_id, client_id, name, email, phone, blocked_at, blocked_until, consent_version, consented_at from visitors
    where site_id = $1 and client_id = $2";
const NAMED: &str = "select v.id, v.account_id, v.site_id, v.slug, v.external_id, v.client_id, v.name, v.email, v.phone, v.blocked_at, v.blocked_until,
        v.consent_version, v.consented_at
    from sites s join visitors v on v.site_id = s.id and v.client_id = $2 where s.account_id = $1 limit 2";
const INSERT: &str = "insert into visitors (account_id, site_id, slug, external_id, name, email, client_id, created_at, last_seen_at)
    values ($1, $2, $3, $4, $5, $6, $8, $7, $7)
    on conflict (site_id, external_id) do update set last_seen_at = excluded.last_seen_at,
        name = coalesce(excluded.name, visitors.name), email = coalesce(excluded.email, visitors.email)
    returning id, account_id, site_id, slug, external_id, client_id, name, email, phone, blocked_at, blocked_until, consent_version, consented_at";
const SEEN: &str = "update visitors set last_seen_at = $3 where account_id = $1 and id = $2";
const SET_CONSENT: &str = "update visitors set consent_version = $3, consented_at = $4
    where account_id = $1 and id = (select c.visitor_id from conversations c where c.id = $2)
        and (consent_version is null or consent_version < $3)";
const SET_CONTACT: &str = "update visitors set name = coalesce($3, name), email = coalesce($4, email), phone = coalesce($5, phone)
    where account_id = $1 and id = $2";
const BLOCK: &str = "update visitors set blocked_at = $3, blocked_reason = $4, blocked_until = $5 where account_id = $1 and id = $2";

pub async fn by_slug(
    connection: &mut Connection,
    site_id: i64,
    slug: &str,
) -> Result<Option<Visitor>> {
    Ok(sqlx::query_as(BY_SLUG)
        .bind(site_id)
        .bind(slug)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn by_id(
    connection: &mut Connection,
    account_id: i64,
    id: i64,
) -> Result<Option<Visitor>> {
    Ok(sqlx::query_as(BY_ID)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// By the public id, on any of the account's sites.
pub async fn of_account(
    connection: &mut Connection,
    account_id: i64,
    slug: &str,
) -> Result<Option<Visitor>> {
    Ok(sqlx::query_as(OF_ACCOUNT)
        .bind(account_id)
        .bind(slug)
        .fetch_optional(connection.raw())
        .await?)
}

/// By the name that a caller gave the visitor.
pub async fn by_client_id(
    connection: &mut Connection,
    site_id: i64,
    client_id: &str,
) -> Result<Option<Visitor>> {
    Ok(sqlx::query_as(BY_CLIENT_ID)
        .bind(site_id)
        .bind(client_id)
        .fetch_optional(connection.raw())
        .await?)
}

/// By the name that a caller gave the visitor, on all of the account's sites: two at most, for one is no longer enough
/// to tell them apart.
pub async fn named(
    connection: &mut Connection,
    account_id: i64,
    client_id: &str,
) -> Result<Vec<Visitor>> {
    Ok(sqlx::query_as(NAMED)
        .bind(account_id)
        .bind(client_id)
        .fetch_all(connection.raw())
        .await?)
}

/// Makes a visitor; one with a known `external_id` is the one already there.
pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    visitor: &NewVisitor,
    now: Millis,
) -> Result<Visitor> {
    Ok(sqlx::query_as(INSERT)
        .bind(account_id)
        .bind(site_id)
        .bind(&visitor.slug)
        .bind(visitor.external_id.as_deref())
        .bind(visitor.name.as_deref())
        .bind(visitor.email.as_deref())
        .bind(now)
        .bind(visitor.client_id.as_deref())
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn seen(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    now: Millis,
) -> Result<()> {
    sqlx::query(SEEN)
        .bind(account_id)
        .bind(id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Fields that are none stay as they are.
pub async fn set_contact(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    name: Option<&str>,
    email: Option<&str>,
    phone: Option<&str>,
) -> Result<()> {
    sqlx::query(SET_CONTACT)
        .bind(account_id)
        .bind(id)
        .bind(name)
        .bind(email)
        .bind(phone)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Notes what the visitor of a conversation has agreed to. The first time of each version counts.
pub async fn set_consent(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    version: i64,
    now: Millis,
) -> Result<()> {
    sqlx::query(SET_CONSENT)
        .bind(account_id)
        .bind(conversation_id)
        .bind(version)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Blocks at a time and until another, or for good; unblocks with none.
pub async fn set_blocked(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    blocked_at: Option<Millis>,
    blocked_until: Option<Millis>,
    reason: Option<&str>,
) -> Result<bool> {
    let done = sqlx::query(BLOCK)
        .bind(account_id)
        .bind(id)
        .bind(blocked_at)
        .bind(reason)
        .bind(blocked_until)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}
