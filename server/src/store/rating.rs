//! Ratings of whole conversations: one each, the last word counts.

use super::Transaction;
use crate::clock::Millis;
use crate::error::Result;

const PUT: &str = "insert into ratings (conversation_id, account_id, site_id, score, comment, created_at, updated_at)
    values ($2, $1, $3, $4, $5, $6, $6)
    on conflict (conversation_id) do update set score = excluded.score, comment = excluded.comment, updated_at = excluded.updated_at";

const SET_COMMENT: &str = "update ratings set comment = $3, updated_at = $4 where account_id = $1 and conversation_id = $2";

/// False where nothing was rated yet.
pub async fn set_comment(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    comment: &str,
    now: Millis,
) -> Result<bool> {
    let done = sqlx::query(SET_COMMENT)
        .bind(account_id)
        .bind(conversation_id)
        .bind(comment)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn put(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    site_id: i64,
    score: i64,
    comment: Option<&str>,
    now: Millis,
) -> Result<()> {
    sqlx::query(PUT)
        .bind(account_id)
        .bind(conversation_id)
        .bind(site_id)
        .bind(score)
        .bind(comment)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}
