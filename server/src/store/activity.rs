//! What a site's own pages tell of a visitor, one row for each visitor of whom anything was told.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::{Error, Result};
use shared::activity::{Activity, TrackedEvent};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// The row is written first, so that it is locked while it is changed.
const LOCK: &str =
    "insert into visitor_activity (visitor_id, account_id, attributes, events, updated_at)
    values ($2, $1, '{}', '[]', $3)
    on conflict (visitor_id) do update set updated_at = excluded.updated_at
    returning attributes, events";
const SET: &str = "update visitor_activity set attributes = $3, events = $4 where account_id = $1 and visitor_id = $2";
const GET: &str =
    "select attributes, events from visitor_activity where account_id = $1 and visitor_id = $2";

/// What there is, held until the transaction ends.
pub async fn lock(
    transaction: &mut Transaction,
    account_id: i64,
    visitor_id: i64,
    now: Millis,
) -> Result<Activity> {
    let row = sqlx::query(LOCK)
        .bind(account_id)
        .bind(visitor_id)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?;
    read(&row)
}

pub async fn set(
    transaction: &mut Transaction,
    account_id: i64,
    visitor_id: i64,
    activity: &Activity,
) -> Result<()> {
    let attributes = serde_json::to_string(&activity.attributes).map_err(Error::internal)?;
    let events = serde_json::to_string(&activity.events).map_err(Error::internal)?;
    sqlx::query(SET)
        .bind(account_id)
        .bind(visitor_id)
        .bind(attributes)
        .bind(events)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Nothing told is nothing kept.
pub async fn get(
    connection: &mut Connection,
    account_id: i64,
    visitor_id: i64,
) -> Result<Activity> {
    let row = sqlx::query(GET)
        .bind(account_id)
        .bind(visitor_id)
        .fetch_optional(connection.raw())
        .await?;
    row.as_ref().map_or_else(|| Ok(Activity::default()), read)
}

fn read(row: &AnyRow) -> Result<Activity> {
    let events: Vec<TrackedEvent> =
        serde_json::from_str(row.try_get("events")?).map_err(Error::internal)?;
    Ok(Activity {
        attributes: serde_json::from_str(row.try_get("attributes")?).map_err(Error::internal)?,
        events,
    })
}
