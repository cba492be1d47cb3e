//! How to reach a visitor, as left in a conversation.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::{Error, Result};
use shared::limits;
use std::collections::BTreeMap;

/// Fields that are none or not named stay as they are.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Contact {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// What the site's own form asked, by name: a JSON object of texts.
    #[sqlx(try_from = "String")]
    pub fields: Fields,
}

/// Texts by name, kept as a JSON object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub BTreeMap<String, String>);

impl TryFrom<String> for Fields {
    type Error = serde_json::Error;

    fn try_from(json: String) -> std::result::Result<Self, Self::Error> {
        serde_json::from_str(&json).map(Self)
    }
}

impl Fields {
    fn to_json(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(Error::internal)
    }
}

const PUT: &str = "insert into contacts (conversation_id, account_id, visitor_id, name, email, phone, created_at, updated_at)
    values ($2, $1, $3, $4, $5, $6, $7, $7)
    on conflict (conversation_id) do update set name = coalesce(excluded.name, contacts.name),
        email = coalesce(excluded.email, contacts.email), phone = coalesce(excluded.phone, contacts.phone),
        updated_at = excluded.updated_at";

const GET: &str = "select name, email, phone, fields from contacts where account_id = $1 and conversation_id = $2";
const SET_FIELDS: &str =
    "update contacts set fields = $3 where account_id = $1 and conversation_id = $2";

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
    add_fields(transaction, account_id, conversation_id, &contact.fields).await
}

/// The row is locked by the write before: of two who add at once, both count.
async fn add_fields(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    given: &Fields,
) -> Result<()> {
    if given.0.is_empty() {
        return Ok(());
    }
    let kept = get(transaction, account_id, conversation_id).await?;
    let mut fields = kept.map(|contact| contact.fields).unwrap_or_default();
    fields.0.extend(given.0.clone());
    if fields.0.len() > limits::CONTACT_FIELDS {
        let problem = format!("at most {} fields are kept", limits::CONTACT_FIELDS);
        return Err(Error::invalid("fields", problem));
    }
    sqlx::query(SET_FIELDS)
        .bind(account_id)
        .bind(conversation_id)
        .bind(fields.to_json()?)
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
