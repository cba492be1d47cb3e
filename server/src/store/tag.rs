//! Tags of conversations: rows to find conversations by, and a list in the conversation's own row to show.

use super::Transaction;
use crate::clock::Millis;
use crate::error::{Error, Result};

const CLEAR: &str = "delete from conversation_tags where account_id = $1 and conversation_id = $2";
const INSERT: &str = "insert into conversation_tags (account_id, conversation_id, tag, created_at) values ($1, $2, $3, $4)";
const SHOW: &str = "update conversations set tags = $3 where account_id = $1 and id = $2";

/// Puts these in the place of all tags a conversation has. Each may stand there once.
pub async fn replace(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    tags: &[String],
    now: Millis,
) -> Result<()> {
    sqlx::query(CLEAR)
        .bind(account_id)
        .bind(conversation_id)
        .execute(transaction.raw())
        .await?;
    for tag in tags {
        sqlx::query(INSERT)
            .bind(account_id)
            .bind(conversation_id)
            .bind(tag)
            .bind(now)
            .execute(transaction.raw())
            .await?;
    }
    sqlx::query(SHOW)
        .bind(account_id)
        .bind(conversation_id)
        .bind(serde_json::to_string(tags).map_err(Error::internal)?)
        .execute(transaction.raw())
        .await?;
    Ok(())
}
