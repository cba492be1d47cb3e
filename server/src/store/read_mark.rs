//! How far each side of a conversation has read.

use super::{Connection, Transaction};
use crate::error::Result;

const MARKS: &str = "select visitor_read_seq, operator_read_seq from conversations where account_id = $1 and id = $2";
const BY_VISITOR: &str = "update conversations set visitor_read_seq = $3
    where account_id = $1 and id = $2 and visitor_read_seq < $3 and $3 <= last_seq";
const BY_OPERATOR: &str = "update conversations set operator_read_seq = $3,
        unread_count = (select count(*) from messages m where m.conversation_id = $2 and m.role = 'user' and m.seq > $3
            and m.removed_at is null)
    where account_id = $1 and id = $2 and $3 <= last_seq and operator_read_seq <= $3";

/// Up to where the visitor and the operators have read.
pub async fn of(
    connection: &mut Connection,
    account_id: i64,
    id: i64,
) -> Result<Option<(i64, i64)>> {
    let marks = sqlx::query_as(MARKS)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?;
    Ok(marks)
}

/// True where the mark moved. It never moves back, nor past what was written.
pub async fn by_visitor(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    seq: i64,
) -> Result<bool> {
    let done = sqlx::query(BY_VISITOR)
        .bind(account_id)
        .bind(id)
        .bind(seq)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Moves the operators' mark and counts what is left unread.
pub async fn by_operator(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    seq: i64,
) -> Result<bool> {
    let done = sqlx::query(BY_OPERATOR)
        .bind(account_id)
        .bind(id)
        .bind(seq)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}
