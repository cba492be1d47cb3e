//! To whom conversations have been mailed, so that nobody is mailed too much.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TranscriptLetter {
    /// In lower case.
    pub email: String,
    pub created_at: Millis,
}

const INSERT: &str = "insert into transcript_letters (account_id, conversation_id, email, created_at) values ($1, $2, $3, $4)";
const OF_CONVERSATION: &str = "select email, created_at from transcript_letters
    where account_id = $1 and conversation_id = $2 order by created_at, id";
const TO_ADDRESS: &str = "select created_at from transcript_letters
    where account_id = $1 and email = $2 and created_at > $3 order by created_at, id";

pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    email: &str,
    now: Millis,
) -> Result<()> {
    sqlx::query(INSERT)
        .bind(account_id)
        .bind(conversation_id)
        .bind(email)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Every letter of a conversation, oldest first.
pub async fn of_conversation(
    connection: &mut Connection,
    account_id: i64,
    conversation_id: i64,
) -> Result<Vec<TranscriptLetter>> {
    Ok(sqlx::query_as(OF_CONVERSATION)
        .bind(account_id)
        .bind(conversation_id)
        .fetch_all(connection.raw())
        .await?)
}

/// When letters went to an address after a time, from all of an account's conversations, oldest first.
pub async fn to_address(
    connection: &mut Connection,
    account_id: i64,
    email: &str,
    since: Millis,
) -> Result<Vec<Millis>> {
    Ok(sqlx::query_scalar(TO_ADDRESS)
        .bind(account_id)
        .bind(email)
        .bind(since)
        .fetch_all(connection.raw())
        .await?)
}
