//! The table of durable events: what a reconnecting reader is given again.

use super::{Connection, Transaction, account, message};
use crate::clock::Millis;
use crate::error::{Error, Result};
use shared::event::Event;

/// A stored event and the cursor a reader resumes from.
#[derive(Debug, Clone)]
pub struct Stored {
    pub cursor: i64,
    pub conversation_id: i64,
    pub conversation_slug: String,
    pub event: Event,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    conversation_id: i64,
    slug: String,
    kind: String,
    message_id: Option<i64>,
    payload: Option<String>,
}

const INSERT: &str = "insert into events (account_id, id, conversation_id, for_visitor, kind, message_id, payload, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const FOR_VISITOR: &str = "select e.id, e.conversation_id, c.slug, e.kind, e.message_id, e.payload
    from events e join conversations c on c.id = e.conversation_id
    where e.conversation_id = $1 and e.id > $2 and e.for_visitor = 1 order by e.id limit $3";
const FOR_ACCOUNT: &str = "select e.id, e.conversation_id, c.slug, e.kind, e.message_id, e.payload
    from events e join conversations c on c.id = e.conversation_id
    where e.account_id = $1 and e.id > $2 order by e.id limit $3";
const PURGE: &str = "delete from events where account_id = $1 and created_at < $2";

/// Stores a durable event and gives its cursor. It takes the account's lock, so it comes last in a transaction.
pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    for_visitor: bool,
    event: &Event,
    now: Millis,
) -> Result<i64> {
    let message_id = match event {
        Event::Message { message } | Event::Edited { message } => Some(message.id),
        _ => None,
    };
    let payload = match message_id {
        Some(_) => None,
        None => Some(serde_json::to_string(event).map_err(Error::internal)?),
    };
    let cursor = account::next_event(transaction, account_id).await?;
    sqlx::query(INSERT)
        .bind(account_id)
        .bind(cursor)
        .bind(conversation_id)
        .bind(i64::from(for_visitor))
        .bind(event.kind())
        .bind(message_id)
        .bind(payload)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(cursor)
}

/// What a visitor of the conversation missed after `cursor`, in order.
pub async fn for_visitor(
    connection: &mut Connection,
    conversation_id: i64,
    cursor: i64,
    limit: i64,
) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = sqlx::query_as(FOR_VISITOR)
        .bind(conversation_id)
        .bind(cursor)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?;
    restore(connection, rows).await
}

/// What an account's operators missed after `cursor`, in order.
pub async fn for_account(
    connection: &mut Connection,
    account_id: i64,
    cursor: i64,
    limit: i64,
) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = sqlx::query_as(FOR_ACCOUNT)
        .bind(account_id)
        .bind(cursor)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?;
    restore(connection, rows).await
}

pub async fn purge(transaction: &mut Transaction, account_id: i64, before: Millis) -> Result<u64> {
    Ok(sqlx::query(PURGE)
        .bind(account_id)
        .bind(before)
        .execute(transaction.raw())
        .await?
        .rows_affected())
}

async fn restore(connection: &mut Connection, rows: Vec<Row>) -> Result<Vec<Stored>> {
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(event) = read(connection, &row).await? else {
            continue;
        };
        events.push(Stored {
            cursor: row.id,
            conversation_id: row.conversation_id,
            conversation_slug: row.slug,
            event,
        });
    }
    Ok(events)
}

async fn read(connection: &mut Connection, row: &Row) -> Result<Option<Event>> {
    let Some(message_id) = row.message_id else {
        return row
            .payload
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(Error::internal);
    };
    let message = message::by_id(connection, row.conversation_id, message_id).await?;
    Ok(message.map(|message| match row.kind.as_str() {
        "edited" => Event::Edited { message },
        _ => Event::Message { message },
    }))
}
