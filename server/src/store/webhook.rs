//! Webhook endpoints.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::{Error, Result};
use shared::webhook::{WebhookDisabledReason, WebhookEvent};

#[derive(Debug, Clone)]
pub struct Endpoint {
    pub id: i64,
    pub account_id: i64,
    pub url: String,
    pub description: Option<String>,
    pub events: Vec<WebhookEvent>,
    pub enabled: bool,
    pub disabled_at: Option<Millis>,
    pub disabled_reason: Option<WebhookDisabledReason>,
    pub failing_since: Option<Millis>,
    /// Encrypted.
    pub secret: Vec<u8>,
    pub previous_secret: Option<Vec<u8>>,
    pub rotated_at: Option<Millis>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    account_id: i64,
    url: String,
    description: Option<String>,
    events: String,
    enabled: i64,
    disabled_at: Option<Millis>,
    disabled_reason: Option<String>,
    failing_since: Option<Millis>,
    secret: Vec<u8>,
    previous_secret: Option<Vec<u8>>,
    rotated_at: Option<Millis>,
    created_at: Millis,
    updated_at: Millis,
}

impl TryFrom<Row> for Endpoint {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            url: row.url,
            description: row.description,
            events: serde_json::from_str(&row.events).map_err(Error::internal)?,
            enabled: row.enabled != 0,
            disabled_at: row.disabled_at,
            disabled_reason: row
                .disabled_reason
                .as_deref()
                .and_then(WebhookDisabledReason::parse),
            failing_since: row.failing_since,
            secret: row.secret,
            previous_secret: row.previous_secret,
            rotated_at: row.rotated_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// What its owner may say about an endpoint.
#[derive(Debug, Clone)]
pub struct Settings {
    pub url: String,
    pub description: Option<String>,
    pub events: Vec<WebhookEvent>,
    pub enabled: bool,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, account_id, url, description, events, enabled, disabled_at, disabled_reason, failing_since, secret,
                previous_secret, rotated_at, created_at, updated_at
            from webhook_endpoints ",
            $condition
        )
    };
}

const GET: &str = select!("where account_id = $1 and id = $2");
const ANY: &str = select!("where id = $1");
const LIST: &str =
    select!("where account_id = $1 and ($2 is null or id < $2) order by id desc limit $3");
const COUNT: &str = "select count(*) from webhook_endpoints where account_id = $1";
const INSERT: &str = "insert into webhook_endpoints (account_id, url, description, events, enabled, disabled_at, secret, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning id";
/// Switching it on forgets why it was off.
const UPDATE: &str =
    "update webhook_endpoints set url = $3, description = $4, events = $5, updated_at = $7,
        disabled_at = case when $6 = 1 then null when enabled = 1 then $7 else disabled_at end,
        disabled_reason = case when $6 = 1 then null else disabled_reason end,
        failing_since = case when $6 = 1 and enabled = 0 then null else failing_since end,
        enabled = $6
    where account_id = $1 and id = $2";
const DELETE: &str = "delete from webhook_endpoints where account_id = $1 and id = $2";
const ROTATE: &str = "update webhook_endpoints set previous_secret = secret, secret = $3, rotated_at = $4, updated_at = $4
    where account_id = $1 and id = $2";
const WANTING: &str =
    "select id, events from webhook_endpoints where account_id = $1 and enabled = 1 order by id";
const SUCCEEDED: &str = "update webhook_endpoints set failing_since = null
    where account_id = $1 and id = $2 and failing_since is not null";
const FAILED: &str = "update webhook_endpoints set failing_since = coalesce(failing_since, $3)
    where account_id = $1 and id = $2 returning failing_since";
const DISABLE: &str = "update webhook_endpoints set enabled = 0, disabled_at = $3, disabled_reason = $4, updated_at = $3
    where account_id = $1 and id = $2 and enabled = 1";

pub async fn get(
    connection: &mut Connection,
    account_id: i64,
    id: i64,
) -> Result<Option<Endpoint>> {
    let row: Option<Row> = sqlx::query_as(GET)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Endpoint::try_from).transpose()
}

/// For work that was begun in the endpoint's own name and needs no tenant to find it again.
pub async fn any(connection: &mut Connection, id: i64) -> Result<Option<Endpoint>> {
    let row: Option<Row> = sqlx::query_as(ANY)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Endpoint::try_from).transpose()
}

/// Newest first; one row more than `limit` where there is another page.
pub async fn list(
    connection: &mut Connection,
    account_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Endpoint>> {
    let rows: Vec<Row> = sqlx::query_as(LIST)
        .bind(account_id)
        .bind(before)
        .bind(super::one_more(limit))
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().map(Endpoint::try_from).collect()
}

pub async fn count(connection: &mut Connection, account_id: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT)
        .bind(account_id)
        .fetch_one(connection.raw())
        .await?)
}

pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    settings: &Settings,
    secret: &[u8],
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(account_id)
        .bind(&settings.url)
        .bind(settings.description.as_deref())
        .bind(serde_json::to_string(&settings.events).map_err(Error::internal)?)
        .bind(i64::from(settings.enabled))
        .bind((!settings.enabled).then_some(now))
        .bind(secret)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn update(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    settings: &Settings,
    now: Millis,
) -> Result<()> {
    sqlx::query(UPDATE)
        .bind(account_id)
        .bind(id)
        .bind(&settings.url)
        .bind(settings.description.as_deref())
        .bind(serde_json::to_string(&settings.events).map_err(Error::internal)?)
        .bind(i64::from(settings.enabled))
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Deletes the endpoint with its deliveries. False where there was none.
pub async fn delete(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<bool> {
    let done = sqlx::query(DELETE)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Puts a new secret in place and keeps the one before. False where there is no such endpoint.
pub async fn rotate(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    secret: &[u8],
    now: Millis,
) -> Result<bool> {
    let done = sqlx::query(ROTATE)
        .bind(account_id)
        .bind(id)
        .bind(secret)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// The endpoints that are switched on, each with what it wants to hear of.
pub async fn wanting(
    connection: &mut Connection,
    account_id: i64,
) -> Result<Vec<(i64, Vec<WebhookEvent>)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(WANTING)
        .bind(account_id)
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter()
        .map(|(id, events)| {
            let events = serde_json::from_str(&events).map_err(Error::internal)?;
            Ok((id, events))
        })
        .collect()
}

pub async fn succeeded(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<()> {
    sqlx::query(SUCCEEDED)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Since when every try has failed; none where the endpoint is gone.
pub async fn failed(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    now: Millis,
) -> Result<Option<Millis>> {
    Ok(sqlx::query_scalar(FAILED)
        .bind(account_id)
        .bind(id)
        .bind(now)
        .fetch_optional(transaction.raw())
        .await?)
}

/// False where it was off already.
pub async fn disable(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    reason: WebhookDisabledReason,
    now: Millis,
) -> Result<bool> {
    let done = sqlx::query(DISABLE)
        .bind(account_id)
        .bind(id)
        .bind(now)
        .bind(reason.as_str())
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}
