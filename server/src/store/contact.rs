//! How to reach a visitor, as left in a conversation.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

/// Fields that are none stay as they are.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Contact {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

const PUT: &str = "insert into contacts (conversation_id, account_id, visitor_id, name, email, phone, created_at, updated_at)
    values ($2, $1, $3, $4, $5, $6, $7, $7)
    on conflict (conversation_id) do update set name = coalesce(excluded.name, contacts.name),
        email = coalesce(excluded.email, contacts.email), phone = coalesce(excluded.phone, contacts.phone),
        updated_at = excluded.updated_at";

const GET: &str =
    "select name, email, phone from contacts where account_id = $1 and conversation_id = $2";

pub async fn put(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    visitor_id: i64,
    contact: &Contact,
    now: Millis,
) -> Result<()> {
    sqlx::query(PUT)
        .bind(account_id)
        .bind(conversation_id)
        .bind(visitor_id)
        .bind(contact.name.as_deref())
        .bind(contact.email.as_deref())
        .bind(contact.phone.as_deref())
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// What was left in a conversation.
pub async fn get(
    connection: &mut Connection,
    account_id: i64,
    conversation_id: i64,
) -> Result<Option<Contact>> {
    Ok(sqlx::query_as(GET)
        .bind(account_id)
        .bind(conversation_id)
        .fetch_optional(connection.raw())
        .await?)
}
